"""Which image a document means by a name: the rules by which podman finds a name in its own store."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from ellip_lab.containers.references import Named, parse
from ellip_lab.errors import Invalid


def full(name: str) -> str:
    """Gives a name with everything that may be left out: `docker.io/library/busybox:latest` for `busybox`."""
    this = parse(name)
    end = f"@{this.digest}" if this.digest else f":{this.tag or 'latest'}"
    return f"{this.registry}/{this.repository}{end}"


def means(wanted: str, names: Sequence[str], digests: Sequence[str]) -> bool:
    """Tells whether a name, as somebody writes it, is that of an image with these names and digests.

    A name without a registry is an image of any registry with that path, of `localhost` too, as podman looks it up.
    """
    asked = _parsed(wanted)
    if asked is None:
        return False
    if asked.digest:
        return any(
            have.digest == asked.digest and _same(asked, have) for have in map(_parsed, digests) if have
        )
    tag = asked.tag or "latest"
    return any((have.tag or "latest") == tag and _same(asked, have) for have in map(_parsed, names) if have)


def _same(asked: Named, have: Named) -> bool:
    if asked.repository == have.repository and asked.registry == have.registry:
        return True
    return not asked.host and asked.path == have.path


@lru_cache(maxsize=4096)
def _parsed(name: str) -> Named | None:
    try:
        return parse(name)
    except Invalid:
        return None
