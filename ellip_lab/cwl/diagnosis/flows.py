"""The types of what goes along the links of a workflow, compared as cwltool compares them."""

from __future__ import annotations

import copy

from ellip_lab.cwl.diagnosis import types
from ellip_lab.cwl.diagnosis.found import Found
from ellip_lab.cwl.diagnosis.model import Port, Process, Step, StepInput, last_name, source_name
from ellip_lab.cwl.diagnosis.tree import get, real, word
from ellip_lab.cwl.language.nodes import Scalar, Sequence


class Flows:
    """Compares types; of steps that run the workflow they are in (`loops`) nothing is said."""

    def __init__(self, found: Found, loops: set[int]) -> None:
        self.found = found
        self.loops = loops

    def type_of(self, workflow: Process, steps: dict[str, Step], source: Scalar) -> types.Type:
        """Gives the type of what comes from a source; `Any` where it is not known."""
        name = source_name(source, workflow)
        if workflow.inputs and name in workflow.inputs:
            return workflow.inputs[name].type
        head, _, tail = name.rpartition("/")
        step = steps.get(head.rsplit("/", 1)[-1]) if head else None
        if step is None or step.run is None or not step.run.outputs or tail not in step.run.outputs:
            return "Any"
        if self.found.suggested(step.node, "scatter") or id(step) in self.loops:
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

    def into_step(self, workflow: Process, steps: dict[str, Step], step: Step, entry: StepInput) -> None:
        """Compares what comes into an input of a step with what its tool takes."""
        if id(step) in self.loops or self.found.suggested(step.node, "scatter"):
            return
        if step.run is None or not step.run.inputs or entry.name not in step.run.inputs or not entry.sources:
            return
        sink = step.run.inputs[entry.name].type
        if any(last_name(item) == entry.name for item in step.scatter):
            sources = [self.type_of(workflow, steps, source) for source in entry.sources]
            if (
                len(sources) == 1
                and types.known(sources[0])
                and not _arrays(sources[0])
                and not entry.has("valueFrom")
            ):
                self.found.add(
                    "cwl/scatter", entry.sources[0],
                    f"the step scatters over `{entry.name}`, but `{word(entry.sources[0])}` is {types.told(sources[0])}, not an array",
                    f"Give it {types.told(sources[0]).removesuffix('?')}[], or take `{entry.name}` out of `scatter`.",
                )  # fmt: skip
                return
            sink = {"type": "array", "items": sink}
        self._compare(workflow, steps, entry, sink, f"`{entry.name}` of {step.name}", optional=types.optional(sink) or (
            entry.has("default") or step.run.inputs[entry.name].default))  # fmt: skip

    def into_output(self, workflow: Process, steps: dict[str, Step], port: Port) -> None:
        """Compares what comes into an output of a workflow with its type."""
        if port.sources:
            many = isinstance(real(get(port.value, "outputSource")), Sequence)
            entry = StepInput(port.name, port.place, port.value, port.sources, many)
            self._compare(workflow, steps, entry, port.type, f"the output `{port.name}`", optional=False)

    def _compare(
        self,
        workflow: Process,
        steps: dict[str, Step],
        entry: StepInput,
        sink: types.Type,
        title: str,
        *,
        optional: bool,
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
            kind = self.type_of(workflow, steps, source)
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
                told = (
                    f"{told}, one of {len(entry.sources)} that are merged into a list"
                    if len(entry.sources) > 1
                    else f"{told}, put into a list"
                )
            self.found.add(
                "cwl/type-mismatch", source,
                f"`{word(source)}` is {told}, but goes to {title}, which is {types.told(sink)}",
                _mend(kind, sink, conditional=self._skipped(workflow, steps, source) and _only_null(kind, sink, merge)),
                severity="error" if verdict == "exception" else "warning",
            )  # fmt: skip

    def _skipped(self, workflow: Process, steps: dict[str, Step], source: Scalar) -> bool:
        head = source_name(source, workflow).rpartition("/")[0]
        return head in steps and steps[head].conditional


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


def _mend(kind: types.Type, sink: types.Type, *, conditional: bool) -> str:
    if conditional:
        return "The step may be skipped, which gives null: use `pickValue`, or make the input optional."
    if _arrays(kind) and not _arrays(sink):
        return "Scatter the step over this input, or take one element with `valueFrom`."
    if _arrays(sink) and not _arrays(kind):
        return "Write the source as a list with `linkMerge: merge_nested`, or make the two types agree."
    return "Make the two types agree, or convert the value with `valueFrom`."
