"""What is being written at a place: a key, a name, a value or a part of an expression."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ellip_lab.cwl.language import tolerant
from ellip_lab.cwl.language.document import Document, begun
from ellip_lab.cwl.language.kinds import Slot
from ellip_lab.cwl.language.nodes import (
    Mapping,
    Node,
    Scalar,
    Sequence,
    ancestors,
    inner,
    pair_of,
    path_to,
)

MARK = "\ue000"
"""Is written at the cursor, so that there is a word to find; no document has it."""
_UNSAFE = re.compile(r"^[#&*!|>'\"%@`{\[]|[:,\[\]{}]|\?$| #|^$|\s$")
_HASH = re.compile(r"^(\s*(?:-\s+)?(?:[\w$]+:\s+)?(?:.*[{,]\s*)?(?:run|source|outputSource):\s+)(#[^\s]*)$")


@dataclass(frozen=True, slots=True)
class Cursor:
    """Is a place in a text, and the word that stands there."""

    document: Document
    """With the mark in it."""
    node: Scalar
    """The word, with the mark."""
    start: int
    """Where the word begins in the text as it was, behind a quote."""
    end: int
    before: str
    """The part of the word before the cursor."""
    space: bool = False
    """A space is missing before it (`key:|`)."""

    @property
    def quoted(self) -> bool:
        """Tells whether it stands in quotes."""
        return self.node.style in ("single", "double")

    @property
    def flow(self) -> bool:
        """Tells whether it stands in braces or brackets."""
        return any(isinstance(one, (Mapping, Sequence)) and one.flow for one in ancestors(self.node.parent))

    def written(self, word: str) -> str:
        """Gives a value as it must be written here: in quotes where it would mean something else without."""
        if self.quoted or not _UNSAFE.search(word):
            return word
        return word if word.endswith(("[]", "?")) and not self.flow else f'"{word}"'

    @property
    def is_key(self) -> bool:
        """Tells whether it is a key, or a word that may become one."""
        pair = pair_of(self.node)
        return pair is not None and pair.key is self.node

    @property
    def has_colon(self) -> bool:
        """Tells whether it is a key that has its colon already."""
        pair = pair_of(self.node)
        return pair is not None and pair.key is self.node and not pair.incomplete

    @property
    def slot(self) -> Slot | None:
        """Gives what is expected here."""
        return self.document.kinds.slot(self.node)

    @property
    def indent(self) -> int:
        """Gives how far what is written here is indented."""
        return self.document.text.column(self.node.start)

    @property
    def box(self) -> Node | None:
        """Gives what it is in."""
        return self.node.parent


def cursor_at(content: str, path: str, offset: int) -> Cursor | None:
    """Gives what is being written at an offset; None in a comment, and where nothing can be made of it."""
    line_start = max(content.rfind("\n", 0, offset), content.rfind("\r", 0, offset)) + 1
    before = content[line_start:offset]
    hashed = _HASH.match(before)
    if hashed:
        return _hash(content, path, offset, line_start + len(hashed[1]))
    space = before.endswith(":") and bool(before.rstrip(":").strip())
    mark = f" {MARK}" if space else MARK
    marked = content[:offset] + mark + content[offset:]
    document = begun(Document(marked, path, tree=tolerant.read(marked)))
    at = offset + len(mark) - 1
    found = path_to(document.root, at)
    node = found[-1] if found else None
    if not isinstance(node, Scalar) or MARK not in marked[node.start : node.end]:
        return None
    start, end = inner(marked, node)
    if space:
        return Cursor(document, node, offset, end - len(mark), "", space=True)
    return Cursor(document, node, start, end - len(mark), marked[start:at])


def _hash(content: str, path: str, offset: int, start: int) -> Cursor | None:
    """Reads a `#fragment` that is not quoted yet: to YAML it is a comment."""
    marked = f'{content[:start]}"{content[start:offset]}{MARK}"{content[offset:]}'
    document = begun(Document(marked, path, tree=tolerant.read(marked)))
    found = path_to(document.root, offset + 1)
    node = found[-1] if found else None
    if not isinstance(node, Scalar) or MARK not in marked[node.start : node.end]:
        return None
    # What is written in its place brings its own quotes.
    node.style = "plain"
    return Cursor(document, node, start, offset, content[start:offset])
