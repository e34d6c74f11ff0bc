"""The layers that an engine's client carries, read from what it draws on a terminal.

Only on a terminal does `podman` tell how many bytes of which layer have arrived, and `docker` the same; so both
get one that nobody looks at. Standard library only: the process of a work starts with this.
"""

from __future__ import annotations

import re
import time

TYPE_CHECKING = False  # typing is heavy for a process that must start at once, and only mypy needs it
if TYPE_CHECKING:
    from typing import Any

ESCAPE = re.compile(rb"\x1b\[[0-9;?]*[A-Za-z]")
PODMAN = re.compile(r"Copying (blob|config) (?:sha256:)?([0-9a-f]{6,64})\s*(.*)")
DOCKER = re.compile(
    r"([0-9a-f]{12}): (Pulling fs layer|Waiting|Downloading|Verifying Checksum|Download complete|Extracting|"
    r"Pull complete|Already exists|Preparing|Pushing|Pushed|Layer already exists|Mounted from|Loading layer)\s*(.*)"
)
BYTES = re.compile(r"([0-9.]+) ?([kKMGTP]?i?)[bB] ?/ ?([0-9.]+) ?([kKMGTP]?i?)[bB]")
ENDS = {"Pull complete": "done", "Already exists": "cached", "Pushed": "done", "Layer already exists": "cached",
        "Mounted from": "cached"}  # fmt: skip
POWERS = {"": 0, "k": 1, "K": 1, "M": 2, "G": 3, "T": 4, "P": 5}


class Layers:
    """Is what is known of the layers of an image on its way."""

    def __init__(self) -> None:
        self.steps: dict[str, dict[str, Any]] = {}
        self.lines: list[str] = []
        """What was said besides, the last hundred lines of it."""
        self._rest = b""
        self._begun: dict[str, float] = {}

    def feed(self, data: bytes, offset: int) -> bytes:
        """Takes what was drawn, gives what is worth a line of the log; `offset` is where that will begin."""
        *whole, self._rest = re.split(rb"[\r\n]+", self._rest + data)
        if self._rest.startswith(b"Copying") and len(self._rest) > 4096:
            self._rest = b""  # a client that draws without ever ending a line
        said = b""
        for raw in whole:
            line = ESCAPE.sub(b"", raw).decode(errors="replace").strip()
            told = self._layer(line, offset + len(said)) if line else None
            if told is None and line and line != "Getting image source signatures":
                self.lines = [*self.lines[-99:], line]
                told = line
            if told:
                said += told.encode() + b"\n"
        return said

    def end(self, offset: int) -> bytes:
        """Takes the last line, which may have no end."""
        return self.feed(b"\n", offset)

    def _layer(self, line: str, offset: int) -> str | None:
        """Takes a line about a layer; gives what to log (nothing when it says nothing new), None for others."""
        if match := PODMAN.fullmatch(line):
            kind, found, rest = match.groups()
            name = "config" if kind == "config" else found[:12]
            state = (
                "done" if rest.startswith("done") else "cached" if rest.startswith("skipped") else "running"
            )
        elif match := DOCKER.fullmatch(line):
            name, word, rest = match.groups()
            state = ENDS.get(word, "waiting" if word in ("Waiting", "Preparing") else "running")
            if word == "Extracting":  # those bytes have arrived already
                rest = ""
        else:
            return None
        return self._note(name, state, rest, offset)

    def _note(self, name: str, state: str, rest: str, offset: int) -> str:
        known = name in self.steps
        step = self.steps.setdefault(name, {"name": name, "state": "waiting", "offset": offset})
        before = step["state"]
        if found := BYTES.search(rest):
            step["done"], step["size"] = (
                _bytes(found.group(1), found.group(2)), _bytes(found.group(3), found.group(4))
            )  # fmt: skip
        if before in ("done", "cached") and state == before:
            return ""
        step["state"] = state
        self._begun.setdefault(name, time.monotonic())
        if state in ("done", "cached"):
            step["seconds"] = round(time.monotonic() - self._begun[name], 3)
            if state == "done" and step.get("size"):
                step["done"] = step["size"]
            return f"{name} is there already" if state == "cached" else f"{name} done"
        return "" if known else name

    def document(self) -> list[dict[str, Any]]:
        """Gives the layers as steps, numbered as they came."""
        steps = [*self.steps.values()]
        return [{**step, "number": number, "total": len(steps)} for number, step in enumerate(steps, 1)]

    def progress(self) -> dict[str, Any]:
        """Says how far it is: in bytes when those of every layer are known, else in layers."""
        layers = [step for step in self.steps.values() if step["name"] != "config"]
        if not layers:
            return {"done": None, "total": None, "text": self.lines[-1] if self.lines else ""}
        ended = sum(step["state"] in ("done", "cached") for step in layers)
        moving = [step for step in layers if step["state"] != "cached"]
        if moving and all(step.get("size") for step in moving):
            done = sum(step["done"] for step in moving)
            total = sum(step["size"] for step in moving)
            return {"done": done, "total": total, "text": f"{_said(done)} of {_said(total)}"}
        return {"done": ended, "total": len(layers), "text": f"{ended} of {len(layers)} layers"}


def _bytes(number: str, unit: str) -> int:
    """Reads a size as clients write it: podman's MiB are powers of 1024, docker's MB of 1000."""
    base = 1024 if unit.endswith("i") else 1000
    return int(float(number) * base ** POWERS[unit.removesuffix("i")])


def _said(count: float) -> str:
    for unit in ("B", "kB", "MB"):
        if count < 999.5:
            return f"{count:.0f} {unit}" if unit == "B" or count >= 99.5 else f"{count:.1f} {unit}"
        count /= 1000
    return f"{count:.1f} GB"
