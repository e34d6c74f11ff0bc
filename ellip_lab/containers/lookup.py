"""One image of the engine's own store, looked up by the name that a document or a program gives it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ellip_lab.errors import NotFound

if TYPE_CHECKING:
    from ellip_lab.containers.podman import Api


@dataclass(frozen=True)
class Stored:
    """Is an image that is here."""

    id: str
    digest: str | None
    """`sha256:...` of its manifest; null for one that came from no registry and has none."""
    digests: tuple[str, ...]
    """Every `repository@sha256:...` it has."""
    all_digests: frozenset[str]
    """Every digest that a registry may know it by: one image has that of its manifest, and of the index around it."""
    size: int
    entrypoint: tuple[str, ...]
    env: Mapping[str, str]


def stored(api: Api, name: str) -> Stored | None:
    """Gives an image of the store; None when it is not here. No registry is asked."""
    from ellip_lab.containers.podman import quoted

    try:
        found: dict[str, Any] = api.get(f"images/{quoted(name)}/json")
    except NotFound:
        return None
    config = found.get("Config") or {}
    digests = tuple(found.get("RepoDigests") or ())
    known = found.get("Digest") or next((one.partition("@")[2] for one in digests), None)
    return Stored(
        id=str(found["Id"]).removeprefix("sha256:"),
        digest=known or None,
        digests=digests,
        all_digests=frozenset([known] if known else []) | {one.partition("@")[2] for one in digests},
        size=int(found.get("Size") or 0),
        entrypoint=tuple(config.get("Entrypoint") or ()),
        env=dict(one.partition("=")[::2] for one in config.get("Env") or ()),
    )
