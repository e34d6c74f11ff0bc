"""How a command ends: one table of exit codes, one rendering of an error, never a traceback."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from ellip_lab.errors import EllipError, Problem

DONE = 0
FAILED = 1
"""The run, or the check, came to an end and failed."""
USAGE = 2
"""The command line itself cannot be understood."""
UNSUPPORTED = 33
"""The document needs a feature the engine does not have (CWL, "Executing CWL documents")."""
INTERRUPTED = 130
TERMINATED = 143

CODES = {
    "invalid": FAILED,
    "not-found": 3,
    "conflict": 4,
    "denied": 5,
    "unavailable": 6,
    "internal": 70,
}
"""Each kind of error: its exit code."""


class Ended(click.exceptions.Exit):
    """Ends the command with a code; whatever had to be said has been said."""


class Terminated(BaseException):
    """Is raised in the main thread by SIGTERM, as KeyboardInterrupt is by Ctrl-C."""


def carried_out(command: click.Command, words: Sequence[str] | None = None) -> int:
    """Runs a command and gives its exit code; an error is rendered on standard error.

    With `ELLIP_LAB_DEBUG=1` in the environment an error is raised as it is, with its traceback.
    """
    try:
        result = command.main(
            args=None if words is None else list(words), prog_name="ellip", standalone_mode=False
        )
        return result if isinstance(result, int) else DONE
    except click.exceptions.Abort:
        click.echo("interrupted", err=True)
        return INTERRUPTED
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except KeyboardInterrupt:
        click.echo("interrupted", err=True)
        return INTERRUPTED
    except Terminated:
        return TERMINATED
    except BrokenPipeError:
        # The reader (`head`, a pager) has what it wanted; Python must not complain when it flushes at the end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except Exception as error:  # the one place where every error becomes a sentence
        if os.environ.get("ELLIP_LAB_DEBUG") == "1":
            raise
        known = as_known(error)
        click.echo(rendered(known), err=True)
        return CODES.get(known.kind, CODES["internal"])


def as_known(error: Exception) -> EllipError:
    """Gives an error of the tree for any exception."""
    from ellip_lab.errors import Denied, EllipError, Internal, Invalid, Problem, Unavailable

    if isinstance(error, EllipError):
        return error
    if isinstance(error, PermissionError):
        return Denied(f"{place_of(error)}permission denied", hint="Choose a place you may write to, or read.")
    if isinstance(error, OSError):
        return Unavailable(f"{place_of(error)}{error.strerror or error}")
    from pydantic import ValidationError

    if isinstance(error, ValidationError):
        return Invalid(
            "the request cannot be understood",
            problems=[
                Problem(message=fault["msg"], field=".".join(str(part) for part in fault["loc"]) or None)
                for fault in error.errors(include_url=False)
            ],
        )
    return Internal(
        f"{type(error).__name__}: {error}",
        hint="This is a fault of ellip. ELLIP_LAB_DEBUG=1 shows where it happened; please report it.",
    )


def place_of(error: OSError) -> str:
    """Gives the file an operating-system error is about, as the start of a sentence."""
    return f"{error.filename}: " if error.filename else ""


def rendered(error: EllipError) -> str:
    """Gives an error as lines: what is wrong, each problem with its place, what to do; nothing is said twice."""
    lines = [f"{click.style('error:', fg='red', bold=True)} {error.detail}"]
    problems = [problem for problem in error.problems if str(problem) != error.detail]
    lines += [line for problem in problems for line in problem_lines(problem)]
    if error.hint and error.hint not in [problem.hint for problem in problems]:
        lines.append(f"{click.style('hint:', fg='cyan', bold=True)} {error.hint}")
    return "\n".join(lines)


def problem_lines(problem: Problem) -> list[str]:
    """Gives a problem as one or two indented lines: `file:line:column: message`, and its hint."""
    near = problem.model_copy(update={"file": nearest(problem.file)}) if problem.file else problem
    tone = "" if problem.severity == "error" else f"{problem.severity}: "
    lines = [f"  {tone}{near}"]
    if problem.hint:
        lines.append(f"    {click.style('hint:', fg='cyan')} {problem.hint}")
    return lines


def nearest(place: str) -> str:
    """Gives a path from the current folder when it lies below, else as it is."""
    try:
        return Path(place).relative_to(Path.cwd()).as_posix()
    except (ValueError, OSError):
        return place
