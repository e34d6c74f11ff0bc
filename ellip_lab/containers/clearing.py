"""What a clean-up takes, told before it does, and the clean-up itself."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from ellip_lab.containers import stock
from ellip_lab.containers.contract import PruneQuery
from ellip_lab.containers.podman import quoted
from ellip_lab.containers.stock import EXTERNAL, HeldContainer, Stock, StoredImage
from ellip_lab.errors import Conflict, NotFound

if TYPE_CHECKING:
    from ellip_lab.containers.podman import Api
    from ellip_lab.containers.sizes import Sizes

STARTING = timedelta(minutes=10)
"""How long a container that was made may take to be started: a younger one is nobody's rest."""
BUILDING = timedelta(days=1)
"""How long a build may take: a working container that is older is left of one that was killed."""
STOPPED = {"exited", "stopped", "dead"}
NEW = {"created", "configured", "initialized"}


@dataclass(frozen=True)
class Chosen:
    """Is what a clean-up takes, children before the images that they were made of."""

    containers: tuple[HeldContainer, ...]
    images: tuple[StoredImage, ...]
    """Those that a person sees in a list."""
    beneath: tuple[StoredImage, ...]
    """What only they were made of; the engine removes it with them."""

    @property
    def ids(self) -> set[str]:
        """Gives the ids of all images that go."""
        return {image.id for image in (*self.images, *self.beneath)}


def choose(have: Stock, query: PruneQuery, now: datetime) -> Chosen:
    """Chooses what goes; `have` has the intermediate images too."""
    containers = tuple(one for one in have.containers if _goes(one, query, now))
    gone = {one.id for one in containers}
    held = {one.image for one in have.containers if one.id not in gone}
    children: dict[str, set[str]] = defaultdict(set)
    for image in have.images:
        if image.parent:
            children[image.parent].add(image.id)
    going: dict[str, StoredImage] = {}
    shown: set[str] = set()
    while True:
        more = [
            image
            for image in have.images
            if image.id not in going
            and image.id not in held
            and children[image.id] <= going.keys()
            and (query.all or not image.names)
        ]
        if not more:
            break
        shown |= {image.id for image in more if image.names or not children[image.id]}
        going |= {image.id: image for image in more}
    return Chosen(
        containers,
        tuple(image for image in going.values() if image.id in shown),
        tuple(image for image in going.values() if image.id not in shown),
    )


def frees(api: Api, sizes: Sizes, have: Stock, chosen: Chosen, query: PruneQuery) -> int:
    """Gives the bytes that become free: layers that another image keeps are not counted."""
    ids = chosen.ids
    kept = sizes.layers(api, (image.id for image in have.images if image.id not in ids))
    going = sizes.layers(api, ids)
    layers = sum(size for layer, size in going.items() if layer not in kept)
    return layers + sum(one.written for one in chosen.containers) + _build_cache(api, query)


def carry_out(
    api: Api,
    sizes: Sizes,
    query: PruneQuery,
    say: Callable[[str], None],
    progress: Callable[[int, int], None],
) -> int:
    """Removes one thing after the other, tells each, and gives the bytes that became free.

    What somebody uses or has removed meanwhile is told and left; `Unavailable` when the engine goes.
    """
    have = stock.read(api, intermediate=True, sizes=True)
    chosen = choose(have, query, datetime.now(UTC))
    before = sizes.layers(api, (image.id for image in have.images))
    work = list(_work(chosen))
    freed = 0
    progress(0, len(work))
    for number, one in enumerate(work, start=1):
        try:
            api.delete(one.path, {"force": one.force})
        except NotFound:
            say(f"{one.name} is gone already")
        except Conflict as error:
            say(f"{one.name} stays: {error.detail}")
        else:
            freed += one.own
            say(f"removed {one.name}")
        progress(number, len(work))
    after = stock.read(api, intermediate=True)
    left = sizes.layers(api, (image.id for image in after.images))
    freed += sum(size for layer, size in before.items() if layer not in left)
    cache = _build_cache(api, query)
    if cache:
        reply = api.post("build/prune", {"all": True}, timeout=600) or {}
        say("removed the build cache")
        freed += int(reply.get("SpaceReclaimed") or 0)
    return freed


def _goes(one: HeldContainer, query: PruneQuery, now: datetime) -> bool:
    age = now - one.created
    if one.state == EXTERNAL:
        return query.cache and age > BUILDING
    return query.containers and (one.state in STOPPED or (one.state in NEW and age > STARTING))


@dataclass(frozen=True)
class Removal:
    """Is one thing to remove: its path, how it is called, and the bytes that it frees itself."""

    path: str
    name: str
    own: int = 0
    force: bool = False


def _work(chosen: Chosen) -> Iterator[Removal]:
    for one in chosen.containers:
        left = one.state == EXTERNAL
        kind = "working container" if left else "container"
        yield Removal(f"containers/{one.id}", f"{kind} {one.name}", one.written, force=left)
    for image in chosen.images:
        # by name, one after the other: by its id an image of several names does not go
        for name in image.names:
            yield Removal(f"images/{quoted(name)}", f"image {name}")
        if not image.names:
            yield Removal(f"images/{image.id}", f"image {image.id[:12]}")


def _build_cache(api: Api, query: PruneQuery) -> int:
    """Gives the bytes of docker's build cache; podman keeps none beside its images."""
    if not query.cache or api.libpod:
        return 0
    kept = api.get("system/df").get("BuildCache") or ()
    return sum(int(part.get("Size") or 0) for part in kept if not part.get("InUse"))
