"""Requirement 8 of OGC 20-089r1: what every CommandLineTool has."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from ellip_lab.packages.practice.describing import named
from ellip_lab.packages.practice.package import Package
from ellip_lab.packages.practice.parts import Process, Requirement
from ellip_lab.packages.practice.rule import (
    Verdict,
    failed,
    filled,
    put,
    required,
    review,
    rule,
)


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


ALL = (tool_ids, tool_commands, tool_inputs, tool_requirements, tool_images)
