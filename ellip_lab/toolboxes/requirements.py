"""Which toolbox has the software that a document asks for.

CWL v1.2, SoftwareRequirement: each SoftwarePackage has the name of a package, versions any of which are good, and
IRIs that identify it where names differ.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from ellip_lab.toolboxes.contract import CatalogueQuery, SoftwareFound, SoftwareNeed

if TYPE_CHECKING:
    from ellip_lab.toolboxes.catalogue import Catalogue
    from ellip_lab.toolboxes.home import Home, Record

NAME = re.compile(r"^(?:[^:\s]+::)?([A-Za-z0-9_.-]+)")
"""The name of the package in a spec."""


def resolve(home: Home, catalogue: Catalogue, needs: Sequence[SoftwareNeed]) -> SoftwareFound:
    """Finds the toolbox that has everything; the smallest of several, so that an environment stays small."""
    if not needs:
        return SoftwareFound()
    whole = {name: record for name, record in home.records().items() if home.broken(name, record) is None}
    fitting = [
        (len(record.contents), name)
        for name, record in whole.items()
        if all(has(record, need) for need in needs)
    ]
    if fitting:
        return SoftwareFound(toolbox=min(fitting)[1])
    missing = tuple(
        need_word(need) for need in needs if not any(has(record, need) for record in whole.values())
    )
    return SoftwareFound(
        missing=missing or tuple(map(need_word, needs)), hint=_hint(catalogue, needs, missing)
    )


def has(record: Record, need: SoftwareNeed) -> bool:
    """Tells whether a toolbox has a package, by one of its names, in one of its versions."""
    names = named(need)
    versions = {one.name: one.version for one in record.contents}
    for name in names:
        if name in versions and fits(versions[name], need.versions):
            return True
    # what the toolbox is known by stands for its first package
    return bool(names & set(record.software)) and fits(record.version or "", need.versions)


def named(need: SoftwareNeed) -> set[str]:
    """Gives every name that a package of a document may have here: its own, and the last word of its IRIs."""
    last = {unquote(urlsplit(iri).path).rstrip("/").rpartition("/")[2] for iri in need.specs}
    return {name.lower() for name in (need.package, *last) if name}


def fits(version: str, wanted: Sequence[str]) -> bool:
    """Tells whether a version is one of those that are good: the same, or a finer one (`3.8` takes `3.8.4`)."""
    return not wanted or any(version == one or version.startswith(f"{one.rstrip('.*')}.") for one in wanted)


def need_word(need: SoftwareNeed) -> str:
    """Says what is needed: `gdal 3.8 or 3.9`."""
    return f"{need.package} {' or '.join(need.versions)}".strip()


def _hint(catalogue: Catalogue, needs: Sequence[SoftwareNeed], missing: Sequence[str]) -> str:
    if not missing:
        return "No toolbox has all of it: install one that has, for example with " + _command(needs)
    lacking = [need for need in needs if need_word(need) in missing]
    for entry in catalogue.list(CatalogueQuery()).entries:
        known = {
            *entry.software,
            *(found.group(1).lower() for one in entry.packages if (found := NAME.match(one))),
        }
        if all(named(need) & known for need in lacking):
            return f"The catalogue has it: `ellip toolbox install {entry.id}` ({entry.title})."
    return f"Install a toolbox that has it: {_command(lacking)}"


def _command(needs: Sequence[SoftwareNeed]) -> str:
    words = " ".join(
        f"'{need.package}={need.versions[-1]}'" if need.versions else need.package for need in needs
    )
    return f"`ellip toolbox install NAME -p {words}`."
