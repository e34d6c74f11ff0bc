"""Where a document, and what it runs, names images: read from the text alone, nothing of it loaded or executed.

Files are read with the care of `reading.py`. What cannot be understood is passed over: whoever asks wants to know
which images are named, and `check` says what is wrong.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from ellip_lab.cwl.contract import DockerPull
from ellip_lab.cwl.reading import NODE_LIMIT, RefusedError, read
from ellip_lab.errors import NotFound
from ellip_lab.settings import within

FILE_LIMIT = 200
"""So many files are read for one document; the largest workflows seen have some sixty."""
DEPTH_LIMIT = 100
_NAMED = re.compile(r"^(?!\s*#).*?\bdockerPull[\"']?\s*:\s*[\"']?([A-Za-z0-9][\w.:/@-]*)", re.MULTILINE)
_IMAGE = re.compile(r"[A-Za-z0-9][\w.:/@-]*")


@dataclass(frozen=True, eq=False)
class Scalar:
    """Is a word of a YAML text, and where it stands in it."""

    text: str
    start: int
    end: int


Node = Any
"""A dict, a list or a `Scalar`; one that an alias names is the same object, so there may be circles."""


def pulls_of(document: Path, root: Path) -> tuple[DockerPull, ...]:
    """Gives every place that names an image, in the order of the files; `NotFound` without the document.

    Files that a step runs are followed when they lie below the document's folder or below `root`.
    """
    if not document.exists():
        raise NotFound(f"{document} does not exist")
    found = Reader(document.parent, root)
    found.follow(document, "")
    return tuple(found.pulls)


class Reader:
    """Reads a document and the files it runs, each once, and collects the images."""

    looks_for = "DockerRequirement"
    """The class of the requirements and hints that are collected."""

    def __init__(self, *roots: Path) -> None:
        self.roots = roots
        self.files: dict[Path, tuple[str, Node]] = {}
        self.seen: set[int] = set()
        self.pulls: list[DockerPull] = []

    def follow(self, file: Path, fragment: str) -> None:
        """Looks at a process of a file, or at all of them when none is named."""
        todo = [(file, fragment)]
        while todo:
            place, wanted = todo.pop(0)
            text, node = self.opened(place)
            if node is None:
                self.pulls += _scanned(text, place)
                continue
            for process in _processes(node, wanted):
                todo += self.process(process, place, node)

    def opened(self, file: Path) -> tuple[str, Node]:
        """Gives a file's text and nodes; no nodes the first time a broken one is opened, empty ones afterwards."""
        if file in self.files:
            return self.files[file]
        text = ""
        node: Node = {}
        if len(self.files) < FILE_LIMIT:
            try:
                text = read(file)
                node = composed(text)
            except RefusedError:
                pass
            except ValueError:
                node = None
        self.files[file] = (text, node if node is not None else {})
        return text, node

    def process(self, process: Node, file: Path, whole: Node) -> list[tuple[Path, str]]:
        """Collects the images of a process and of what is written inside it; gives what it refers to."""
        refers: list[tuple[Path, str]] = []
        todo = [(process, "", file)]
        while todo:
            node, outer, at = todo.pop(0)
            if not isinstance(node, dict) or id(node) in self.seen:
                continue
            self.seen.add(id(node))
            name = _name(node) or outer
            for field in ("requirements", "hints"):
                for requirement, where in self.requirements(node.get(field), at):
                    self.collect(requirement, where, name)
            for step in _members(node.get("steps"), "id"):
                todo.append((step, _name(step) or name, at))
                run = step.get("run")
                if isinstance(run, Scalar):
                    refers += self.referred(run.text, at)
                elif isinstance(run, dict):
                    brought, where = self.imported(run, at)
                    todo.append((brought, _name(step) or name, where))
        return refers

    def referred(self, run: str, file: Path) -> list[tuple[Path, str]]:
        """Gives the file and the process that a `run` names, when it is one that may be read."""
        named, _, fragment = run.partition("#")
        place = file if not named else self.local(named, file)
        return [(place, fragment)] if place else []

    def requirements(self, node: Node, file: Path) -> Iterator[tuple[dict[str, Node], Path]]:
        """Gives the requirements of the class that is looked for, of a list or a map, with the file each stands in."""
        node, file = self.imported(node, file)
        if isinstance(node, dict):
            one, where = self.imported(node.get(self.looks_for), file)
            if isinstance(one, dict):
                yield one, where
        for item in node if isinstance(node, list) else ():
            one, where = self.imported(item, file)
            if isinstance(one, dict) and _text(one.get("class")) == self.looks_for:
                yield one, where

    def imported(self, node: Node, file: Path) -> tuple[Node, Path]:
        """Gives what an `$import` stands for; anything else as it is."""
        for _ in range(DEPTH_LIMIT):
            named = _text(node.get("$import")) if isinstance(node, dict) else ""
            place = self.local(named.partition("#")[0], file) if named else None
            if place is None:
                break
            node, file = self.opened(place)[1], place
        return node, file

    def local(self, named: str, file: Path) -> Path | None:
        """Gives the place of a file that another one names; null for one that may not be read, or is remote."""
        parts = urlsplit(named)
        if parts.scheme not in ("", "file") or parts.netloc not in ("", "localhost"):
            return None
        path = unquote(parts.path)
        place = Path(os.path.normpath(file.parent / path))
        for candidate in (place, file.parent / named):
            try:
                if candidate.is_file() and any(within(root, candidate) is not None for root in self.roots):
                    return candidate
            except (OSError, ValueError):
                continue
        return None

    def collect(self, requirement: dict[str, Node], file: Path, tool: str) -> None:
        """Adds the image that a DockerRequirement names, each place once."""
        named = next(
            (
                one
                for key in ("dockerPull", "dockerImageId")
                if isinstance(one := requirement.get(key), Scalar) and one.text.strip()
            ),
            None,
        )
        if named is None or id(named) in self.seen or not _IMAGE.fullmatch(named.text.strip()):
            return
        self.seen.add(id(named))
        text, image = self.files[file][0], named.text.strip()
        within_it = text.find(image, named.start, named.end)
        line, column = _position(text, within_it if within_it >= 0 else named.start)
        self.pulls.append(DockerPull(image=image, path=str(file), line=line, column=column, tool=tool))


def composed(text: str) -> Node:
    """Gives the nodes of a YAML text with their places; `ValueError` for what is no YAML, or too much of it.

    Built from the parser's events without recursion: what is nested a thousand times deep ends no process.
    """
    import yaml

    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    anchors: dict[str, Node] = {}
    open_: list[tuple[Node, list[Node]]] = []
    top: list[Node] = []
    count = 0
    try:
        for event in yaml.parse(text, Loader=loader):
            if isinstance(event, yaml.CollectionEndEvent):
                node, items = open_.pop()
                if isinstance(node, dict):
                    for key, value in zip(items[::2], items[1::2], strict=False):
                        node.setdefault(key.text if isinstance(key, Scalar) else id(key), value)
                else:
                    node += items
                continue
            if isinstance(event, yaml.AliasEvent):
                made: Node = anchors.get(event.anchor or "", {})
            elif isinstance(event, yaml.ScalarEvent) and event.start_mark and event.end_mark:
                made = Scalar(event.value, event.start_mark.index, event.end_mark.index)
            elif isinstance(event, yaml.CollectionStartEvent):
                made = {} if isinstance(event, yaml.MappingStartEvent) else []
            else:
                continue
            count += 1
            (open_[-1][1] if open_ else top).append(made)
            if getattr(event, "anchor", None) and not isinstance(event, yaml.AliasEvent):
                anchors[str(event.anchor)] = made
            if isinstance(event, yaml.CollectionStartEvent):
                open_.append((made, []))
            if count > NODE_LIMIT or len(open_) > DEPTH_LIMIT:
                raise ValueError("too many nodes")
    except yaml.YAMLError as error:
        raise ValueError(str(error)) from error
    return top[0] if top else {}


def _processes(node: Node, wanted: str) -> Iterator[Node]:
    """Gives the process that a fragment names, or every one of a file."""
    graph = node.get("$graph") if isinstance(node, dict) else None
    if graph is None:
        yield from node if isinstance(node, list) else [node]
        return
    processes = list(_members(graph, "id"))
    chosen = [one for one in processes if wanted and _name(one) == _short(wanted)]
    yield from chosen or processes


def _members(node: Node, key: str) -> Iterator[dict[str, Node]]:
    """Gives the mappings of a list, or of a map whose keys are the names."""
    if isinstance(node, list):
        yield from (one for one in node if isinstance(one, dict))
    elif isinstance(node, dict):
        for name, one in node.items():
            if isinstance(one, dict) and isinstance(name, str):
                one.setdefault(key, Scalar(name, 0, 0))
                yield one


def _name(node: dict[str, Node]) -> str:
    return _short(_text(node.get("id")))


def _short(name: str) -> str:
    return name.rpartition("#")[2].rpartition("/")[2]


def _text(node: Node) -> str:
    return node.text if isinstance(node, Scalar) else ""


def _scanned(text: str, file: Path) -> Iterator[DockerPull]:
    """Gives the images that a text names which is no YAML: lines that say `dockerPull`."""
    for match in _NAMED.finditer(text):
        line, column = _position(text, match.start(1))
        yield DockerPull(image=match[1], path=str(file), line=line, column=column)


def _position(text: str, offset: int) -> tuple[int, int]:
    before = text[:offset]
    return before.count("\n") + 1, len(before) - before.rfind("\n")
