"""A transfer that somebody waits for: how far it is, Ctrl-C, and the exit code it ends with."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

import click

from ellip_lab.cli.exits import FAILED, Ended
from ellip_lab.cli.interrupting import delivered_later, waited
from ellip_lab.s3.contract import Transfer
from ellip_lab.tasks.contract import State
from ellip_lab.tasks.wording import duration, size

if TYPE_CHECKING:
    from ellip_lab.lab import Lab

BEAT = 0.2
"""Seconds between two looks, on a terminal."""
LINE = 1.0
"""Seconds between two lines, in a pipe."""
STOPPING = 30.0
"""Seconds to wait for a transfer that was told to stop."""
SHOWN = 10
"""So many failures are told one by one."""


def attended(lab: Lab, start: Callable[[Lab], Transfer], *, detach: bool, quiet: bool, as_json: bool) -> None:
    """Starts a transfer, shows it until its end, and ends with its exit code."""
    with delivered_later() as deliver:
        transfer = start(lab)
    if detach:
        click.echo(transfer.model_dump_json(indent=2) if as_json else transfer.id)
        return
    followed(lab, transfer.id, deliver, quiet=quiet, as_json=as_json)


def followed(lab: Lab, id_: str, deliver: Callable[[], None], *, quiet: bool, as_json: bool) -> None:
    """Shows a transfer that has been begun until its end, and ends with its exit code.

    One that could not be leaves nothing behind: its error is raised.
    """

    def show() -> None:
        deliver()
        if quiet or as_json:
            lab.tasks.wait(id_, None)
        elif sys.stderr.isatty():
            displayed(lab, lab.s3.show_transfer(id_))
        else:
            told(lab, lab.s3.show_transfer(id_))

    waited(show, lambda: stopped(lab, id_))
    refusal = lab.s3.transfer_refusal(id_)
    if refusal:
        lab.s3.remove_transfer(id_)
        raise refusal
    ended(lab.s3.show_transfer(id_), quiet=quiet, as_json=as_json)


def told(lab: Lab, transfer: Transfer) -> None:
    """Says how far a transfer is, a line a second."""
    while not lab.tasks.wait(transfer.id, LINE).state.final:
        click.echo(line(lab.s3.show_transfer(transfer.id)), err=True)


def displayed(lab: Lab, transfer: Transfer) -> None:
    """Shows how far a transfer is, as a bar."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn

    with Progress(
        TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[said]}"),
        console=Console(stderr=True), transient=True, auto_refresh=False,
    ) as bar:  # fmt: skip
        row = bar.add_task(transfer.action.value, total=None, said="")
        while True:
            final = lab.tasks.wait(transfer.id, BEAT).state.final
            now = lab.s3.show_transfer(transfer.id)
            by_bytes = bool(now.bytes_total)
            bar.update(
                row,
                total=(now.bytes_total if by_bytes else now.files_total) or None,
                completed=now.bytes_done if by_bytes else now.files_done,
                said=line(now),
                refresh=True,
            )
            if final:
                return


def line(now: Transfer) -> str:
    """Says how far a transfer is: files, bytes, rate, what is left."""
    if now.state is State.QUEUED:
        return f"{now.waiting} before it" if now.waiting else "waiting"
    files = f"{now.files_done:,}" + (f" of {now.files_total:,}" if now.files_total is not None else "")
    parts = [f"{files} files"]
    if now.bytes_done or now.bytes_total:
        volume = size(now.bytes_done)
        parts.append(volume + (f" of {size(now.bytes_total)}" if now.bytes_total is not None else ""))
    if now.rate:
        parts.append(f"{size(round(now.rate))}/s")
    if now.remaining is not None:
        parts.append(f"{duration(now.remaining)} left")
    return ", ".join(parts)


def stopped(lab: Lab, id_: str) -> None:
    """Stops a transfer and says how it is gone on with; a second Ctrl-C leaves the rest to its supervisor."""
    click.echo("stopping ...", err=True)
    try:
        lab.s3.stop_transfer(id_)
        lab.tasks.wait(id_, STOPPING)
        now = lab.s3.show_transfer(id_)
    except KeyboardInterrupt:
        click.echo(f"still stopping: ellip tasks show {id_}", err=True)
        return
    click.echo(f"{now.state}: {line(now)}", err=True)
    if now.resumable:
        click.echo(f"to go on: ellip s3 resume {id_}", err=True)


def ended(now: Transfer, *, quiet: bool, as_json: bool) -> None:
    """Says what a transfer has come to; one that is not done ends the command with exit code 1."""
    if as_json:
        click.echo(now.model_dump_json(indent=2))
    elif now.state is State.DONE and not quiet:
        skipped = f", {now.skipped:,} skipped" if now.skipped else ""
        click.echo(f"done: {now.files_done:,} files, {size(now.bytes_done)}{skipped}", err=True)
    if now.state is State.DONE and not now.failed:
        return
    if not as_json:
        error = click.style("error:", fg="red", bold=True)
        click.echo(f"{error} the transfer is {now.state}{f': {now.detail}' if now.detail else ''}", err=True)
        for failure in now.failures[:SHOWN]:
            click.echo(f"  {failure.source}: {failure.message}", err=True)
            if failure.hint:
                click.echo(f"    {click.style('hint:', fg='cyan')} {failure.hint}", err=True)
        if now.failed > SHOWN:
            click.echo(f"  and {now.failed - SHOWN:,} others: ellip tasks log {now.id}", err=True)
        if now.resumable:
            click.echo(f"to go on: ellip s3 resume {now.id}", err=True)
    raise Ended(FAILED)
