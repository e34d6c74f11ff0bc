"""Why packages could not be found, fetched or linked: read from what py-rattler says."""

from __future__ import annotations

import errno
import re
from collections.abc import Sequence
from urllib.parse import urlsplit

from ellip_lab.errors import Conflict, Denied, EllipError, Internal, Invalid, NotFound, Problem, Unavailable
from ellip_lab.toolboxes.wording import channel_word, said

SHOWN = 40
"""How many lines of what was said are kept."""
FULL = re.compile(r"no space left on device|disk quota exceeded|os error (28|122)\b", re.IGNORECASE)
URL = re.compile(r"\(?((?:https?|file)://[^\s)]+)")
STATUS = re.compile(r"HTTP status (?:client|server) error \((\d{3})[^)]*\) for url \(([^)]*)\)")
NO_SUBDIR = re.compile(r"could not find subdir '[^']*' in channel '([^']*)'")
NO_CACHE = re.compile(r"no usable repodata cache for (\S+)")
NO_CANDIDATE = re.compile(r"No candidates were found for (\S+)(?: (.*?))?\.?$", re.MULTILINE)
TOP = re.compile(r"^[├└]─ (\S+)", re.MULTILINE)
FETCH = re.compile(r"failed to fetch (\S+)")
BROKEN = re.compile(
    r"error sending request|connection (?:refused|reset|closed)|error decoding response body|error reading a body|"
    r"timed out|dns error|end of file before|incomplete message|request failed after",
    re.IGNORECASE,
)
WRONG_SUM = re.compile(
    r"(?:hash|sha256|md5|checksum).*(?:mismatch|not match|differ)|invalid hash", re.IGNORECASE
)
TRY_AGAIN = "Try again later, or set a mirror: `ellip toolbox channels`."
FULL_DISK = "the disk is full"
MAKE_ROOM = "Make room, for one by taking unused packages from the cache (`ellip toolbox clean`)."


class Unsolvable(Invalid):
    """Is a request that no set of packages fulfils; `lines` is what the solver says."""

    def __init__(self, detail: str, lines: Sequence[str], hint: str) -> None:
        super().__init__(detail, hint=hint, problems=[Problem(message=line) for line in lines])


def understood(error: BaseException, channels: Sequence[str] = ()) -> EllipError:
    """Gives what went wrong in the words of this project; secrets of URLs are taken out."""
    if isinstance(error, EllipError):
        return error
    text = said(str(error).strip())
    name = type(error).__name__
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return Unavailable(FULL_DISK, hint=MAKE_ROOM)
    if FULL.search(text):
        return Unavailable(FULL_DISK, hint=MAKE_ROOM)
    if isinstance(error, TimeoutError):
        return Unavailable(f"{_hosts(channels)} did not answer in time", hint=TRY_AGAIN)
    if name == "SolverError":
        return unsolvable(text, channels)
    if name in ("InvalidMatchSpecError", "InvalidChannelError", "InvalidUrlError"):
        return Invalid(text)
    return _network(text, channels) or _other(error, text)


def _network(text: str, channels: Sequence[str]) -> EllipError | None:
    """Gives what a channel's answer, or its silence, means."""
    if found := NO_CACHE.search(text):
        channel = channel_word(found.group(1).rstrip("/").rpartition("/")[0])
        return Unavailable(
            f"{channel} has never been read, and nothing is downloaded now",
            hint="Go online (`ellip toolbox channels --online`), and try again.",
        )
    if found := NO_SUBDIR.search(text):
        return NotFound(
            f"there is no channel {channel_word(found.group(1))}", hint="Check its name or its URL."
        )
    fetched = FETCH.search(text)
    what = f": {fetched.group(1)} could not be fetched" if fetched else ""
    if found := STATUS.search(text):
        status, host = int(found.group(1)), _host(found.group(2))
        if status in (401, 403):
            return Denied(
                f"{host} wants to know who asks{what}", hint=f"Sign in: `ellip toolbox login {_bare(host)}`."
            )
        if status == 404:
            return NotFound(
                f"{host} does not have it any more{what}", hint="Update the list of packages: plan again."
            )
        return Unavailable(f"{host} is out of order ({status}){what}", hint=TRY_AGAIN)
    if WRONG_SUM.search(text):
        return Unavailable(
            f"what came is not what the channel says it is{what}", hint="Try again; else tell who runs it."
        )
    if BROKEN.search(text):
        host = _host(next(iter(URL.findall(text)), "") or (channels[0] if len(channels) == 1 else ""))
        if "dns error" in text:
            return Unavailable(
                f"{host} is not found: no such host, or no network", hint="Check its name, and the network."
            )
        did = "broke off" if fetched else "does not answer"
        return Unavailable(f"{host or 'the channel'} {did}{what}", hint=TRY_AGAIN)
    return None


def _other(error: BaseException, text: str) -> EllipError:
    lines = [line for line in text.splitlines() if line.strip()]
    if isinstance(error, OSError):
        place = f"{error.filename}: " if error.filename else ""
        return Unavailable(f"{place}{error.strerror or text}")
    if "ermission denied" in text:
        return Denied(lines[-1] if lines else text)
    if type(error).__name__ in ("InstallerError", "TransactionError", "LinkError", "GatewayError", "IoError"):
        return Unavailable(
            ": ".join(line.removeprefix("Caused by: ") for line in lines[:3])[:500], hint=TRY_AGAIN
        )
    return Internal(f"{type(error).__name__}: {lines[0] if lines else ''}")


def unsolvable(text: str, channels: Sequence[str]) -> EllipError:
    """Says why nothing fits: what no channel has, or what does not go together."""
    lines = [line.rstrip() for line in text.splitlines() if line.strip()]
    body = [line.removeprefix("Cannot solve the request because of: ") for line in lines][:SHOWN]
    where = " nor ".join(channel_word(channel) for channel in channels) or "the channels"
    if found := NO_CANDIDATE.search(text):
        name, version = found.group(1), (found.group(2) or "").strip()
        wish = f" {version}" if version not in ("", "*") else ""
        return Unsolvable(
            f"{where} has no {name}{wish}" if " nor " not in where else f"neither {where} has {name}{wish}",
            body,
            "Check the name and the version, or add the channel that has it.",
        )
    names = list(dict.fromkeys(TOP.findall(text)))
    if len(names) > 1:
        detail = f"{', '.join(sorted(names)[:-1])} and {sorted(names)[-1]} do not go together"
    elif names:
        detail = f"{names[0]} cannot be installed: something that it needs is not to be had"
    else:
        detail = "no set of packages is what was asked for"
    return Unsolvable(detail, body, "Ask for other versions, or for a toolbox of its own for each.")


def taken(name: str) -> Conflict:
    """Says that something goes on with a toolbox already."""
    return Conflict(
        f"{name} is being worked on already", hint="Wait for its end, or stop it: `ellip toolbox works`."
    )


def _host(url: str) -> str:
    return urlsplit(url).netloc.rpartition("@")[2] or channel_word(url)


def _bare(host: str) -> str:
    return host.partition(":")[0]


def _hosts(channels: Sequence[str]) -> str:
    return ", ".join(channel_word(channel) for channel in channels) or "the channel"
