"""What calrissian's own log says of the steps, and what of it a person should read."""

from __future__ import annotations

import re
import time
from collections import deque
from typing import Any

from ellip_lab.runs.engines.record import Record

LINE = re.compile(r"^(DEBUG|INFO|WARNING|ERROR|CRITICAL) (.*)$")
STEP = re.compile(r"^\[step ([^\]]+)\] (start|will be skipped|completed (\w+))$")
STARTS = re.compile(r"^\[workflow ([^\]]*)\] starting step (\S+)$")
FLOW = re.compile(r"^\[workflow ([^\]]+)\] completed (\w+)$")
STUCK = re.compile(r"^Cannot make (?:scatter )?job")
"""What cwltool says in a thread that calrissian then waits for, for ever."""
PLACE = re.compile(r"(?:\.\./)+\S*package\.cwl:\d+:\d+: ?")
"""A place in the packed document says nothing to a person."""
ENDED = "ellip-lab: ended "
NOISE = re.compile(
    r"previously defined$|^Final process status|^Resolved '|^calrissian unknown|^Got workflow error"
)


class Names:
    """Finds the step of a name that cwltool has made: numbered, and without the steps around it.

    Where steps of several sub-workflows are called the same, only what calrissian has said tells them apart.
    """

    def __init__(self, outline: list[dict[str, Any]]) -> None:
        outline = [step for step in outline if not step.get("own")]
        self._steps = [str(step["id"]) for step in outline]
        self._alone = len(outline) == 1
        self.scattered = {str(step["id"]) for step in outline if step.get("scatter")}
        self._flows = {str(step["id"]) for step in outline if step.get("workflow")}
        self._last: dict[str, list[str]] = {}
        for step in self._steps:
            self._last.setdefault(safe(step.rpartition("/")[2]), []).append(step)
        self._said: dict[str, str] = {}
        self._begun: dict[str, list[str]] = {}
        self._flowing: dict[str, list[str]] = {}

    def hear(self, text: str) -> None:
        """Takes what calrissian says: which step of which workflow starts, and each time it does."""
        if found := STARTS.match(text):
            flow, name = found[1].strip(), found[2]
            parent = self._of(flow, self._flowing) if flow else ""
            short = self._short(name)
            if parent is not None and short:
                path = f"{parent}/{short[0]}" if parent else short[0]
                self._said[name] = path if path in self._steps else self._last[safe(short[0])][0]
        elif (found := STEP.match(text)) and found[2] == "start":
            path_ = self.step(found[1])
            if path_:
                kept = self._flowing if path_ in self._flows else self._begun
                kept.setdefault(safe(path_.rpartition("/")[2]), []).append(path_)

    def step(self, name: str) -> str | None:
        """Gives the step of what the log calls one (`deep_2`)."""
        if name in self._said:
            return self._said[name]
        short = self._short(name)
        return self._last[safe(short[0])][0] if short else (self._steps[0] if self._alone else None)

    def flow(self, name: str) -> str | None:
        """Gives the step of what the log calls a workflow."""
        return self._of(name, self._flowing)

    def used(self, name: str) -> str | None:
        """Gives the step of a job in the report."""
        return self._of(name, self._begun)

    def job(self, pod: str, *, final: bool = False) -> tuple[str, str] | None:
        """Gives the step and the job (`crop_2`) of a tool's pod; None while it may be one of several steps.

        With `final` the first of those is taken.
        """
        name = re.sub(r"-pod-[a-z]{8}$", "", pod)
        step = self._of(name, self._begun, guess=final)
        if step is None:
            return None
        short = self._short(name)
        number = f"_{short[1]}" if short and short[1] > 1 else ""
        return step, f"{step.rpartition('/')[2]}{number}"

    def _of(self, name: str, begun: dict[str, list[str]], *, guess: bool = True) -> str | None:
        """Gives the step of the job or workflow of a name: they are numbered in the order in which they begin."""
        short = self._short(name)
        if short is None:
            return self._steps[0] if self._alone else None
        word, number = safe(short[0]), short[1]
        every = self._last[word]
        if len(every) == 1:
            return every[0]
        known = begun.get(word, [])
        if number <= len(known):
            return known[number - 1]
        return every[0] if guess else None

    def _short(self, name: str) -> tuple[str, int] | None:
        """Gives the name of the step by itself, and the number that sets this one apart (`crop_2`: 2)."""
        whole = safe(name)
        number = 1
        if whole not in self._last:
            base, dash, count = whole.rpartition("-")
            if not dash or not count.isdigit() or base not in self._last:
                return None
            whole, number = base, int(count)
        return self._last[whole][0].rpartition("/")[2], number


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
        self.ended: int | None = None
        """The exit code of calrissian, when it has run everything; its pods are still there."""
        self.stuck = 0.0
        """Since when calrissian is known not to come to an end by itself."""
        self.error: list[str] = []
        """The lines of its errors."""
        self._told = False

    def remember(self, lines: list[str]) -> None:
        """Takes lines whose events are told already."""
        self._told = True
        for line in lines:
            self.take(line)
        self._told = False

    def take(self, line: str) -> None:
        """Takes a line."""
        line = PLACE.sub("", line)
        if line.startswith(ENDED):
            self.ended = int(line.removeprefix(ENDED))
            return
        found = LINE.match(line)
        if found is None:
            if self._level in ("ERROR", "CRITICAL") and line.strip():
                self._said(line, self._level)
            return
        self._level, text = found[1], found[2]
        self._names.hear(text)
        step = STEP.match(text)
        if step:
            self._step(step[1], step[2], step[3])
        elif flow := FLOW.match(text):
            self._flow(flow[1], flow[2])
        elif self._level != "INFO" and not NOISE.search(text):
            self._said(text, self._level)

    def _step(self, name: str, what: str, status: str | None) -> None:
        step = self._names.step(name)
        if step is None:
            return
        if what == "start":
            more = name in self._begun and step in self._names.scattered
            self._begun.add(name)
            self._event("expand", step=step, total=1, more=more)
        elif status:
            self._event("step-ended", step=step, status=status)
            if status not in ("success", "skipped"):
                self._say(step, f"ended: {status}")

    def _flow(self, name: str, status: str) -> None:
        found = self._names.flow(name) if name.strip() else None
        if found:
            self._event("item-ended", step=found, status=status)

    def _said(self, text: str, level: str) -> None:
        if level in ("ERROR", "CRITICAL"):
            self.error.append(text)
            del self.error[:-200]
            if STUCK.search(text):
                self.stuck = time.monotonic()
        if text in self._recent:
            return
        self._recent.append(text)
        self._event("said", level=level.lower(), message=text[:4000])
        self._say("calrissian", text)

    def _event(self, event: str, **fields: Any) -> None:
        if not self._told:
            self._record.event(event, **fields)

    def _say(self, name: str, text: str) -> None:
        if not self._told:
            self._record.say(name, text)
