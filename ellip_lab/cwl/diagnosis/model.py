"""The processes of a document as what links look at: inputs, outputs, steps with what they run."""

from __future__ import annotations

from dataclasses import dataclass, field

from ellip_lab.cwl.diagnosis import types
from ellip_lab.cwl.diagnosis.files import File, Files
from ellip_lab.cwl.diagnosis.tree import entries, get, imports, items, kind_of, named, real, short, word
from ellip_lab.cwl.language.nodes import Mapping, Node, Scalar, Sequence

_DEPTH = 40


@dataclass(slots=True, eq=False)
class Port:
    """Is an input or an output of a process."""

    name: str
    place: Node
    value: Node | None
    type: types.Type
    default: bool = False
    sources: list[Scalar] = field(default_factory=list)
    """Of an output of a workflow."""

    @property
    def needed(self) -> bool:
        """Tells whether a value must be given; not when the type is not known."""
        return types.known(self.type) and not self.default and not types.optional(self.type)


@dataclass(slots=True, eq=False)
class StepInput:
    """Is an entry of a step's `in`."""

    name: str
    place: Node
    value: Node | None
    sources: list[Scalar] = field(default_factory=list)
    many: bool = False
    """The sources are written as a list."""

    def has(self, key: str) -> bool:
        """Tells whether it is a mapping with a key."""
        return isinstance(self.value, Mapping) and key in entries(self.value)


@dataclass(slots=True, eq=False)
class Step:
    """Is a step of a workflow."""

    name: str
    place: Node
    node: Mapping
    inputs: dict[str, StepInput] | None
    outs: dict[str, Node] | None
    run: Process | None = None
    """What it runs; None when that is not known."""
    scatter: list[Scalar] = field(default_factory=list)

    @property
    def conditional(self) -> bool:
        """Tells whether it may be skipped."""
        return "when" in entries(self.node)


@dataclass(slots=True, eq=False)
class Process:
    """Is a process; inputs, outputs or steps that come from another file are None."""

    kind: str
    name: str
    node: Mapping
    file: File
    inputs: dict[str, Port] | None = None
    outputs: dict[str, Port] | None = None
    steps: dict[str, Step] | None = None
    requirements: dict[str, Node | None] = field(default_factory=dict)
    """Those it has itself, hints included."""
    callers: list[tuple[Process, Step]] = field(default_factory=list)

    def requires(self, name: str, step: Step | Mapping | None = None) -> bool:
        """Tells whether a requirement is met here: by itself, the step, or what runs it."""
        node = step.node if isinstance(step, Step) else step
        if node is not None and name in requirements_of(node):
            return True
        return self._requires(name, 0, set())

    def _requires(self, name: str, depth: int, seen: set[int]) -> bool:
        if name in self.requirements:
            return True
        if depth > _DEPTH or id(self) in seen:
            return False
        seen.add(id(self))
        return any(
            name in requirements_of(step.node) or caller._requires(name, depth + 1, seen)
            for caller, step in self.callers
        )


def requirements_of(node: Node | None) -> dict[str, Node | None]:
    """Gives the requirements and hints that a process or a step has itself."""
    return {
        name: value
        for part in ("hints", "requirements")
        for name, _, value in named(get(node, part), "class")
    }


class Model:
    """Builds the processes of a document, each once."""

    def __init__(self, files: Files) -> None:
        self.files = files
        self._known: dict[int, Process] = {}
        self.processes: list[Process] = []
        """All that were met, those of the document itself first."""
        self.broken: list[tuple[File, Scalar, str, str, str | None]] = []
        """References that lead nowhere: file, place, code, message, hint."""
        for name, node in files.own.processes.items():
            self.process(files.own, node, name, {}, 0)

    def of(self, node: Node | None) -> Process | None:
        """Gives the process of a mapping, when it is one that was met."""
        return self._known.get(id(node))

    def process(self, file: File, node: Mapping, name: str, outer: dict[str, Node], depth: int) -> Process:
        """Gives the process of a mapping."""
        known = self._known.get(id(node))
        if known is not None:
            return known
        identifier = word(get(node, "id"))
        made = Process(word(get(node, "class")) or "", short(identifier) if identifier else name, node, file)
        self._known[id(node)] = made
        self.processes.append(made)
        made.requirements = requirements_of(node)
        defined = {**outer, **_defined(made.requirements.get("SchemaDefRequirement"))}
        fields = entries(node)
        made.inputs = _ports(get(node, "inputs"), defined) if "inputs" in fields else None
        made.outputs = _ports(get(node, "outputs"), defined) if "outputs" in fields else None
        if made.kind == "Workflow":
            made.steps = self._steps(made, defined, depth)
        return made

    def _steps(self, workflow: Process, defined: dict[str, Node], depth: int) -> dict[str, Step] | None:
        written = get(workflow.node, "steps")
        if imports(written) or depth > _DEPTH:
            return None
        steps: dict[str, Step] = {}
        for name, place, value in named(written, "id"):
            if not isinstance(value, Mapping):
                continue
            step = Step(name, place, value, _step_inputs(get(value, "in")), _outs(get(value, "out")))
            step.scatter = [item for item in items(get(value, "scatter")) if isinstance(item, Scalar)]
            step.run = self._run(workflow.file, get(value, "run"), defined, depth)
            if step.run is not None:
                step.run.callers.append((workflow, step))
            steps.setdefault(name, step)
        return steps

    def _run(self, file: File, node: Node | None, defined: dict[str, Node], depth: int) -> Process | None:
        if isinstance(node, Mapping):
            imported = self.files.imported(file, node)
            if imported:
                other, target = imported
                return self.process(other, target, "", {}, depth + 1) if isinstance(target, Mapping) else None
            return None if imports(node) else self.process(file, node, "", defined, depth + 1)
        if not isinstance(node, Scalar) or kind_of(node) != "string":
            return None
        path, fragment = self.files.target(file, node.value)
        if path is None:
            return None
        other_file = self.files.file(path)
        if other_file is None or other_file.root is None:
            return None
        process = self.files.process(other_file, fragment)
        if process is None:
            if fragment is not None:
                self._nowhere(file, node, fragment, other_file)
            return None
        return self.process(other_file, process, fragment or "", {}, depth + 1)

    def _nowhere(self, file: File, node: Scalar, fragment: str, other: File) -> None:
        names = [name for name in other.processes if name]
        title = other.path.rsplit("/", 1)[-1]
        self.broken.append(
            (file, node, "cwl/no-process", f"the step runs `#{fragment}`, but {title} has no process `{fragment}`",
             f"Its processes: {', '.join(names)}." if names else f"{title} has no `$graph`.")
        )  # fmt: skip


def _defined(requirement: Node | None) -> dict[str, Node]:
    found: dict[str, Node] = {}
    for item in items(get(requirement, "types")):
        name = word(get(item, "name"))
        if name:
            found[name.lstrip("#")] = item
    return found


def _ports(node: Node | None, defined: dict[str, Node]) -> dict[str, Port] | None:
    if imports(node) or (
        isinstance(node, Sequence)
        and any(isinstance(item, Mapping) and "id" not in entries(item) for item in map(real, node.items))
    ):
        return None
    ports: dict[str, Port] = {}
    for name, place, value in named(node, "id"):
        fields = entries(value)
        described = isinstance(value, Mapping) and (
            "type" in fields or not isinstance(node, Mapping) or "outputSource" in fields
        )
        kind = types.of(get(value, "type"), defined) if described else types.of(value, defined)
        sources = [item for item in items(get(value, "outputSource")) if isinstance(item, Scalar)]
        ports.setdefault(name, Port(name, place, value, kind, "default" in fields, sources))
    return ports


def _step_inputs(node: Node | None) -> dict[str, StepInput] | None:
    if node is None or imports(node):
        return None
    if isinstance(node, Sequence) and any(isinstance(item, Scalar) for item in node.items):
        return None
    found: dict[str, StepInput] = {}
    for name, place, value in named(node, "id"):
        if value is None:
            continue
        written = get(value, "source") if isinstance(value, Mapping) else value
        sources = [item for item in items(written) if isinstance(item, Scalar) and word(item)]
        found.setdefault(name, StepInput(name, place, value, sources, isinstance(real(written), Sequence)))
    return found


def _outs(node: Node | None) -> dict[str, Node] | None:
    if node is None or imports(node):
        return None
    found: dict[str, Node] = {}
    for item in items(node):
        name = get(item, "id") if isinstance(item, Mapping) else item
        text = word(name)
        if text and name is not None:
            found.setdefault(short(text), name)
    return found


def source_name(source: Scalar, workflow: Process) -> str:
    """Gives a source as `input` or `step/output`, whichever way it is written."""
    text = source.value.rsplit("#", 1)[-1]
    if "#" in source.value and workflow.name and text.startswith(f"{workflow.name}/"):
        text = text[len(workflow.name) + 1 :]
    return text


def last_name(node: Scalar) -> str:
    """Gives the last part of a reference."""
    return node.value.rsplit("#", 1)[-1].rsplit("/", 1)[-1]
