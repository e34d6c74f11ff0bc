"""What goes wrong, as a reply: the status table, and the one body of every error (RFC 9457)."""

from __future__ import annotations

import errno
from http import HTTPStatus

from ellip_lab.contract import Contract
from ellip_lab.errors import Conflict, Denied, EllipError, Internal, Invalid, NotFound, Problem, Unavailable

MEDIA_TYPE = "application/problem+json"
TYPES = "https://schema.ellip.studio/problem/"
"""What the `type` of every error starts with; its last word is the error's kind."""

STATUS: dict[type[EllipError], HTTPStatus] = {
    NotFound: HTTPStatus.NOT_FOUND,
    Invalid: HTTPStatus.BAD_REQUEST,
    Conflict: HTTPStatus.CONFLICT,
    Denied: HTTPStatus.FORBIDDEN,
    Unavailable: HTTPStatus.SERVICE_UNAVAILABLE,
    Internal: HTTPStatus.INTERNAL_SERVER_ERROR,
}

REFUSALS = {
    HTTPStatus.FORBIDDEN: "You are not signed in to this server, or may not do this",
    HTTPStatus.NOT_FOUND: "There is no such route",
    HTTPStatus.METHOD_NOT_ALLOWED: "This route does not have that method",
}
"""What the web server leaves unsaid."""

HINTS = {
    HTTPStatus.FORBIDDEN: "Sign in to this server, or give its token.",
    HTTPStatus.NOT_FOUND: "The routes there are: /ellip-lab/openapi.json",
    HTTPStatus.METHOD_NOT_ALLOWED: "The routes there are: /ellip-lab/openapi.json",
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: "Send JSON, with the header Content-Type: application/json.",
}

DISK = {
    errno.ENOSPC: ("The disk is full", "Free some space, or choose another folder."),
    errno.EDQUOT: ("The disk quota is used up", "Free some space, or choose another folder."),
    errno.EROFS: ("The disk is read-only", "Choose a folder that can be written to."),
    errno.EACCES: (
        "The folder or file may not be used by this user",
        "Change its permissions, or choose another.",
    ),
    errno.EPERM: (
        "The folder or file may not be used by this user",
        "Change its permissions, or choose another.",
    ),
    errno.EMFILE: ("The server has too many open files", "Try again, or raise its limit (ulimit -n)."),
}
"""What the operating system says that is no fault of this program, in words."""


class ProblemDetails(Contract):
    """Is the body of every error: RFC 9457, and the `message` that JupyterLab's `ResponseError` reads."""

    type: str
    """A URI that ends in the kind: `not-found`, `invalid`, `conflict`, `denied`, `unavailable`, `internal`."""
    title: str
    """The status, in words."""
    status: int
    """The HTTP status."""
    detail: str
    """What is wrong, in a sentence."""
    message: str
    """The same as `detail`."""
    hint: str | None = None
    """What to do, or null."""
    problems: tuple[Problem, ...] = ()
    """Each thing that is wrong, with its place, where there are several or they have one."""


def describe(error: EllipError) -> ProblemDetails:
    """Gives the body for an error of a room."""
    status = next(code for kind, code in STATUS.items() if isinstance(error, kind))
    return ProblemDetails(
        type=TYPES + error.kind,
        title=status.phrase,
        status=status,
        detail=error.detail,
        message=error.detail,
        hint=error.hint,
        problems=error.problems,
    )


def describe_status(code: int, detail: str = "") -> ProblemDetails:
    """Gives the body for a refusal of the web server itself (no token, no such route, wrong method)."""
    try:
        status = HTTPStatus(code)
    except ValueError:
        status = HTTPStatus.BAD_REQUEST if code < 500 else HTTPStatus.INTERNAL_SERVER_ERROR
    kinds = {code: kind.kind for kind, code in STATUS.items()} | {HTTPStatus.UNAUTHORIZED: "denied"}
    kind = kinds.get(status) or status.phrase.lower().replace(" ", "-")
    detail = detail or REFUSALS.get(status) or f"{status.phrase}: {status.description}".rstrip(": ")
    return ProblemDetails(
        type=TYPES + kind,
        title=status.phrase,
        status=status,
        detail=detail,
        message=detail,
        hint=HINTS.get(status),
    )


def understand(error: BaseException, number: str) -> EllipError:
    """Gives the error of the tree that an exception stands for.

    One that nobody foresaw becomes `Internal` with a number under which the server's log tells the rest:
    nothing of it (paths, values, a traceback) leaves the server.
    """
    if isinstance(error, EllipError):
        return error
    if isinstance(error, OSError) and error.errno in DISK:
        sentence, hint = DISK[error.errno]
        place = f": {error.filename}" if isinstance(error.filename, str) else ""
        return Unavailable(f"{sentence}{place}", hint=hint)
    return Internal(
        f"Ellip Studio made a mistake (number {number})",
        hint=f"Look for {number} in the server's log, and report what stands there.",
    )
