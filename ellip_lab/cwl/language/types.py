"""The types of inputs and outputs, as they are written, resolved and compared."""

from __future__ import annotations

from dataclasses import dataclass

from ellip_lab.cwl.language.nodes import Mapping, Node, Scalar, Sequence, resolved, text_of

_STREAMS = {"stdout": "File", "stderr": "File", "stdin": "File"}
_WIDER = {
    "int": ("long", "float", "double"),
    "long": ("float", "double"),
    "float": ("double",),
    "enum": ("string",),
    "string": ("enum",),
}
_DEPTH = 32


@dataclass(frozen=True, slots=True)
class Type:
    """Is one alternative of a type."""

    name: str
    """A primitive, `array`, `record`, `enum`, or the name of a type of the document."""
    items: tuple[Type, ...] = ()
    """Of an array: the alternatives of its items."""
    detail: str = ""
    """Of a record or an enumeration: its name, or what it consists of."""

    def __str__(self) -> str:
        """Gives it as CWL writes it, as far as there is a short way."""
        if self.name == "array":
            inside = text(self.items)
            return f"{inside}[]" if len(self.items) == 1 else f"({inside})[]"
        return self.detail or self.name


Types = tuple[Type, ...]
ANY: Types = (Type("Any"),)
NULL = Type("null")


def of(node: Node | None, depth: int = 0) -> Types:
    """Gives the alternatives of a type as it is written; none where nothing is."""
    node = resolved(node)
    if depth > _DEPTH:
        return ANY
    if isinstance(node, Scalar):
        return () if node.absent else of_text(node.value)
    if isinstance(node, Sequence):
        return unique(tuple(one for item in node.items for one in of(item, depth + 1)))
    if isinstance(node, Mapping):
        return _schema(node, depth)
    return ()


def of_text(word: str) -> Types:
    """Gives the alternatives of a type in its short form: `File[]?`."""
    word = word.strip()
    if word.endswith("?"):
        return unique((*of_text(word[:-1]), NULL))
    if word.endswith("[]"):
        return (Type("array", of_text(word[:-2])),)
    if not word:
        return ()
    return (Type(_STREAMS.get(word, word.rsplit("#", 1)[-1].rsplit("/", 1)[-1])),)


def _schema(node: Mapping, depth: int) -> Types:
    kind = node.get("type")
    word = text_of(kind)
    name = (node.text("name") or "").rsplit("/", 1)[-1].lstrip("#")
    if word == "array":
        return (Type("array", of(node.get("items"), depth + 1) or ANY),)
    if word == "enum":
        symbols = node.get("symbols")
        listed = [text_of(item) or "" for item in symbols.items] if isinstance(symbols, Sequence) else []
        return (Type("enum", detail=name or f"enum ({', '.join(listed)})"),)
    if word == "record":
        return (Type("record", detail=name or "record"),)
    return of(kind, depth + 1) if kind is not None else ()


def text(types: Types) -> str:
    """Gives a type as CWL writes it: `File[]?`, or its alternatives."""
    others = [one for one in types if one.name != "null"]
    words = " | ".join(map(str, others))
    if len(others) == len(types):
        return words
    if len(others) == 1:
        return f"{words}?" if not words.endswith(")") else f"{words} | null"
    return f"{words} | null" if words else "null"


def array(types: Types) -> Types:
    """Gives the type of lists of a type."""
    return (Type("array", types or ANY),)


def optional(types: Types) -> Types:
    """Gives a type that may also be null."""
    return unique((*types, NULL))


def items(types: Types) -> Types:
    """Gives the types of the items of those alternatives that are lists."""
    return unique(tuple(item for one in types if one.name == "array" for item in one.items))


def unique(types: Types) -> Types:
    """Gives each alternative once."""
    return tuple(dict.fromkeys(types))


def fits(source: Types, sink: Types) -> bool:
    """Tells whether something of one type may go into another: at least one alternative does."""
    if not source or not sink:
        return True
    given = [one for one in source if one.name != "null"] or list(source)
    return any(_one(one, other) for one in given for other in sink)


def _one(source: Type, sink: Type) -> bool:
    if "Any" in (source.name, sink.name):
        return sink.name != "null" or source.name == "null"
    if source.name == "array" and sink.name == "array":
        return fits(source.items, sink.items)
    if source.name in ("record", "enum") and sink.name == source.name:
        return True
    if source.name == sink.name:
        return True
    return sink.name in _WIDER.get(source.name, ()) or _named(source) or _named(sink)


def _named(one: Type) -> bool:
    """Tells whether it is a type of the document, of which nothing is known here."""
    known = ("null", "boolean", "int", "long", "float", "double", "string", "File", "Directory", "array",
             "record", "enum", "Any")  # fmt: skip
    return one.name not in known
