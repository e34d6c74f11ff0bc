"""`ellip runs compare`, `ellip package compare`: whether two runs, or two engines, give the same."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ellip_lab.cli.tables import table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ellip_lab.cwl.asking import Asked
    from ellip_lab.lab import Lab
    from ellip_lab.runs.comparison import Comparison
    from ellip_lab.runs.contract import Run, RunRequest
    from ellip_lab.runs.handle import RunHandle

ENGINES = ("cwltool", "calrissian")
BEAT = 1.0
"""Seconds between two looks at the runs; an end is noticed at once."""
CONTAINERS = ("auto", "podman", "docker", "none")

json_option = click.option("--json", "as_json", is_flag=True, help="Print the record as JSON.")


@click.command("compare")
@click.argument("left", metavar="RUN")
@click.argument("right", metavar="RUN")
@json_option
def compare_runs(left: str, right: str, as_json: bool) -> None:
    """Compare what two runs have given: by content, STAC catalogues by what they say.

    The exit code is 0 when it is the same, 1 when it differs, 4 when one of the two is not done.
    """
    from ellip_lab.cli.runs import hall, meant
    from ellip_lab.runs.comparison import CompareQuery

    lab = hall()
    told(lab.runs.compare(meant(lab, left), CompareQuery(other=meant(lab, right))), as_json)


@click.command(
    "compare",
    context_settings={"ignore_unknown_options": True, "help_option_names": ["-h", "--help"]},
)
@click.argument(
    "words",
    nargs=-1,
    required=True,
    type=click.UNPROCESSED,
    metavar="DOC[#id] [PARAMS] [--<input> VALUE ...]",
)
@click.option(
    "-i", "--input", "pairs", multiple=True, metavar="NAME=VALUE", help="An input. Repeat it for more."
)
@click.option(
    "--engines",
    default="cwltool,calrissian",
    show_default=True,
    metavar="ENGINE[:CONTAINER],ENGINE[:CONTAINER]",
    help="The two engines, cwltool with what runs its containers if you like: cwltool:none,cwltool:podman.",
)
@click.option(
    "--outdir",
    type=click.Path(file_okay=False, path_type=Path),
    help="The folder that takes the outputs, in a folder for each engine.  [default: results/NAME/RUN]",
)
@click.option(
    "--basedir",
    type=click.Path(file_okay=False, path_type=Path),
    help="The folder that relative paths count from.  [default: that of the parameters file]",
)
@click.option("-q", "--quiet", is_flag=True, help="Say nothing but errors and what differs.")
@json_option
def compare_engines(
    words: tuple[str, ...],
    pairs: tuple[str, ...],
    engines: str,
    outdir: Path | None,
    basedir: Path | None,
    quiet: bool,
    as_json: bool,
) -> None:
    """Run a document with two engines at once, and compare what they give.

    The exit code is 0 when it is the same, 1 when it differs or a run has failed. Ctrl-C stops both runs.
    """
    from ellip_lab.cli.exits import Ended
    from ellip_lab.cli.foreground import exit_code, why
    from ellip_lab.cli.run import piped
    from ellip_lab.cwl.asking import asked
    from ellip_lab.lab import Lab
    from ellip_lab.runs.comparison import CompareQuery
    from ellip_lab.tasks.contract import State

    chosen = read_engines(engines)
    lab = Lab()
    meant = asked(lab.cwl, words, pairs, base=basedir, standard_input=piped)
    runs = ended(lab, [request(meant, *one, outdir, number) for number, one in enumerate(chosen)], quiet)
    for run in runs:
        if run.state is State.FAILED:
            click.echo(why(run, with_log=True), err=True)
    if codes := [exit_code(run) for run in runs if run.state is not State.DONE]:
        raise Ended(max(codes))
    left, right = runs
    told(lab.runs.compare(left.id, CompareQuery(other=right.id)), as_json)


def read_engines(text: str) -> list[tuple[str, str | None]]:
    """Gives the two engines that a text names, each with what is to run its containers."""
    chosen: list[tuple[str, str | None]] = []
    for word in text.split(","):
        engine, colon, container = word.strip().partition(":")
        if engine not in ENGINES:
            raise click.BadParameter(f"{engine!r} is not one of {', '.join(ENGINES)}", param_hint="--engines")
        if colon and (engine != "cwltool" or container not in CONTAINERS):
            raise click.BadParameter(
                f"{word.strip()!r}: cwltool takes one of {', '.join(CONTAINERS)}, calrissian none of them",
                param_hint="--engines",
            )
        chosen.append((engine, container or None))
    if len(chosen) != 2:
        raise click.BadParameter(
            "two engines are compared, with a comma between them", param_hint="--engines"
        )
    return chosen


def request(meant: Asked, engine: str, container: str | None, outdir: Path | None, number: int) -> RunRequest:
    """Gives the request for one of the two runs."""
    from ellip_lab.runs.contract import ContainerChoice, RunRequest

    own = outdir and str((outdir / f"{number + 1}-{engine}").absolute())
    return RunRequest(
        document=meant.document,
        entry=meant.entry,
        inputs=meant.inputs,
        base=str(meant.base),
        engine=engine,
        container=ContainerChoice(container) if container else None,
        outdir=own,
    )


def ended(lab: Lab, requests: Sequence[RunRequest], quiet: bool) -> list[Run]:
    """Starts runs, shows them until they have ended, and gives them.

    Whatever interrupts that stops them all; when one has failed there is nothing to compare, and the other is
    stopped.
    """
    from ellip_lab.cli.exits import INTERRUPTED, TERMINATED, Ended, Terminated
    from ellip_lab.cli.interrupting import delivered_later

    handles: list[RunHandle] = []
    try:
        with delivered_later() as deliver:
            for one in requests:
                handles.append(lab.runs.start(one))
                deliver()
        shown(lab, handles, quiet)
    except (KeyboardInterrupt, Terminated) as interruption:
        stopped(handles)
        raise Ended(TERMINATED if isinstance(interruption, Terminated) else INTERRUPTED) from None
    except Exception:
        stopped(handles)  # the second cannot be started: nobody waits for the first
        raise
    stopped([handle for handle in handles if not handle.show().state.final])
    return [handle.show() for handle in handles]


def shown(lab: Lab, handles: Sequence[RunHandle], quiet: bool) -> None:
    """Shows runs on standard error until they have ended, or one has failed."""
    if not quiet and sys.stderr.isatty():
        from ellip_lab.cli.live import displayed_together

        displayed_together(lab, handles)
        return
    from ellip_lab.tasks.contract import State
    from ellip_lab.tasks.wording import took

    told: set[str] = set()
    while True:
        runs = [handle.show() for handle in handles]
        for run in runs:
            if run.state.final and run.id not in told and not quiet:
                words = f"{run.engine}: {run.state} in {took(run.started, run.finished)}: {run.id}"
                click.echo(words, err=True)
            if run.state.final:
                told.add(run.id)
        going = [run for run in runs if not run.state.final]
        if not going or any(run.state.final and run.state is not State.DONE for run in runs):
            return
        lab.tasks.wait(going[0].id, BEAT)


def stopped(handles: Sequence[RunHandle]) -> None:
    """Stops runs, all before the first is waited for."""
    from ellip_lab.cli.foreground import stopped as stop_one

    for handle in handles:
        handle.stop()
    for handle in handles:
        stop_one(handle)


def told(found: Comparison, as_json: bool) -> None:
    """Prints a comparison, and ends with 1 when there are differences."""
    from ellip_lab.cli.exits import FAILED, Ended
    from ellip_lab.runs.comparison import rows, verdict

    if as_json:
        click.echo(found.model_dump_json(indent=2))
    else:
        lines = rows(found)
        if lines:
            table(("WHERE", "WHAT", "LEFT", "RIGHT", "IN WORDS"), lines, empty="")
        click.echo(verdict(found), err=True)
    if not found.same:
        raise Ended(FAILED)
