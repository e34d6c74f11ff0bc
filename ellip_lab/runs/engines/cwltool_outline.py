"""Says what a loaded process consists of: its name, and the steps in an order that respects their links."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from cwltool.process import Process
from cwltool.workflow import Workflow

from ellip_lab.cwl.outline import image_of, steps_of


def outline(tool: Process, document: Path, entry: str | None) -> dict[str, Any]:
    """Gives the name, label and steps of a process; a tool is its own only step, a sub-workflow is marked."""
    identity = str(tool.tool.get("id", ""))
    fragment = identity.partition("#")[2].rpartition("/")[2]
    name = fragment if fragment not in ("", "main") else (entry or document.stem)
    name = document.stem if name == "main" else name
    about = {"name": name, "label": tool.tool.get("label"), "kind": tool.tool["class"]}
    if not isinstance(tool, Workflow):
        only = {"id": name, "label": tool.tool.get("label"), "image": image_of(tool)}
        return {**about, "steps": [{**only, "scatter": False, "after": []}]}
    steps = steps_of(tool)
    flows = {step["id"].rpartition("/")[0] for step in steps}
    shown = ("id", "label", "image", "scatter", "after")
    return {
        **about,
        "steps": [
            {word: step[word] for word in shown} | ({"workflow": True} if step["id"] in flows else {})
            for step in steps
        ],
    }
