"""`ellip runs usage`: what a run has used, step by step and in all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from ellip_lab.cli.tables import table
from ellip_lab.tasks.wording import duration, size

if TYPE_CHECKING:
    from ellip_lab.runs.reckoning import RunUsage


@click.command()
@click.argument("run")
@click.option("--json", "as_json", is_flag=True, help="Print the record as JSON.")
def usage(run: str, as_json: bool) -> None:
    """Show what a run has used, step by step and in all: CPU hours, and GB hours of memory.

    On a cluster it is what its pods had reserved; on this machine what was measured.
    """
    from ellip_lab.cli.runs import hall, meant
    from ellip_lab.runs.reckoning import hours

    lab = hall()
    found = lab.runs.usage(meant(lab, run))
    if as_json:
        click.echo(found.model_dump_json(indent=2))
        return
    rows = [
        (
            step.id,
            str(step.jobs),
            duration(step.seconds),
            hours(step.cpu_hours),
            hours(step.memory_hours),
            size(step.memory),
        )
        for step in found.steps
    ]
    if rows:
        jobs = str(sum(step.jobs for step in found.steps))
        rows.append(
            ("in all", jobs, duration(found.seconds), hours(found.cpu_hours), hours(found.memory_hours), "")
        )
    heads = ("STEP", "JOBS", "TIME", "CPU HOURS", "GB HOURS", "PEAK MEMORY")
    table(heads, rows, empty="nothing of it has run yet" if not found.final else "nothing of it has run")
    if rows:
        click.echo(how(found), err=True)


def how(found: RunUsage) -> str:
    """Says where the numbers come from."""
    return f"{'reserved on the cluster' if found.reserved else 'measured here'}{'' if found.final else ', so far'}"


def line(found: RunUsage) -> tuple[str, str]:
    """Gives CPU hours and GB hours of a whole run as two words; empty where nobody knows."""
    from ellip_lab.runs.reckoning import hours

    return hours(found.cpu_hours), hours(found.memory_hours)
