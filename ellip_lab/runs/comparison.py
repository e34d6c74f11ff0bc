"""The words of a comparison of two runs."""

from __future__ import annotations

from ellip_lab.contract import Contract
from ellip_lab.stac.contract import Difference
from ellip_lab.tasks.contract import TaskId


class CompareQuery(Contract):
    """Chooses the run that another one is compared with."""

    other: TaskId


class Comparison(Contract):
    """Says whether two runs have given the same."""

    left: TaskId
    right: TaskId
    left_engine: str
    """What the left one ran with: engine and what runs its containers (`cwltool, podman`)."""
    right_engine: str
    same: bool
    """There is no difference."""
    differences: tuple[Difference, ...] = ()
    """What differs, at most 500."""
    count: int = 0
    """How many differences there are in all."""
    notes: tuple[Difference, ...] = ()
    """What differs in its bytes and says the same (a raster with the same pixels), at most 500."""
    outputs: int = 0
    """How many outputs were compared."""
    files: int = 0
    """How many files were compared by their content."""
    items: int = 0
    """How many STAC Items, or features, were compared by what they say."""


def rows(found: Comparison) -> list[tuple[str, str, str, str, str]]:
    """Gives a comparison as lines of a table: where, what (`note` for what says the same), left, right, in words."""
    told = [(one, one.kind.value) for one in found.differences] + [(one, "note") for one in found.notes]
    return [(one.place, kind, one.left or "", one.right or "", one.words) for one, kind in told]


def verdict(found: Comparison) -> str:
    """Says in a sentence what a comparison has come to."""
    parts = [
        f"{count} {word}{'' if count == 1 else 's'}"
        for count, word in ((found.outputs, "output"), (found.files, "file"), (found.items, "STAC item"))
        if count
    ]
    looked = f"{', '.join(parts) or 'nothing'} compared"
    if found.same:
        return f"the same: {looked} ({found.left_engine} | {found.right_engine})"
    count = f"{found.count} difference{'' if found.count == 1 else 's'}"
    return f"{count}: {looked} ({found.left_engine} | {found.right_engine})"
