"""Everything there is to judge by when a run has failed."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ellip_lab.runs.events import Event


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
