"""The errors of every room, as a tree; the doors translate them (status codes, exit codes).

EllipError
  x NotFound      the thing named is not there
  x Invalid       the request cannot be understood or carried out as it stands (with problems)
  x Conflict      the thing is in a state that forbids it
  x Denied        the thing is there, but not for this caller
  x Unavailable   something this needs (engine, store, disk) is not working now
  x Internal      a fault of this program
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ellip_lab.contract import Contract


class Problem(Contract):
    """Says one thing that is wrong, where, and what to do."""

    message: str
    """The problem, in one sentence."""
    file: str | None = None
    """The file it stands in, or null."""
    line: int | None = None
    """The line, counted from 1, or null."""
    column: int | None = None
    """The column, counted from 1 in characters, or null."""
    end_line: int | None = None
    """The line where it ends, or null where only its beginning is known."""
    end_column: int | None = None
    """The column behind its last character, or null."""
    field: str | None = None
    """The input or field it is about (`aoi`, `steps.crop.run`), or null."""
    severity: str = "error"
    """`error`, `warning` or `information`."""
    hint: str | None = None
    """What to do, or null."""
    code: str | None = None
    """The rule it breaks (`app-pck/clt`), or null."""

    def __str__(self) -> str:
        """Gives `file:line:column: message`, the form terminals make clickable."""
        place = ":".join(str(part) for part in (self.file, self.line, self.column) if part is not None)
        at = f"{place}: " if place else ""
        return f"{at}{f'{self.field}: ' if self.field else ''}{self.message}"


class EllipError(Exception):
    """Is the root: a sentence that says what is wrong, and one that says what to do."""

    kind = "error"

    def __init__(self, detail: str, *, hint: str | None = None, problems: Sequence[Problem] = ()) -> None:
        super().__init__(detail)
        self.detail = detail
        self.hint = hint
        self.problems = tuple(problems)


class NotFound(EllipError):
    """The thing named is not there."""

    kind = "not-found"


class Invalid(EllipError):
    """The request cannot be understood or carried out as it stands."""

    kind = "invalid"


class Conflict(EllipError):
    """The thing is in a state that forbids it."""

    kind = "conflict"


class Denied(EllipError):
    """The thing is there, but not for this caller."""

    kind = "denied"


class Unavailable(EllipError):
    """Something this needs (engine, store, disk) is not working now."""

    kind = "unavailable"


class Internal(EllipError):
    """A fault of this program, not of the caller."""

    kind = "internal"


def told(error: EllipError) -> dict[str, Any]:
    """Gives an error as JSON, for a file that another process reads."""
    problems = [problem.model_dump(mode="json") for problem in error.problems]
    return {"kind": error.kind, "detail": error.detail, "hint": error.hint, "problems": problems}


def restored(told: Mapping[str, Any]) -> EllipError:
    """Gives the error that a process has written down."""
    kinds = {kind.kind: kind for kind in (NotFound, Invalid, Conflict, Denied, Unavailable)}
    problems = [Problem.model_validate(problem) for problem in told["problems"]]
    return kinds.get(told["kind"], Internal)(told["detail"], hint=told["hint"], problems=problems)
