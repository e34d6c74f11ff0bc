"""Why a work failed: a headline and what to do, read from what the engine said.

Standard library only: the process of a work starts with this.
"""

from __future__ import annotations

import re

from ellip_lab.containers.building import Steps

TYPE_CHECKING = False  # typing is heavy for a process that must start at once, and only mypy needs it
if TYPE_CHECKING:
    from typing import Any

    from ellip_lab.containers.layers import Layers

SHOWN = 20
"""How many of the last lines are given."""
LOG_LINE = re.compile(r'time="[^"]*" level=\w+ msg="(.*)"')
NOISE = re.compile(
    r"time=\"[^\"]*\" level=(debug|info|warning) |Trying to pull |Copying (blob|config) |\s*--> "
)

Rule = tuple[re.Pattern[str], str, str]
"""What the engine says, the headline (`{image}`, `{host}`, and groups of the pattern), and what to do."""


def _rule(pattern: str, headline: str, hint: str) -> Rule:
    return re.compile(pattern, re.IGNORECASE | re.DOTALL), headline, hint


SIGN_IN = "Sign in to {host}, or check that this user may do it."
RULES: tuple[Rule, ...] = (
    _rule(
        r"no space left on device|disk quota exceeded",
        "the disk is full",
        "Make room: a clean-up of images shows what would go, and how much it frees.",
    ),
    _rule(
        r"server gave HTTP response to HTTPS client",
        "{host} speaks plain HTTP",
        "Save the registry as insecure, if you trust the way to it.",
    ),
    _rule(
        r"x509: certificate signed by unknown authority|certificate is not trusted|failed to verify certificate",
        "{host} has a certificate that nobody here knows",
        "Save the registry with the certificate authority that signs for it.",
    ),
    _rule(
        r"x509: (certificate [^\n]*)", "the certificate of {host} does not fit: {1}", "Ask who runs {host}."
    ),
    _rule(
        r"no such host|server misbehaving|name resolution",
        "{host} is not found: no such registry, or no network",
        "Check the name, and whether this machine has a network.",
    ),
    _rule(
        r"connection refused|network is unreachable|no route to host|i/o timeout|connection reset|"
        r"TLS handshake timeout|deadline exceeded|unexpected EOF.*registry|: EOF\s*$",
        "{host} does not answer",
        "Check the name and the port of the registry, and try again when it is there.",
    ),
    _rule(r"toomanyrequests|too many requests", "{host} takes no more requests now", "Sign in, or wait."),
    _rule(
        r"unauthorized|authentication required|access (to the resource is )?denied|denied:|invalid username|"
        r"forbidden|insufficient_scope|no basic auth credentials",
        "{host} does not let you do that",
        SIGN_IN,
    ),
    _rule(
        r"manifest unknown|manifest for .* not found|name unknown|name_unknown|repository .* not found|"
        r"manifest invalid",
        "{host} has no {image}",
        "Check the name and the tag: the tags of a repository can be listed.",
    ),
    _rule(
        r"no image found in (image index|manifest list) for architecture|does not match the specified platform",
        "{image} does not exist for this platform",
        "Leave the platform out, or choose one that the image has.",
    ),
    _rule(
        r"image not known|no such image|does not exist locally",
        "{image} is not here",
        "Check its name in the list of images.",
    ),
    _rule(
        r"invalid reference format|repository name must be lowercase|invalid image name",
        "{image} cannot be the name of an image",
        "Write registry/repository:tag, in lower case.",
    ),
    _rule(
        r"payload does not match any|unexpected EOF|invalid tar header|archive/tar|not a valid .*archive|"
        r"unrecognized image format",
        "{path} is no whole archive of images",
        "Write it anew (`save`), or fetch it again: it may have been cut off on its way.",
    ),
    _rule(r"permission denied", "a file or socket may not be used: {line}", "Check whose it is."),
    _rule(
        r"cannot connect to the docker daemon|unable to connect to podman|connection to the (docker|podman)",
        "the container engine does not answer",
        "Start it, and try again.",
    ),
)
"""The first that fits holds."""

BUILD_RULES: tuple[Rule, ...] = (
    _rule(
        r"unknown instruction:? \"?(\w+)",
        "the Containerfile has an instruction that does not exist: {1}",
        "Check how it is written.",
    ),
    _rule(
        r"copier: stat: \"(.*?)\": no such file|failed to compute cache key.*?\"(.*?)\": not found|"
        r"COPY failed: .*?stat (.*?): (?:file does not exist|no such)",
        "{1} is not in the folder of the build",
        "A build sees the files of its folder only, without those that .containerignore leaves out.",
    ),
    _rule(
        r"The target \"(.*?)\" was not found|target stage \"?(.*?)\"? could not be found",
        "the Containerfile has no stage {1}",
        "Choose one that it names with `FROM ... AS`.",
    ),
    _rule(
        r"no FROM statement found|no build stage in current context",
        "the Containerfile does not say what it starts from",
        "Begin it with FROM.",
    ),
    _rule(
        r"exec format error",
        "a program of the image is made for another kind of machine",
        "Build for this machine's platform, or install qemu-user-static.",
    ),
    _rule(
        r"while running runtime: exit status (\d+)|exit code:? (\d+)|returned a non-zero code: (\d+)",
        "a step ended with exit code {1}",
        "What it said last is below.",
    ),
)


def explain(kept: dict[str, Any], reader: Steps | Layers, code: int) -> dict[str, Any]:
    """Says why a work failed; `code` is its client's, negative for a signal."""
    lines = [found.group(1) if (found := LOG_LINE.fullmatch(line)) else line for line in reader.lines]
    wrong = [line for line in lines if line.startswith(("Error", "ERROR", "error"))]
    step = reader.failed() if isinstance(reader, Steps) else None
    last = _tail(reader.lines)
    if code < 0:
        return {
            "headline": f"{kept['engine']} was killed in the middle ({_signal(code)})",
            "step": step and step["name"],
            "lines": last,
            "hint": "Try again. If it happens again, the machine may be short of memory.",
        }
    build = kept["kind"] == "build"
    text = "\n".join(wrong) or "\n".join(lines[-SHOWN:])
    if kept["kind"] == "load":  # podman tells what each of its four readers thinks
        text = "\n".join(lines[-SHOWN:])
    said = reader.error if isinstance(reader, Steps) and reader.error else text
    rules = (*BUILD_RULES, *RULES) if build else RULES
    words = {**_words(kept, said), "line": _first(text)}
    # what a step wrote itself says only that it has failed, unless its disk was full
    full = _match(RULES[:1], "\n".join(last), words) if build else None
    told = full or _match(rules, said, words) or _match(rules, text, words)
    if told is None:
        told = (_first(text) or f"{kept['engine']} ended with exit code {code}", None)
    headline, hint = told
    return {"headline": headline, "step": step and step["name"], "lines": last, "hint": hint}


def _match(rules: tuple[Rule, ...], said: str, words: dict[str, str]) -> tuple[str, str | None] | None:
    for pattern, headline, hint in rules:
        if found := pattern.search(said):
            group = next((part for part in found.groups() if part), "") if found.groups() else ""
            fill = {**words, "1": group}
            return (_fill(headline, fill), _fill(hint, fill))
    return None


def _fill(text: str, words: dict[str, str]) -> str:
    return re.sub(r"\{(\w+)\}", lambda found: words.get(found.group(1), ""), text)


def _words(kept: dict[str, Any], said: str) -> dict[str, str]:
    """Gives what a headline may name: the image that was asked for, or the base of a build that was."""
    image = str(kept.get("target") or kept["image"])
    if kept["kind"] == "build" and (source := re.search(r"docker://([^\s:]+(?::[^\s:]+)?)", said)):
        image = source.group(1)
    host = image.partition("/")[0]
    if "/" not in image or not ("." in host or ":" in host or host == "localhost"):
        host = "docker.io"
    if asked := re.search(r"pinging container registry ([^\s:]+(?::\d+)?)", said):
        host = asked.group(1)
    return {"image": image, "host": host, "path": str(kept.get("path", ""))}


def _tail(lines: list[str]) -> list[str]:
    """Gives the last lines that say something."""
    return [line[:2000] for line in lines if not NOISE.match(line)][-SHOWN:]


def _first(text: str) -> str:
    line = next((line for line in text.splitlines() if line.strip()), "")
    return line.removeprefix("Error: ").removeprefix("ERROR: ").strip()[:500]


def _signal(code: int) -> str:
    import signal

    try:
        return signal.Signals(-code).name
    except ValueError:
        return f"signal {-code}"
