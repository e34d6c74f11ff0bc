"""A request of the words of a command, for doors where a person writes it in one line."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ellip_lab.toolboxes.contract import CatalogueQuery, ToolboxRequest

if TYPE_CHECKING:
    from ellip_lab.toolboxes.service import ToolboxesService


def asked(
    room: ToolboxesService,
    what: str,
    *,
    name: str | None,
    packages: Sequence[str],
    channels: Sequence[str],
    file: str | None,
    title: str | None,
) -> ToolboxRequest:
    """Understands a command: `what` is an entry of the catalogue, or the name of a toolbox of packages or a file."""
    entry: str | None = None
    if file is None:
        known = {one.id for one in room.catalogue(CatalogueQuery()).entries}
        entry = what if what in known or not packages else None
    return ToolboxRequest(
        name=name or what, entry=entry, packages=tuple(packages), channels=tuple(channels),
        file=str(Path(file).expanduser().absolute()) if file else None, title=title,
    )  # fmt: skip


def counted(count: int, word: str) -> str:
    """Says how many there are of something: `1 change`, `2 changes`."""
    return f"{count} {word}{'' if count == 1 else 's'}"
