"""The steps of a process, as a list of steps needs them: order, links, images; sub-workflows opened up.

Works on cwltool's `Process` objects by their attributes, imports nothing of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ellip_lab.cwl.form import Json, in_written_order, short, text_of

_DEPTH = 32


def steps_of(process: Any) -> list[Json]:
    """Gives the steps of a process, in an order that respects their links; the written one where they leave a choice.

    The steps of a sub-workflow follow the step that runs it, as `sub/inner`; `after` names steps of the same
    workflow. A process that is not a workflow is its own single step.
    """
    if process.tool.get("class") != "Workflow":
        return [_outline(short(str(process.tool.get("id", ""))) or "tool", {}, process, ())]
    return _steps(process, "", 0)


def image_of(process: Any) -> str | None:
    """Gives the container image of a tool: its `dockerPull`, else its `dockerImageId`; inherited ones too."""
    if process.tool.get("class") != "CommandLineTool":
        return None
    requirement, _ = process.get_requirement("DockerRequirement")
    if not requirement:
        return None
    image = requirement.get("dockerPull") or requirement.get("dockerImageId")
    return str(image) if image else None


def tools_of(process: Any, depth: int = 0) -> Iterator[Any]:
    """Gives every process that runs when this one does, itself first."""
    yield process
    if depth < _DEPTH:
        for step in getattr(process, "steps", ()):
            yield from tools_of(step.embedded_tool, depth + 1)


def _steps(workflow: Any, prefix: str, depth: int) -> list[Json]:
    made = {str(step.tool["id"]): step for step in workflow.steps}
    written = [str(step["id"]) for step in in_written_order(workflow.tool.get("steps", []))]
    maker = {
        str(output["id"] if isinstance(output, Mapping) else output): identifier
        for identifier in written
        for output in made[identifier].tool.get("out", ())
    }
    after = {
        identifier: [maker[source] for source in _sources(made[identifier].tool) if source in maker]
        for identifier in written
    }
    found: list[Json] = []
    for identifier in _ordered(written, after):
        step, name = made[identifier], prefix + short(identifier)
        before = tuple(prefix + short(one) for one in dict.fromkeys(after[identifier]))
        found.append(_outline(name, step.tool, step.embedded_tool, before))
        if step.embedded_tool.tool.get("class") == "Workflow" and depth < _DEPTH:
            found += _steps(step.embedded_tool, f"{name}/", depth + 1)
    return found


def _outline(name: str, words: Mapping[str, Any], tool: Any, after: tuple[str, ...]) -> Json:
    return {
        "id": name,
        "label": text_of(words.get("label") or tool.tool.get("label")),
        "doc": text_of(words.get("doc") or tool.tool.get("doc")),
        "image": image_of(tool),
        "scatter": bool(words.get("scatter")),
        "conditional": words.get("when") is not None,
        "after": list(after),
    }


def _sources(step: Mapping[str, Any]) -> Iterator[str]:
    for entry in step.get("in", ()):
        source = entry.get("source")
        if isinstance(source, (list, tuple)):
            yield from map(str, source)
        elif source is not None:
            yield str(source)


def _ordered(names: list[str], after: Mapping[str, list[str]]) -> list[str]:
    """Puts each step behind those it waits for; steps that wait for one another stay as written."""
    done: list[str] = []
    left = list(names)
    while left:
        free = next((name for name in left if all(one in done for one in after[name])), left[0])
        left.remove(free)
        done.append(free)
    return done
