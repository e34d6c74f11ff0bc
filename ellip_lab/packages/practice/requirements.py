"""Requirements 7 to 11 of OGC 20-089r1, and its recommendation: what a package's document has to say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ellip_lab.packages.practice.package import Package, Part, Process, Requirement, short
from ellip_lab.packages.practice.rule import (
    Verdict,
    failed,
    filled,
    passed,
    put,
    replaced,
    required,
    review,
    rule,
    titled,
    unapplied,
    unfinished,
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


def named(process: Process) -> Verdict | None:
    """Tells whether a process has an id of its own."""
    if filled(process.part.node.get("id")):
        return None
    file = Path(process.part.file.path).stem
    name = process.step.name if process.step is not None else short(file)
    name = "".join(letter if letter.isalnum() or letter in "-_" else "-" for letter in name)
    change = (f"Add the id {name}", put(process.part, "id", name, ())) if name else None
    return failed(process.part, f"{process.called} has no id", change=change)


def described(part: Part, field: str, what: str, name: str) -> Verdict | None:
    """Tells whether a part has a label, or a doc, that says something."""
    node = part.node.get(field)
    if filled(node):
        if unfinished(node):
            return review(part.get(field), f"the {field} of {what} is still to be written")
        return None
    label = part.said("label") or titled(name)
    text = titled(name) if field == "label" else f"TODO describe {label}"
    if not name and not part.said("label"):
        text = f"TODO the {field}"
    edits: tuple[Any, ...]
    if part.node.kind == "mapping":
        edits = put(part, field, text, ("id", "type", "class", "cwlVersion", "label"))
    else:
        # `name: type` becomes a mapping
        edits = replaced(part, {"type": typed(part), field: text})
    return failed(part, f"{what} has no {field}", change=(f"Add a {field}", edits))


def typed(part: Part) -> Any:
    """Gives the type of an input that is written without its other fields."""
    if part.node.kind == "sequence":
        return [typed(one) for one in part.members()]
    return {one.name: typed(one) for one in part.members()} if part.node.kind == "mapping" else part.node.text


@rule(
    id="app-pck/clt/id",
    number="8",
    title="Tools have an id",
    text="Every CommandLineTool has an `id`.",
    passed="every tool has an id",
    subject="CommandLineTool",
    fixable=True,
)
def tool_ids(package: Package) -> Iterator[Verdict]:
    """Tells which tools have no id."""
    yield from (verdict for tool in package.tools if (verdict := named(tool)))


@rule(
    id="app-pck/clt/baseCommand",
    number="8",
    title="Tools have a baseCommand",
    text="Every CommandLineTool names the program it calls in `baseCommand`.",
    passed="every tool has a baseCommand",
    subject="CommandLineTool",
)
def tool_commands(package: Package) -> Iterator[Verdict]:
    """Tells which tools name no program."""
    for tool in package.tools:
        command = tool.part.node.get("baseCommand")
        if not filled(command):
            yield failed(
                tool.part if command is None else tool.part.get("baseCommand"),
                f"{tool.called} has no baseCommand",
                hint="Write the program it calls, as in `baseCommand: gdal_translate`.",
            )


@rule(
    id="app-pck/clt/inputs",
    number="8",
    title="Tools have inputs",
    text="Every CommandLineTool has `inputs`; they may be empty.",
    passed="every tool has inputs",
    subject="CommandLineTool",
    fixable=True,
)
def tool_inputs(package: Package) -> Iterator[Verdict]:
    """Tells which tools do not say their inputs."""
    for tool in package.tools:
        if tool.part.node.get("inputs") is None:
            change = (
                "Add empty inputs",
                put(tool.part, "inputs", [], ("id", "class", "baseCommand", "requirements")),
            )
            yield failed(tool.part, f"{tool.called} does not say its inputs", change=change)


@rule(
    id="app-pck/clt/requirements",
    number="8",
    title="Tools have requirements",
    text="Every CommandLineTool has `requirements` of its own: what its environment must have.",
    passed="every tool has requirements",
    subject="CommandLineTool",
    fixable=True,
)
def tool_requirements(package: Package) -> Iterator[Verdict]:
    """Tells which tools have no requirements of their own."""
    for tool in package.tools:
        if tool.part.node.get("requirements") is None:
            yield failed(
                tool.part,
                f"{tool.called} has no requirements",
                hint="Write what it needs to run, its image first.",
                change=image_change(package, tool),
            )


@rule(
    id="app-pck/clt/docker",
    number="8",
    title="Tools have an image",
    text="For every CommandLineTool a DockerRequirement with `dockerPull` holds: its own, its step's or its Workflow's.",
    passed="every tool has an image",
    subject="CommandLineTool",
    fixable=True,
)
def tool_images(package: Package) -> Iterator[Verdict]:
    """Tells for which tools no image holds, or only as a hint."""
    for tool in package.tools:
        found = [context.get("DockerRequirement") for context in tool.contexts]
        broken = [one for one in found if one is None or not one.part.said("dockerPull").strip()]
        if broken:
            one = broken[0]
            message = (
                f"{tool.called} has no DockerRequirement"
                if one is None
                else f"the DockerRequirement of {one.owner} names no image to pull"
            )
            yield failed(
                tool.part if one is None else one.part,
                message,
                hint="Write the image that has its program, as in `dockerPull: registry/name:tag`.",
                change=image_change(package, tool) if one is None else None,
            )
        elif hinted := [one.part for one in found if one is not None and one.hint]:
            yield review(
                hinted[0],
                f"the image of {tool.called} is a hint: a platform may run it without",
                change=image_change(package, tool),
            )


def image_change(package: Package, tool: Process) -> tuple[str, tuple[Any, ...]] | None:
    """Gives a tool the image that holds for it already, else the one that most tools of the package have."""
    mine = [image for context in tool.contexts if (image := image_of(context.get("DockerRequirement")))]
    others = Counter(
        image
        for one in package.tools
        for context in one.contexts
        if (image := image_of(context.get("DockerRequirement")))
    )
    known = [*mine, *(name for name, _ in others.most_common(1))]
    if not known:
        return None
    return f"Require {known[0]}", required(tool.part, "DockerRequirement", {"dockerPull": known[0]})


def image_of(requirement: Requirement | None) -> str:
    """Gives the image that a DockerRequirement names, or nothing."""
    return requirement.part.said("dockerPull").strip() if requirement is not None else ""


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


def name_of(process: Process) -> str:
    """Gives the name of a process, of its step or of its file."""
    return process.name or (process.step.name if process.step else Path(process.part.file.path).stem)


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
    tool_ids,
    tool_commands,
    tool_inputs,
    tool_requirements,
    tool_images,
    workflow_ids,
    workflow_labels,
    workflow_docs,
    input_ids,
    input_labels,
    input_docs,
)
RECOMMENDED = (scatter_required, scatter_methods)
