"""A process as a graph, of the text as it is being typed: inputs, steps, outputs, and what is linked to what.

Everything that can be understood is in it; what is wrong with a node is said at the node. The ids of steps are those
that runs give theirs: `crop`, `sub/crop`.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from ellip_lab.cwl.graphing_files import File, Files, Json, Process, fragment_of, problem, short, word, words
from ellip_lab.cwl.graphing_processes import Member, Processes, outs, texts
from ellip_lab.cwl.graphing_types import array, may_be_null, optional, type_of
from ellip_lab.cwl.marked import Node

NODE_LIMIT = 5000
"""So many nodes a graph has at most: a workflow that runs one twice that runs one twice has no end."""
_DEPTH = 32
Source = tuple[str, str | None, str | None]
"""The node, its port and the type of what comes out."""


@dataclass
class Inside:
    """Is what is known of a workflow while its links are drawn."""

    process: Process
    prefix: str
    parent: str | None
    ids: set[str] = field(default_factory=set)
    sources: dict[str, Source] = field(default_factory=dict)
    """By what a `source` may say: `item`, `crop/cropped`."""
    steps: set[str] = field(default_factory=set)

    def named(self, name: str, apart: str) -> str:
        """Gives an id that no other node has: a step and an input may have the same name."""
        made, count = f"{self.prefix}{name}", 1
        if made in self.ids:
            made = f"{self.prefix}{apart}:{name}"
        while made in self.ids:
            count += 1
            made = f"{self.prefix}{apart}:{name}:{count}"
        self.ids.add(made)
        return made

    def found(self, reference: str) -> Source | None:
        """Gives what a reference names; it may carry the ids of the file and of the workflow before it."""
        fragment = fragment_of(reference)
        own = f"{self.process.fragment}/" if self.process.fragment else ""
        parts = fragment.split("/")
        tries = [fragment.removeprefix(own), fragment, "/".join(parts[-2:]), parts[-1]]
        return next((self.sources[one] for one in tries if one in self.sources), None)


class Graphing:
    """Draws one process."""

    def __init__(self, files: Files) -> None:
        self.of = Processes(files)
        self.nodes: list[Json] = []
        self.edges: list[Json] = []
        self.problems: list[Json] = []

    def draw(self, process: Process, name: str) -> None:
        """Draws a process; one that is no workflow is its own only step."""
        if process.kind == "Workflow":
            self._workflow(Inside(process, "", None), ((process.node, process.file),))
        else:
            self._alone(process, name)

    def _alone(self, process: Process, name: str) -> None:
        inside = Inside(process, "", None)
        step = inside.named(name, "step")
        drawn = self._about(
            process.node, process.file, step, "step", name, None, process.file.span(process.node)
        )
        drawn |= {"process": process.kind or None, "image": self.of.image(process, ())}
        for one in self.of.members(process, "inputs"):
            identifier = inside.named(one.name, "input")
            self._port(one, identifier, "input", None)
            self._edge((identifier, None, type_of(one.node)), step, one.name)
        self.nodes.append(drawn)
        for one in self.of.members(process, "outputs"):
            identifier = inside.named(one.name, "output")
            self._port(one, identifier, "output", None)
            self._edge((step, one.name, type_of(one.node)), identifier, None)

    def _workflow(self, inside: Inside, above: tuple[tuple[Node, File], ...]) -> None:
        """Draws a workflow; `above` are the processes and steps it is inside of, itself last."""
        process = inside.process
        steps = [
            (one if one.name else Member(f"step-{number}", one.key, one.node, one.file))
            for number, one in enumerate(self.of.members(process, "steps"), 1)
        ]
        names = [(inside.named(one.name, "step"), one) for one in steps]
        for one in self.of.members(process, "inputs"):
            identifier = inside.named(one.name, "input")
            self._port(one, identifier, "input", inside.parent)
            inside.sources.setdefault(one.name, (identifier, None, type_of(one.node)))
        runs = [self.of.run(one) for one in steps]
        for (identifier, one), (run, _) in zip(names, runs, strict=True):
            inside.steps.add(one.name)
            kinds = {port.name: type_of(port.node) for port in self.of.members(run, "outputs")} if run else {}
            for name in outs(one.node):
                kind = _gathered(kinds.get(name), one.node)
                inside.sources.setdefault(f"{one.name}/{name}", (identifier, name, kind))
        for (identifier, one), (run, why) in zip(names, runs, strict=True):
            if len(self.nodes) >= NODE_LIMIT:
                self.problems.append(
                    problem(
                        f"more than {NODE_LIMIT:,} nodes: not all are drawn", process.file.path, "warning"
                    )
                )
                return
            self._step(inside, identifier, one, run, why, above)
        for one in self.of.members(process, "outputs"):
            identifier = inside.named(one.name, "output")
            node = self._port(one, identifier, "output", inside.parent)
            for reference in texts(one.node.get("outputSource") or one.node.get("source")):
                source = self._source(inside, reference, node, None)
                self._edge(source, identifier, None)

    def _step(
        self,
        inside: Inside,
        identifier: str,
        one: Member,
        run: Process | None,
        why: str | None,
        above: tuple[tuple[Node, File], ...],
    ) -> None:
        step, file = one.node, one.file
        drawn = self._about(step, file, identifier, "step", one.name, inside.parent, one.span)
        self.nodes.append(drawn)
        drawn["scatter"] = [short(name) for name in texts(step.get("scatter"))]
        drawn["scatter_method"] = word(step, "scatterMethod") or None
        drawn["when"] = word(step, "when") or None
        drawn["problem"] = why
        around = (*above, (step, file))
        if run is not None:
            drawn["process"] = run.kind or None
            drawn["run"] = run.file.span(run.node)
            drawn["image"] = self.of.image(run, around)
            drawn["label"] = drawn["label"] or words(run.node.get("label"))
            drawn["doc"] = drawn["doc"] or words(run.node.get("doc"))
        linked = self._links(inside, identifier, one, drawn)
        for port in self.of.members(run, "inputs") if run else ():
            given = port.node.get("default") if port.node.kind == "mapping" else None
            if port.name not in linked and given is None and not may_be_null(type_of(port.node)):
                drawn["problem"] = drawn["problem"] or f"{port.name}: no source"
        if run is None or run.kind != "Workflow":
            return
        if any(run.node is node for node, _ in above):
            drawn["problem"] = "it runs the workflow it is in"
        elif len(around) < 2 * _DEPTH:
            within = Inside(run, f"{identifier}/", identifier)
            self._workflow(within, (*around, (run.node, run.file)))

    def _links(self, inside: Inside, identifier: str, one: Member, drawn: Json) -> set[str]:
        """Draws what comes into a step; gives the names of its inputs that are written."""
        linked: set[str] = set()
        for port in self.of.listed(one.node.get("in"), one.file):
            linked.add(port.name)
            written = port.node
            references = texts(written.get("source") if written.kind == "mapping" else written)
            for reference in references:
                self._edge(self._source(inside, reference, drawn, port.name), identifier, port.name)
            if not references:
                self.edges.append(
                    {"source": "", "target": identifier, "target_port": port.name, "default": True}
                )
        return linked

    def _source(self, inside: Inside, reference: str, node: Json, port: str | None) -> Source | None:
        """Gives what a link names; what it does not find is the problem of the node it leads to."""
        found = inside.found(reference)
        if found is not None:
            return found
        said = f"{port}: " if port else ""
        step, _, name = fragment_of(reference).rpartition("/")
        step = short(step)
        if step in inside.steps:
            node["problem"] = node["problem"] or f"{said}{step} has no output `{name}`"
            return (f"{inside.prefix}{step}", name, None)
        node["problem"] = node["problem"] or f"{said}there is no `{reference}`"
        return None

    def _edge(self, source: Source | None, target: str, port: str | None) -> None:
        if source is not None:
            node, out, kind = source
            self.edges.append(
                {"source": node, "source_port": out, "target": target, "target_port": port, "type": kind}
            )

    def _port(self, one: Member, identifier: str, kind: str, parent: str | None) -> Json:
        node = self._about(one.node, one.file, identifier, kind, one.name, parent, one.span)
        node["type"] = type_of(one.node)
        self.nodes.append(node)
        return node

    def _about(
        self,
        node: Node,
        file: File,
        identifier: str,
        kind: str,
        name: str,
        parent: str | None,
        span: Json | None,
    ) -> Json:
        return {
            "id": identifier,
            "kind": kind,
            "name": name,
            "parent": parent,
            "label": words(node.get("label")),
            "doc": words(node.get("doc")),
            "span": span,
            "problem": None,
        }


def _gathered(kind: str | None, step: Node) -> str | None:
    """Gives the type of a step's output: arrays where it is scattered, perhaps null where it depends on `when`."""
    if kind is None:
        return None
    if word(step, "when"):
        kind = optional(kind)
    scattered = len(texts(step.get("scatter")))
    nested = word(step, "scatterMethod") == "nested_crossproduct"
    return array(kind, scattered if nested else min(1, scattered))
