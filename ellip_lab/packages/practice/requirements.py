"""Requirements 7 to 10 of OGC 20-089r1, and its recommendation: the Workflow of a package."""

from __future__ import annotations

from collections.abc import Iterator

from ellip_lab.packages.practice import tools
from ellip_lab.packages.practice.describing import described, name_of, named
from ellip_lab.packages.practice.package import Package
from ellip_lab.packages.practice.parts import Part
from ellip_lab.packages.practice.rule import (
    Verdict,
    failed,
    filled,
    passed,
    put,
    required,
    rule,
    unapplied,
)


@rule(
    id="app-pck/cwl/workflow",
    number="7",
    title="One Workflow",
    text="The document has one Workflow, the application; where it has several, one of them is the one that is meant.",
    passed="the document has a Workflow",
)
def one_workflow(package: Package) -> Iterator[Verdict]:
    """Asks for a Workflow that is meant."""
    if package.entry is not None:
        return
    if package.candidates:
        listed = ", ".join(package.candidates)
        yield failed(
            package.top,
            f"there are {len(package.candidates)} Workflows, and none is named",
            hint=f"Name one of them behind the document, as in DOC#{package.candidates[0]}: {listed}.",
        )
        return
    yield failed(
        package.top,
        "there is no Workflow: an application package is a Workflow and the tools it runs",
        hint="Write a Workflow with one step that runs the tool.",
    )


@rule(
    id="app-pck/cwl/tool",
    number="7",
    title="A CommandLineTool",
    text="The Workflow runs at least one CommandLineTool.",
    passed="the Workflow runs a CommandLineTool",
)
def a_tool(package: Package) -> Iterator[Verdict]:
    """Asks for a CommandLineTool among what the Workflow runs."""
    if package.tools and package.entry is None:
        yield passed("the document has a CommandLineTool")
    if not package.tools:
        whole = package.entry.part if package.entry else package.top
        yield failed(whole, "nothing here runs a CommandLineTool", hint="Add a step that runs one.")


@rule(
    id="app-pck/wf/id",
    number="9",
    title="The Workflow has an id",
    text="The Workflow, and every Workflow it runs, has an `id`.",
    passed="every Workflow has an id",
    subject="Workflow",
    fixable=True,
)
def workflow_ids(package: Package) -> Iterator[Verdict]:
    """Tells which Workflows have no id."""
    yield from (verdict for workflow in package.workflows if (verdict := named(workflow)))


@rule(
    id="app-pck/wf/label",
    number="9",
    title="The Workflow has a label",
    text="The Workflow, and every Workflow it runs, has a `label`: its title.",
    passed="every Workflow has a label",
    subject="Workflow",
    fixable=True,
)
def workflow_labels(package: Package) -> Iterator[Verdict]:
    """Tells which Workflows have no label."""
    for workflow in package.workflows:
        if verdict := described(workflow.part, "label", workflow.called, name_of(workflow)):
            yield verdict


@rule(
    id="app-pck/wf/doc",
    number="9",
    title="The Workflow has a doc",
    text="The Workflow, and every Workflow it runs, has a `doc`: what it does, in some sentences.",
    passed="every Workflow has a doc",
    subject="Workflow",
    fixable=True,
)
def workflow_docs(package: Package) -> Iterator[Verdict]:
    """Tells which Workflows have no doc."""
    for workflow in package.workflows:
        if verdict := described(workflow.part, "doc", workflow.called, name_of(workflow)):
            yield verdict


def inputs_with(package: Package, field: str) -> Iterator[Verdict]:
    """Tells which inputs of the Workflows lack a field."""
    for workflow in package.workflows:
        for port in package.inputs(workflow):
            what = f"input {port.name}" if port.name else "an input"
            if verdict := described(port, field, what, port.name):
                yield verdict


@rule(
    id="app-pck/wf-inputs/id",
    number="10",
    title="Inputs have an id",
    text="Every input of the Workflow has an `id`.",
    passed="every input of the Workflow has an id",
    subject="Workflow",
)
def input_ids(package: Package) -> Iterator[Verdict]:
    """Tells which inputs have no id."""
    for workflow in package.workflows:
        for port in package.inputs(workflow):
            if not port.name:
                yield failed(port, f"an input of {workflow.called} has no id")


@rule(
    id="app-pck/wf-inputs/label",
    number="10",
    title="Inputs have a label",
    text="Every input of the Workflow has a `label`: what a person is asked for.",
    passed="every input of the Workflow has a label",
    subject="Workflow",
    fixable=True,
)
def input_labels(package: Package) -> Iterator[Verdict]:
    """Tells which inputs have no label."""
    yield from inputs_with(package, "label")


@rule(
    id="app-pck/wf-inputs/doc",
    number="10",
    title="Inputs have a doc",
    text="Every input of the Workflow has a `doc`: what it means, and which values make sense.",
    passed="every input of the Workflow has a doc",
    subject="Workflow",
    fixable=True,
)
def input_docs(package: Package) -> Iterator[Verdict]:
    """Tells which inputs have no doc."""
    yield from inputs_with(package, "doc")


@rule(
    id="app-pck/fan-out/requirement",
    number="rec",
    title="Scatter is required",
    text="A Workflow that fans out has ScatterFeatureRequirement among its requirements.",
    passed="every Workflow that scatters requires it",
    severity="warning",
    subject="Workflow",
    fixable=True,
)
def scatter_required(package: Package) -> Iterator[Verdict]:
    """Tells which Workflows scatter without requiring it."""
    scattering = [one for one in package.workflows if any(fans_out(step) for step in package.steps(one))]
    if not scattering:
        yield unapplied("no step is scattered")
    for workflow in scattering:
        known = [context.get("ScatterFeatureRequirement") for context in workflow.contexts]
        if any(one is None or one.hint for one in known):
            change = ("Add ScatterFeatureRequirement", required(workflow.part, "ScatterFeatureRequirement"))
            yield failed(
                workflow.part, f"{workflow.called} scatters without ScatterFeatureRequirement", change=change
            )


@rule(
    id="app-pck/fan-out/method",
    number="rec",
    title="scatterMethod is said",
    text="A step that is scattered says its `scatterMethod`.",
    passed="every step that is scattered says how",
    severity="warning",
    subject="Workflow",
    fixable=True,
)
def scatter_methods(package: Package) -> Iterator[Verdict]:
    """Tells which steps scatter without saying how."""
    steps = [step for workflow in package.workflows for step in package.steps(workflow) if fans_out(step)]
    if not steps:
        yield unapplied("no step is scattered")
    for step in steps:
        if not filled(step.node.get("scatterMethod")):
            change = ("Add scatterMethod: dotproduct", put(step, "scatterMethod", "dotproduct", ("scatter",)))
            yield failed(step, f"step {step.name} is scattered without a scatterMethod", change=change)


def fans_out(step: Part) -> bool:
    """Says whether a step is scattered over something."""
    return filled(step.node.get("scatter"))


ALL = (
    one_workflow,
    a_tool,
    *tools.ALL,
    workflow_ids,
    workflow_labels,
    workflow_docs,
    input_ids,
    input_labels,
    input_docs,
)
RECOMMENDED = (scatter_required, scatter_methods)
