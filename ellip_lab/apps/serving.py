"""Which apps can serve a file: read from its text, by its imports; nothing of it is executed."""

from __future__ import annotations

import ast
import json
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path

from ellip_lab.apps.contract import ServeChoice, ServeChoices
from ellip_lab.apps.entries import Entry, Serve
from ellip_lab.errors import NotFound

LARGEST = 4 * 2**20
"""Bytes of a file that is looked into."""


def choices(path: str, entries: Sequence[Entry], installed: Callable[[Entry], bool]) -> ServeChoices:
    """Gives the apps that can serve a file, those that its imports name; `NotFound` without the file."""
    file = Path(path)
    if not file.is_file():
        raise NotFound(f"{path} is not a file")
    candidates = [(entry, entry.serve) for entry in entries if entry.serve is not None]
    found = [
        ServeChoice(app=entry.name, title=entry.title, reason=f"it is called {file.name}", installed=installed(entry))
        for entry, serve in candidates
        if file.name in serve.names
    ]  # fmt: skip
    readers = [(entry, serve) for entry, serve in candidates if _by_imports(file, serve)]
    problem = None
    if readers:
        try:
            modules = imports(file)
        except ValueError as error:
            modules, problem = [], str(error)
        for entry, serve in readers:
            named = next((module for module in modules if module in serve.imports), None)
            if named is not None:
                found.append(
                    ServeChoice(
                        app=entry.name,
                        title=entry.title,
                        reason=f"it imports {named}",
                        installed=installed(entry),
                    )
                )
    return ServeChoices(path=path, choices=tuple(found), problem=problem)


def _by_imports(file: Path, serve: Serve) -> bool:
    return bool(serve.imports) and file.suffix.lower() in serve.suffixes


def imports(file: Path) -> list[str]:
    """Gives the modules that a Python file or a notebook imports, by their first names, in their order.

    `ValueError` with a sentence when it is not Python.
    """
    if file.stat().st_size > LARGEST:
        raise ValueError(f"{file.name} is too large to be looked into")
    data = file.read_bytes()
    if file.suffix.lower() == ".ipynb":
        return _of_notebook(file.name, data)
    return list(dict.fromkeys(_of_text(file.name, data)))


def _of_text(name: str, text: bytes | str) -> list[str]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # an escape in somebody's string is not ours to complain of
            tree = ast.parse(text)
    except SyntaxError as error:
        where = f"line {error.lineno}: " if error.lineno else ""
        raise ValueError(f"{name} is no Python: {where}{error.msg}") from error
    except (ValueError, RecursionError, MemoryError) as error:
        raise ValueError(f"{name} is no Python") from error
    found: list[str] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found += [alias.name.partition(".")[0] for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.append(node.module.partition(".")[0])
    return found


def _of_notebook(name: str, data: bytes) -> list[str]:
    try:
        cells = json.loads(data)["cells"]
        sources = [cell["source"] for cell in cells if cell["cell_type"] == "code"]
        texts = [source if isinstance(source, str) else "".join(source) for source in sources]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise ValueError(f"{name} is no notebook") from error
    found: list[str] = []
    for text in texts:
        plain = "\n".join(
            "" if line.lstrip().startswith(("%", "!", "?")) else line for line in text.splitlines()
        )
        try:
            found += _of_text(name, plain)
        except ValueError:
            continue  # a cell of another language, or one that is not finished
    return list(dict.fromkeys(found))
