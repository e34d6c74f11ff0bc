"""What schema-salad and cwltool say of a document, turned into findings: one place, one sentence, one hint each.

schema-salad answers with a tree ("tried X but ... tried Y but ..."), cwltool with lines of text that start
with `file:line:column:`. Both are brought down to their most specific causes.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import unquote, urlsplit

from ellip_lab.cwl.reading import Finding
from ellip_lab.cwl.wordings import worded

MAX_PROBLEMS = 50
_LOADERS = ("cwltool", "schema_salad", "cwl_utils")
_MAX_MESSAGE = 400

_PLACED = re.compile(r"^(?P<file>\S.*?):(?P<line>\d+):(?P<column>\d+):(?P<text>.*)$")
_SCAFFOLD = re.compile(
    r"^(?:[*-]\s+)?(?:Warning:\s*)?(?:checking (?:field|object|item)\b.*|the '.*' field is not valid because|item is invalid because"
    r"|tried .* but|Object .* is not valid because|Invalid|Tool definition .* failed validation:"
    r"|\(\d+\) \(.*\) Validation error in .*|while (?:parsing|scanning|constructing) .*|Validation error in .*)\s*$",
    re.IGNORECASE | re.DOTALL,
)


def findings_of(error: BaseException, severity: str = "error") -> list[Finding]:
    """Gives the causes an exception of the loader tells of, most specific ones only, each once.

    Any exception is accepted; one that carries no place gives findings without one.
    """
    leaves: list[Finding] = []
    _unwind(error, leaves, severity, set())
    return distinct(leaves) or [Finding(message=_named(error), severity=severity)]


def findings_of_text(text: str, severity: str = "warning") -> list[Finding]:
    """Gives the causes that cwltool's text with `file:line:column:` prefixes tells of."""
    found: list[Finding] = []
    current: Finding | None = None
    depth = 0
    for line in text.strip("\n").splitlines():
        match = _PLACED.match(line)
        rest = match["text"] if match else line
        said = rest.strip()
        if not said:
            continue
        # A deeper line goes on about the one before it; a place of its own makes it a finding of its own
        # unless it only names the other end of a link (`  with sink ...`).
        indent = len(rest) - len(rest.lstrip())
        here = (match["file"], int(match["line"]), int(match["column"])) if match else None
        if current is not None and _SCAFFOLD.match(current["message"]):
            current["message"] = said
            if here:
                current["file"], current["line"], current["column"] = here
        elif current is not None and (here is None or here == _place(current) or indent > depth + 1):
            current["message"] += ("\n" if said.startswith("JSHINT") else " ") + said
            continue
        else:
            current = Finding(message=said, severity=severity)
            if here:
                current["file"], current["line"], current["column"] = here
            found.append(current)
        depth = indent
    return distinct(_worded(finding) for finding in found)


def distinct(findings: Iterable[Finding]) -> list[Finding]:
    """Drops repetitions, keeps the order, and keeps at most `MAX_PROBLEMS`."""
    seen: dict[tuple[Any, ...], Finding] = {}
    for finding in findings:
        key = (*_place(finding), finding["message"])
        seen.setdefault(key, finding)
    return list(seen.values())[:MAX_PROBLEMS]


def file_of(name: str | None) -> str | None:
    """Gives the absolute path (or the URL) of a file as the loader names it.

    The loader cuts `file://` off and makes the rest relative to the current folder.
    """
    if not name:
        return None
    if name.startswith(("http://", "https://")):
        return name
    if name.startswith("file:"):
        return unquote(urlsplit(name).path)
    path = os.path.normpath(os.path.join(os.getcwd(), name))  # noqa: PTH109, PTH118
    return path if os.path.exists(path) else unquote(path)  # noqa: PTH110


def _place(finding: Finding) -> tuple[str | None, int | None, int | None]:
    return finding.get("file"), finding.get("line"), finding.get("column")


def _unwind(error: BaseException, leaves: list[Finding], severity: str, seen: set[int]) -> None:
    if id(error) in seen:
        return
    seen.add(id(error))
    children: list[BaseException] = list(getattr(error, "children", []))
    message = str(getattr(error, "message", "") or "")
    if children:
        alternatives = [child for child in children if _tried(child)]
        others = [child for child in children if not _tried(child)]
        for child in _likely(alternatives):
            _unwind(child, leaves, severity, seen)
        for child in others:
            _unwind(child, leaves, severity, seen)
        return
    cause = error.__cause__
    if cause is not None and (getattr(cause, "children", None) or getattr(cause, "file", None)):
        _unwind(cause, leaves, severity, seen)
        return
    # Exceptions of the loader are sentences; any other is told with its name, which says more than `by zero`.
    text = message or (str(error) if type(error).__module__.startswith(_LOADERS) else _named(error))
    file = getattr(error, "file", None)
    if file is None:
        leaves.extend(findings_of_text(text, severity))
        return
    line, column = getattr(error, "start", None) or (None, None)
    leaves.append(_worded(Finding(message=text, file=file, line=line, column=column, severity=severity)))


def _named(error: BaseException) -> str:
    text = str(error)
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def _tried(error: BaseException) -> bool:
    return str(getattr(error, "message", "")).startswith("tried ")


def _likely(alternatives: Sequence[BaseException]) -> Sequence[BaseException]:
    """Chooses, of the alternatives of a union, the one the author most likely meant.

    The one whose fault lies deepest in the file got the furthest; when none got further than the value
    itself, all failed alike and one sentence naming the types is made of them.
    """
    if len(alternatives) < 2:
        return alternatives
    depths = [_depth(alternative) for alternative in alternatives]
    best = max(depths)
    if best > min(depths):
        return [alternatives[depths.index(best)]]
    names = [
        str(getattr(alternative, "message", ""))[6:].removesuffix(" but").strip("'")
        for alternative in alternatives
    ]
    merged = _MergedError(f"value is not valid, expected {' or '.join(names)}", alternatives[0])
    return [merged]


def _depth(error: BaseException) -> int:
    children: list[BaseException] = getattr(error, "children", [])
    return 1 + max((_depth(child) for child in children), default=0)


class _MergedError(Exception):
    """Stands for several alternatives that failed alike; has the attributes of schema-salad's exceptions."""

    def __init__(self, message: str, first: BaseException) -> None:
        super().__init__(message)
        self.message = message
        self.children: list[BaseException] = []
        self.file = getattr(first, "file", None)
        self.start = getattr(first, "start", None)


def _worded(finding: Finding) -> Finding:
    """Words a finding for people: a short sentence and a hint; the place becomes an absolute path."""
    raw = finding["message"].strip()
    raw = re.sub(r"^(?:[*-]\s+)?(?:Warning:\s*)?", "", raw)
    message, hint = worded(raw) or (raw, finding.get("hint"))
    message = " ".join(_short(message).split())
    if len(message) > _MAX_MESSAGE:
        message = message[: _MAX_MESSAGE - 1] + "…"
    return Finding(
        message=message,
        file=file_of(finding.get("file")),
        line=finding.get("line"),
        column=finding.get("column"),
        severity=finding.get("severity", "error"),
        hint=hint,
    )


def _short(text: str) -> str:
    """Cuts the URLs of local files down to what an author wrote: `#crop`, or the file's name."""

    def replace(match: re.Match[str]) -> str:
        parts = urlsplit(match[0])
        return f"#{parts.fragment}" if parts.fragment else unquote(parts.path.rsplit("/", 1)[-1])

    return re.sub(r"file://[^\s'\",\]]+", replace, text)
