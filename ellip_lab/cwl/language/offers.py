"""Completions before they cross the process boundary."""

from __future__ import annotations

from typing import TypedDict

_DOC_MAX = 1200


class Item(TypedDict):
    """Is `editing.Completion` before it crosses the process boundary."""

    label: str
    kind: str
    text: str
    detail: str | None
    doc: str | None


def item(label: str, kind: str, text: str | None = None, detail: str | None = None, doc: str = "") -> Item:
    """Makes a completion; a long text of the specification is cut between paragraphs."""
    return Item(
        label=label,
        kind=kind,
        text=label if text is None else text,
        detail=detail or None,
        doc=shortened(doc) or None,
    )


def shortened(doc: str, limit: int = _DOC_MAX) -> str:
    """Cuts a Markdown text between paragraphs, when it is longer than what a person reads beside a list."""
    if len(doc) <= limit:
        return doc
    cut = doc.rfind("\n\n", 0, limit)
    kept = doc[: cut if cut > 0 else limit].rstrip()
    return f"{kept}\n\n…" if kept.count("```") % 2 == 0 else f"{kept}\n```\n\n…"
