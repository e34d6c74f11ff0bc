"""What is known of the fields of records beside the schemas: what they are taken for, what to write when one is missing."""

from __future__ import annotations

from collections.abc import Collection

from ellip_lab.cwl.diagnosis.found import meant
from ellip_lab.cwl.diagnosis.vocabulary import Record

_OTHER_WORDS = {
    "inputs": "in", "input": "in", "outputs": "out", "output": "out", "command": "baseCommand", "cmd": "baseCommand",
    "image": "dockerPull", "description": "doc", "from": "source", "src": "source", "flag": "prefix", "title": "label",
    "requires": "requirements", "tool": "run", "if": "when", "pattern": "glob", "value": "valueFrom",
}  # fmt: skip


def meant_field(name: str, record: Record, fields: Collection[str]) -> str | None:
    """Gives the field of a record that a word was most likely meant to be; one that is not there yet, if possible."""
    free = [one for one in record.fields if one not in fields]
    other = _OTHER_WORDS.get(name.lower())
    if other in free:
        return other
    return meant(name, free) or meant(name, record.fields)


def missing_hint(name: str, record: Record) -> str | None:
    """Gives what to do about a field that is missing."""
    return {
        "inputs": "A process without inputs says `inputs: []`.",
        "outputs": "A process without outputs says `outputs: []`.",
        "steps": "A workflow without steps says `steps: []`.",
        "in": "A step that is given nothing says `in: []`.",
        "out": "It lists the outputs that other steps use: `out: [raster]`; none: `out: []`.",
        "run": "It names the tool or the workflow that the step runs.",
        "type": f"Write `type: {record.symbol}`."
        if record.symbol
        else f"Write the type of this {'input' if 'Input' in record.name else 'output'}, such as `string` or `File`.",
        "outputSource": "Name an output of a step: `step/output`.",
    }.get(name)
