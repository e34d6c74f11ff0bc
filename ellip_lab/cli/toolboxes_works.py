"""`ellip toolbox plan|install|update|clone|remove|clean|works`: what takes time, shown while it lasts."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ellip_lab.cli.exits import FAILED, Ended
from ellip_lab.cli.images_works import BEAT, LINE, STOPPING, going_options
from ellip_lab.cli.interrupting import delivered_later, waited
from ellip_lab.cli.s3 import confirmed, hall, json_option
from ellip_lab.cli.toolboxes_plans import planned

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

    from ellip_lab.lab import Lab
    from ellip_lab.toolboxes.contract import (
        ToolboxFailure,
        ToolboxRequest,
        ToolboxUpdate,
        ToolboxWork,
    )


def source_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Gives a command the options of what a toolbox is made of."""
    options = [
        click.option("-n", "--name", help="The toolbox's name.  [default: WHAT]"),
        click.option("-p", "--package", "packages", multiple=True, metavar="SPEC", help="A package: `gdal`, `gdal >=3.8`."),
        click.option("-c", "--channel", "channels", multiple=True, help="A channel, the first goes first."),
        click.option("-f", "--file", type=click.Path(exists=True, dir_okay=False), help="An environment.yml or a lock file."),
        click.option("--title", help="What it is called in the launcher."),
    ]  # fmt: skip
    for option in reversed(options):
        command = option(command)
    return command


def request(lab: Lab, what: str, **source: Any) -> ToolboxRequest:
    """Understands the words of a command."""
    from ellip_lab.toolboxes.asking import asked

    return asked(lab.toolboxes, what, **source)


@click.command()
@click.argument("what")
@source_options
@json_option
def plan(what: str, as_json: bool, **source: Any) -> None:
    """Show what an installation would bring: WHAT is an entry of the catalogue, or a name with -p or -f."""
    lab = hall()
    planned(lab.toolboxes.plan(request(lab, what, **source)), as_json=as_json)


@click.command()
@click.argument("what")
@source_options
@click.option("--dry-run", is_flag=True, help="Show what would come, and change nothing.")
@going_options
def install(what: str, dry_run: bool, **options: Any) -> None:
    """Install a toolbox. WHAT is an entry of the catalogue, or a name with -p or -f. Ctrl-C stops it."""
    lab = hall()
    how = {name: options.pop(name) for name in ("detach", "quiet", "as_json")}
    asked = request(lab, what, **options)
    if dry_run:
        planned(lab.toolboxes.plan(asked), as_json=how["as_json"])
        return
    attended(lab, lambda lab: lab.toolboxes.install(asked), **how)


@click.command()
@click.argument("name")
@click.option("-p", "--package", "packages", multiple=True, metavar="SPEC", help="A package besides, or in another version.")  # fmt: skip
@click.option("--drop", multiple=True, metavar="PACKAGE", help="A package that is no longer wanted.")
@click.option("-c", "--channel", "channels", multiple=True, help="A channel instead of those it has.")
@click.option("-f", "--file", type=click.Path(exists=True, dir_okay=False), help="An environment.yml or a lock file, instead of what was asked before.")  # fmt: skip
@click.option("--minimal", is_flag=True, help="Change no more than must be.")
@click.option("--dry-run", is_flag=True, help="Show what would change, and change nothing.")
@going_options
def update(
    name: str,
    packages: tuple[str, ...],
    drop: tuple[str, ...],
    channels: tuple[str, ...],
    file: str | None,
    minimal: bool,
    dry_run: bool,
    **how: bool,
) -> None:
    """Bring toolbox NAME up to date, or change what is asked of it. One that fails leaves it as it was."""
    from ellip_lab.toolboxes.contract import ToolboxUpdate

    asked: ToolboxUpdate = ToolboxUpdate(
        name=name, add=packages, drop=drop, channels=channels,
        file=str(Path(file).absolute()) if file else None, upgrade=not minimal,
    )  # fmt: skip
    lab = hall()
    if dry_run:
        planned(lab.toolboxes.plan_update(asked), as_json=how["as_json"])
        return
    attended(lab, lambda lab: lab.toolboxes.update(asked), **how)


@click.command()
@click.argument("name")
@click.argument("to")
@click.option("--title", help="What it is called in the launcher.")
@going_options
def clone(name: str, to: str, title: str | None, **how: bool) -> None:
    """Make a second toolbox TO with the builds of toolbox NAME."""
    from ellip_lab.toolboxes.contract import ToolboxClone

    asked = ToolboxClone(name=name, to=to, title=title)
    attended(hall(), lambda lab: lab.toolboxes.clone(asked), **how)


@click.command()
@click.argument("name")
@click.option("-y", "--yes", is_flag=True, help="Do not ask.")
@going_options
def remove(name: str, yes: bool, **how: bool) -> None:
    """Remove toolbox NAME; what was downloaded stays in the cache."""
    from ellip_lab.toolboxes.contract import ToolboxQuery, ToolboxRemoval

    lab = hall()
    found = lab.toolboxes.show(ToolboxQuery(name=name))
    confirmed(f"Remove {name} with {found.packages} packages?", yes=yes)
    attended(lab, lambda lab: lab.toolboxes.remove(ToolboxRemoval(name=name)), **how)


@click.command()
@click.option("--all", "everything", is_flag=True, help="Every package, also those that toolboxes have.")
@click.option("--index", is_flag=True, help="The lists of packages of channels too.")
@going_options
def clean(everything: bool, index: bool, **how: bool) -> None:
    """Take packages from the cache that no toolbox has; toolboxes are not touched."""
    from ellip_lab.toolboxes.contract import CacheCleaning

    asked = CacheCleaning(all=everything, index=index)
    attended(hall(), lambda lab: lab.toolboxes.clean(asked), **how)


@click.command()
@click.option("-l", "--limit", type=click.IntRange(1, 500), default=20, show_default=True, help="How many.")
@json_option
def works(limit: int, as_json: bool) -> None:
    """List installations, updates and their like, newest first; `ellip tasks` stops, logs and removes them."""
    from ellip_lab.cli.tables import table
    from ellip_lab.tasks.wording import age, took
    from ellip_lab.toolboxes.contract import ToolboxWorkQuery

    page = hall().toolboxes.works(ToolboxWorkQuery(limit=limit))
    if as_json:
        click.echo(page.model_dump_json(indent=2))
        return
    table(
        ("WORK", "STATE", "TITLE", "AGE", "TOOK", "PROGRESS"),
        (
            (one.id, one.state.value, one.title, age(one.created), took(one.started, one.finished), one.detail or one.text)
            for one in page.works
        ),
        empty="no works",
        state=1,
    )  # fmt: skip


# -- works


def attended(
    lab: Lab, start: Callable[[Lab], ToolboxWork], *, detach: bool, quiet: bool, as_json: bool
) -> None:
    """Starts a work, shows it until its end, and ends with its exit code."""
    with delivered_later() as deliver:
        work = start(lab)
    if detach:
        click.echo(work.model_dump_json(indent=2) if as_json else work.id)
        return

    def show() -> None:
        deliver()
        if quiet or as_json:
            lab.tasks.wait(work.id, None)
        elif sys.stderr.isatty():
            displayed(lab, work.id)
        else:
            said = ""
            while not lab.tasks.wait(work.id, LINE).state.final:
                now = line(lab.toolboxes.show_work(work.id))
                if now != said:
                    click.echo(now, err=True)
                said = now

    waited(show, lambda: stopped(lab, work.id))
    ended(lab.toolboxes.show_work(work.id), quiet=quiet, as_json=as_json)


def line(now: ToolboxWork) -> str:
    """Says how far a work is."""
    if now.state.value == "queued":
        return f"{now.waiting} before it" if now.waiting else "waiting"
    going = next((one.name.value for one in now.steps if one.state.value == "running"), "")
    return f"{going} {now.text}".strip() or now.state.value


def displayed(lab: Lab, id_: str) -> None:
    """Shows the steps of a work as bars."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn

    with Progress(
        TextColumn("{task.description:10}"), BarColumn(), TextColumn("{task.fields[said]}"),
        console=Console(stderr=True), transient=True, auto_refresh=False,
    ) as bar:  # fmt: skip
        rows: dict[str, TaskID] = {}
        while True:
            final = lab.tasks.wait(id_, BEAT).state.final
            drawn(bar, rows, lab.toolboxes.show_work(id_))
            if final:
                return


def drawn(bar: Progress, rows: dict[str, TaskID], now: ToolboxWork) -> None:
    """Draws the steps that have begun, each in a row of its own."""
    for step in now.steps:
        if step.state.value == "waiting":
            continue
        name = step.name.value
        if name not in rows:
            rows[name] = bar.add_task(name, total=None, said="")
        whole = step.state.value == "done"
        total = step.total or (1 if whole else None)
        done = total if whole else step.done or 0
        bar.update(rows[name], total=total, completed=done or 0, said="done" if whole else step.text)
    if not rows:
        rows[""] = bar.add_task(line(now), total=None, said="")
    bar.refresh()


def stopped(lab: Lab, id_: str) -> None:
    """Stops a work; a second Ctrl-C leaves the rest to its supervisor."""
    click.echo("stopping ...", err=True)
    try:
        lab.toolboxes.stop_work(id_)
        state = lab.tasks.wait(id_, STOPPING).state
    except KeyboardInterrupt:
        click.echo(f"still stopping: ellip tasks show {id_}", err=True)
        return
    click.echo(f"{state}: {id_}", err=True)


def ended(work: ToolboxWork, *, quiet: bool, as_json: bool) -> None:
    """Says what a work has come to; one that is not done ends the command with exit code 1."""
    from ellip_lab.tasks.contract import State
    from ellip_lab.tasks.wording import size

    if as_json:
        click.echo(work.model_dump_json(indent=2))
    elif work.state is State.DONE and not quiet:
        click.echo(f"freed {size(work.freed)}" if work.freed is not None else work.name)
    if work.state is State.DONE:
        return
    if not as_json:
        if work.failure:
            failed(work.failure)
        else:
            why = f": {work.detail}" if work.detail else ""
            click.echo(
                f"{click.style('error:', fg='red', bold=True)} the work is {work.state}{why}", err=True
            )
    raise Ended(FAILED)


def failed(failure: ToolboxFailure) -> None:
    """Says why a work failed."""
    click.echo(f"{click.style('error:', fg='red', bold=True)} {failure.headline}", err=True)
    for said in failure.lines:
        click.echo(f"  | {said}", err=True)
    if failure.hint:
        click.echo(f"{click.style('hint:', fg='cyan', bold=True)} {failure.hint}", err=True)
