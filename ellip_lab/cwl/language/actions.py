"""The changes that are offered for a stretch of a text: mends of what is wrong there, and what is often wanted."""

from __future__ import annotations

from typing import Any

from ellip_lab.cwl.language import (
    actions_fields,
    actions_names,
    actions_quotes,
    actions_requirements,
    upgrade,
)
from ellip_lab.cwl.language.document import Document, asked
from ellip_lab.cwl.language.offered import Action

_MAX = 40


def answer(request: dict[str, Any]) -> dict[str, Any]:
    """Gives the changes offered between two places, mends first."""
    document = asked(request)
    start = document.text.offset(int(request["line"]), int(request["column"]))
    end = document.text.offset(int(request["end_line"]), int(request["end_column"]))
    return {"actions": offered(document, min(start, end), max(start, end))}


def offered(document: Document, start: int, end: int) -> list[Action]:
    """Gives the changes offered between two offsets."""
    found = [*actions_quotes.offered(document, start, end)]
    if document.broken is None and document.root is not None:
        for one in (actions_names, actions_fields, actions_requirements, upgrade):
            found += one.offered(document, start, end)
    seen: dict[tuple[str, str], Action] = {}
    for action in found:
        seen.setdefault((action["title"], str(action["edits"])), action)
    kept = [one for one in seen.values() if one["edits"]]
    return sorted(kept, key=lambda one: (one["kind"] != "quickfix", not one["preferred"]))[:_MAX]
