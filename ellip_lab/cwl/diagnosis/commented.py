"""Gives the loader a tree that is read already, in the form its own YAML parser would give it.

That parser is written in Python and takes a third of the time of a whole diagnosis; the tree comes from one in C. What
is rare in documents (anchors, merge keys, tags, directives, odd numbers) is left to the loader's own parser.
"""

from __future__ import annotations

import re
from typing import Any

from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.scalarstring import (
    DoubleQuotedScalarString,
    FoldedScalarString,
    LiteralScalarString,
    SingleQuotedScalarString,
)

from ellip_lab.cwl.diagnosis.files import File
from ellip_lab.cwl.diagnosis.tree import kind_of
from ellip_lab.cwl.language.nodes import Mapping, Node, Scalar, Sequence
from ellip_lab.cwl.language.text import Text

_INT = re.compile(r"(?:0|-?[1-9][0-9]{0,17})$")
_FLOAT = re.compile(r"-?(?:0|[1-9][0-9]*)\.[0-9]+$")
_RARE = re.compile(r"(?:^|[\s\[{,:-])[&*!](?=\S)|^%|<<|^\.\.\.|^---", re.MULTILINE)
_DEPTH = 60


class _RareError(Exception):
    """Something that is left to the loader's own parser."""


def commented(file: File, name: str) -> CommentedMap | None:
    """Gives the tree of a file, with the places of everything; None for one that the loader is to read itself.

    `name` is what the loader calls the file where it says places.
    """
    if not isinstance(file.root, Mapping) or "\r" in file.text.content or _RARE.search(file.text.content):
        return None
    try:
        tree: CommentedMap = _of(file.root, file.text, name, 0)
    except _RareError:
        return None
    return tree


def _of(node: Node | None, text: Text, name: str, depth: int) -> Any:
    if depth > _DEPTH:
        raise _RareError
    if isinstance(node, Mapping):
        made = CommentedMap()
        _placed(made, node, text, name)
        for pair in node.pairs:
            key = pair.key.value
            if kind_of(pair.key) != "string" or key in made:
                raise _RareError
            value = _of(pair.value, text, name, depth + 1)
            made[key] = value
            made._yaml_set_kv_line_col(key, [*_place(pair.key, text), *_place(pair.value, text)])
        return made
    if isinstance(node, Sequence):
        items = CommentedSeq()
        _placed(items, node, text, name)
        for index, item in enumerate(node.items):
            items.append(_of(item, text, name, depth + 1))
            items._yaml_set_idx_line_col(index, _place(item, text))
        return items
    if isinstance(node, Scalar):
        return _scalar(node, text)
    raise _RareError


def _scalar(node: Scalar, text: Text) -> Any:
    value, kind = node.value, kind_of(node)
    if kind == "null":
        return None
    if kind == "boolean":
        return value.lower() == "true"
    if kind in ("int", "float"):
        if kind == "int" and _INT.match(value):
            return int(value)
        if kind == "float" and _FLOAT.match(value):
            return float(value)
        raise _RareError
    if node.style == "single":
        return SingleQuotedScalarString(value)
    if node.style == "double":
        return DoubleQuotedScalarString(value)
    if node.style == "block":
        folded = text.content[node.start : node.start + 1] == ">"
        return FoldedScalarString(value) if folded else LiteralScalarString(value)
    return value


def _placed(made: Any, node: Node, text: Text, name: str) -> None:
    line, column = _place(node, text)
    made._yaml_set_line_col(line, column)
    made.lc.filename = name


def _place(node: Node, text: Text) -> tuple[int, int]:
    line, column = text.place(node.start)
    return line - 1, column - 1
