"""The processes of a document: which one is meant, what a step runs, and the named parts of either."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ellip_lab.cwl.graphing_files import File, Files, Json, Process, fragment_of, short, word
from ellip_lab.cwl.marked import Node


@dataclass(frozen=True)
class Member:
    """Is a named part of a process: an input, a step, an output; the file it stands in with it."""

    name: str
    key: Node
    node: Node
    file: File

    @property
    def span(self) -> Json | None:
        """Gives where it is written, its name included."""
        return self.file.span(self.node, self.key)


class Processes:
    """Finds the processes of a document's files."""

    def __init__(self, files: Files) -> None:
        self.files = files

    def run(self, step: Member) -> tuple[Process | None, str | None]:
        """Gives the process that a step runs, or why there is none."""
        run = step.node.get("run")
        if run is None or run.null:
            return None, "it runs nothing"
        if run.kind == "mapping":
            node, file = self.files.imported(run, step.file)
            if node is not run and file.problem is not None and file.marked is None:
                return None, str(file.problem["message"])
            return Process(node, file, fragment_of(word(node, "id"))), None
        return self.referred(run.said, step.file)

    def referred(self, run: str, file: File) -> tuple[Process | None, str | None]:
        """Gives the process that a reference names, or why there is none."""
        named, mark, fragment = run.partition("#")
        if named:
            place = self.files.beside(named, file)
            if place is None:
                return None, f"{named} is not on this machine"
            file = self.files.opened(place)
            if file.marked is None:
                return None, str((file.problem or {}).get("message", f"{named} cannot be read"))
        found = self.chosen(file, fragment if mark else None)
        return (
            (found, None)
            if found
            else (None, f"{Path(file.path).name} has no process `{fragment or 'main'}`")
        )

    def chosen(self, file: File, fragment: str | None) -> Process | None:
        """Gives the process of a file that a fragment names; without one `main`, the only one, the only workflow."""
        top = file.node.get("$graph")
        if fragment:
            for name, node in file.processes.items():
                if name == fragment:
                    return Process(node, file, name)
            named = {short(name): (name, node) for name, node in reversed(file.processes.items())}
            if short(fragment) in named:
                name, node = named[short(fragment)]
                return Process(node, file, name)
            return None
        if top is None:
            if not word(file.node, "class"):
                return None
            return Process(file.node, file, fragment_of(word(file.node, "id")))
        ours = [Process(node, file, fragment_of(word(node, "id"))) for _, _, node in top.members()]
        flows = [one for one in ours if one.kind == "Workflow"]
        for some in ([one for one in ours if short(one.fragment) == "main"], ours, flows):
            if len(some) == 1:
                return some[0]
        return next(iter(_unrun(flows) or flows or ours), None)

    def members(self, process: Process | None, field_: str) -> Iterator[Member]:
        """Gives the inputs, outputs or steps of a process."""
        if process is not None:
            yield from self.listed(process.node.get(field_), process.file)

    def listed(self, node: Node | None, file: File) -> Iterator[Member]:
        """Gives the named parts of a list or a map, imports followed."""
        if node is None:
            return
        node, file = self.files.imported(node, file)
        for name, key, value in node.members():
            brought, where = self.files.imported(value, file)
            # cwltool packs a step that has the name of an output as this, and nothing else
            name = name or fragment_of(word(value, "$import")) if brought is value else name
            if brought is value:
                yield Member(short(name), key if key.end <= value.start else value, value, file)
            else:
                yield Member(short(name or word(brought, "id")), brought, brought, where)

    def image(self, process: Process, around: tuple[tuple[Node, File], ...]) -> str | None:
        """Gives the image of a tool: any requirement before any hint, the nearest first."""
        if process.kind != "CommandLineTool":
            return None
        places = [(process.node, process.file), *reversed(around)]
        for field_ in ("requirements", "hints"):
            for node, file in places:
                image = self._named_image(node.get(field_), file)
                if image:
                    return image
        return None

    def _named_image(self, node: Node | None, file: File) -> str | None:
        if node is None:
            return None
        node, file = self.files.imported(node, file)
        for name, _, value in node.members("class"):
            one, _ = self.files.imported(value, file)
            if "DockerRequirement" in (name, word(one, "class")):
                return word(one, "dockerPull") or word(one, "dockerImageId") or None
        return None


def texts(node: Node | None) -> list[str]:
    """Gives a text or a list of texts."""
    if node is None:
        return []
    items = node.items if node.kind == "sequence" else [node]
    return [item.said for item in items if item.said]


def outs(step: Node) -> list[str]:
    """Gives the names of a step's outputs."""
    out = step.get("out")
    if out is None:
        return []
    if out.kind == "mapping":
        return [short(name) for name, _, _ in out.members()]
    names = [item.said or word(item, "id") for item in (out.items if out.kind == "sequence" else [out])]
    return [short(name) for name in names if name]


def _unrun(flows: list[Process]) -> list[Process]:
    """Gives the workflows that no other one of the file runs."""
    steps = [one for flow in flows if (one := flow.node.get("steps")) is not None]
    run = {
        short(word(step, "run"))
        for some in steps
        for _, _, step in some.members()
        if word(step, "run").startswith("#")
    }
    return [one for one in flows if short(one.fragment) not in run]
