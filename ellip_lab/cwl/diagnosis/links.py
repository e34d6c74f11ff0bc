"""What goes where in workflows: sources, outputs, types, scatter, and the requirements that these need."""

from __future__ import annotations

import copy
import os

from ellip_lab.cwl.diagnosis import types
from ellip_lab.cwl.diagnosis.found import Found, did_you_mean, listed, meant
from ellip_lab.cwl.diagnosis.model import Model, Port, Process, Step, StepInput
from ellip_lab.cwl.diagnosis.tree import entries, get, kind_of, real, word
from ellip_lab.cwl.language.nodes import Mapping, Node, Scalar, Sequence

_EXPRESSIONS = ("valueFrom", "when")


class Links:
    """Looks at the workflows of one file."""

    def __init__(self, found: Found, model: Model) -> None:
        self.found = found
        self.model = model
        self._loops: set[int] = set()
        self._used: dict[int, set[str]] = {}

    def check(self) -> None:
        """Looks at every workflow that is written in the file."""
        own = self.model.files.own
        for file, place, code, message, hint in self.model.broken:
            if file is own:
                self.found.add(code, place, message, hint)
        self._recursion()
        for process in self.model.processes:
            if process.file is own and process.kind == "Workflow" and process.steps is not None:
                self._workflow(process, process.steps)

    def _workflow(self, workflow: Process, steps: dict[str, Step]) -> None:
        used: set[str] = set()
        for step in steps.values():
            self._run(workflow, step)
            if id(step) not in self._loops:
                self._ports(step)
            for entry in (step.inputs or {}).values():
                for source in entry.sources:
                    used.add(_name(source, workflow))
                    self._source(workflow, steps, source, "source")
                self._type(workflow, steps, step, entry)
            self._scatter(workflow, step)
            self._requirements(workflow, step)
        for port in (workflow.outputs or {}).values():
            for source in port.sources:
                used.add(_name(source, workflow))
                self._source(workflow, steps, source, "outputSource")
            if self.found.suggested(port.value, "outputSource"):
                continue
            if isinstance(port.value, Mapping) and "outputSource" not in entries(port.value) or (
                isinstance(port.value, (Scalar, Sequence)) and not types.optional(port.type)
            ):  # fmt: skip
                self.found.add(
                    "cwl/output-without-source", port.place, f"the output `{port.name}` comes from nowhere",
                    "Say where it comes from: `outputSource: step/output`.", severity="warning",
                )  # fmt: skip
            self._output_type(workflow, steps, port)
        self._cycle(workflow, steps)
        self._used[id(workflow)] = used

    def unused(self) -> None:
        """Finds inputs and steps of workflows that nothing uses; only said of a document that is right otherwise."""
        for process in self.model.processes:
            if id(process) in self._used and process.steps is not None:
                self._unused(process, process.steps, self._used[id(process)])

    # What a step runs, and what that has.

    def _run(self, workflow: Process, step: Step) -> None:
        node = get(step.node, "run")
        if not isinstance(node, Scalar) or kind_of(node) != "string":
            return
        path, fragment = self.model.files.target(workflow.file, node.value)
        if path is None:
            if not node.value.startswith("file:"):
                self.found.add(
                    "cwl/missing-file", node, f"the step runs {node.value}, which is not on this machine",
                    "A local document is not completed from the network: download the file and name the copy in `run`.",
                )  # fmt: skip
            return
        name = os.path.basename(path)  # noqa: PTH119
        if path != workflow.file.path and not os.path.exists(path):  # noqa: PTH110
            near = meant(name, _beside(path), 0.75)
            self.found.add(
                "cwl/missing-file", node, f"the step runs {name}, which does not exist",
                f"Did you mean `{near}`?" if near else f"Create {path}, or mend the path in `run`.",
            )  # fmt: skip
        elif path in self.model.files.refused:
            self.found.add("cwl/in-other-file", node, self.model.files.refused[path])
        elif fragment is None and step.run is None:
            other = self.model.files.file(path)
            if other and len(other.processes) > 1:
                self.found.add(
                    "cwl/no-process", node, f"{name} has several processes and no `main`",
                    f"Name one: {listed(f'{word(node)}#{one}' for one in other.processes)}.",
                )  # fmt: skip

    def _ports(self, step: Step) -> None:
        tool = step.run
        if tool is None:
            return
        title = step.name
        if tool.outputs is not None and tool.kind:
            for name, place in (step.outs or {}).items():
                if name not in tool.outputs:
                    near = did_you_mean(name, tool.outputs)
                    its = f"Its outputs: {_ports_told(tool.outputs)}." if tool.outputs else "It has none."
                    self.found.add(
                        "cwl/no-output", place, f"{title} has no output `{name}`",
                        f"{near} {its}" if near else its,
                    )  # fmt: skip
        if tool.inputs is None or step.inputs is None or not tool.kind:
            return
        for name, entry in step.inputs.items():
            if name not in tool.inputs and not self._used_inside(step, name):
                near = did_you_mean(name, tool.inputs)
                its = f"Its inputs: {_ports_told(tool.inputs)}." if tool.inputs else "It has none."
                self.found.add(
                    "cwl/no-input", entry.place, f"{title} has no input `{name}`",
                    f"{near} {its}" if near else its, severity="warning",
                )  # fmt: skip
        missing = [
            port for name, port in tool.inputs.items() if port.needed and name not in step.inputs
        ]
        if missing:
            pair = entries(step.node).get("in")
            names = listed(f"`{port.name}`" for port in missing)
            its = listed(f"{port.name} ({types.told(port.type)})" for port in missing)
            self.found.add(
                "cwl/missing-input", pair.key if pair else step.place,
                f"the step gives no value to {names}, which its tool needs",
                f"Add {its} to `in`, or give the tool's input a default.",
            )  # fmt: skip
        for name, entry in step.inputs.items():
            port = tool.inputs.get(name)
            if port and port.needed and isinstance(entry.value, Mapping) and not (
                entry.sources or any(entry.has(key) for key in ("default", "valueFrom", "source"))
            ) and not self.found.suggested(entry.value, "default", "valueFrom", "source"):  # fmt: skip
                self.found.add(
                    "cwl/missing-input", entry.place,
                    f"`{name}` has neither a `source` nor a `default` nor a `valueFrom`; the tool needs it",
                    "Write where its value comes from.",
                )  # fmt: skip

    def _used_inside(self, step: Step, name: str) -> bool:
        """Tells whether a step's own expressions use an input that its tool has not, or it scatters over it."""
        texts = [word(get(step.node, "when")) or ""]
        texts += [word(get(entry.value, "valueFrom")) or "" for entry in (step.inputs or {}).values()]
        return any(name in text for text in texts) or any(_last(item) == name for item in step.scatter)

    # Where a value comes from.

    def _source(self, workflow: Process, steps: dict[str, Step], source: Scalar, field: str) -> None:
        name = _name(source, workflow)
        if workflow.inputs is None or name in workflow.inputs:
            return
        head, _, tail = name.rpartition("/")
        step = steps.get(head.rsplit("/", 1)[-1]) if head else None
        if step is not None and (step.outs is None or tail in step.outs):
            return
        if kind_of(source) != "string":
            return
        inputs = list(workflow.inputs)
        if step is not None and step.outs is not None:
            there = step.run is not None and tail in (step.run.outputs or {})
            its = _outs_told(step)
            self.found.add(
                "cwl/no-source", source, f"{step.name} has no output `{tail}`" if not there
                else f"the step {step.name} does not give `{tail}` out",
                f"Add `{tail}` to the `out` of {step.name}." if there
                else " ".join(filter(None, [did_you_mean(tail, step.outs), its])),
                field=field,
            )  # fmt: skip
            return
        if head:
            near = meant(head, steps)
            hint = f"Did you mean `{near}/{tail}`?" if near else f"The steps: {listed(steps)}."
            self.found.add(
                "cwl/no-source", source, f"`{field}` names `{name}`, but there is no step `{head}`", hint, field=field
            )
            return
        if name in steps:
            outs = list(steps[name].outs or {})
            self.found.add(
                "cwl/no-source", source, f"`{field}` names the step `{name}` without one of its outputs",
                f"Write {' or '.join(f'`{name}/{out}`' for out in outs[:3])}." if outs else "It gives nothing out.",
                field=field,
            )  # fmt: skip
            return
        if "$(" in name or "${" in name:
            self.found.add(
                "cwl/no-source", source, f"`{field}` is the name of an input or an output, not an expression",
                f"Write `{{valueFrom: {name}}}`.", field=field,
            )  # fmt: skip
            return
        by_output = [f"{one.name}/{name}" for one in steps.values() if name in (one.outs or {})]
        choices = inputs + [f"{one.name}/{out}" for one in steps.values() for out in one.outs or {}]
        if name.removeprefix("inputs.") in inputs:
            by_output = [name.removeprefix("inputs.")]
        hint = (
            f"Did you mean `{by_output[0]}`?"
            if by_output
            else did_you_mean(name, choices, "Write the id of an input, or `step/output`.")
        )
        self.found.add(
            "cwl/no-source", source,
            f"`{field}` names `{name}`, which is neither an input of the workflow nor an output of a step", hint,
            field=field,
        )  # fmt: skip

    def _type_of(self, workflow: Process, steps: dict[str, Step], source: Scalar) -> types.Type:
        name = _name(source, workflow)
        if workflow.inputs and name in workflow.inputs:
            return workflow.inputs[name].type
        head, _, tail = name.rpartition("/")
        step = steps.get(head.rsplit("/", 1)[-1]) if head else None
        if step is None or step.run is None or not step.run.outputs or tail not in step.run.outputs:
            return "Any"
        if self.found.suggested(step.node, "scatter") or id(step) in self._loops:
            return "Any"
        kind = step.run.outputs[tail].type
        nesting = 1 if step.scatter else 0
        if word(get(step.node, "scatterMethod")) == "nested_crossproduct":
            nesting = len(step.scatter)
        for _ in range(nesting):
            kind = {"type": "array", "items": kind}
        if step.conditional and not step.scatter:
            kind = ["null", *kind] if isinstance(kind, list) else ["null", kind]
        return kind

    def _type(self, workflow: Process, steps: dict[str, Step], step: Step, entry: StepInput) -> None:
        if id(step) in self._loops or self.found.suggested(step.node, "scatter"):
            return
        if step.run is None or not step.run.inputs or entry.name not in step.run.inputs or not entry.sources:
            return
        sink = step.run.inputs[entry.name].type
        if any(_last(item) == entry.name for item in step.scatter):
            sources = [self._type_of(workflow, steps, source) for source in entry.sources]
            if len(sources) == 1 and types.known(sources[0]) and not _arrays(sources[0]) and not entry.has("valueFrom"):
                self.found.add(
                    "cwl/scatter", entry.sources[0],
                    f"the step scatters over `{entry.name}`, but `{word(entry.sources[0])}` is {types.told(sources[0])}, not an array",
                    f"Give it {types.told(sources[0]).removesuffix('?')}[], or take `{entry.name}` out of `scatter`.",
                )  # fmt: skip
                return
            sink = {"type": "array", "items": sink}
        self._compare(workflow, steps, entry, sink, f"`{entry.name}` of {step.name}", optional=types.optional(sink) or (
            entry.has("default") or step.run.inputs[entry.name].default))  # fmt: skip

    def _output_type(self, workflow: Process, steps: dict[str, Step], port: Port) -> None:
        if port.sources:
            many = isinstance(real(get(port.value, "outputSource")), Sequence)
            entry = StepInput(port.name, port.place, port.value, port.sources, many)
            self._compare(workflow, steps, entry, port.type, f"the output `{port.name}`", optional=False)

    def _compare(
        self, workflow: Process, steps: dict[str, Step], entry: StepInput, sink: types.Type, title: str, *, optional: bool
    ) -> None:
        from cwltool.checker import check_types

        if entry.has("valueFrom") or not types.known(sink):
            return
        pick = word(get(entry.value, "pickValue"))
        merge = word(get(entry.value, "linkMerge"))
        if entry.many:
            if merge is None and len(entry.sources) > 1:
                merge = "merge_nested"
            if pick in ("first_non_null", "the_only_non_null"):
                merge = None
        else:
            merge = None
        if merge not in (None, "merge_nested", "merge_flattened") or pick:
            # `pickValue` is left to cwltool, which knows more of it.
            return
        for source in entry.sources:
            kind = self._type_of(workflow, steps, source)
            if not types.known(kind):
                continue
            if optional and isinstance(kind, list) and merge is None:
                kind = [one for one in kind if one != "null"]
                kind = kind[0] if len(kind) == 1 else kind
            verdict = check_types(copy.deepcopy(kind), copy.deepcopy(sink), merge, None, None)
            if verdict == "pass":
                continue
            told = types.told(kind)
            if merge:
                told = f"{told}, one of {len(entry.sources)} that are merged into a list" if len(entry.sources) > 1 else f"{told}, put into a list"
            self.found.add(
                "cwl/type-mismatch", source,
                f"`{word(source)}` is {told}, but goes to {title}, which is {types.told(sink)}",
                _mend(kind, sink, conditional=self._skipped(workflow, steps, source) and _only_null(kind, sink, merge)),
                severity="error" if verdict == "exception" else "warning",
            )  # fmt: skip

    def _skipped(self, workflow: Process, steps: dict[str, Step], source: Scalar) -> bool:
        head = _name(source, workflow).rpartition("/")[0]
        return head in steps and steps[head].conditional

    # Scatter, requirements, cycles, what nothing uses.

    def _scatter(self, workflow: Process, step: Step) -> None:
        inputs = step.inputs
        for item in step.scatter:
            name = _last(item)
            if inputs is not None and name not in inputs:
                self.found.add(
                    "cwl/scatter", item, f"the step scatters over `{name}`, which is not one of its inputs",
                    did_you_mean(name, inputs, f"Its inputs: {listed(inputs)}." if inputs else "Name an input of `in`."),
                )  # fmt: skip
        fields = entries(step.node)
        if len(step.scatter) > 1 and "scatterMethod" not in fields:
            self.found.add(
                "cwl/scatter", fields["scatter"].key, "a step that scatters over several inputs says how",
                "Add `scatterMethod: dotproduct` (or flat_crossproduct, nested_crossproduct).",
            )  # fmt: skip
        if "scatterMethod" in fields and "scatter" not in fields and not self.found.suggested(step.node, "scatter"):
            self.found.add(
                "cwl/scatter", fields["scatterMethod"].key, "there is a `scatterMethod`, but no `scatter`",
                "Name the inputs in `scatter`.", severity="warning",
            )  # fmt: skip

    def _requirements(self, workflow: Process, step: Step) -> None:
        fields = entries(step.node)

        def need(name: str, place: Node, what: str) -> None:
            if not workflow.requires(name, step) and not self.found.suggested(workflow.node, "requirements", name):
                self.found.add(
                    "cwl/missing-requirement", place, what, f"Add `{name}: {{}}` to the workflow's `requirements`.",
                    field=name,
                )  # fmt: skip

        if step.scatter:
            need("ScatterFeatureRequirement", fields["scatter"].key, "the workflow scatters without saying so")
        if step.run is not None and step.run.kind == "Workflow" and id(step) not in self._loops:
            need(
                "SubworkflowFeatureRequirement",
                fields["run"].key,
                "the workflow has a sub-workflow without saying so",
            )
        for entry in (step.inputs or {}).values():
            if len(entry.sources) > 1:
                need("MultipleInputFeatureRequirement", entry.place, f"`{entry.name}` has several sources")
            if entry.has("valueFrom"):
                place = entries(entry.value)["valueFrom"].key
                need("StepInputExpressionRequirement", place, "the step has a `valueFrom` without saying so")

    def _cycle(self, workflow: Process, steps: dict[str, Step]) -> None:
        after: dict[str, list[tuple[str, Scalar]]] = {name: [] for name in steps}
        for step in steps.values():
            for entry in (step.inputs or {}).values():
                for source in entry.sources:
                    head = _name(source, workflow).rpartition("/")[0]
                    if head in steps:
                        after[step.name].append((head, source))
        state: dict[str, int] = {}
        told: set[frozenset[str]] = set()
        for start in steps:
            if state.get(start):
                continue
            trail: list[str] = []
            stack = [(start, iter(after[start]))]
            state[start] = 1
            trail.append(start)
            while stack:
                name, links = stack[-1]
                link = next(links, None)
                if link is None:
                    state[name] = 2
                    trail.pop()
                    stack.pop()
                    continue
                head, source = link
                if state.get(head) == 1:
                    ring = trail[trail.index(head) :]
                    if frozenset(ring) not in told:
                        told.add(frozenset(ring))
                        self.found.add(
                            "cwl/cycle", source, f"the step {ring[0]} waits for itself" if len(ring) == 1
                            else f"the steps {' and '.join(sorted(ring))} wait for one another",
                            "Cut one of the links between them." if len(ring) > 1 else "Name another source.",
                        )  # fmt: skip
                elif not state.get(head):
                    state[head] = 1
                    trail.append(head)
                    stack.append((head, iter(after[head])))

    def _unused(self, workflow: Process, steps: dict[str, Step], used: set[str]) -> None:
        if any(step.inputs is None for step in steps.values()) or workflow.outputs is None:
            return
        if steps:
            for name, port in (workflow.inputs or {}).items():
                if name not in used:
                    self.found.add(
                        "cwl/unused-input", port.place, f"nothing uses the input `{name}`",
                        "Link it to a step, or remove it.", severity="information",
                    )  # fmt: skip
        for step in steps.values():
            if step.outs and not any(f"{step.name}/{out}" in used for out in step.outs):
                self.found.add(
                    "cwl/unused-step", step.place, f"nothing uses what the step {step.name} makes",
                    "Link one of its outputs, or say `out: []` if it is only run for its effect.",
                    severity="information",
                )  # fmt: skip

    def _recursion(self) -> None:
        """Finds steps that run the workflow they are in, by whatever way."""
        own = self.model.files.own
        for process in self.model.processes:
            if process.file is not own:
                continue
            for step in (process.steps or {}).values():
                if step.run is not None and _reaches(step.run, process):
                    pair = entries(step.node)["run"]
                    self._loops.add(id(step))
                    direct = step.run is process
                    self.found.add(
                        "cwl/recursion", pair.value,
                        "the workflow runs itself" if direct else f"the workflow runs itself, by way of {step.run.name or 'another'}",
                        "A workflow cannot be a step of itself.",
                    )  # fmt: skip


def _reaches(start: Process, goal: Process) -> bool:
    seen: set[int] = set()
    stack = [start]
    while stack:
        process = stack.pop()
        if process is goal:
            return True
        if id(process) in seen:
            continue
        seen.add(id(process))
        stack += [step.run for step in (process.steps or {}).values() if step.run is not None]
    return False


def _beside(path: str) -> list[str]:
    try:
        names = os.listdir(os.path.dirname(path))  # noqa: PTH120, PTH208
    except OSError:
        return []
    return [name for name in names if name.endswith((".cwl", ".yml", ".yaml", ".json"))][:500]


def _name(source: Scalar, workflow: Process) -> str:
    """Gives a source as `input` or `step/output`, whichever way it is written."""
    text = source.value.rsplit("#", 1)[-1]
    if "#" in source.value and workflow.name and text.startswith(f"{workflow.name}/"):
        text = text[len(workflow.name) + 1 :]
    return text


def _last(node: Scalar) -> str:
    return node.value.rsplit("#", 1)[-1].rsplit("/", 1)[-1]


def _arrays(kind: types.Type) -> bool:
    if isinstance(kind, list):
        return any(_arrays(one) for one in kind)
    return isinstance(kind, dict) and kind["type"] == "array"


def _only_null(kind: types.Type, sink: types.Type, merge: str | None) -> bool:
    """Tells whether nothing but null keeps a type from being another one."""
    from cwltool.checker import check_types

    if not isinstance(kind, list) or "null" not in kind:
        return False
    rest = [one for one in kind if one != "null"]
    given = rest[0] if len(rest) == 1 else rest
    return check_types(copy.deepcopy(given), copy.deepcopy(sink), merge, None, None) == "pass"


def _ports_told(ports: dict[str, Port]) -> str:
    return listed(f"{name} ({types.told(port.type)})" for name, port in ports.items())


def _outs_told(step: Step) -> str:
    outputs = (step.run.outputs if step.run else None) or {}
    outs = step.outs or {}
    if not outs:
        return f"{step.name} gives nothing out."
    told = listed(f"{name} ({types.told(outputs[name].type)})" if name in outputs else name for name in outs)
    return f"Its outputs: {told}."


def _mend(kind: types.Type, sink: types.Type, *, conditional: bool) -> str:
    if conditional:
        return "The step may be skipped, which gives null: use `pickValue`, or make the input optional."
    if _arrays(kind) and not _arrays(sink):
        return "Scatter the step over this input, or take one element with `valueFrom`."
    if _arrays(sink) and not _arrays(kind):
        return "Write the source as a list with `linkMerge: merge_nested`, or make the two types agree."
    return "Make the two types agree, or convert the value with `valueFrom`."
