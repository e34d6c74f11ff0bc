"""What a document has and nothing uses."""

from __future__ import annotations

from typing import Any

from ellip_lab.cwl.diagnosis import types
from ellip_lab.cwl.diagnosis.found import Found
from ellip_lab.cwl.diagnosis.model import Port, Process, Step
from ellip_lab.cwl.diagnosis.tree import entries, real, word
from ellip_lab.cwl.language.nodes import Mapping, Sequence


def of_workflow(found: Found, workflow: Process, steps: dict[str, Step], used: set[str]) -> None:
    """Finds inputs of a workflow, and steps of it, that nothing uses."""
    if any(step.inputs is None for step in steps.values()) or workflow.outputs is None:
        return
    if steps:
        for name, port in (workflow.inputs or {}).items():
            if name not in used:
                found.add(
                    "cwl/unused-input", port.place, f"nothing uses the input `{name}`",
                    "Link it to a step, or remove it.", severity="information",
                )  # fmt: skip
    for step in steps.values():
        if step.outs and not any(f"{step.name}/{out}" in used for out in step.outs):
            found.add(
                "cwl/unused-step", step.place, f"nothing uses what the step {step.name} makes",
                "Link one of its outputs, or say `out: []` if it is only run for its effect.",
                severity="information",
            )  # fmt: skip


def of_tool(found: Found, process: Process, used: set[str] | None) -> None:
    """Finds inputs of a tool that nothing uses; `used` is what its expressions name, None for all."""
    if process.kind != "CommandLineTool" or process.inputs is None or used is None:
        return
    if process.requires("InitialWorkDirRequirement") or process.requires("ShellCommandRequirement"):
        # They may be used by a script that is looked at by nobody here.
        return
    for port in process.inputs.values():
        if port.name not in used and not _bound(port) and not _staged(port.type):
            found.add(
                "cwl/unused-input", port.place, f"nothing uses the input `{port.name}`",
                "Give it an `inputBinding`, name it in an expression, or remove it.", severity="information",
            )  # fmt: skip


def _bound(port: Port) -> bool:
    """Tells whether an input is put on the command line, or says itself what it is for."""
    return _mentions(port.value, 0)


def _mentions(node: Any, depth: int) -> bool:
    node = real(node)
    if depth > 20:
        return True
    if isinstance(node, Mapping):
        fields = entries(node)
        if "inputBinding" in fields:
            return True
        return any(_mentions(pair.value, depth + 1) for pair in fields.values())
    if isinstance(node, Sequence):
        return any(_mentions(item, depth + 1) for item in node.items)
    return word(node) in ("stdin",)


def _staged(kind: types.Type) -> bool:
    """Tells whether a type holds files: they are put in place whether anything names them or not."""
    if isinstance(kind, list):
        return any(_staged(one) for one in kind)
    if isinstance(kind, dict):
        if kind["type"] == "array":
            return _staged(kind["items"])
        return str(kind["type"]) == "record"
    return str(kind) in ("File", "Directory", "Any")
