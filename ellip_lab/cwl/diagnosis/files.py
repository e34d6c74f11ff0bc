"""The files of a document as trees: its own text as it is in the editor, the others as they are on disk."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urldefrag, urlsplit

from ellip_lab.cwl.diagnosis.tree import get, named, real, short, word
from ellip_lab.cwl.language.nodes import BrokenError, Mapping, Node, Sequence
from ellip_lab.cwl.language.nodes import read as tree_of
from ellip_lab.cwl.language.text import Text
from ellip_lab.cwl.reading import RefusedError, read, refuse_too_many_nodes


@dataclass(slots=True, eq=False)
class File:
    """Is a file of a document; its root is None when it holds no tree."""

    text: Text
    root: Node | None
    processes: dict[str, Mapping] = field(default_factory=dict)
    """The processes of a file by their ids; the only one of a file without ids is called by the empty text."""

    @property
    def path(self) -> str:
        """Gives its absolute path."""
        return self.text.path

    @property
    def folder(self) -> str:
        """Gives what its references count from."""
        return os.path.dirname(self.path)  # noqa: PTH120


def file_of(text: Text) -> File:
    """Gives a file for a text; `BrokenError` when it is not YAML."""
    root = real(tree_of(text.content))
    file = File(text, root)
    graph = get(root, "$graph")
    if isinstance(graph, Sequence):
        for name, _, value in named(graph, "id"):
            if isinstance(value, Mapping):
                file.processes.setdefault(name, value)
    elif isinstance(root, Mapping):
        file.processes[""] = root
    return file


class Files:
    """Is the files that a document has been followed to."""

    def __init__(self, own: File) -> None:
        self.own = own
        self._known: dict[str, File | None] = {own.path: own}
        self.refused: dict[str, str] = {}
        """Why a file that is there is no document, in a sentence."""

    def read(self) -> list[File]:
        """Gives the files read so far."""
        return [file for file in self._known.values() if file is not None]

    def file(self, path: str) -> File | None:
        """Gives another file; None when it cannot be read (which is told by who looks at it with care)."""
        if path not in self._known:
            try:
                content = read(Path(path))
                refuse_too_many_nodes(content, Path(path))
                file = self._known[path] = file_of(Text(content, path))
                if not isinstance(file.root, (Mapping, Sequence)):
                    self.refused[path] = f"{Path(path).name} is not a CWL document"
            except RefusedError as refusal:
                self._known[path] = None
                if os.path.exists(path):  # noqa: PTH110 - a word may be no name at all
                    self.refused[path] = refusal.finding["message"]
            except BrokenError as broken:
                self._known[path] = None
                line, _ = Text(content, path).place(broken.offset)
                self.refused[path] = f"{Path(path).name}, line {line}: it is not YAML: {broken}"
        return self._known[path]

    def target(self, file: File, reference: str) -> tuple[str | None, str | None]:
        """Gives (path, fragment) that a reference in a file names; no path for one that is not on this machine."""
        parts = urlsplit(reference)
        if parts.scheme not in ("", "file"):
            return None, None
        base, fragment = urldefrag(reference)
        if not base:
            return file.path, unquote(fragment) or None
        path = unquote(urlsplit(base).path) if parts.scheme else unquote(base)
        return os.path.normpath(os.path.join(file.folder, path)), unquote(fragment) or None  # noqa: PTH118

    def process(self, file: File, fragment: str | None) -> Mapping | None:
        """Gives the process of a file that a fragment names; without one `main`, or the only one."""
        if fragment is None:
            only = next(iter(file.processes.values())) if len(file.processes) == 1 else None
            return file.processes.get("main") or only
        name = fragment.split("/")[0]
        if name in file.processes:
            return file.processes[name]
        only = file.processes.get("")
        identifier = word(get(only, "id")) if only else None
        return only if identifier is not None and short(identifier) == name else None

    def imported(self, file: File, node: Any) -> tuple[File, Node] | None:
        """Gives the file and the node that a `$import` stands for; None for anything else, or when it is broken."""
        reference = word(get(node, "$import"))
        if reference is None:
            return None
        path, fragment = self.target(file, reference)
        other = self.file(path) if path else None
        if other is None or other.root is None:
            return None
        if fragment:
            process = self.process(other, fragment)
            return (other, process) if process is not None else None
        return other, other.root
