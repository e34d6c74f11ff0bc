"""What an engine has: its images and containers at one moment, in the same words for podman and docker."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ellip_lab.containers.podman import Api

EXTERNAL = "storage"
"""The state of a container that podman has not made: the working container of a build."""


@dataclass(frozen=True)
class StoredImage:
    """Is an image, as a list of the engine has it."""

    id: str
    parent: str
    names: tuple[str, ...]
    digests: tuple[str, ...]
    """Every `repository@sha256:...`."""
    digest: str | None
    size: int
    created: datetime


@dataclass(frozen=True)
class HeldContainer:
    """Is a container, as far as images are concerned."""

    id: str
    name: str
    image: str
    """The id of its image; empty for one made of a folder."""
    state: str
    running: bool
    created: datetime
    written: int
    """Bytes it has written itself; 0 unless sizes were asked for."""


@dataclass(frozen=True)
class Stock:
    """Is what the engine has at one moment."""

    images: tuple[StoredImage, ...]
    containers: tuple[HeldContainer, ...]
    holders: dict[str, list[HeldContainer]] = field(default_factory=dict)
    """The containers of each image that has some."""


def read(api: Api, *, intermediate: bool = False, sizes: bool = False) -> Stock:
    """Asks the engine for all it has; `intermediate` includes what only other images are made of."""
    images = tuple(image(raw) for raw in api.get("images/json", {"all": intermediate}) or ())
    asked: dict[str, Any] = {"all": True, "size": sizes}
    if api.libpod:
        asked["external"] = True
    containers = tuple(container(raw) for raw in api.get("containers/json", asked) or ())
    holders: dict[str, list[HeldContainer]] = defaultdict(list)
    for one in containers:
        holders[one.image].append(one)
    return Stock(images, containers, dict(holders))


def image(raw: dict[str, Any]) -> StoredImage:
    """Reads an image of a list."""
    digests = tuple(text for text in raw.get("RepoDigests") or () if not text.startswith("<none>"))
    digest = raw.get("Digest") or (digests[0].partition("@")[2] if digests else None)
    return StoredImage(
        id=bare(raw["Id"]),
        parent=bare(raw.get("ParentId") or ""),
        names=tuple(name for name in raw.get("RepoTags") or () if "<none>" not in name),
        digests=digests,
        digest=digest or None,
        size=int(raw.get("Size") or 0),
        created=moment(raw.get("Created")) or datetime.fromtimestamp(0, UTC),
    )


def container(raw: dict[str, Any]) -> HeldContainer:
    """Reads a container of a list."""
    size = raw.get("Size")
    written = size.get("rwSize") if isinstance(size, dict) else raw.get("SizeRw")
    state = str(raw.get("State") or "").lower()
    return HeldContainer(
        id=raw["Id"],
        name=next(iter(raw.get("Names") or ()), raw["Id"][:12]).lstrip("/"),
        image=bare(raw.get("ImageID") or ""),
        state=state,
        running=state in {"running", "paused", "restarting"},
        created=moment(raw.get("Created")) or datetime.fromtimestamp(0, UTC),
        written=int(written or 0),
    )


def bare(identity: str) -> str:
    """Gives an id without the name of its digest."""
    return identity.removeprefix("sha256:")


def moment(value: Any) -> datetime | None:
    """Gives a time of the engine's, which writes seconds here and words there; None for one that never was."""
    if value in (None, "", 0):
        return None
    if isinstance(value, (int, float)):
        return datetime.fromtimestamp(value, UTC) if value > 0 else None
    # nine digits of a second are more than datetime has
    text = re.sub(r"(\.\d{6})\d+", r"\1", str(value))
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found.astimezone(UTC) if found.year > 1970 else None
