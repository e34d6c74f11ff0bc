"""`ellip runs used`: what the tools of a document have used, and what they should ask for."""

from __future__ import annotations

import sys
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ellip_lab.cli.exits import nearest
from ellip_lab.cli.tables import table
from ellip_lab.tasks.wording import size

if TYPE_CHECKING:
    from ellip_lab.cwl.editing import Edit
    from ellip_lab.runs.contract import ToolUsed, Used


@click.command()
@click.argument("document", metavar="DOC")
@click.option(
    "--write", is_flag=True, help="Write it into the document, as ResourceRequirement of each tool."
)
@click.option("--json", "as_json", is_flag=True, help="Print the record as JSON.")
def used(document: str, write: bool, as_json: bool) -> None:
    """Show what the tools of a document have used in the runs that are kept, and what they should ask for.

    Memory is the highest peak of a job, and 25 % more is asked for, rounded up; cores are the highest CPU time
    divided by the time it took, rounded to whole ones. With --write the document says so; its comments stay.
    """
    from ellip_lab.lab import Lab
    from ellip_lab.runs.contract import UsedQuery

    found = Lab().runs.used(UsedQuery(path=str(Path(document).absolute())))
    changed = written(found) if write else []
    if as_json:
        click.echo(found.model_dump_json(indent=2))
    else:
        table(
            ("TOOL", "RUNS", "PEAK MEMORY", "CORES", "ASKS FOR", "SHOULD ASK FOR", "MARGIN"),
            (_row(tool) for tool in found.tools),
            empty=f"{nearest(document)} has no tools",
        )
    if found.tools and not any(tool.jobs for tool in found.tools):
        click.echo(f"nothing was measured yet: ellip run {nearest(document)}", err=True)
    for place in changed:
        click.echo(f"written: {nearest(place)}", err=True)
    if not write and sys.stdout.isatty() and any(tool.edits for tool in found.tools):
        click.echo(f"write it: ellip runs used --write {nearest(document)}", err=True)


def _row(tool: ToolUsed) -> tuple[str, ...]:
    measured = tool.memory is not None or tool.cores is not None
    return (
        tool.tool or ", ".join(tool.steps) or "(the tool)",
        str(tool.runs),
        size(tool.memory) if tool.memory is not None else "not measured",
        f"{tool.cores:g}" if tool.cores is not None else "not measured",
        _asks(tool.asks_memory, tool.asks_cores),
        _asks(tool.ram_min, tool.cores_min) if measured else "",
        f"{tool.margin:.0%}" if tool.ram_min is not None else "",
    )


def _asks(memory: int | None, cores: float | None) -> str:
    parts = [f"{memory} MiB"] if memory is not None else []
    if cores is not None:
        parts.append(f"{cores:g} core{'' if cores == 1 else 's'}")
    return ", ".join(parts) or "nothing"


def written(found: Used) -> list[str]:
    """Writes what the tools should ask for into their files, each replaced as a whole; gives the files."""
    from ellip_lab.cwl.inserting import apply
    from ellip_lab.shell import write_atomic

    edits: dict[str, list[Edit]] = defaultdict(list)
    for tool in found.tools:
        for edit in tool.edits:
            edits[edit.path].append(edit)
    made = {}
    for place, some in edits.items():
        file = Path(place).resolve()
        text = file.read_bytes().decode()
        made[file] = apply(text, (edit.model_dump(exclude={"path"}) for edit in some))
    for file, text in made.items():
        write_atomic(file, text.encode(), file.stat().st_mode & 0o777)
    return [str(Path(place)) for place in edits]
