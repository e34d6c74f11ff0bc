"""Quotes where YAML reads something else than what was meant."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ellip_lab.cwl.language.document import Document
from ellip_lab.cwl.language.nodes import Scalar, walk
from ellip_lab.cwl.language.offered import Action, action, touches

_LINE = re.compile(
    r"^(?P<head>\s*(?:-\s+)*(?:[\w$:.-]+:\s+|-\s+))(?P<value>[^\s\"'|>{\[].*?)(?P<tail>\s+#.*|\s*)$"
)
_MEANT = re.compile(r"^[@`%*&!]|: |:$| #")
_OTHER = re.compile(r"(?:true|false|yes|no|on|off|null|~|[-+]?\d[\d_.]*(?:[eE][-+]?\d+)?)", re.IGNORECASE)
_HASH = re.compile(r"^(?P<head>\s*(?:-\s+)?(?:run|source|outputSource):\s+)(?P<value>#[^\s]+)\s*$")
_TEXTS = ("string", "Expression")


def offered(document: Document, start: int, end: int) -> Iterator[Action]:
    """Gives the values between two offsets that want quotes."""
    line = document.text.line_start(start)
    while line <= end:
        yield from _line(document, line)
        following = document.text.next_line(line)
        if following <= line:
            break
        line = following
    if document.broken is not None:
        return
    for node in walk(document.root) if document.root is not None else ():
        if isinstance(node, Scalar) and touches(node.start, node.end, start, end):
            yield from _scalar(document, node)


def _line(document: Document, line: int) -> Iterator[Action]:
    """Quotes what breaks its line, or would be a comment."""
    content = document.text.line_at(line)
    match = _HASH.match(content)
    if match is None and document.broken is not None:
        match = _LINE.match(content)
        if match is not None and not _MEANT.search(match["value"]):
            return
    if match is None:
        return
    at = line + match.start("value")
    yield action(
        f"Put quotes around `{_short(match['value'])}`",
        [document.text.edit(at, at + len(match["value"]), _quoted(match["value"]))],
        preferred=True,
        code="cwl/yaml" if document.broken is not None else None,
    )


def _scalar(document: Document, node: Scalar) -> Iterator[Action]:
    """Quotes what YAML reads as a number or a truth value where a text is wanted."""
    if node.style != "plain" or not _OTHER.fullmatch(node.value):
        return
    slot = document.kinds.slot(node)
    if slot is None or slot.of_class:
        return
    names = {one for one in slot.types if isinstance(one, str)}
    wants_null = node.value in ("null", "~") and "CWLType" in names
    others = {"int", "long", "float", "double", "boolean", "Any"} & names
    if (names & set(_TEXTS) and not others and node.value != "~") or wants_null:
        value = "null" if wants_null else node.value
        yield action(
            f"Put quotes around `{value}`",
            [document.text.edit(node.start, node.end, _quoted(value))],
            preferred=True,
            code="cwl/null-type" if wants_null else "cwl/value",
        )


def _quoted(value: str) -> str:
    if "\\" in value or '"' in value:
        return "'" + value.replace("'", "''") + "'"
    return f'"{value}"'


def _short(value: str) -> str:
    return value if len(value) <= 40 else f"{value[:39]}…"
