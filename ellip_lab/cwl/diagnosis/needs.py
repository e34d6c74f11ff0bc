"""What a step needs of the workflow it is in, and of itself to be scattered."""

from __future__ import annotations

from ellip_lab.cwl.diagnosis.found import Found, did_you_mean, listed
from ellip_lab.cwl.diagnosis.model import Process, Step, last_name
from ellip_lab.cwl.diagnosis.tree import entries
from ellip_lab.cwl.language.nodes import Node


def scatter(found: Found, step: Step) -> None:
    """Looks at what a step is scattered over."""
    inputs = step.inputs
    for item in step.scatter:
        name = last_name(item)
        if inputs is not None and name not in inputs:
            found.add(
                "cwl/scatter", item, f"the step scatters over `{name}`, which is not one of its inputs",
                did_you_mean(name, inputs, f"Its inputs: {listed(inputs)}." if inputs else "Name an input of `in`."),
            )  # fmt: skip
    fields = entries(step.node)
    if len(step.scatter) > 1 and "scatterMethod" not in fields:
        found.add(
            "cwl/scatter", fields["scatter"].key, "a step that scatters over several inputs says how",
            "Add `scatterMethod: dotproduct` (or flat_crossproduct, nested_crossproduct).",
        )  # fmt: skip
    if "scatterMethod" in fields and "scatter" not in fields and not found.suggested(step.node, "scatter"):
        found.add(
            "cwl/scatter", fields["scatterMethod"].key, "there is a `scatterMethod`, but no `scatter`",
            "Name the inputs in `scatter`.", severity="warning",
        )  # fmt: skip


def requirements(found: Found, workflow: Process, step: Step, *, loop: bool) -> None:
    """Looks whether a workflow asks for what its steps need."""
    fields = entries(step.node)

    def need(name: str, place: Node, what: str) -> None:
        if not workflow.requires(name, step) and not found.suggested(workflow.node, "requirements", name):
            found.add(
                "cwl/missing-requirement", place, what, f"Add `{name}: {{}}` to the workflow's `requirements`.",
                field=name,
            )  # fmt: skip

    if step.scatter:
        need("ScatterFeatureRequirement", fields["scatter"].key, "the workflow scatters without saying so")
    if step.run is not None and step.run.kind == "Workflow" and not loop:
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
