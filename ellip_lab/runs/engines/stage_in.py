"""Fetches the inputs of a run that are in object stores, before its first tool starts."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from ellip_lab.runs.engines.record import Record
from ellip_lab.runs.engines.stages import Stage, StageError, reason, service
from ellip_lab.runs.remote import remotes

if TYPE_CHECKING:
    from ellip_lab.runs.staging import Fetch

NAMED = 3
"""How many inputs an error names."""


class StageIn:
    """Knows what is to be fetched, and fetches it into the scratch folder of the task."""

    def __init__(self, asked: dict[str, Any], directory: Path, record: Record) -> None:
        self._asked = asked
        self._record = record
        self._folder = directory / "work" / "in"
        self._fetches: list[Fetch] = []

    @property
    def needed(self) -> bool:
        """Tells whether there is anything to fetch."""
        return bool(self._fetches)

    def take(self, inputs: Any) -> None:
        """Finds what of an input object is in a store, and says in it where that will be."""
        found = list(remotes(inputs))
        if not found:
            return
        from ellip_lab.errors import EllipError
        from ellip_lab.runs.staging import planned

        try:
            self._fetches += planned(found, self._folder / str(len(self._fetches)))
            # folders first: when the last of them is counted, it is known how many there are in all
            self._fetches.sort(key=lambda fetch: not fetch.folder)
        except EllipError as error:
            raise StageError(*reason(error)) from error

    def carry_out(self, steps: list[dict[str, Any]]) -> None:
        """Fetches everything, as the first of the steps; `StageError` when that cannot be."""
        if not self._fetches:
            return
        from ellip_lab.errors import EllipError

        stage = Stage(self._record, str(steps[0]["id"]))
        s3 = service(self._asked)
        fields = ""
        try:
            for number, fetch in enumerate(self._fetches):
                fields = ", ".join(fetch.fields[:NAMED]) + (" ..." if len(fetch.fields) > NAMED else "")
                stage.say("\n".join(fetch.sources))
                later = self._fetches[number + 1 :]
                known = not any(one.folder for one in later)
                after = sum(len(one.sources) for one in later) if known else None
                stage.transfer(s3, fetch.sources, fetch.target, after)
        except (EllipError, OSError) as error:
            message, hint = reason(error)
            raise stage.failed(f"input {fields}: {message}", hint) from error
        stage.done()
