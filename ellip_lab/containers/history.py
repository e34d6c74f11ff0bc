"""The history of an image, as its Containerfile would say it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from ellip_lab.containers.contract import Layer
from ellip_lab.containers.stock import bare, moment

NOP = "/bin/sh -c #(nop) "
RUN = re.compile(r"^(?:\|\d+ (?P<arguments>.*?) )?/bin/sh -c (?P<command>.*)$", re.DOTALL)


def layers(lines: Sequence[dict[str, Any]], told: Sequence[dict[str, Any]] | None) -> tuple[Layer, ...]:
    """Gives the history, newest first; `told` is the image's own account, oldest first, which knows of empty ones."""
    known = list(reversed(told)) if told and len(told) == len(lines) else None
    return tuple(
        Layer(
            id="" if line.get("Id") in (None, "<missing>") else bare(str(line["Id"])),
            created=moment(line.get("Created")),
            command=command(str(line.get("CreatedBy") or "")),
            size=int(line.get("Size") or 0),
            empty=bool(known[number].get("empty_layer")) if known else not line.get("Size"),
        )
        for number, line in enumerate(lines)
    )


def command(created_by: str) -> str:
    """Writes what made a layer as a line of a Containerfile."""
    text = created_by.removesuffix(" # buildkit").strip()
    if text.startswith(NOP):
        return text.removeprefix(NOP).strip()
    text = text.removeprefix("RUN ")
    found = RUN.match(text)
    return f"RUN {found['command']}" if found else text
