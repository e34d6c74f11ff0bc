"""How the tests ask: a text with `|@|` where the cursor is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ellip_lab.cwl.language.text import applied

CURSOR = "|@|"
ROOT = Path(__file__).parents[3]
DEMO = ROOT / "ellip_lab" / "packages" / "water-bodies" / "water-bodies.cwl"


def asked(text: str, path: str | Path = "/nowhere/document.cwl", **more: Any) -> dict[str, Any]:
    """Gives the question about a place; two cursors are a stretch."""
    parts = text.split(CURSOR)
    before = parts[0]
    request = {"path": str(path), "text": "".join(parts), **place(before, ""), **more}
    if len(parts) > 1:
        request |= place("".join(parts[:-1]), "end_")
    return request


def place(before: str, prefix: str) -> dict[str, int]:
    return {f"{prefix}line": before.count("\n") + 1, f"{prefix}column": len(before) - before.rfind("\n")}


def written(text: str, edits: list[Any]) -> str:
    """Gives a text, its cursors taken out, after edits."""
    return applied(text.replace(CURSOR, ""), edits)


def at(text: str, word: str, nth: int = 0, inside: int = 0) -> str:
    """Puts the cursor before a word of a text."""
    index = -1
    for _ in range(nth + 1):
        index = text.index(word, index + 1)
    return f"{text[: index + inside]}{CURSOR}{text[index + inside :]}"
