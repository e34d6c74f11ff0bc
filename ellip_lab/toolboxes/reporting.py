"""How far a work is: steps, bytes and packages, written where the supervisor and the doors read them."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from ellip_lab.shell import write_json
from ellip_lab.toolboxes.contract import ToolboxStepName, ToolboxStepState
from ellip_lab.toolboxes.wording import megabytes

EVERY = 0.3
"""Seconds between two tellings."""
NAMED = 3
"""How many packages that are on their way are named."""
UNITS = {ToolboxStepName.LINK: "packages", ToolboxStepName.PROVE: "commands"}


class Steps:
    """Is the list of the steps of a work."""

    def __init__(self, task: Path, names: tuple[ToolboxStepName, ...]) -> None:
        self._task = task
        self._told = 0.0
        self._begun: dict[str, float] = {}
        self.steps: dict[ToolboxStepName, dict[str, Any]] = {
            name: {"name": name.value, "state": ToolboxStepState.WAITING.value} for name in names
        }
        self.more: dict[str, Any] = {}

    def begin(self, name: ToolboxStepName, total: int | None = None, text: str = "") -> None:
        """Says that a step goes on."""
        self._begun[name] = time.monotonic()
        self.steps[name] |= {
            "state": "running",
            "total": total,
            "done": 0 if total is not None else None,
            "text": text,
        }
        self.tell(at_once=True)

    def set(self, name: ToolboxStepName, done: int, text: str = "") -> None:
        """Says how far a step is."""
        self.steps[name] |= {"done": done, "text": text}
        self.tell()

    def end(self, name: ToolboxStepName, text: str = "") -> None:
        """Says that a step is done."""
        step = self.steps[name]
        if step["state"] == "done":
            return
        if step["state"] == "waiting":
            self._begun[name] = time.monotonic()
        step |= {"state": "done", "text": text, "seconds": round(time.monotonic() - self._begun[name], 2)}
        if step.get("total") is not None:
            step["done"] = step["total"]
        self.tell(at_once=True)

    def fail(self, failure: dict[str, Any]) -> None:
        """Says that the step that goes on has failed, and why."""
        for step in self.steps.values():
            if step["state"] == "running":
                step["state"] = "failed"
                failure["step"] = failure.get("step") or step["name"]
        self.more["failure"] = failure
        self.tell(at_once=True)

    def tell(self, at_once: bool = False) -> None:
        """Writes it down; on a full disk the end of the work says so."""
        now = time.monotonic()
        if not at_once and now - self._told < EVERY:
            return
        self._told = now
        try:
            write_json(self._task / "steps.json", {"steps": list(self.steps.values()), **self.more}, 0o600)
            write_json(self._task / "progress.json", self.progress())
        except OSError:
            return

    def progress(self) -> dict[str, Any]:
        """Gives how far the work is, as a task tells it: the step that goes on."""
        running = [(name, step) for name, step in self.steps.items() if step["state"] == "running"]
        if not running:
            return {"done": None, "total": None, "text": ""}
        name, step = running[0]
        total, done = step.get("total"), step.get("done") or 0
        if not total:
            return {"done": None, "total": None, "text": step.get("text") or name.value}
        unit = UNITS.get(name)
        return {
            "done": done,
            "total": total,
            "text": f"{done} of {total} {unit}" if unit else megabytes(done, total),
        }


class Reporter:
    """Is told by py-rattler, in threads of its own, what it downloads, links and takes away."""

    def __init__(self, steps: Steps, sizes: dict[str, int], packages: int) -> None:
        """Takes the sizes of what is to be downloaded, by name, and how many packages change."""
        self._steps = steps
        self._sizes = sizes
        self._packages = packages
        self._names: dict[int, str] = {}
        self._bytes: dict[str, int] = {}
        self._linked = 0
        self._linking: dict[int, str] = {}
        self._next = 0
        self.heard = time.monotonic()

    def _number(self) -> int:
        self.heard = time.monotonic()
        self._next += 1
        return self._next

    def on_transaction_start(self, total_operations: int) -> None:
        """Begins the steps; nothing to download is said at once."""
        self._packages = max(total_operations, self._packages)
        total = sum(self._sizes.values())
        self._steps.begin(ToolboxStepName.DOWNLOAD, total)
        self._steps.begin(ToolboxStepName.LINK, self._packages)
        if not total:
            self._steps.end(ToolboxStepName.DOWNLOAD, "everything was in the cache")

    def on_populate_cache_start(self, operation: int, package_name: str) -> int:
        """Notes which package a number stands for."""
        number = self._number()
        self._names[number] = package_name
        return number

    def on_download_start(self, cache_entry: int) -> int:
        """Begins a package, for the first time or again after a cut."""
        self.heard = time.monotonic()
        self._bytes[self._names.get(cache_entry, "")] = 0
        return cache_entry

    def on_download_progress(self, download_idx: int, progress: int, total: int | None) -> None:
        """Counts the bytes of a package."""
        self.heard = time.monotonic()
        self._bytes[self._names.get(download_idx, "")] = progress
        self._downloaded()

    def on_download_completed(self, download_idx: int) -> None:
        """Counts a package as arrived."""
        self.heard = time.monotonic()
        name = self._names.get(download_idx, "")
        self._bytes[name] = self._sizes.get(name, self._bytes.get(name, 0))
        self._downloaded()

    def _downloaded(self) -> None:
        done = sum(min(count, self._sizes.get(name, count)) for name, count in self._bytes.items())
        under_way = [name for name, count in self._bytes.items() if count < self._sizes.get(name, 0)]
        shown = ", ".join(under_way[:NAMED]) + (
            f" and {len(under_way) - NAMED} more" if under_way[NAMED:] else ""
        )
        if not under_way and done >= sum(self._sizes.values()):
            if self._steps.steps[ToolboxStepName.DOWNLOAD]["state"] == "running":
                self._steps.end(ToolboxStepName.DOWNLOAD)
            return
        self._steps.set(ToolboxStepName.DOWNLOAD, done, shown)

    def on_link_start(self, operation: int, package_name: str) -> int:
        """Notes that a package is being linked."""
        number = self._number()
        self._linking[number] = package_name
        return number

    def on_link_complete(self, index: int) -> None:
        """Counts a package as linked."""
        self._linked_one(self._linking.pop(index, ""))

    def on_unlink_start(self, operation: int, package_name: str) -> int:
        """Notes that a package is being taken away."""
        return self.on_link_start(operation, package_name)

    def on_unlink_complete(self, index: int) -> None:
        """Forgets that; a package that is replaced is counted when the new one is linked."""
        self._linking.pop(index, None)
        self.heard = time.monotonic()

    def on_transaction_operation_complete(self, operation: int) -> None:
        """Hears that something was done."""
        self.heard = time.monotonic()

    def _linked_one(self, name: str) -> None:
        self.heard = time.monotonic()
        self._linked += 1
        self._steps.set(ToolboxStepName.LINK, min(self._linked, self._packages), name)

    def __getattr__(self, name: str) -> Any:
        """Hears everything else that may be told."""
        if not name.startswith("on_"):
            raise AttributeError(name)

        def heard(*_: Any) -> int:
            self.heard = time.monotonic()
            return 0

        return heard
