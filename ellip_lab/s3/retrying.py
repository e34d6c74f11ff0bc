"""Trying again: what passes by itself (a busy store, a cut) is tried several times, further and further apart."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable
from typing import TypeVar

Result = TypeVar("Result")

PAUSES = (0.2, 0.5, 1.0, 2.0, 4.0, 8.0)
"""Seconds before each further try, a little more or less at random; sixteen seconds of silence are survived."""
PASSING = frozenset(
    {"ConnectionClosedError", "ConnectTimeoutError", "ReadTimeoutError", "EndpointConnectionError", "ResponseStreamingError",
     "IncompleteReadError", "ProtocolError", "HTTPClientError", "ProxyConnectionError", "Damaged"}
)  # fmt: skip
"""Errors that may not come again."""
CODES = frozenset({"SlowDown", "RequestTimeout", "InternalError", "ServiceUnavailable", "OperationAborted", "BadDigest",
                   "429", "TooManyRequests"})  # fmt: skip


class Stopped(Exception):  # noqa: N818 - it is an order, not a mistake
    """The transfer is to end now."""


class Damaged(Exception):  # noqa: N818
    """What arrived is not what was sent."""


def answer(error: BaseException) -> str | None:
    """Gives the code of what a store has answered; None for an error that is no answer of a store."""
    response = getattr(error, "response", None)
    return str(response.get("Error", {}).get("Code", "")) if isinstance(response, dict) else None


def passing(error: BaseException) -> bool:
    """Tells whether an error may be gone at the next try."""
    names = {kind.__name__ for kind in type(error).__mro__}
    if "ClientError" in names:
        response = getattr(error, "response", {})
        status = int(response.get("ResponseMetadata", {}).get("HTTPStatusCode") or 0)
        code = str(response.get("Error", {}).get("Code", ""))
        return code in CODES or (
            status >= 500 and code not in ("NotImplemented", "501", "QuotaExceeded", "507")
        )
    return bool(names & PASSING) and "SSLError" not in names


def persistently(work: Callable[[], Result], stop: threading.Event) -> Result:
    """Does something, and again while it fails for a reason that may pass."""
    for pause in PAUSES:
        if stop.is_set():
            raise Stopped
        try:
            return work()
        except Exception as error:
            if not passing(error):
                raise
        stop.wait(pause * random.uniform(0.7, 1.3))  # noqa: S311 - nothing secret depends on it
    if stop.is_set():
        raise Stopped
    return work()
