"""Says what a loaded process consists of: its name, and the steps in an order that respects their links."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from cwltool.process import Process, shortname
from cwltool.utils import aslist
from cwltool.workflow import Workflow


def outline(tool: Process, document: Path, entry: str | None) -> dict[str, Any]:
    """Gives the name, label and steps of a process; a tool is its own only step."""
    identity = str(tool.tool.get("id", ""))
    fragment = identity.partition("#")[2].rpartition("/")[2]
    name = fragment if fragment not in ("", "main") else (entry or document.stem)
    name = document.stem if name == "main" else name
    about = {"name": name, "label": tool.tool.get("label"), "kind": tool.tool["class"]}
    if isinstance(tool, Workflow):
        return {**about, "steps": _steps(tool, "")}
    return {**about, "steps": [{"id": name, "label": tool.tool.get("label"), "image": _image(tool),
                                "scatter": False, "after": []}]}  # fmt: skip


def _steps(flow: Workflow, within: str) -> list[dict[str, Any]]:
    made = {shortname(step.id): step for step in flow.steps}
    written = [shortname(one["id"]) for one in flow.tool["steps"]]
    after = {name: _before(made[name].tool, set(written), name) for name in written}
    found: list[dict[str, Any]] = []
    for name in _ordered(written, after):
        step = made[name]
        inner = step.embedded_tool
        nested = isinstance(inner, Workflow)
        found.append(
            {
                "id": f"{within}{name}",
                "label": step.tool.get("label") or inner.tool.get("label"),
                "image": None if nested else _image(inner),
                "scatter": "scatter" in step.tool,
                "after": [f"{within}{one}" for one in after[name]],
                **({"workflow": True} if nested else {}),
            }
        )
        if isinstance(inner, Workflow):
            found += _steps(inner, f"{within}{name}/")
    return found


def _before(step: Any, steps: set[str], own: str) -> list[str]:
    """Gives the steps whose outputs a step reads: a source is `...#flow/step/output`."""
    found: list[str] = []
    for one in step.get("in", []):
        for source in aslist(one.get("source", [])):
            parts = str(source).partition("#")[2].split("/")
            if len(parts) >= 2 and parts[-2] in steps and parts[-2] not in (*found, own):
                found.append(parts[-2])
    return found


def _ordered(names: list[str], after: dict[str, list[str]]) -> list[str]:
    """Puts each step behind those it waits for, as written where that leaves a choice."""
    done: list[str] = []
    left = list(names)
    while left:
        free = next((name for name in left if all(one in done for one in after[name])), left[0])
        left.remove(free)
        done.append(free)
    return done


def _image(tool: Process) -> str | None:
    required = tool.get_requirement("DockerRequirement")[0] or {}
    image = required.get("dockerPull") or required.get("dockerImageId")
    return str(image) if image else None
