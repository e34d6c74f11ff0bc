"""What an engine refuses or fails at, as an error of ours with what to do about it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ellip_lab.containers import half_written
from ellip_lab.errors import Conflict, Denied, EllipError, Invalid, NotFound, Unavailable

SILENT = "does not answer"
SPACE = "Free some disk space: the clean-up of images shows what would go."


class HalfWritten(Unavailable):
    """The engine tells nothing of its images while a part of one is missing; `image` is its id."""

    def __init__(self, image: str) -> None:
        super().__init__(
            f"the image {image[:12]} is half written, and podman lists none while it is there",
            hint=f"Whoever pulled or built it was killed. Remove it: ellip images rm {image[:12]}",
        )
        self.image = image


def unreachable(error: BaseException, address: str, program: str) -> EllipError:
    """Gives the error for a service that could not be reached, by what the system said."""
    reasons = tuple(_chain(error))
    at = address.removeprefix("unix://")
    if any(isinstance(reason, PermissionError) for reason in reasons):
        return Denied(
            f"the socket {at} of {program} is not yours to use",
            hint="It belongs to another user. Unset CONTAINER_HOST and DOCKER_HOST to use an engine of your own, "
            "or ask the owner for access.",
        )
    if any(isinstance(reason, TimeoutError) for reason in reasons) or any(
        "timed out" in str(reason).lower() for reason in reasons
    ):
        return hung(program)
    said = next((text for reason in reversed(reasons) if (text := str(reason))), "")
    return Unavailable(
        f"no service of {program} answers at {at}: {plain(said)}",
        hint=f"Start it, or unset CONTAINER_HOST to use one of your own: {program} system service"
        if program == "podman"
        else "Start the docker daemon (systemctl start docker), or use podman, which needs none.",
    )


def is_hung(error: EllipError) -> bool:
    """Tells whether an engine has been found not to answer: asking it for something else would take as long."""
    return error.detail.endswith(SILENT)


def hung(program: str) -> EllipError:
    """Gives the error for an engine that has taken a request and does not answer."""
    return Unavailable(
        f"{program} {SILENT}",
        hint=f"It may be busy with many containers: try again in a minute. If it stays so, see whether "
        f"`{program} ps` answers in a terminal.",
    )


def refused(status: int, said: str, program: str) -> EllipError:
    """Gives the error for an answer of the service that is no success (HTTP `status`, `said` by the engine)."""
    text = plain(said)
    low = text.lower()
    if broken := half_written.named(said):
        return HalfWritten(min(broken))
    if "no space left" in low:
        return Unavailable(f"the disk is full: {text}", hint=SPACE)
    if status == 404 or re.search(r"no such (image|container)|not known|64-byte hexadecimal", low):
        return NotFound(text, hint=_missing_hint(low))
    if status == 409 or re.search(r"in use|is using|used by|state improper|more than one tag|dependent", low):
        return Conflict(text, hint=_conflict_hint(low))
    if status in {401, 403} or "permission denied" in low:
        return Denied(text, hint=f"{program} does not let you do that here.")
    if status == 400 or re.search(r"invalid reference|must be lowercase|normalizing", low):
        return Invalid(text, hint="Check the name: [registry/]repository[:tag], in lower case.")
    return Unavailable(f"{program}: {text or f'HTTP {status}'}", hint=_failure_hint(low, program))


def plain(said: str) -> str:
    """Gives a complaint of the engine's as one line, without its program's own decoration."""
    text = " ".join(said.split()).removeprefix("Error: ").strip()
    return text if len(text) <= 500 else text[:499] + "…"


def _missing_hint(low: str) -> str:
    if "container" in low and "image" not in low:
        return "It may have been removed meanwhile; list the containers again."
    return "Pull it, or list the images that are here."


def _conflict_hint(low: str) -> str | None:
    if "child" in low or "dependent" in low:
        return "Remove the images that were built on it first."
    if "more than one tag" in low:
        return "Remove its names one by one, or remove it with force."
    if "logging" in low or "log driver" in low:
        return "It was started without a log; what a run's containers say is in the run's own log."
    if "running" in low or "paused" in low:
        return "Stop the container first, or remove it with force."
    if "container" in low:
        return "Remove the containers that use it first, or remove it with force."
    return None


def _failure_hint(low: str, program: str) -> str:
    if "cgroup" in low or "crun" in low or "runc" in low:
        return "The engine cannot start containers as this machine is set up; `ellip engines` says what mends it."
    return f"See whether the same works with `{program}` in a terminal."


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """Gives an error and what it came from, also where a library has put it into the arguments only."""
    seen: set[int] = set()
    waiting = [error]
    while waiting:
        this = waiting.pop(0)
        if this is None or id(this) in seen:
            continue
        seen.add(id(this))
        yield this
        waiting += [this.__cause__, this.__context__, getattr(this, "reason", None)]
        waiting += [part for part in this.args if isinstance(part, BaseException)]
