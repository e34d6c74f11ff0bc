"""What calrissian's own log says of the steps, and what of it a person should read."""

from __future__ import annotations

import re
import time
from collections import deque
from typing import Any

from ellip_lab.runs.engines.record import Record

LINE = re.compile(r"^(DEBUG|INFO|WARNING|ERROR|CRITICAL) (.*)$")
STEP = re.compile(r"^\[step ([^\]]+)\] (start|will be skipped|completed (\w+))$")
FLOW = re.compile(r"^\[workflow ([^\]]+)\] completed (\w+)$")
STUCK = re.compile(r"^Cannot make (?:scatter )?job")
"""What cwltool says in a thread that calrissian then waits for, for ever."""
PLACE = re.compile(r"(?:\.\./)+\S*package\.cwl:\d+:\d+: ?")
"""A place in the packed document says nothing to a person."""
ENDED = "ellip-lab: ended"
NOISE = re.compile(
    r"previously defined$|^Final process status|^Resolved '|^calrissian unknown|^Got workflow error"
)


class Names:
    """Finds the step of a name that cwltool has made: numbered, and without the steps around it."""

    def __init__(self, outline: list[dict[str, Any]]) -> None:
        outline = [step for step in outline if not step.get("own")]
        self._steps = [str(step["id"]) for step in outline]
        self._alone = len(outline) == 1
        self.scattered = {str(step["id"]) for step in outline if step.get("scatter")}
        self._last: dict[str, list[str]] = {}
        for step in self._steps:
            self._last.setdefault(safe(step.rpartition("/")[2]), []).append(step)

    def step(self, name: str) -> tuple[str, str] | None:
        """Gives the step, and the number that sets this one apart (`""`, `_2`)."""
        whole = safe(name)
        number = ""
        if whole not in self._last:
            base, dash, count = whole.rpartition("-")
            if not dash or not count.isdigit() or base not in self._last:
                return (self._steps[0], "") if self._alone else None
            whole, number = base, f"_{count}"
        return self._last[whole][0], number

    def job(self, pod: str) -> tuple[str, str] | None:
        """Gives the step and the job (`crop_2`) of a tool's pod."""
        found = self.step(re.sub(r"-pod-[a-z]{8}$", "", pod))
        return (found[0], f"{found[0].rpartition('/')[2]}{found[1]}") if found else None


def safe(name: str) -> str:
    """Gives a name as calrissian writes it into the name of a pod."""
    return re.sub(r"[^-a-z0-9]", "-", name.lower())


class Lines:
    """Takes calrissian's log, line by line."""

    def __init__(self, names: Names, record: Record) -> None:
        self._names = names
        self._record = record
        self._begun: set[str] = set()
        self._level = ""
        self._recent: deque[str] = deque(maxlen=60)
        self.ended = False
        """calrissian has run everything; its pods are still there."""
        self.stuck = 0.0
        """Since when calrissian is known not to come to an end by itself."""
        self.error: list[str] = []
        """The lines of its errors."""

    def take(self, line: str) -> None:
        """Takes a line."""
        line = PLACE.sub("", line)
        if line == ENDED:
            self.ended = True
            return
        found = LINE.match(line)
        if found is None:
            if self._level in ("ERROR", "CRITICAL") and line.strip():
                self._said(line, self._level)
            return
        self._level, text = found[1], found[2]
        step = STEP.match(text)
        if step:
            self._step(step[1], step[2], step[3])
        elif flow := FLOW.match(text):
            self._flow(flow[1], flow[2])
        elif self._level != "INFO" and not NOISE.search(text):
            self._said(text, self._level)

    def _step(self, name: str, what: str, status: str | None) -> None:
        found = self._names.step(name)
        if found is None:
            return
        step = found[0]
        if what == "start":
            more = name in self._begun and step in self._names.scattered
            self._begun.add(name)
            self._record.event("expand", step=step, total=1, more=more)
        elif status:
            self._record.event("step-ended", step=step, status=status)
            if status not in ("success", "skipped"):
                self._record.say(step, f"ended: {status}")

    def _flow(self, name: str, status: str) -> None:
        found = self._names.step(name)
        if found and name.strip():
            self._record.event("item-ended", step=found[0], status=status)

    def _said(self, text: str, level: str) -> None:
        if level in ("ERROR", "CRITICAL"):
            self.error.append(text)
            del self.error[:-200]
            if STUCK.search(text):
                self.stuck = time.monotonic()
        if text in self._recent:
            return
        self._recent.append(text)
        self._record.event("said", level=level.lower(), message=text[:4000])
        self._record.say("calrissian", text)
