"""A run in the hands of Python: show it, wait for it, read its log, use its outputs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ellip_lab.runs.contract import Run, RunLogQuery
from ellip_lab.runs.outputs import place

if TYPE_CHECKING:
    from ellip_lab.runs.service import RunsService

PATIENCE = 20.0
"""Seconds that one call waits for more of a log."""


class RunHandle:
    """Is one run: its `id`, and what can be done with it."""

    def __init__(self, runs: RunsService, id: str) -> None:  # noqa: A002 - the word of the contract
        self._runs = runs
        self.id = id

    def __repr__(self) -> str:
        """Tells its name and state."""
        run = self.show()
        return f"<Run {run.name!r} {run.state.value} {self.id}>"

    def show(self) -> Run:
        """Gives everything known of the run now."""
        return self._runs.show(self.id)

    def wait(self, timeout: float | None = None) -> RunHandle:
        """Waits for the end, `timeout` seconds at the most; a run that fails raises nothing, its state tells."""
        self._runs.wait(self.id, timeout)
        return self

    def stop(self) -> Run:
        """Stops the run, its processes and its containers."""
        return self._runs.stop(self.id)

    @property
    def outputs(self) -> dict[str, Any]:
        """Gives the outputs by name: `Path` for a file or folder, `pystac.Catalog` for a STAC catalogue.

        Arrays become lists, other values stay as they are; empty while the run has none.
        """
        found = self._runs.output_object(self.id) or {}
        return {name: self._value(value) for name, value in found.items()}

    def log(self, *, follow: bool = False, job: str | None = None) -> Iterator[str]:
        """Gives the lines of the log, of the whole run or of one job; `follow` waits for more until the end."""
        offset = 0
        rest = ""
        while True:
            query = RunLogQuery(offset=offset, wait=PATIENCE if follow else 0, job=job)
            chunk = self._runs.log(self.id, query)
            *lines, rest = (rest + chunk.text).split("\n")
            yield from lines
            offset = chunk.next
            if chunk.finished or (not follow and not chunk.text):
                break
        if rest:
            yield rest

    def _value(self, value: Any) -> Any:
        if isinstance(value, list):
            return [self._value(item) for item in value]
        if not isinstance(value, dict):
            return value
        if value.get("class") not in ("File", "Directory"):
            return {name: self._value(item) for name, item in value.items()}
        path = place(value)
        if path is None:
            return value.get("location")
        return self._runs.catalogue(path) if value["class"] == "Directory" else Path(path)
