"""Reading the files of a document with care, before any YAML parser of the loader sees them.

The loader (ruamel) takes minutes for what a hostile or broken file can hold; what is refused here is
refused in milliseconds, with one sentence. Imported by the worker process only; standard library at
import time.
"""

from __future__ import annotations

import re
import stat
from pathlib import Path
from typing import Any, TypedDict

SIZE_LIMIT = 10 * 1024 * 1024
"""Bytes; the largest document seen in the wild (packed workflows with schemas) is below 3 MB."""
NODE_LIMIT = 250_000
"""How many YAML nodes a file may have once its aliases are expanded; the loader reads 25,000 a second."""
_ALIAS = re.compile(r"(?:^|[\s\[,:{-])\*[\w.-]", re.MULTILINE)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")
_SIZE_HARMLESS = 512 * 1024
"""Characters; a shorter file without aliases cannot have too many nodes to be loaded in time."""
_BRACKETS = re.compile(r"[\[\]{}]")
_DEPTH_LIMIT = 100
_ALIASES_HARMLESS = 8
"""Fewer aliases than this cannot multiply a file by more than a few dozen: no count is made."""


class Finding(TypedDict, total=False):
    """Is a `Problem` before it crosses the process boundary (pydantic costs the worker 60 ms)."""

    message: str
    file: str | None
    line: int | None
    column: int | None
    end_line: int | None
    end_column: int | None
    field: str | None
    severity: str
    hint: str | None
    code: str | None


class RefusedError(Exception):
    """A file that cannot be part of a document, with the finding that says why."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding["message"])
        self.finding = finding


def read(path: Path) -> str:
    """Gives the text of a file of a document.

    Raises
    ------
    RefusedError
        Not there, a folder, not a regular file, unreadable, larger than 10 MB, not text, not UTF-8, or YAML
        whose aliases multiply.

    """
    name = path.name
    try:
        mode = path.stat()
        if stat.S_ISDIR(mode.st_mode):
            raise _refused(path, f"{name} is a folder, not a CWL document", "Name a .cwl file in it.")
        if not stat.S_ISREG(mode.st_mode):
            raise _refused(path, f"{name} is not a regular file")
        if mode.st_size > SIZE_LIMIT:
            size = mode.st_size / 1024 / 1024
            raise _refused(
                path,
                f"{name} has {size:.0f} MB; a CWL document has at most {SIZE_LIMIT // 1024 // 1024} MB",
                "Name data as an input of the run instead of writing it into the document.",
            )
        data = path.read_bytes()
    except FileNotFoundError:
        raise _refused(path, f"{name} does not exist") from None
    except NotADirectoryError:
        raise _refused(path, f"{name} does not exist: a part of its path is a file") from None
    except PermissionError:
        raise _refused(path, f"{name} may not be read by this user", f"chmod u+r {path}") from None
    except OSError as error:
        raise _refused(path, f"{name} cannot be read: {error.strerror or error}") from error
    return text_of(data, path)


def text_of(data: bytes, path: Path) -> str:
    """Gives the text that bytes hold; `RefusedError` when they hold none."""
    name = path.name
    if b"\x00" in data[:8192]:
        raise _refused(path, f"{name} is a binary file, not a CWL document")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode()
        line, column = _position(before, len(before))
        raise _refused(
            path, f"{name} is not UTF-8 text", "Save it as UTF-8.", line=line, column=column
        ) from None
    return checked(text, path)


def checked(text: str, path: Path) -> str:
    """Gives a text that may be a document; `RefusedError` for one that is empty or that YAML forbids."""
    name = path.name
    control = _CONTROL.search(text)
    if control:
        line, column = _position(text, control.start())
        raise _refused(
            path,
            f"{name} holds a control character (U+{ord(control[0]):04X}), which YAML forbids",
            "Delete it.",
            line=line,
            column=column,
        )
    if not text.strip():
        raise _refused(
            path, f"{name} is empty", "A document starts with `cwlVersion: v1.2`.", line=1, column=1
        )
    return text


def refuse_too_many_nodes(text: str, path: Path) -> None:
    """Counts the nodes of a YAML text and their depth, its aliases expanded, without expanding them.

    Raises
    ------
    RefusedError
        When there are more than `NODE_LIMIT` (an alias bomb, or data written into a document), or they are
        nested more than 100 levels deep (the loader takes seconds to find that it cannot).

    """
    aliases = len(_ALIAS.findall(text))
    if aliases < _ALIASES_HARMLESS and len(text) < _SIZE_HARMLESS and _brackets(text) <= _DEPTH_LIMIT:
        return
    import yaml

    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    sizes: dict[str, int] = {}
    open_nodes: list[tuple[str | None, int]] = []
    total = 0
    try:
        for event in yaml.parse(text, Loader=loader):
            if isinstance(event, yaml.events.AliasEvent):
                total += sizes.get(event.anchor or "", 1)
            elif isinstance(event, yaml.events.ScalarEvent):
                total += 1
                if event.anchor:
                    sizes[event.anchor] = 1
            elif isinstance(event, yaml.events.CollectionStartEvent):
                open_nodes.append((event.anchor, total))
                total += 1
                if len(open_nodes) > _DEPTH_LIMIT:
                    raise _too_deep(path, event.start_mark)
            elif isinstance(event, yaml.events.CollectionEndEvent):
                anchor, before = open_nodes.pop()
                if anchor:
                    sizes[anchor] = total - before
            if total > NODE_LIMIT:
                bomb = aliases >= _ALIASES_HARMLESS
                raise _refused(
                    path,
                    f"{path.name} {'holds YAML aliases that expand to' if bomb else 'has'} more than {NODE_LIMIT:,} nodes",
                    "Write the document without the aliases that multiply."
                    if bomb
                    else "Name data as an input of the run instead of writing it into the document.",
                    line=event.start_mark.line + 1 if event.start_mark else None,
                    column=event.start_mark.column + 1 if event.start_mark else None,
                )
    except (yaml.YAMLError, RecursionError) as error:
        # the parser has a limit of its own, which it may reach before it says anything of what is nested
        if isinstance(error, RecursionError) or "nesting depth" in str(error):
            raise _too_deep(path, getattr(error, "problem_mark", None)) from error
        # What else is wrong with the YAML is said once, by the loader, with its place.
        return


def _too_deep(path: Path, mark: Any) -> RefusedError:
    return _refused(
        path,
        f"{path.name} is nested more than {_DEPTH_LIMIT} levels deep",
        "Is a bracket closed?",
        line=mark.line + 1 if mark else None,
        column=mark.column + 1 if mark else None,
    )


def _brackets(text: str) -> int:
    """Gives how deep the brackets of a text are nested at most; those in strings are counted too."""
    deepest = depth = 0
    for match in _BRACKETS.finditer(text):
        depth += 1 if match[0] in "[{" else -1
        deepest = max(deepest, depth)
    return deepest


def _position(text: str, offset: int) -> tuple[int, int]:
    """Gives line and column, from 1, of an offset in a text."""
    before = text[:offset]
    return before.count("\n") + 1, len(before) - before.rfind("\n")


def _refused(
    path: Path, message: str, hint: str | None = None, *, line: int | None = None, column: int | None = None
) -> RefusedError:
    return RefusedError(
        {
            "message": message,
            "file": str(path),
            "line": line,
            "column": column,
            "severity": "error",
            "hint": hint,
        }
    )
