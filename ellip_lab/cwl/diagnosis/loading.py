"""What cwltool says of a text that its tree has nothing against: the last word, put at the words it is about."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

from ellip_lab.cwl import places, problems
from ellip_lab.cwl.cwltool import Document
from ellip_lab.cwl.diagnosis.commented import commented
from ellip_lab.cwl.diagnosis.files import File, Files
from ellip_lab.cwl.diagnosis.found import Found
from ellip_lab.cwl.diagnosis.tree import kind_of, real
from ellip_lab.cwl.language.nodes import Mapping, Node, Scalar, Sequence, path_to, walk
from ellip_lab.cwl.reading import Finding

_CODES = (
    ("which does not exist", "cwl/missing-file"), ("does not exist", "cwl/missing-file"),
    ("is not on this machine", "cwl/missing-file"), ("but goes to", "cwl/type-mismatch"),
    ("names two things", "cwl/duplicate-id"), ("stands here a second time", "cwl/duplicate-key"),
    ("is not a field here", "cwl/unknown-field"), ("is not a type", "cwl/unknown-type"), ("is missing", "cwl/missing-field"),
    ("YAML:", "cwl/yaml"), ("is not a class CWL knows", "cwl/class"), ("has no input", "cwl/no-input"),
    ("wait for one another", "cwl/cycle"), ("cwlVersion", "cwl/version"),
)  # fmt: skip
_LINK = re.compile(r"`([^`]*)` is .* but goes to `([^`]*)`")
_CRASH = re.compile(r"\w+(?:Error|Exception)\b")
_KEYED = ("is not a field", "is missing", "second time", "names two things")


def tell(found: Found, files: Files) -> None:
    """Loads the text with cwltool and notes what it says, where nothing is said of that line already."""
    file = files.own
    trees = {Path(one.path).as_uri(): commented(one, os.path.relpath(one.path)) for one in files.read()}
    document = Document(
        file.path,
        file.text.content,
        scripts=False,
        trees={url: tree for url, tree in trees.items() if tree is not None},
    )
    document.load()
    own = list(found.findings)
    told = {(finding["line"], finding["severity"] == "error") for finding in own}
    for finding in problems.distinct([*document.errors, *document.warnings.findings]):
        _note(found, file, finding, own, told, document.raw)


def _note(
    found: Found,
    file: File,
    finding: Finding,
    own: list[Finding],
    told: set[tuple[int | None, bool]],
    raw: Any,
) -> None:
    message, severity = finding["message"], finding.get("severity", "error")
    hint, line, column = finding.get("hint"), finding.get("line"), finding.get("column")
    code = next((code for words, code in _CODES if words in message), "cwl/loader")
    if finding.get("file") not in (file.path, None):
        other = str(finding["file"])
        place = _reference(file, other, raw)
        at = f", line {line}" if line else ""
        if severity == "error":
            message = f"{os.path.basename(other)}{at}: {message}"  # noqa: PTH119
            found.add("cwl/in-other-file", place, message, hint, severity=severity)
        return
    if any(one.get("code") == "cwl/missing-requirement" and str(one["field"]) in (hint or "") for one in own):
        return
    crashed = _CRASH.match(message)
    if crashed:
        message, hint = "cwltool cannot load this document", f"It says: {message}"
    if (line, True) in told or (severity != "error" and ((line, False) in told or _said(own, message))):
        return
    stretch = _at(file, line or 1, column or 1, key=any(words in message for words in _KEYED))
    found.add(code, stretch, message, hint, severity=severity)


def _said(own: list[Finding], message: str) -> bool:
    """Tells whether a link that cwltool speaks of is told already, at the place where it is written."""
    link = _LINK.match(message)
    return link is not None and any(
        finding.get("code") == "cwl/type-mismatch"
        and re.search(rf"\b{re.escape(link[1])}`.*`{re.escape(link[2])}`", finding["message"])
        for finding in own
    )


def _reference(file: File, other: str, raw: Any) -> Node | tuple[int, int]:
    """Gives where the text names another file; the first reference, when it is named by way of a third one."""
    place = places.of_reference(raw, other)
    if place:
        return _at(file, *place, key=False)
    if file.root is not None:
        for node in walk(file.root):
            if isinstance(node, Mapping):
                for pair in node.pairs:
                    value = real(pair.value)
                    named = pair.key.value in ("run", "$import", "$include") and kind_of(value) == "string"
                    if named and isinstance(value, Scalar) and not value.value.startswith("#"):
                        return pair.value
    return _head(file)


def _at(file: File, line: int, column: int, *, key: bool) -> Node | tuple[int, int]:
    """Gives the node that begins at a place: the key, or what is written behind it."""
    offset = file.text.offset(line, column)
    if file.root is None:
        return offset, file.text.line_end(offset)
    if (line, column) == (1, 1) and not key:
        return _head(file)
    trail = [node for node in path_to(file.root, offset) if node.start == offset] or path_to(
        file.root, offset
    )
    node = trail[-1] if trail else None
    if node is None:
        return offset, file.text.line_end(offset)
    parent = node.parent
    if isinstance(parent, Mapping):
        pair = next((pair for pair in parent.pairs if pair.key is node), None)
        if pair is not None and not key:
            value = real(pair.value)
            short = isinstance(value, Scalar) and value.style != "none"
            flow = isinstance(value, (Mapping, Sequence)) and value.flow and value.end - value.start < 200
            return pair.value if short or flow else pair.key
    return node


def _head(file: File) -> Node | tuple[int, int]:
    """Gives what stands for the whole document: its class, or its first key."""
    root = file.root
    if isinstance(root, Mapping) and root.pairs:
        pair = next((pair for pair in root.pairs if pair.key.value == "class"), root.pairs[0])
        return pair.value if isinstance(pair.value, Scalar) else pair.key
    return (0, file.text.line_end(0))
