"""The one wrapper of tree-sitter: reads JavaScript without running it, in a fraction of a millisecond."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

_OPEN = {"(": ")", "[": "]", "{": "}", "${": "}"}
_CLOSE = {closing: opening for opening, closing in _OPEN.items() if opening != "${"}
_MAX = 1_000_000
KNOWN = frozenset(
    # What the language brings, what the engines let in, and what CWL gives.
    [
        "AggregateError",
        "Array",
        "ArrayBuffer",
        "BigInt",
        "BigInt64Array",
        "BigUint64Array",
        "Boolean",
        "DataView",
        "Date",
        "Error",
        "EvalError",
        "Float32Array",
        "Float64Array",
        "Function",
        "Infinity",
        "Int16Array",
        "Int32Array",
        "Int8Array",
        "JSON",
        "Map",
        "Math",
        "NaN",
        "Number",
        "Object",
        "Promise",
        "Proxy",
        "RangeError",
        "ReferenceError",
        "Reflect",
        "RegExp",
        "Set",
        "String",
        "Symbol",
        "SyntaxError",
        "TypeError",
        "URIError",
        "Uint16Array",
        "Uint32Array",
        "Uint8Array",
        "Uint8ClampedArray",
        "WeakMap",
        "WeakSet",
        "arguments",
        "console",
        "decodeURI",
        "decodeURIComponent",
        "encodeURI",
        "encodeURIComponent",
        "escape",
        "eval",
        "globalThis",
        "inputs",
        "isFinite",
        "isNaN",
        "parseFloat",
        "parseInt",
        "runtime",
        "self",
        "undefined",
        "unescape",
    ]
)
_DECLARES = frozenset(("function_declaration", "function_expression", "generator_function", "generator_function_declaration",
                       "class_declaration", "class", "variable_declarator"))  # fmt: skip
_PATTERNS = frozenset(("formal_parameters", "rest_pattern", "array_pattern", "object_pattern", "pair_pattern",
                       "assignment_pattern", "object_assignment_pattern", "for_in_statement", "catch_clause"))  # fmt: skip


@cache
def _parser() -> Any:
    import tree_sitter_javascript
    from tree_sitter import Language, Parser

    return Parser(Language(tree_sitter_javascript.language()))


class Script:
    """Is a piece of JavaScript, read; places are offsets in characters."""

    def __init__(self, code: str) -> None:
        self.code = code[:_MAX]
        self._bytes = self.code.encode("utf-8", "replace")
        self._plain = len(self._bytes) == len(self.code)
        self.root = _parser().parse(self._bytes).root_node

    def fault(self) -> tuple[int, int, str] | None:
        """Gives (start, end, what is wrong) of the first thing that is no JavaScript; None when all is."""
        if not self.root.has_error:
            return None
        unbalanced = self.unbalanced()
        if unbalanced:
            return unbalanced
        errors = sorted(self._errors(), key=lambda node: (node.start_byte, node.end_byte))
        # An error that spans everything says less than the one inside of it.
        narrow = [
            node for node in errors if node.end_byte - node.start_byte <= max(12, len(self._bytes) // 3)
        ]
        first = (narrow or errors or [self.root])[0]
        start, end = self._place(first)
        if first.is_missing:
            after = self.code[:start].rstrip()
            if first.type.isidentifier():
                return (
                    max(len(after) - 1, 0),
                    max(len(after), 1),
                    f"something is missing behind `{_word(after)}`",
                )
            mark = "an operator or `;`" if first.type == ";" else f"`{first.type}`"
            return max(len(after) - 1, 0), max(len(after), 1), f"{mark} is missing behind `{_word(after)}`"
        text = self.code[start:end].strip()
        return start, end, f"`{text[:40]}` is not expected here" if text else "this is not JavaScript"

    def unknown(self, declared: frozenset[str] | set[str]) -> Iterator[tuple[int, int, str]]:
        """Gives the names that are used and declared nowhere."""
        mine = self.declared()
        for node in self._walk():
            if node.type not in ("identifier", "shorthand_property_identifier"):
                continue
            name = node.text.decode()
            if name not in KNOWN and name not in mine and name not in declared and not _typeof(node):
                yield *self._place(node), name

    def declared(self) -> set[str]:
        """Gives the names that are declared anywhere in it."""
        found: set[str] = set()
        for node in self._walk():
            if node.type == "shorthand_property_identifier_pattern":
                found.add(node.text.decode())
            elif node.type == "identifier" and node.parent is not None:
                parent = node.parent
                if parent.type in _DECLARES:
                    if parent.child_by_field_name("name") == node:
                        found.add(node.text.decode())
                elif parent.type in _PATTERNS:
                    if parent.type not in ("for_in_statement",) or parent.child_by_field_name("left") == node:
                        found.add(node.text.decode())
                elif parent.type == "arrow_function" and parent.child_by_field_name("parameter") == node:
                    found.add(node.text.decode())
        return found

    def members(self, name: str) -> Iterator[tuple[int, int, str]]:
        """Gives the members that are asked of a global by their names (`inputs.x`, `inputs['x']`)."""
        for node in self._walk():
            if node.type not in ("member_expression", "subscript_expression"):
                continue
            owner = node.child_by_field_name("object")
            if owner is None or owner.type != "identifier" or owner.text.decode() != name:
                continue
            asked = node.child_by_field_name("property" if node.type == "member_expression" else "index")
            if asked is None or asked.is_missing:
                continue
            if asked.type == "property_identifier":
                yield *self._place(asked), asked.text.decode()
            elif asked.type == "string":
                start, end = self._place(asked)
                yield start + 1, end - 1, self.code[start + 1 : end - 1]

    def whole(self, name: str) -> bool:
        """Tells whether a global is used otherwise than by asking it for a member by its name."""
        for node in self._walk():
            if node.type == "identifier" and node.text.decode() == name:
                parent = node.parent
                if parent is None or parent.child_by_field_name("object") != node:
                    return True
                index = parent.child_by_field_name("index")
                if parent.type == "subscript_expression" and (index is None or index.type != "string"):
                    return True
        return False

    def _errors(self) -> Iterator[Any]:
        stack = [self.root]
        while stack:
            node = stack.pop()
            if node.is_error or node.is_missing:
                yield node
            if node.has_error:
                stack.extend(node.children)

    def _walk(self) -> Iterator[Any]:
        stack = [self.root]
        while stack:
            node = stack.pop()
            yield node
            stack.extend(reversed(node.children))

    def unbalanced(self) -> tuple[int, int, str] | None:
        """Finds a bracket or a quote without its other half."""
        opened: list[tuple[str, int]] = []
        index, code = 0, self.code
        while index < len(code):
            mark = code[index]
            if mark in "'\"`":
                end = _string_end(code, index)
                if end is None:
                    return index, _line_end(code, index), f"the quote {mark} is not closed"
                index = end
                continue
            if code.startswith("//", index):
                index = _line_end(code, index)
                continue
            if code.startswith("/*", index):
                closed = code.find("*/", index + 2)
                if closed < 0:
                    return index, index + 2, "the comment is not closed"
                index = closed + 2
                continue
            if mark in "([{":
                opened.append((mark, index))
            elif mark in ")]}":
                if not opened or opened[-1][0] != _CLOSE[mark]:
                    if opened:
                        return opened[-1][1], opened[-1][1] + 1, f"`{opened[-1][0]}` is not closed"
                    return index, index + 1, f"`{mark}` closes nothing"
                opened.pop()
            index += 1
        if opened:
            return opened[-1][1], opened[-1][1] + 1, f"`{opened[-1][0]}` is not closed"
        return None

    def _place(self, node: Any) -> tuple[int, int]:
        if self._plain:
            return node.start_byte, node.end_byte
        return (
            len(self._bytes[: node.start_byte].decode("utf-8", "replace")),
            len(self._bytes[: node.end_byte].decode("utf-8", "replace")),
        )


def _string_end(code: str, start: int) -> int | None:
    index = start + 1
    while index < len(code):
        mark = code[index]
        if mark == "\\":
            index += 2
            continue
        if mark == code[start]:
            return index + 1
        if mark == "\n" and code[start] != "`":
            return None
        index += 1
    return None


def _line_end(code: str, start: int) -> int:
    end = code.find("\n", start)
    return end if end >= 0 else len(code)


def _word(text: str) -> str:
    return text.split()[-1][-20:] if text.split() else "the beginning"


def _typeof(node: Any) -> bool:
    """Tells whether a name is only asked whether it exists."""
    parent = node.parent
    operator = parent.child_by_field_name("operator") if parent is not None else None
    return operator is not None and operator.type == "typeof"
