"""Building: the command, and the steps read from what it says.

The log of the task is what the engine said, byte for byte; a step knows the byte where it begins. Standard library
only: the process of a work starts with this.
"""

from __future__ import annotations

import re
import time

TYPE_CHECKING = False  # typing is heavy for a process that must start at once, and only mypy needs it
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

IIDFILE = "iid"
"""The file, in the task's folder, that the engine writes the image's id to."""
MARK = "ellip-task-"
"""The id of an empty secret that every build is given: no step sees it unless it asks for it, it stands in no image,
and podman writes it down with each working container, so that those of a killed build are told from all others."""

STEP = re.compile(r"(?:\[(\d+)/(\d+)\] )?(?:STEP (\d+)/(\d+): |Step (\d+)/(\d+) : )(.*)")
COMMIT = re.compile(r"(?:\[\d+/\d+\] )?COMMIT\b.*")
CACHED = re.compile(r"\s*--+> Using cache\b.*")
FAILED = re.compile(r"(?:Error: |ERROR: )?(?:error )?building at STEP \"(.*)\": (.*)", re.DOTALL)
BUILDKIT = re.compile(
    r"#(\d+) (?:\[(?:([\w.-]+) )?(\d+)/(\d+)\] (.*)|(CACHED)|(DONE) ([0-9.]+)s|(ERROR):? .*)"
)
TAIL = 200
"""How many of the last lines are kept to explain a failure."""


def arguments(
    kind: str,
    task: str,
    folder: str,
    containerfile: str,
    request: Mapping[str, Any],
) -> list[str]:
    """Gives the words of the command line; `containerfile` is an absolute path, as the folder is."""
    argv = ["build", "--tag", request["name"], "--file", containerfile, "--iidfile", IIDFILE]
    if kind == "podman":
        argv += ["--force-rm", "--secret", f"id={MARK}{task},src=/dev/null"]
    else:
        argv += ["--progress=plain"]
    argv += [f"--build-arg={name}={value}" for name, value in request["arguments"].items()]
    argv += [f"--label={name}={value}" for name, value in request["labels"].items()]
    if request["target"]:
        argv += ["--target", request["target"]]
    if request["platform"]:
        argv += ["--platform", request["platform"]]
    if not request["cache"]:
        argv.append("--no-cache")
    if request["pull"]:
        # `--pull` alone takes the one that is here when the registry is not there: podman calls that `ifnewer`
        argv.append("--pull=always" if kind == "podman" else "--pull")
    return [*argv, folder]


class Steps:
    """Is what is known of the steps of a build."""

    def __init__(self, expected: int | None = None) -> None:
        self._expected = expected
        self.steps: list[dict[str, Any]] = []
        self.lines: list[str] = []
        self.error: str | None = None
        """What the engine said of the step that failed."""
        self._rest = b""
        self._begun: list[float] = []
        self._numbers: dict[str, int] = {}
        self._text = ""

    def feed(self, data: bytes, offset: int) -> bytes:
        """Takes what was said, which stands in the log at `offset`, and gives what to add there: nothing."""
        start = offset - len(self._rest)
        *whole, self._rest = (self._rest + data).split(b"\n")
        for raw in whole:
            line = raw.decode(errors="replace").rstrip("\r")
            self._line(line, start)
            start += len(raw) + 1
        if len(self._rest) > 1_000_000:  # a program that never ends a line
            self._rest = self._rest[-1000:]
        return b""

    def end(self, offset: int) -> bytes:
        """Takes the last line, which may have no end."""
        if self._rest:
            self._line(self._rest.decode(errors="replace"), offset - len(self._rest))
            self._rest = b""
        return b""

    def _line(self, line: str, offset: int) -> None:
        if line.strip():
            self.lines = [*self.lines[1 - TAIL :], line]
        if match := STEP.fullmatch(line):
            stage, stages, number, total, number_, total_, text = match.groups()
            self._finish("done")
            name = f"[{stage}/{stages}] {text}" if stages else text
            self._begin(name, int(number or number_), int(total or total_), offset)
            at = f"step {number or number_} of {total or total_}"
            self._text = f"stage {stage} of {stages}, {at}" if stages else at
        elif CACHED.fullmatch(line):
            self._finish("cached")
        elif line.startswith(("--> ", " ---> ")):
            self._finish("done")
        elif COMMIT.fullmatch(line):
            self._text = "writing the image"
        elif match := FAILED.fullmatch(line):
            self.error = match.group(2)
            self._finish("failed")
        elif line.startswith("#") and (match := BUILDKIT.fullmatch(line)):
            self._buildkit(match, offset)

    def _buildkit(self, match: re.Match[str], offset: int) -> None:
        """Takes a line of docker's builder, which runs steps side by side and numbers each."""
        vertex, stage, number, total, text, cached, done, seconds, error = match.groups()
        if text is not None:
            if vertex not in self._numbers:
                self._numbers[vertex] = len(self.steps)
                self._begin(f"[{stage}] {text}" if stage else text, int(number), int(total), offset)
            self._text = f"step {number} of {total}"
            return
        if vertex not in self._numbers:
            return
        at = self._numbers[vertex]
        self._finish("cached" if cached else "done" if done else "failed", at)
        if seconds:
            self.steps[at]["seconds"] = float(seconds)
        if error:
            self.error = match.group(0).partition("ERROR")[2].strip(": ")

    def _begin(self, name: str, number: int, total: int, offset: int) -> None:
        self._begun.append(time.monotonic())
        self.steps.append(
            {"name": name, "number": number, "total": total, "state": "running", "offset": offset}
        )

    def _finish(self, state: str, at: int = -1) -> None:
        """Ends a step, once."""
        if self.steps and self.steps[at]["state"] == "running":
            took = time.monotonic() - self._begun[at]
            self.steps[at].update(state=state, seconds=round(took, 3))

    def conclude(self, state: str) -> None:
        """Ends what still runs: `done`, or `failed` where the build has failed."""
        for at, step in enumerate(self.steps):
            if step["state"] == "running":
                self._finish(state, at)

    def document(self) -> list[dict[str, Any]]:
        """Gives the steps as they are now."""
        now = time.monotonic()
        return [
            {**step, "seconds": round(now - begun, 3)} if step["state"] == "running" else step
            for step, begun in zip(self.steps, self._begun, strict=True)
        ]

    def failed(self) -> dict[str, Any] | None:
        """Gives the step that failed."""
        return next((step for step in self.steps if step["state"] == "failed"), None)

    def progress(self) -> dict[str, Any]:
        """Says how far it is, in steps."""
        ended = sum(step["state"] in ("done", "cached") for step in self.steps)
        total = max(self._expected or 0, len(self.steps)) if self.steps else None
        if total is not None and self.steps and not self.steps[-1]["name"].startswith("["):
            total = max(total, self.steps[-1]["total"])
        return {"done": ended, "total": total, "text": self._text}
