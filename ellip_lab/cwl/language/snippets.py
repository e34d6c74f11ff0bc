"""Pieces of documents that are written often: a step, an input, a requirement, a whole document."""

from __future__ import annotations

import re

from ellip_lab.cwl.language import types
from ellip_lab.cwl.language.cursor import Cursor
from ellip_lab.cwl.language.document import Document
from ellip_lab.cwl.language.nodes import Mapping
from ellip_lab.cwl.language.offers import Item, item
from ellip_lab.cwl.language.processes import Process
from ellip_lab.cwl.language.specification import Record

_FIRST = ("DockerRequirement", "ResourceRequirement", "NetworkAccess", "ScatterFeatureRequirement",
          "InlineJavascriptRequirement", "StepInputExpressionRequirement", "SubworkflowFeatureRequirement",
          "MultipleInputFeatureRequirement", "InitialWorkDirRequirement", "EnvVarRequirement")  # fmt: skip
_BODIES = {
    "DockerRequirement": ("dockerPull: ",),
    "ResourceRequirement": ("coresMin: 1", "ramMin: 1024"),
    "NetworkAccess": ("networkAccess: true",),
    "InitialWorkDirRequirement": ("listing:", "  - "),
    "EnvVarRequirement": ("envDef:", "  "),
    "SchemaDefRequirement": ("types:", "  - "),
    "SoftwareRequirement": ("packages:", "  "),
    "LoadListingRequirement": ("loadListing: shallow_listing",),
    "WorkReuse": ("enableReuse: false",),
    "InplaceUpdateRequirement": ("inplaceUpdate: true",),
    "ToolTimeLimit": ("timelimit: 3600",),
}
_TOOL = """cwlVersion: v1.2
class: CommandLineTool
id: tool
label: What it does, in a few words
doc: What it does, in a sentence.
requirements:
  DockerRequirement:
    dockerPull: docker.io/library/debian:stable-slim
baseCommand: [cat]
inputs:
  file:
    type: File
    label: The input
    doc: What it is.
    inputBinding:
      position: 1
outputs:
  out:
    type: stdout
stdout: out.txt
"""
_WORKFLOW = """cwlVersion: v1.2
$graph:
  - class: Workflow
    id: main
    label: What it does, in a few words
    doc: What it does, in a sentence.
    inputs:
      file:
        type: File
        label: The input
        doc: What it is.
    steps:
      tool:
        run: "#tool"
        in:
          file: file
        out: [out]
    outputs:
      out:
        type: File
        outputSource: tool/out

  - class: CommandLineTool
    id: tool
    requirements:
      DockerRequirement:
        dockerPull: docker.io/library/debian:stable-slim
    baseCommand: [cat]
    inputs:
      file:
        type: File
        inputBinding:
          position: 1
    outputs:
      out:
        type: stdout
    stdout: out.txt
"""


def skeletons(newline: str = "\n") -> list[Item]:
    """Gives whole documents, for a text that is empty."""
    made = (
        item("Workflow with a tool", "snippet", _WORKFLOW, "a document", f"```yaml\n{_WORKFLOW}```"),
        item("CommandLineTool", "snippet", _TOOL, "a document", f"```yaml\n{_TOOL}```"),
        item(
            "cwlVersion",
            "field",
            "cwlVersion: v1.2",
            None,
            "The version of CWL that the document is written in.",
        ),
    )
    return [{**one, "text": one["text"].replace("\n", newline)} for one in made]


def requirement_rank(name: str) -> tuple[int, str]:
    """Tells which requirements are written most."""
    return (_FIRST.index(name) if name in _FIRST else len(_FIRST), name)


def requirement(cursor: Cursor, record: Record) -> str:
    """Gives a requirement with the fields that it must have."""
    lines = _BODIES.get(record.name)
    if lines is None:
        return f"{record.name}: {{}}"
    if cursor.flow:
        return (
            f"{record.name}: {{{', '.join(lines)}}}" if not lines[0].endswith(":") else f"{record.name}: {{}}"
        )
    return _block([f"{record.name}:", *(f"  {line}" for line in lines)], cursor.indent)


def steps(cursor: Cursor, present: set[str]) -> list[Item]:
    """Gives new steps: one for each process that the document has, and an empty one."""
    document = cursor.document
    workflow = document.process_around(cursor.node)
    found = []
    if not cursor.flow and not cursor.has_colon:
        for process in document.top:
            if process.name is None or process is workflow:
                continue
            found.append(_step(cursor, document, workflow, process, present))
        empty = _block(["step:", "  run: ", "  in:", "    ", "  out: []"], cursor.indent)
        found.append(item("new step", "snippet", empty, "a step"))
    return found


def _step(
    cursor: Cursor, document: Document, workflow: Process | None, process: Process, present: set[str]
) -> Item:
    name = process.name.text if process.name else "step"
    step = name
    while step in present:
        step = (
            f"{step}_2"
            if not re.search(r"_\d+$", step)
            else re.sub(r"\d+$", lambda m: str(int(m[0]) + 1), step)
        )
    lines = [f"{step}:", f'  run: "#{name}"', "  in:"]
    for port in process.inputs.values():
        if port.get("default") is not None or any(one.name == "null" for one in port.type):
            continue
        lines.append(f"    {port.name.text}: {_source(workflow, port.name.text, port.type)}".rstrip())
    if lines[-1] == "  in:":
        lines[-1] = "  in: {}"
    lines.append(f"  out: [{', '.join(process.outputs)}]")
    text = _block(lines, cursor.indent)
    return item(step, "snippet", text, f"a step that runs #{name}", process.label or process.doc)


def _source(workflow: Process | None, name: str, wanted: types.Types) -> str:
    """Gives what most likely goes into an input: what is called the same, else the only one of its type."""
    if workflow is None:
        return ""
    if name in workflow.inputs and types.fits(workflow.inputs[name].type, wanted):
        return name
    outputs = {
        f"{step.name.text}/{output}": step.output_type(output)
        for step in workflow.steps.values()
        for output in step.outputs
    }
    fitting = [source for source, kind in outputs.items() if kind and types.fits(kind, wanted)]
    same = [source for source in fitting if source.rsplit("/", 1)[-1] == name]
    return same[0] if same else fitting[0] if len(fitting) == 1 else ""


def ports(cursor: Cursor, field: str, owner: Mapping | None) -> list[Item]:
    """Gives a new input or output."""
    if cursor.has_colon:
        return []
    kind = cursor.document.kinds.record_name(owner)
    word = field.removesuffix("s")
    lines = [f"{word}:", "  type: string" if word == "input" else "  type: File", "  label: ", "  doc: "]
    if kind == "Workflow" and word == "output":
        lines.append("  outputSource: ")
    elif kind == "CommandLineTool":
        lines += (
            ["  inputBinding:", "    position: 1"] if word == "input" else ["  outputBinding:", "    glob: "]
        )
    return [item(f"new {word}", "snippet", _block(lines, cursor.indent), f"an {word}")]


def _block(lines: list[str], indent: int) -> str:
    return f"\n{' ' * indent}".join(lines)
