"""The upgrade of a document to CWL v1.2: the version, and what means something else from v1.1 on.

v1.0 tools have the network and complete listings of their folders by default; from v1.1 on they ask for both
(CWL v1.1, "Changelog"; cwltool's own updater says the same).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ellip_lab.cwl import inserting
from ellip_lab.cwl.language.document import Document
from ellip_lab.cwl.language.nodes import Mapping, Scalar, inner, trail, walk
from ellip_lab.cwl.language.offered import Action, action, placed, touches
from ellip_lab.cwl.language.processes import Process, members
from ellip_lab.cwl.language.specification import VERSIONS
from ellip_lab.cwl.language.text import Edit, applied

_NEWEST = VERSIONS[-1]
_RENAMED = {
    "cwltool:WorkReuse": "WorkReuse",
    "cwltool:TimeLimit": "ToolTimeLimit",
    "cwltool:NetworkAccess": "NetworkAccess",
    "cwltool:InplaceUpdateRequirement": "InplaceUpdateRequirement",
    "cwltool:LoadListingRequirement": "LoadListingRequirement",
    "arv:ReuseRequirement": "WorkReuse",
}


def offered(document: Document, start: int, end: int) -> Iterator[Action]:
    """Gives the upgrade, at the version of a document."""
    pair = document.root.pair("cwlVersion") if isinstance(document.root, Mapping) else None
    if pair is None or not touches(pair.key.start, pair.value.end, start, end):
        return
    if document.version not in VERSIONS[:-1]:
        return
    edits = edits_of(document)
    what = "" if document.version == "v1.1" or len(edits) == 1 else ", and ask for what v1.0 gave by default"
    yield action(f"Upgrade to CWL {_NEWEST}{what}", edits, fix=False, preferred=True)


def edits_of(document: Document) -> list[Edit]:
    """Gives the edits of the upgrade."""
    content = document.content
    root = document.root
    pair = root.pair("cwlVersion") if isinstance(root, Mapping) else None
    if pair is None or not isinstance(pair.value, Scalar):
        return []
    found = [document.text.edit(*inner(content, pair.value), _NEWEST)]
    if document.version == "v1.0":
        found += _renamed(document)
        for process in document.processes:
            found += _asked_for(document, process)
    return sorted(found, key=lambda one: (one["line"], one["column"]))


def _renamed(document: Document) -> list[Edit]:
    """Gives the extensions of v1.0 the names that they have since v1.1."""
    found = []
    for node in walk(document.root) if document.root is not None else ():
        for field in ("requirements", "hints"):
            box = node.get(field) if isinstance(node, Mapping) else None
            for key, _, _ in members(box, "class"):
                if key.value in _RENAMED:
                    found.append(document.text.edit(*inner(document.content, key), _RENAMED[key.value]))
    return found


def _asked_for(document: Document, process: Process) -> list[Edit]:
    """Gives a process what v1.0 gave it by default."""
    wanted: dict[str, dict[str, Any]] = {}
    known = {
        key.value
        for field in ("requirements", "hints")
        for key, _, _ in members(process.node.get(field), "class")
    }
    known |= {_RENAMED[name] for name in known if name in _RENAMED}
    if process.kind == "CommandLineTool" and "NetworkAccess" not in known:
        wanted["NetworkAccess"] = {"networkAccess": True}
    lists = any(isinstance(one, Scalar) and ".listing" in one.value for one in walk(process.node))
    if process.kind != "Workflow" and lists and "LoadListingRequirement" not in known:
        wanted["LoadListingRequirement"] = {"loadListing": "deep_listing"}
    content = document.content
    if not wanted:
        return []
    path = trail(process.node)
    try:
        if len(wanted) == 1:
            name, value = next(iter(wanted.items()))
            return placed(document, inserting.require(content, path, name, value))
        made = content
        for name, value in wanted.items():
            made = inserting.apply(made, inserting.require(made, path, name, value))
    except ValueError:
        return []
    return _difference(document, made)


def _difference(document: Document, made: str) -> list[Edit]:
    """Gives the one edit between two texts."""
    content = document.content
    head = 0
    while head < min(len(content), len(made)) and content[head] == made[head]:
        head += 1
    tail = 0
    while tail < min(len(content), len(made)) - head and content[-1 - tail] == made[-1 - tail]:
        tail += 1
    edit = document.text.edit(head, len(content) - tail, made[head : len(made) - tail])
    return [edit] if applied(content, [edit]) == made else []
