"""Requirement 11 of OGC 20-089r1: what a package says of itself, in the words of schema.org."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ellip_lab.packages.practice.package import Package
from ellip_lab.packages.practice.parts import Part
from ellip_lab.packages.practice.rule import Verdict, failed, filled, put, replaced, review, rule, unfinished

SCHEMA_ORG = ("https://schema.org/", "http://schema.org/")
OPTIONAL = (
    "author",
    "citation",
    "codeRepository",
    "contributor",
    "dateCreated",
    "keywords",
    "license",
    "releaseNotes",
)
FIRST_VERSION = "0.1.0"
HEAD = ("cwlVersion", "$namespaces", "$schemas")


@rule(
    id="app-pck/metadata/softwareVersion",
    number="11",
    title="softwareVersion is said",
    text="The document says its version as `softwareVersion` of schema.org: `s:softwareVersion`, with the prefix in "
    "`$namespaces`.",
    passed="the version is said",
    fixable=True,
)
def version_said(package: Package) -> Iterator[Verdict]:
    """Asks for the version, and offers to say one."""
    found = said_of(package, "softwareVersion")
    if found is not None:
        node = found.node
        if node.kind != "scalar" or not filled(node):
            change = (f"Say {FIRST_VERSION}", replaced(found, FIRST_VERSION)) if not filled(node) else None
            yield failed(found, "the softwareVersion says nothing", change=change)
        elif unfinished(node):
            yield review(found, "the softwareVersion is still to be written")
        elif not node.textual:
            yield review(
                found,
                f"the softwareVersion {node.text} is a number to YAML: 1.10 would become 1.1",
                change=("Put it in quotes", replaced(found, node.text)),
            )
        return
    stray = stray_of(package, "softwareVersion")
    if stray is not None:
        prefix = stray.name.partition(":")[0]
        yield failed(
            stray,
            f"the prefix `{prefix}` of softwareVersion is not that of schema.org"
            if ":" in stray.name
            else "softwareVersion has no prefix of schema.org",
            hint="Say `s: https://schema.org/` in $namespaces, and write `s:softwareVersion`.",
            change=("Name schema.org", namespace_edits(package, prefix)) if ":" in stray.name else None,
        )
        return
    prefix = prefix_of(package)
    edits: tuple[Any, ...] = ()
    if not prefix:
        prefix = "schema" if taken(package, "s") else "s"
        edits = namespace_edits(package, prefix)
    more = (
        put(package.top, f"{prefix}:softwareVersion", FIRST_VERSION, HEAD)
        if edits or prefix_of(package)
        else ()
    )
    change = (f"Say version {FIRST_VERSION}", (*edits, *more)) if more else None
    yield failed(
        package.top, "the version is not said: there is no softwareVersion of schema.org", change=change
    )


@rule(
    id="app-pck/metadata/optional",
    number="11",
    title="More is said of it",
    text="The document may say more in the words of schema.org: " + ", ".join(OPTIONAL) + ".",
    passed="everything that may be said is said",
    severity="information",
)
def more_said(package: Package) -> Iterator[Verdict]:
    """Tells what else could be said."""
    missing = [name for name in OPTIONAL if not filled_of(package, name)]
    if missing:
        yield review(package.top, f"not said, and optional: {', '.join(missing)}")


def said_of(package: Package, name: str) -> Part | None:
    """Gives what the document, or its Workflow, says under a name of schema.org."""
    owners = [package.top, *([package.entry.part] if package.entry else [])]
    for owner in owners:
        for one in owner.members() if owner.node.kind == "mapping" else ():
            if package.expanded(one.name) in [space + name for space in SCHEMA_ORG]:
                return one
    return None


def filled_of(package: Package, name: str) -> bool:
    """Says whether the document says something under a name of schema.org."""
    found = said_of(package, name)
    return found is not None and filled(found.node)


def stray_of(package: Package, name: str) -> Part | None:
    """Gives what is said under a name without the namespace it belongs to."""
    top = package.top
    for one in top.members() if top.node.kind == "mapping" else ():
        if one.name == name or one.name.endswith(f":{name}"):
            return one
    return None


def prefix_of(package: Package) -> str:
    """Gives the prefix that stands for schema.org, or nothing."""
    spaces = package.top.get("$namespaces")
    return next((one.name for one in spaces.members() if one.node.said in SCHEMA_ORG), "") if spaces else ""


def taken(package: Package, prefix: str) -> bool:
    """Says whether a prefix stands for something already."""
    spaces = package.top.get("$namespaces")
    return spaces is not None and spaces.node.get(prefix) is not None


def namespace_edits(package: Package, prefix: str) -> tuple[Any, ...]:
    """Gives the edits that make a prefix stand for schema.org; none when it stands for something else."""
    spaces = package.top.get("$namespaces")
    if taken(package, prefix):
        return ()
    if spaces is not None and spaces.node.kind == "mapping":
        return put(spaces, prefix, SCHEMA_ORG[0], (prefix,))
    return put(package.top, "$namespaces", {prefix: SCHEMA_ORG[0]}, ("cwlVersion",))


ALL = (version_said, more_said)
