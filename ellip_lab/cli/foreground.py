"""A run that somebody waits for: its log or its display, Ctrl-C, and the exit code it ends with."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ellip_lab.cli.exits import DONE, FAILED, INTERRUPTED, TERMINATED, UNSUPPORTED, Ended, Terminated
from ellip_lab.cli.interrupting import delivered_later
from ellip_lab.runs.contract import Cause, Run, RunLogQuery, RunRequest
from ellip_lab.tasks.contract import State

if TYPE_CHECKING:
    from ellip_lab.lab import Lab
    from ellip_lab.runs.handle import RunHandle

PATIENCE = 30.0
"""Seconds one call waits for more of the log; the call ends at once when there is more, or at the end."""
STOPPING = 60.0
"""Seconds to wait for a run that was told to stop."""


def attended(lab: Lab, request: RunRequest, *, quiet: bool, as_json: bool) -> None:
    """Starts a run, shows it until its end, prints the output object, and ends with the run's exit code."""
    with delivered_later() as deliver:
        handle = lab.runs.start(request, check=False)
    run = watched(lab, handle, quiet=quiet, deliver=deliver)
    ended(run, quiet=quiet, as_json=as_json)


def attended_again(lab: Lab, handle: RunHandle, *, quiet: bool, as_json: bool) -> None:
    """Shows a run that has been started already, until its end, as `attended` does."""
    with delivered_later() as deliver:
        pass
    ended(watched(lab, handle, quiet=quiet, deliver=deliver), as_json=as_json, quiet=quiet)


def watched(lab: Lab, handle: RunHandle, *, quiet: bool, deliver: Callable[[], None]) -> Run:
    """Shows a started run until its end; Ctrl-C and SIGTERM stop it. Gives its record."""
    held: list[str] = []
    try:
        deliver()
        if quiet:
            handle.wait()
        elif sys.stderr.isatty():
            from ellip_lab.cli.live import displayed

            displayed(lab, handle)
        else:
            held = streamed(lab, handle)
    except (KeyboardInterrupt, Terminated) as interruption:
        stopped(handle)
        raise Ended(TERMINATED if isinstance(interruption, Terminated) else INTERRUPTED) from None
    run = handle.show()
    if not begun(run) and run.state is State.FAILED:
        refuse(lab, run)
    sys.stderr.write("".join(held))
    return run


def streamed(lab: Lab, handle: RunHandle) -> list[str]:
    """Copies the run's log to standard error as it grows, until its end.

    What the engine says before the first step is kept back until that step starts, and given when none
    did: a document that turns out to be wrong gets one clear error instead.
    """
    held: list[str] = []
    open_ = False
    offset = 0
    while True:
        chunk = lab.runs.log(handle.id, RunLogQuery(offset=offset, wait=PATIENCE))
        offset = chunk.next
        if chunk.text:
            held.append(chunk.text)
            open_ = open_ or begun(handle.show())
        if open_:
            sys.stderr.write("".join(held))
            sys.stderr.flush()
            held.clear()
        if chunk.finished:
            return held


def begun(run: Run) -> bool:
    """Tells whether a tool has been started, so that there is something to look at."""
    return any(step.jobs for step in run.steps)


def stopped(handle: RunHandle) -> None:
    """Stops a run and says so; a second Ctrl-C leaves the rest to the run's own supervisor."""
    click.echo("stopping the run and its containers ...", err=True)
    try:
        handle.stop()
        handle.wait(STOPPING)
        state = handle.show().state
    except KeyboardInterrupt:
        state = State.RUNNING
    if state.final:
        click.echo(f"{state}: {handle.id}", err=True)
    else:
        click.echo(f"still stopping: ellip runs show {handle.id}", err=True)


def refuse(lab: Lab, run: Run) -> None:
    """Removes the record of a run that never began because of what it was asked, and raises why.

    Returns when the reason is another one: such a run stays in the list.
    """
    from ellip_lab.cwl.contract import DocumentQuery
    from ellip_lab.errors import Invalid, Problem
    from ellip_lab.runs.contract import RemoveQuery

    failure = run.failure
    if failure is None or failure.cause not in (Cause.DOCUMENT, Cause.INPUT):
        return
    lab.runs.remove(run.id, RemoveQuery())
    asked = run.request
    where = DocumentQuery(path=asked.document, entry=asked.entry)
    check = lab.cwl.check(where)
    if not check.valid:
        raise Invalid(f"{Path(asked.document).name} is not a valid CWL document", problems=check.problems)
    base = Path(asked.base) if asked.base else Path(asked.document).parent
    lab.cwl.validate_inputs(lab.cwl.form(where), asked.inputs, base)
    raise Invalid(
        failure.headline,
        hint=failure.hint,
        problems=[
            Problem(
                message=failure.explanation,
                file=failure.file or (where.path if failure.line else None),
                line=failure.line,
                column=failure.column,
            )
        ],
    )


def ended(run: Run, *, quiet: bool, as_json: bool) -> None:
    """Prints what a run has come to, and ends with its exit code."""
    if as_json:
        click.echo(run.model_dump_json(indent=2))
    elif run.state is State.DONE:
        click.echo(json.dumps(run.output_object, indent=4, ensure_ascii=False))
    if run.state is not State.DONE:
        click.echo(why(run, with_log=quiet), err=True)
    code = exit_code(run)
    if code != DONE:
        raise Ended(code)


def exit_code(run: Run) -> int:
    """Gives the exit code a run ends the command with."""
    if run.state is State.DONE:
        return DONE
    return UNSUPPORTED if run.failure and run.failure.cause is Cause.UNSUPPORTED else FAILED


def why(run: Run, *, with_log: bool) -> str:
    """Says why a run is not done: the headline, the reason, the last lines, what to do."""
    error = click.style("error:", fg="red", bold=True)
    failure = run.failure
    if failure is None:
        return f"{error} the run is {run.state}{f': {run.detail}' if run.detail else ''}"
    lines = [f"{error} {failure.headline}"]
    if failure.explanation and failure.explanation != failure.headline:
        lines.append(f"  {failure.explanation}")
    if with_log and failure.tail:
        lines += [f"  | {line}" for line in failure.tail]
    if failure.hint:
        lines.append(f"{click.style('hint:', fg='cyan', bold=True)} {failure.hint}")
    job = f" --job {failure.job}" if failure.job else ""
    lines.append(f"  log: ellip runs log {run.id}{job}")
    return "\n".join(lines)
