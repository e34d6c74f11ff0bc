"""How a plan of a toolbox is shown on a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from ellip_lab.cli.exits import FAILED, Ended

if TYPE_CHECKING:
    from ellip_lab.toolboxes.contract import ToolboxPlan

MARKS = {
    "add": ("+", "green"),
    "upgrade": ("↑", "cyan"),
    "downgrade": ("↓", "yellow"),
    "replace": ("~", "cyan"),
    "remove": ("-", "red"),
}


def planned(found: ToolboxPlan, *, as_json: bool) -> None:
    """Shows a plan; one that cannot be carried out ends the command with exit code 1."""
    if as_json:
        click.echo(found.model_dump_json(indent=2))
    else:
        for line in plan_lines(found):
            click.echo(line)
    if not found.possible:
        if not as_json:
            refused(found)
        raise Ended(FAILED)


def plan_lines(found: ToolboxPlan) -> list[str]:
    """Gives a plan line by line: a package a line, then what it takes."""
    from ellip_lab.tasks.wording import size
    from ellip_lab.toolboxes.asking import counted

    if not found.possible and not found.changes:
        return []
    lines = []
    for one in found.changes:
        mark, colour = MARKS[one.kind.value]
        version = f"{one.before} → {one.version}" if one.before else one.version
        cached = click.style("cached", dim=True) if one.cached else size(one.size)
        lines.append(
            f"{click.style(mark, fg=colour)} {one.name} {version} {click.style(one.build, dim=True)}  "
            f"{one.channel}  {cached}"
        )
    takes = (
        f"{size(found.download)} to download, about {size(found.disk)} on the disk ({size(found.free)} free)"
    )
    lines.append(f"{counted(len(found.changes), 'change')}, {found.kept} kept; {takes}")
    return lines


def refused(found: ToolboxPlan) -> None:
    """Says why a plan cannot be carried out."""
    for problem in found.problems:
        click.echo(f"{click.style('error:', fg='red', bold=True)} {problem}", err=True)
    for line in (found.explanation or "").splitlines():
        click.echo(f"  | {line}", err=True)
    if found.hint:
        click.echo(f"{click.style('hint:', fg='cyan', bold=True)} {found.hint}", err=True)
