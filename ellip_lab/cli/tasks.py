"""`ellip tasks`: everything that takes time, of every room."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from ellip_lab.cli.tables import table
from ellip_lab.tasks.contract import LogQuery, State, TaskQuery
from ellip_lab.tasks.wording import age, progress, took

if TYPE_CHECKING:
    from ellip_lab.tasks.service import TasksService

PATIENCE = 30.0
"""Seconds one call waits for more of a log, or for a task to end."""


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def tasks() -> None:
    """List, follow, stop and remove whatever takes time.

    TASK is an id, a beginning or an end of one that no other task has, or `last`.
    """


def room() -> TasksService:
    """Gives the room, for the current folder."""
    from ellip_lab.lab import Lab

    return Lab().tasks


def meant(service: TasksService, word: str) -> str:
    """Gives the id of the task that a word means."""
    from ellip_lab.tasks.find import find

    return find(service.root, word)


json_option = click.option("--json", "as_json", is_flag=True, help="Print the record as JSON.")


@tasks.command("list")
@click.option("--room", "of", help="Only tasks of this room.")
@click.option(
    "--state", type=click.Choice([state.value for state in State]), help="Only tasks in this state."
)
@click.option("--text", help="Only tasks whose title or id has this in it.")
@click.option("-n", "--limit", type=click.IntRange(1, 500), default=20, show_default=True, help="How many.")
@json_option
def list_(of: str | None, state: str | None, text: str | None, limit: int, as_json: bool) -> None:
    """List tasks, newest first."""
    page = room().list(TaskQuery(room=of, state=State(state) if state else None, text=text, limit=limit))
    if as_json:
        click.echo(page.model_dump_json(indent=2))
        return
    table(
        ("TASK", "STATE", "TITLE", "AGE", "TOOK", "PROGRESS"),
        (
            (
                task.id,
                task.state.value,
                task.title,
                age(task.created),
                took(task.started, task.finished),
                progress(task.state, task.progress, task.waiting),
            )
            for task in page.tasks
        ),
        empty="no tasks",
        state=1,
    )


@tasks.command()
@click.argument("task")
@json_option
def show(task: str, as_json: bool) -> None:
    """Show one task."""
    service = room()
    record = service.show(meant(service, task))
    if as_json:
        click.echo(record.model_dump_json(indent=2))
        return
    for name, value in record.model_dump(mode="json").items():
        if value is not None and name != "progress":
            click.echo(f"{name}\t{value}")
    click.echo(f"progress\t{progress(record.state, record.progress, record.waiting)}")


@tasks.command()
@click.argument("task")
@click.option("-f", "--follow", is_flag=True, help="Go on until the task has ended.")
def log(task: str, follow: bool) -> None:
    """Print the end of a task's log."""
    service = room()
    id_ = meant(service, task)
    offset: int | None = None
    while True:
        wait = PATIENCE if follow and offset is not None else 0
        chunk = service.log(id_, LogQuery(offset=offset, wait=wait))
        click.echo(chunk.text, nl=False)
        sys.stdout.flush()
        offset = chunk.next
        if chunk.finished or not follow:
            return


@tasks.command()
@click.argument("task")
@json_option
def stop(task: str, as_json: bool) -> None:
    """Stop a task."""
    service = room()
    id_ = meant(service, task)
    service.stop(id_)
    record = service.wait(id_, PATIENCE)
    click.echo(record.model_dump_json(indent=2) if as_json else f"{record.state}: {id_}")


@tasks.command()
@click.argument("names", metavar="TASK...", nargs=-1, required=True)
@json_option
def remove(names: tuple[str, ...], as_json: bool) -> None:
    """Remove the records of ended tasks."""
    service = room()
    for id_ in [meant(service, name) for name in names]:
        gone = service.remove(id_)
        click.echo(gone.model_dump_json() if as_json else f"removed: {gone.id}")
