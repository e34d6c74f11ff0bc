"""`ellip images pull|build|push|save|load|works`: works that somebody waits for."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ellip_lab.cli.exits import FAILED, Ended
from ellip_lab.cli.interrupting import delivered_later, waited
from ellip_lab.cli.s3 import hall, json_option

if TYPE_CHECKING:
    from ellip_lab.containers.contract import Work, WorkFailure
    from ellip_lab.lab import Lab

BEAT = 0.2
"""Seconds between two looks, on a terminal."""
LINE = 1.0
"""Seconds between two lines, in a pipe."""
PATIENCE = 30.0
"""Seconds one call waits for more of a log."""
STOPPING = 60.0
"""Seconds to wait for a work that was told to stop."""


def going_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Gives a command the options of how a work is shown."""
    options = [
        click.option("-d", "--detach", is_flag=True, help="Print the id and leave it running."),
        click.option("-q", "--quiet", is_flag=True, help="Say nothing but errors."),
        json_option,
    ]
    for option in reversed(options):
        command = option(command)
    return command


@click.command()
@click.argument("image")
@click.option("--platform", help="linux/arm64, for one.  [default: this machine's]")
@going_options
def pull(image: str, platform: str | None, **how: bool) -> None:
    """Pull IMAGE from its registry. Ctrl-C stops it."""
    from ellip_lab.containers.contract import PullRequest

    request = PullRequest(image=image, platform=platform)
    attended(hall(), lambda lab: lab.containers.pull(request), live=False, **how)


@click.command()
@click.argument("place", metavar="FOLDER|CONTAINERFILE", type=click.Path(exists=True))
@click.option("-t", "--name", help="The image's name.  [default: what a CWL document beside it asks for]")
@click.option("-f", "--file", "containerfile", help="The Containerfile, in FOLDER.")
@click.option("-a", "--arg", "arguments", multiple=True, metavar="NAME=VALUE", help="A build argument; no place for a secret.")  # fmt: skip
@click.option("-l", "--label", "labels", multiple=True, metavar="NAME=VALUE", help="A label of the image.")
@click.option("--target", help="The stage to stop at.")
@click.option("--platform", help="linux/arm64, for one.  [default: this machine's]")
@click.option("--no-cache", is_flag=True, help="Use nothing that was built before.")
@click.option("--pull", "pull_", is_flag=True, help="Look for newer base images.")
@going_options
def build(
    place: str,
    name: str | None,
    containerfile: str | None,
    arguments: tuple[str, ...],
    labels: tuple[str, ...],
    target: str | None,
    platform: str | None,
    no_cache: bool,
    pull_: bool,
    **how: bool,
) -> None:
    """Build an image from a Containerfile or Dockerfile, with its log as it comes. Ctrl-C stops it."""
    from ellip_lab.containers.contract import BuildRequest, ContainerfileQuery

    lab = hall()
    where = Path(place).absolute() / containerfile if containerfile else Path(place).absolute()
    found = lab.containers.containerfile(ContainerfileQuery(path=str(where)))
    folder = Path(place).absolute() if Path(place).is_dir() else Path(found.folder)
    request = BuildRequest(
        folder=str(folder), containerfile=str(Path(found.path).relative_to(folder)), name=name or found.name,
        arguments=pairs(arguments, "--arg"), labels=pairs(labels, "--label"), target=target, platform=platform,
        cache=not no_cache, pull=pull_,
    )  # fmt: skip
    attended(lab, lambda lab: lab.containers.build(request), live=True, **how)


def pairs(words: tuple[str, ...], option: str) -> dict[str, str]:
    """Reads NAME=VALUE; what has no `=` cannot be read."""
    for word in words:
        if not word.partition("=")[1] or word.startswith("="):
            raise click.UsageError(f"{option} wants NAME=VALUE, not {word!r}")
    return dict(word.partition("=")[::2] for word in words)


@click.command()
@click.argument("image")
@click.argument("target", required=False)
@going_options
def push(image: str, target: str | None, **how: bool) -> None:
    """Push IMAGE to its registry, or to TARGET. Ctrl-C stops it."""
    from ellip_lab.containers.contract import PushRequest

    request = PushRequest(image=image, target=target)
    attended(hall(), lambda lab: lab.containers.push(request), live=False, **how)


@click.command()
@click.argument("names", metavar="IMAGE...", nargs=-1, required=True)
@click.option("-o", "--output", required=True, type=click.Path(dir_okay=False), help="The archive's file.")
@click.option(
    "--format", "format_", type=click.Choice(["docker-archive", "oci-archive"]), default="docker-archive"
)
@click.option("--replace", is_flag=True, help="A file of that name is replaced.")
@going_options
def save(names: tuple[str, ...], output: str, format_: Any, replace: bool, **how: bool) -> None:
    """Write images to an archive; it has its name when it is whole."""
    from ellip_lab.containers.contract import SaveRequest

    request = SaveRequest(images=names, path=str(Path(output).absolute()), format=format_, replace=replace)
    attended(hall(), lambda lab: lab.containers.save(request), live=False, **how)


@click.command()
@click.argument("archive", type=click.Path(exists=True, dir_okay=False))
@going_options
def load(archive: str, **how: bool) -> None:
    """Read the images of an archive."""
    from ellip_lab.containers.contract import LoadRequest

    request = LoadRequest(path=str(Path(archive).absolute()))
    attended(hall(), lambda lab: lab.containers.load(request), live=False, **how)


@click.command()
@click.option("-n", "--limit", type=click.IntRange(1, 500), default=20, show_default=True, help="How many.")
@json_option
def works(limit: int, as_json: bool) -> None:
    """List pulls, builds, pushes and their like, newest first; `ellip tasks` stops, logs and removes them."""
    from ellip_lab.cli.tables import table
    from ellip_lab.containers.contract import WorkQuery
    from ellip_lab.tasks.wording import age, took

    page = hall().containers.works(WorkQuery(limit=limit))
    if as_json:
        click.echo(page.model_dump_json(indent=2))
        return
    table(
        ("WORK", "STATE", "TITLE", "AGE", "TOOK", "PROGRESS"),
        (
            (
                one.id, one.state.value, one.title, age(one.created), took(one.started, one.finished), one.text
            )
            for one in page.works
        ),
        empty="no works",
        state=1,
    )  # fmt: skip


def attended(
    lab: Lab, start: Callable[[Lab], Work], *, live: bool, detach: bool, quiet: bool, as_json: bool
) -> None:
    """Starts a work, shows it until its end (`live`: its log), and ends with its exit code."""
    with delivered_later() as deliver:
        work = start(lab)
    if detach:
        click.echo(work.model_dump_json(indent=2) if as_json else work.id)
        return

    def show() -> None:
        deliver()
        if quiet or as_json:
            lab.tasks.wait(work.id, None)
        elif live:
            logged(lab, work.id)
        elif sys.stderr.isatty():
            displayed(lab, work)
        else:
            said = ""
            while not lab.tasks.wait(work.id, LINE).state.final:
                now = line(lab.containers.show_work(work.id))
                if now != said:
                    click.echo(now, err=True)
                said = now

    waited(show, lambda: stopped(lab, work.id))
    ended(lab.containers.show_work(work.id), quiet=quiet, as_json=as_json)


def logged(lab: Lab, id_: str) -> None:
    """Copies the log of a work to standard error as it grows, until its end."""
    from ellip_lab.tasks.contract import LogQuery

    offset = 0
    while True:
        chunk = lab.containers.work_log(id_, LogQuery(offset=offset, wait=PATIENCE))
        sys.stderr.write(chunk.text)
        sys.stderr.flush()
        offset = chunk.next
        if chunk.finished:
            return


def displayed(lab: Lab, work: Work) -> None:
    """Shows how far a work is, as a bar."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn

    with Progress(
        TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[said]}"),
        console=Console(stderr=True), transient=True, auto_refresh=False,
    ) as bar:  # fmt: skip
        row = bar.add_task(work.kind.value, total=None, said="")
        while True:
            final = lab.tasks.wait(work.id, BEAT).state.final
            now = lab.containers.show_work(work.id)
            bar.update(row, total=now.total or None, completed=now.done or 0, said=line(now), refresh=True)
            if final:
                return


def line(now: Work) -> str:
    """Says how far a work is."""
    if now.state.value == "queued":
        return f"{now.waiting} before it" if now.waiting else "waiting"
    return now.text or now.state.value


def stopped(lab: Lab, id_: str) -> None:
    """Stops a work; a second Ctrl-C leaves the rest to its supervisor."""
    click.echo("stopping ...", err=True)
    try:
        lab.containers.stop_work(id_)
        state = lab.tasks.wait(id_, STOPPING).state
    except KeyboardInterrupt:
        click.echo(f"still stopping: ellip tasks show {id_}", err=True)
        return
    click.echo(f"{state}: {id_}", err=True)


def ended(work: Work, *, quiet: bool, as_json: bool) -> None:
    """Says what a work has come to; one that is not done ends the command with exit code 1."""
    from ellip_lab.tasks.contract import State
    from ellip_lab.tasks.wording import size

    if as_json:
        click.echo(work.model_dump_json(indent=2))
    elif work.state is State.DONE and not quiet:
        click.echo(f"freed {size(work.freed)}" if work.freed is not None else work.result or "done")
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


def failed(failure: WorkFailure) -> None:
    """Says why a work failed."""
    click.echo(f"{click.style('error:', fg='red', bold=True)} {failure.headline}", err=True)
    if failure.step:
        click.echo(f"  in {failure.step}", err=True)
    for said in failure.lines:
        click.echo(f"  | {said}", err=True)
    if failure.hint:
        click.echo(f"{click.style('hint:', fg='cyan', bold=True)} {failure.hint}", err=True)
