"""Which packages a toolbox is to have, and what that changes; in a child, for it loads and waits."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ellip_lab.contract import JsonObject
from ellip_lab.errors import Invalid
from ellip_lab.shell import read_json
from ellip_lab.toolboxes import rattler as conda
from ellip_lab.toolboxes.contract import ChangeKind, PackageChange
from ellip_lab.toolboxes.home import Home
from ellip_lab.toolboxes.rattler import Rattler
from ellip_lab.toolboxes.wanted import Wanted, pip_note
from ellip_lab.toolboxes.wording import has_secret

if TYPE_CHECKING:
    from rattler import PrefixRecord, RepoDataRecord

SQUEEZED = 3.5
"""How many times larger than its archive a package is, about, where it has not been seen."""


@dataclass
class Decision:
    """Is what a toolbox is to have."""

    wanted: Wanted
    records: list[RepoDataRecord]
    there: list[PrefixRecord]
    """What it has now."""
    requested: set[str]
    """The names that were asked for."""
    cached: dict[str, bool]
    """Whether the cache has the package, by name."""
    changes: list[PackageChange]
    kept: int
    lacking: set[str]
    """The names of the packages that have lost files, and are linked anew."""

    def plan(self, rattler: Rattler) -> JsonObject:
        """Gives it as the fields of a plan."""
        coming = [one for one in self.changes if one.kind is not ChangeKind.REMOVE]
        sizes = {record.name.normalized: record.size or 0 for record in self.records}
        disk = sum(self._size(rattler, record) for record in self.records)
        return {
            "specs": self.wanted.specs,
            "channels": self.wanted.channels,
            "changes": [one.model_dump(mode="json") for one in self.changes],
            "kept": self.kept,
            "download": sum(sizes[one.name] for one in coming if not one.cached),
            "cached": sum(sizes[one.name] for one in coming if one.cached),
            "disk": disk,
            "notes": self.wanted.notes,
        }

    def _size(self, rattler: Rattler, record: RepoDataRecord) -> int:
        """Gives the bytes of a package on the disk: as the cache has it, else about."""
        name = record.name.normalized
        if self.cached.get(name):
            stem = record.file_name.removesuffix(".conda").removesuffix(".tar.bz2")
            try:
                paths = read_json(rattler.packages / stem / "info" / "paths.json")["paths"]
                return sum(int(one.get("size_in_bytes") or 0) for one in paths)
            except (OSError, ValueError, KeyError, TypeError):
                pass  # an old package has no such list
        return int((record.size or 0) * SQUEEZED)


def decide(rattler: Rattler, home: Home, wanted: Wanted) -> Decision:
    """Finds the packages that a toolbox is to have; raises what py-rattler raises, `Invalid` and `NotFound`."""
    there, lacking = [], set()
    if wanted.update and wanted.base:
        there = conda.installed(home.prefix(wanted.base))
        lacking = conda.lacking(home.prefix(wanted.base), there)
    if wanted.lock is not None:
        records = _locked(wanted, home.platform)
    elif wanted.explicit is not None:
        records = conda.read_explicit(wanted.explicit)
        wanted.specs = wanted.specs or [f"{one.name.normalized} {one.version}" for one in records]
    else:
        _change_specs(wanted)
        for spec in wanted.specs:
            conda.check_spec(spec)
        locked = [] if wanted.upgrade else there
        records = rattler.solve(wanted.channels, wanted.specs, home.platform, locked)
    records.sort(key=lambda one: one.name.normalized)
    cached = dict(zip((one.name.normalized for one in records), rattler.cached(records), strict=True))
    requested = {conda.spec_name(spec) for spec in wanted.specs}
    changes, kept = _changes(records, there, requested, cached, lacking)
    return Decision(wanted, records, there, requested, cached, changes, kept, lacking)


def _locked(wanted: Wanted, platform: str) -> list[RepoDataRecord]:
    # for as long as it takes to read it, and no longer: a process that is killed while it solves leaves nothing
    with tempfile.TemporaryDirectory(prefix="ellip-plan-") as scratch:
        place = Path(scratch) / (wanted.file or "pixi.lock")
        place.write_text(wanted.lock or "", "utf-8")
        records, channels, pip = conda.read_lock(place, platform)
    if any(has_secret(str(record.url)) for record in records):
        raise Invalid(f"{wanted.file} has URLs with secrets in them")
    if pip:
        wanted.notes.append(pip_note(pip))
    wanted.channels = wanted.channels or channels
    # a lock file does not say what was asked for: what nobody else needs, then
    needed = {spec.split()[0] for record in records for spec in record.depends}
    wanted.specs = wanted.specs or sorted(
        f"{one.name.normalized} {one.version}" for one in records if one.name.normalized not in needed
    )
    return records


def _change_specs(wanted: Wanted) -> None:
    """Brings what was asked for before up to what is asked now."""
    new = {conda.spec_name(spec): spec for spec in wanted.add}
    before = {conda.spec_name(spec): spec for spec in wanted.specs}
    for name in wanted.drop:
        if name not in before:
            raise Invalid(
                f"{name} was not asked for, and cannot be dropped",
                hint=f"Asked for are: {', '.join(before)}.",
            )
    wanted.specs = [
        *(new.pop(name, spec) for name, spec in before.items() if name not in wanted.drop),
        *new.values(),
    ]
    wanted.add, wanted.drop = [], []
    if not wanted.specs:
        raise Invalid("nothing would be left", hint="Remove the toolbox instead.")


def _changes(
    records: list[RepoDataRecord],
    there: list[PrefixRecord],
    requested: set[str],
    cached: dict[str, bool],
    lacking: set[str],
) -> tuple[list[PackageChange], int]:
    before = {one.name.normalized: one for one in there}
    changes, kept = [], 0
    for record in records:
        name = record.name.normalized
        old = before.pop(name, None)
        if old is not None and name not in lacking and _same(old, record):
            kept += 1
            continue
        changes.append(_change(record, old, name in requested, cached.get(name, False)))
    for name, old in before.items():
        gone = conda.described(old)
        changes.append(
            PackageChange(
                name=name,
                kind=ChangeKind.REMOVE,
                version=gone.version,
                build=gone.build,
                channel=gone.channel,
                size=gone.size,
            )
        )
    changes.sort(key=lambda one: (not one.requested, one.kind is ChangeKind.REMOVE, one.name))
    return changes, kept


def _same(one: RepoDataRecord, other: RepoDataRecord) -> bool:
    if one.sha256 and other.sha256:
        return one.sha256 == other.sha256
    return str(one.url) == str(other.url)


def _change(record: RepoDataRecord, old: PrefixRecord | None, requested: bool, cached: bool) -> PackageChange:
    new = conda.described(record, requested)
    if old is None:
        kind = ChangeKind.ADD
    elif str(old.version) == new.version:
        kind = ChangeKind.REPLACE
    else:
        kind = ChangeKind.UPGRADE if conda.newer(new.version, str(old.version)) else ChangeKind.DOWNGRADE
    return PackageChange(
        name=new.name, kind=kind, version=new.version, build=new.build, channel=new.channel, size=new.size,
        cached=cached, requested=requested,
        before=None if old is None else str(old.version), before_build=None if old is None else str(old.build),
    )  # fmt: skip
