"""An Application Package as its files write it: the Workflow, and every process that it reaches, with their places."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import unquote, urlsplit

from ellip_lab.cwl.marked import Marked, Node
from ellip_lab.cwl.reading import RefusedError, read
from ellip_lab.packages.practice.parts import File, Part, Process, Requirement, merged, short

FILE_LIMIT = 200
VISIT_LIMIT = 5000
"""So many times a process is looked at, each time as another step runs it."""


class Package:
    """Is a document and all it runs, read with care; what cannot be understood is passed over."""

    def __init__(self, path: str, text: str | None, entry: str | None) -> None:
        self.files: dict[str, File] = {}
        self.root = self._opened(path, text)
        self.processes: list[Process] = []
        """What the Workflow reaches, itself first; without one, every process of the document."""
        self.entry: Process | None = None
        self.candidates: list[str] = []
        """The Workflows that could have been meant, when none was."""
        self.version = ""
        self._seen: dict[int, Process] = {}
        self._visits = 0
        if self.root.marked is not None:
            self.version = self.top.said("cwlVersion")
            self._choose(entry.removeprefix("#") if entry else None)

    @property
    def top(self) -> Part:
        """Gives the whole document."""
        node = self.root.marked.node if self.root.marked else Node("scalar", 0, 0)
        return Part(self.root, node, ())

    @property
    def tools(self) -> list[Process]:
        """Gives the CommandLineTools that are reached."""
        return [process for process in self.processes if process.kind == "CommandLineTool"]

    @property
    def workflows(self) -> list[Process]:
        """Gives the Workflows that are reached."""
        return [process for process in self.processes if process.kind == "Workflow"]

    def steps(self, workflow: Process) -> Iterator[Part]:
        """Gives the steps of a Workflow."""
        steps = workflow.part.get("steps")
        if steps is not None:
            yield from (self.resolved(step) for step in steps.members())

    def inputs(self, process: Process) -> Iterator[Part]:
        """Gives the inputs of a process."""
        yield from self.ports(process, "inputs")

    def ports(self, process: Process, field: str) -> Iterator[Part]:
        """Gives the inputs or outputs of a process."""
        ports = process.part.get(field)
        if ports is not None:
            yield from (self.resolved(port) for port in self.resolved(ports).members())

    def run(self, step: Part) -> Process | None:
        """Gives the process that a step runs."""
        run = step.get("run")
        found = self._run(run) if run is not None else None
        return self._seen.get(id(found.node)) if found is not None else None

    def resolved(self, part: Part) -> Part:
        """Gives what an `$import` stands for; anything else as it is."""
        for _ in range(20):
            named = part.said("$import")
            file, fragment = self._file(named, part.file) if named else (None, "")
            if file is None or file.marked is None:
                break
            part = _find(Part(file, file.marked.node, ()), fragment) or part
            if part.file is not file:
                break
        return part

    def requirements(self, owner: Part, said: str) -> dict[str, Requirement]:
        """Gives the requirements and hints that a process or a step has itself."""
        found: dict[str, Requirement] = {}
        for name in ("hints", "requirements"):
            listed = owner.get(name)
            if listed is None:
                continue
            for one in self.resolved(listed).members("class"):
                entry = self.resolved(one)
                kind = entry.said("class") or one.name
                found[kind] = Requirement(entry, said, hint=name == "hints")
        return found

    def expanded(self, key: str) -> str:
        """Gives the full name of a key, its prefix replaced by the namespace it stands for."""
        prefix, colon, rest = key.partition(":")
        namespaces = self.top.get("$namespaces")
        space = namespaces.said(prefix) if namespaces is not None and colon else ""
        return space + rest if space else key

    def _choose(self, entry: str | None) -> None:
        processes = list(self._declared())
        workflows = [one for one in processes if one.kind == "Workflow"]
        wanted = entry or "main"
        chosen = [one for one in workflows if one.name == wanted]
        if not chosen and entry is None:
            chosen = workflows if len(workflows) == 1 else self._outer(workflows)
        if entry is not None and not chosen:
            workflows = []
        if len(chosen) == 1:
            self.entry = chosen[0]
            self._visit(self.entry, {})
            return
        self.candidates = [one.name for one in workflows]
        for process in [one for one in processes if entry is None or one.name == entry]:
            self._visit(process, {})

    def _outer(self, workflows: list[Process]) -> list[Process]:
        """Gives the Workflows that no other one runs."""
        run = {
            id(found.node)
            for workflow in workflows
            for step in self.steps(workflow)
            if (named := step.get("run")) is not None and (found := self._run(named)) is not None
        }
        return [one for one in workflows if id(one.part.node) not in run]

    def _declared(self) -> Iterator[Process]:
        graph = self.top.get("$graph")
        parts = (
            [self.resolved(one) for one in graph.members()]
            if graph is not None
            else [self.resolved(self.top)]
        )
        for part in parts:
            if part.node.kind == "mapping" and part.said("class"):
                yield self._process(part)

    def _process(self, part: Part, step: Part | None = None) -> Process:
        known = self._seen.get(id(part.node))
        if known is None:
            name = short(part.said("id"))
            known = Process(part, part.said("class"), name, step=step)
            self._seen[id(part.node)] = known
        return known

    def _visit(
        self, process: Process, inherited: Mapping[str, Requirement], above: tuple[Process, ...] = ()
    ) -> None:
        self._visits += 1
        if process in above or self._visits > VISIT_LIMIT:
            return
        own = self.requirements(process.part, process.called)
        holds = merged(inherited, own)
        if process not in self.processes:
            self.processes.append(process)
        elif any(_same(known, holds) for known in process.contexts):
            return
        process.contexts.append(holds)
        for step in self.steps(process) if process.kind == "Workflow" else ():
            run = step.get("run")
            found = self._run(run) if run is not None else None
            if found is None or found.node.kind != "mapping":
                continue
            embedded = run is not None and found.node is run.node
            inner = merged(holds, self.requirements(step, f"step {step.name}"))
            passed = {
                name: Requirement(one.part, one.owner, hint=one.hint, own=False)
                for name, one in inner.items()
            }
            self._visit(self._process(found, step if embedded else None), passed, (*above, process))

    def _run(self, run: Part) -> Part | None:
        if run.node.kind == "mapping":
            return self.resolved(run)
        if not run.node.said:
            return None
        file, fragment = self._file(run.node.said, run.file)
        if file is None or file.marked is None:
            return None
        return _find(Part(file, file.marked.node, ()), fragment)

    def _file(self, named: str, beside: File) -> tuple[File | None, str]:
        """Gives the file that a reference names, and the fragment; null for what is not on this machine."""
        parts = urlsplit(named)
        fragment = unquote(parts.fragment)
        if parts.scheme not in ("", "file") or parts.netloc not in ("", "localhost"):
            return None, fragment
        if not parts.path:
            return beside, fragment
        place = os.path.normpath(Path(beside.path).parent / unquote(parts.path))
        return self._opened(place, None), fragment

    def _opened(self, path: str, text: str | None) -> File:
        if path in self.files:
            return self.files[path]
        marked = None
        if len(self.files) < FILE_LIMIT:
            try:
                text = read(Path(path)) if text is None else text
                marked = Marked(text)
            except (RefusedError, ValueError):
                pass
        self.files[path] = File(path, text or "", marked)
        return self.files[path]


def _find(top: Part, fragment: str) -> Part | None:
    """Gives the process of a file that a fragment names; the file's own, or its `main`, where none is named."""
    graph = top.get("$graph")
    if graph is None:
        return top
    wanted = short(fragment) or "main"
    return next((one for one in graph.members() if one.name == wanted), None)


def _same(one: Mapping[str, Requirement], other: Mapping[str, Requirement]) -> bool:
    return one.keys() == other.keys() and all(one[name].part.node is other[name].part.node for name in one)
