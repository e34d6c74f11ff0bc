"""What goes where in workflows: sources, outputs, types, scatter, and the requirements that these need."""

from __future__ import annotations

import os

from ellip_lab.cwl.diagnosis import needs, rings, types, unused
from ellip_lab.cwl.diagnosis.flows import Flows
from ellip_lab.cwl.diagnosis.found import Found, did_you_mean, listed, meant
from ellip_lab.cwl.diagnosis.model import Model, Port, Process, Step, last_name, source_name
from ellip_lab.cwl.diagnosis.tree import entries, get, kind_of, word
from ellip_lab.cwl.language.nodes import Mapping, Scalar, Sequence


class Links:
    """Looks at the workflows of one file."""

    def __init__(self, found: Found, model: Model) -> None:
        self.found = found
        self.model = model
        self._loops: set[int] = set()
        self._flows = Flows(found, self._loops)
        self._used: dict[int, set[str]] = {}

    def check(self) -> None:
        """Looks at every workflow that is written in the file."""
        own = self.model.files.own
        for file, place, code, message, hint in self.model.broken:
            if file is own:
                self.found.add(code, place, message, hint)
        self._loops = rings.running_themselves(self.found, self.model)
        self._flows = Flows(self.found, self._loops)
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
                    used.add(source_name(source, workflow))
                    self._source(workflow, steps, source, "source")
                self._flows.into_step(workflow, steps, step, entry)
            needs.scatter(self.found, step)
            needs.requirements(self.found, workflow, step, loop=id(step) in self._loops)
        for port in (workflow.outputs or {}).values():
            for source in port.sources:
                used.add(source_name(source, workflow))
                self._source(workflow, steps, source, "outputSource")
            if self.found.suggested(port.value, "outputSource"):
                continue
            if (isinstance(port.value, Mapping) and "outputSource" not in entries(port.value)) or (
                isinstance(port.value, (Scalar, Sequence)) and not types.optional(port.type)
            ):  # fmt: skip
                self.found.add(
                    "cwl/output-without-source", port.place, f"the output `{port.name}` comes from nowhere",
                    "Say where it comes from: `outputSource: step/output`.", severity="warning",
                )  # fmt: skip
            self._flows.into_output(workflow, steps, port)
        rings.waiting(self.found, workflow, steps)
        self._used[id(workflow)] = used

    def unused(self) -> None:
        """Finds inputs and steps of workflows that nothing uses; only said of a document that is right otherwise."""
        for process in self.model.processes:
            if id(process) in self._used and process.steps is not None:
                unused.of_workflow(self.found, process, process.steps, self._used[id(process)])

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
        missing = [port for name, port in tool.inputs.items() if port.needed and name not in step.inputs]
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
        return any(name in text for text in texts) or any(last_name(item) == name for item in step.scatter)

    # Where a value comes from.

    def _source(self, workflow: Process, steps: dict[str, Step], source: Scalar, field: str) -> None:
        name = source_name(source, workflow)
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
                "cwl/no-source",
                source,
                f"`{field}` names `{name}`, but there is no step `{head}`",
                hint,
                field=field,
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
        other = did_you_mean(name, choices, "Write the id of an input, or `step/output`.")
        hint = f"Did you mean `{by_output[0]}`?" if by_output else other or ""
        self.found.add(
            "cwl/no-source", source,
            f"`{field}` names `{name}`, which is neither an input of the workflow nor an output of a step", hint,
            field=field,
        )  # fmt: skip


def _beside(path: str) -> list[str]:
    try:
        names = os.listdir(os.path.dirname(path))  # noqa: PTH120, PTH208
    except OSError:
        return []
    return [name for name in names if name.endswith((".cwl", ".yml", ".yaml", ".json"))][:500]


def _ports_told(ports: dict[str, Port]) -> str:
    return listed(f"{name} ({types.told(port.type)})" for name, port in ports.items())


def _outs_told(step: Step) -> str:
    outputs = (step.run.outputs if step.run else None) or {}
    outs = step.outs or {}
    if not outs:
        return f"{step.name} gives nothing out."
    told = listed(f"{name} ({types.told(outputs[name].type)})" if name in outputs else name for name in outs)
    return f"Its outputs: {told}."
