"""The steps of a process, as a list of steps needs them: order, links, images; sub-workflows opened up.

Works on cwltool's `Process` objects by their attributes, imports nothing of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ellip_lab.cwl.form import Json, in_written_order, short, text_of

_DEPTH = 32


def steps_of(process: Any) -> list[Json]:
    """Gives the steps that run a tool, in an order that respects their links.

    A step that is a sub-workflow is shown as its own steps, `sub/inner`; these are `scatter` and
    `conditional` when the step that holds them is. `after` names steps of this list only. A process that is
    not a workflow is its own single step.
    """
    if process.tool.get("class") != "Workflow":
        identifier = short(str(process.tool.get("id", ""))) or "tool"
        return [_outline(identifier, process.tool, process)]
    outlines, _ = _workflow(process, "", {}, scatter=False, conditional=False, depth=0)
    return _ordered(outlines)


def image_of(process: Any) -> str | None:
    """Gives the container image of a tool: its `dockerPull`, else its `dockerImageId`; inherited ones too."""
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


def _outline(
    identifier: str,
    words: Mapping[str, Any],
    tool: Any,
    *,
    scatter: bool = False,
    conditional: bool = False,
    after: tuple[str, ...] = (),
) -> Json:
    return {
        "id": identifier,
        "label": text_of(words.get("label") or tool.tool.get("label")),
        "doc": text_of(words.get("doc") or tool.tool.get("doc")),
        "image": image_of(tool) if tool.tool.get("class") == "CommandLineTool" else None,
        "scatter": scatter,
        "conditional": conditional,
        "after": list(after),
    }


def _workflow(
    workflow: Any,
    prefix: str,
    given: Mapping[str, frozenset[str]],
    *,
    scatter: bool,
    conditional: bool,
    depth: int,
) -> tuple[list[Json], dict[str, frozenset[str]]]:
    """Gives the steps of a workflow, and for each of its outputs the steps that make it.

    `given` tells, by the name of each input, which steps outside made its value.
    """
    steps = {str(step.tool["id"]): step for step in workflow.steps}
    written = [str(step["id"]) for step in in_written_order(workflow.tool.get("steps", []))]
    order = {identifier: index for index, identifier in enumerate(written)}
    makers: dict[str, frozenset[str]] = {
        str(parameter["id"]): given.get(short(str(parameter["id"])), frozenset())
        for parameter in workflow.tool["inputs"]
    }
    outlines: list[Json] = []
    waiting = sorted(steps, key=lambda identifier: order.get(identifier, 0))
    while waiting:
        ready = [
            identifier
            for identifier in waiting
            if all(not _made_by(source, waiting, steps) for source in _sources(steps[identifier].tool))
        ]
        # A cycle was already told as a problem; here the steps are listed all the same.
        for identifier in ready or waiting[:1]:
            waiting.remove(identifier)
            step = steps[identifier]
            name = prefix + short(identifier)
            before = frozenset().union(*(makers.get(source, frozenset()) for source in _sources(step.tool)))
            flags = {
                "scatter": scatter or bool(step.tool.get("scatter")),
                "conditional": conditional or step.tool.get("when") is not None,
            }
            tool = step.embedded_tool
            outputs: dict[str, frozenset[str]] = {}
            if tool.tool.get("class") == "Workflow" and depth < _DEPTH:
                handed = {
                    short(str(entry["id"])): frozenset().union(
                        *(makers.get(source, frozenset()) for source in _sources_of(entry))
                    )
                    for entry in step.tool.get("in", ())
                }
                inner, outputs = _workflow(tool, f"{name}/", handed, depth=depth + 1, **flags)
                outlines.extend(inner)
            else:
                outlines.append(_outline(name, step.tool, tool, after=tuple(sorted(before)), **flags))
            for output in step.tool.get("out", ()):
                key = str(output["id"]) if isinstance(output, Mapping) else str(output)
                makers[key] = outputs.get(short(key), before) if outputs else frozenset({name})
    result = {
        short(str(output["id"])): frozenset().union(
            *(makers.get(source, frozenset()) for source in _sources_of(output, "outputSource"))
        )
        for output in workflow.tool.get("outputs", ())
    }
    return outlines, result


def _sources(step: Mapping[str, Any]) -> Iterator[str]:
    for entry in step.get("in", ()):
        yield from _sources_of(entry)


def _sources_of(entry: Mapping[str, Any], field: str = "source") -> list[str]:
    source = entry.get(field)
    if source is None:
        return []
    return [str(item) for item in source] if isinstance(source, (list, tuple)) else [str(source)]


def _made_by(source: str, waiting: list[str], steps: Mapping[str, Any]) -> bool:
    for identifier in waiting:
        for output in steps[identifier].tool.get("out", ()):
            if source == (str(output["id"]) if isinstance(output, Mapping) else str(output)):
                return True
    return False


def _ordered(outlines: list[Json]) -> list[Json]:
    """Puts the opened-up list in an order that respects its links; the written order where they leave a choice."""
    known = {outline["id"] for outline in outlines}
    done: set[str] = set()
    result: list[Json] = []
    rest = list(outlines)
    while rest:
        chosen = next(
            (item for item in rest if all(name in done or name not in known for name in item["after"])),
            rest[0],
        )
        rest.remove(chosen)
        done.add(chosen["id"])
        result.append(chosen)
    return result
