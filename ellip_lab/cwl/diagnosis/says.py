"""The words for kinds of values."""

from __future__ import annotations

from ellip_lab.cwl.diagnosis.tree import kind_of, word
from ellip_lab.cwl.diagnosis.vocabulary import Kinds
from ellip_lab.cwl.language.nodes import Mapping, Node, Sequence

_GOT = {
    "null": "nothing",
    "boolean": "true or false",
    "int": "a number",
    "float": "a number",
    "string": "text",
    "list": "a list",
    "mapping": "a mapping",
}


def got(node: Node | None) -> str:
    """Gives what a value is, in words."""
    return _GOT[kind_of(node)]


def expected(kinds: Kinds) -> str:
    """Gives what a value may be, in words."""
    words: list[str] = []
    if "string" in kinds.primitives:
        words.append("text")
    if kinds.primitives & {"int", "long"}:
        words.append("a whole number" if not kinds.primitives & {"float", "double"} else "a number")
    elif kinds.primitives & {"float", "double"}:
        words.append("a number")
    if "boolean" in kinds.primitives:
        words.append("true or false")
    if kinds.symbols and not kinds.primitives - {"null"}:
        words.append(" or ".join(f"`{symbol}`" for symbol in kinds.symbols[:8]))
    if kinds.expression:
        words.append("an expression")
    if kinds.records:
        words.append(f"a mapping ({' or '.join(record.name for record in kinds.records[:4])})")
    if kinds.items is not None:
        words.append("a list")
    return " or ".join(words) or "nothing"


def hint_for_value(name: str, node: Node, kinds: Kinds) -> str | None:
    """Gives what to do about a value of the wrong kind."""
    kind, text = kind_of(node), word(node) or ""
    if kind in ("boolean", "int", "float") and "string" in kinds.primitives:
        return f"YAML reads `{text}` as {got(node)}; write it in quotes: '{text}'."
    if kind == "null" and kinds.items is not None and "null" not in kinds.primitives:
        return f"Write `{name}: []` when there are none."
    if kind == "string" and kinds.primitives & {"int", "long", "float", "double"} and text.strip().isdigit():
        return f"Write it without quotes: {text}."
    if kind == "string" and "boolean" in kinds.primitives and text.lower() in ("yes", "no", "on", "off"):
        return f"Write `{'true' if text.lower() in ('yes', 'on') else 'false'}`."
    if kind == "string" and kinds.expression and not kinds.primitives - {"null"}:
        return "An expression is written `$(...)` or `${...}`."
    if name == "in":
        return f"Write `- {{id: {text}, source: ...}}`, or a mapping: `{text}: source`."
    if name == "when" and kind == "boolean":
        return f"Write `$({text})`."
    if kind in ("boolean", "int", "float", "string") and kinds.items is not None and not kinds.records:
        return f"Write a list: `[{text}]`."
    if kind == "mapping" and kinds.items is not None and not kinds.records:
        return "Write a list: `[...]`, or lines that begin with `- `."
    if isinstance(node, Sequence) and kinds.items is None and len(node.items) == 1:
        return "Write its one entry without the list."
    if isinstance(node, Mapping) and not node.pairs and kinds.optional:
        return "Leave it out."
    return None
