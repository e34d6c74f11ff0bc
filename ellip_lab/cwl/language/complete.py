"""What can be written at a place of a text."""

from __future__ import annotations

import os
import re
from typing import Any

from ellip_lab.cwl.language.complete_keys import keys
from ellip_lab.cwl.language.complete_values import values
from ellip_lab.cwl.language.cursor import MARK, Cursor, cursor_at
from ellip_lab.cwl.language.document import content_of
from ellip_lab.cwl.language.expressions import Expression, expressions, members, self_type, trail_before
from ellip_lab.cwl.language.offers import Item, item
from ellip_lab.cwl.language.snippets import skeletons
from ellip_lab.cwl.language.text import Text

MAX_ITEMS = 300
_NAME = re.compile(r"[A-Za-z_$][\w$]*")
_WORD = re.compile(r"[\w$]*")


def answer(request: dict[str, Any]) -> dict[str, Any]:
    """Gives what can be written at a place; `wants` is `images` where the names of the engine's images would help."""
    content, path = content_of(request), os.path.normpath(str(request["path"]))
    text = Text(content, path)
    offset = text.offset(int(request["line"]), int(request["column"]))
    cursor = cursor_at(content, path, offset)
    if not content.replace("---", "").strip():
        return {"span": text.span(offset, offset), "items": skeletons(text.newline)}
    if cursor is None:
        return {"span": text.span(offset, offset), "items": []}
    expression = _expression(cursor)
    if expression is not None:
        start, end, found = _in_expression(cursor, expression, offset)
        return {"span": text.span(start, end), "items": found[:MAX_ITEMS]}
    reply: dict[str, Any] = {}
    if cursor.is_key and (cursor.has_colon or not cursor.quoted):
        found = keys(cursor)
    else:
        found, reply = values(cursor, tuple(request.get("images") or ()))
    found = _fitted(cursor, found)
    if text.newline != "\n":
        found = [{**one, "text": one["text"].replace("\n", text.newline)} for one in found]
    return {"span": text.span(cursor.start, cursor.end), "items": found[:MAX_ITEMS], **reply}


def _fitted(cursor: Cursor, found: list[Item]) -> list[Item]:
    """Puts a space before what is written directly behind a colon."""
    if not cursor.space:
        return found
    return [
        {**one, "text": one["text"] if one["text"].startswith("\n") else f" {one['text']}"} for one in found
    ]


def _expression(cursor: Cursor) -> Expression | None:
    """Gives the expression that the cursor is in."""
    content = cursor.document.content
    for one in expressions(content, cursor.node):
        if MARK in one.body:
            return one
    return None


def _in_expression(cursor: Cursor, expression: Expression, offset: int) -> tuple[int, int, list[Item]]:
    document = cursor.document
    before, after = expression.body.split(MARK, 1)
    path, dot, word = trail_before(before)
    tail = _WORD.match(after)
    start, end = offset - len(word), offset + (tail.end() if tail else 0)
    found: list[Item] = []
    if path and dot:
        for name, (kind, doc) in members(document, cursor.node, path).items():
            if _NAME.fullmatch(name):
                found.append(item(name, "expression", name, kind, doc))
            elif not (cursor.flow and cursor.node.style == "plain"):
                # No name of JavaScript: it goes into brackets, and the dot goes away. (Among brackets of YAML
                # it cannot, without quotes around all of it.)
                start = min(start, offset - len(word))
                found.append(item(name, "expression", f'["{name}"]', kind, doc))
        if any(one["text"].startswith("[") for one in found):
            start -= 1
            found = [
                one if one["text"].startswith("[") else {**one, "text": f".{one['text']}"} for one in found
            ]
        return start, end, found
    if dot:
        return start, end, []
    found.append(item("inputs", "expression", "inputs", None, "The inputs, by their names."))
    if self_type(document, cursor.node) is not None:
        found.append(item("self", "expression", "self", None, "The value that the field is about."))
    found.append(
        item("runtime", "expression", "runtime", None, "The folders and resources that the tool is run with.")
    )
    return start, end, found
