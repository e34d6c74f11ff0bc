"""Where what a word names is written."""

from __future__ import annotations

from typing import Any

from ellip_lab.cwl.language.document import Document, asked, document_at, place_in
from ellip_lab.cwl.language.names import Use, definition_of, use_at, uses
from ellip_lab.cwl.language.text import Span, Text


def answer(request: dict[str, Any]) -> dict[str, Any]:
    """Gives the places where what stands at a place is written; none for a word that names nothing."""
    document = asked(request)
    return {"spans": definitions(document, place_in(document, request))}


def definitions(document: Document, offset: int) -> list[Span]:
    """Gives the places where what stands at an offset is written."""
    use = use_at(document, offset)
    if use is None:
        return []
    if use.target[0] == "file":
        return [_beginning(document, use.target[1])]
    found = definition_of(document, use.target)
    if found is not None:
        return [span_of(found)]
    if use.target[0] == "process":
        return _of_process(document, use)
    return []


def _of_process(document: Document, use: Use) -> list[Span]:
    """Gives the place of a process without an id: its first line."""
    other = document if use.target[1] == document.path else document_at(use.target[1])
    if other is None:
        return []
    start = int(use.target[2])
    return [other.text.span(start, other.text.line_end(start))]


def _beginning(document: Document, path: str) -> Span:
    """Gives the place of a file: of its process where it has one, else its beginning."""
    other = document if path == document.path else document_at(path)
    main = other.main if other is not None else None
    if other is None or main is None:
        return Text("", path).span(0, 0)
    first = next(
        (use for use in uses(other) if use.definition and main.name and use.start == main.name.start), None
    )
    return span_of(first) if first else other.text.span(main.node.start, other.text.line_end(main.node.start))


def span_of(use: Use) -> Span:
    """Gives where a word stands."""
    return use.document.text.span(use.start, use.end)
