"""Images of the engine's store: listed, shown, named, removed, cleaned up."""

from __future__ import annotations

import builtins
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from ellip_lab.containers import clearing, history, references, stock
from ellip_lab.containers import contract as words
from ellip_lab.containers.matching import means
from ellip_lab.containers.podman import quoted
from ellip_lab.containers.refusals import HalfWritten
from ellip_lab.containers.stock import HeldContainer, StoredImage
from ellip_lab.errors import Conflict, Denied, Invalid, NotFound, Unavailable

if TYPE_CHECKING:
    from ellip_lab.containers.podman import Api
    from ellip_lab.containers.serving import Serving

Users = Mapping[str, Sequence[words.ImageUser]]

TOLD = 3
"""How many documents are named in a caution."""


class Images:
    """Answers for the images; `users` gives, by the name that documents write, who of the workspace uses it."""

    def __init__(self, serving: Serving, users: Callable[[], Users]) -> None:
        self._serving = serving
        self._users = users

    def list(self, query: words.ImageQuery) -> words.ImagePage:
        """Gives one page of the images that are asked for."""
        have = stock.read(self._serving.api())
        documents = self._users()
        found = [image for image in have.images if _wanted(image, query)]
        used = {image.id: _users_of(image, have.holders, documents) for image in found}
        found.sort(key=lambda image: _key(image, query, used), reverse=query.descending)
        page = found[query.offset : query.offset + query.limit]
        more = query.offset + query.limit < len(found)
        return words.ImagePage(
            images=tuple(_image(image, used[image.id]) for image in page),
            total=len(found),
            size=sum(image.size for image in found),
            next=query.offset + query.limit if more else None,
        )

    def show(self, query: words.ImageNameQuery) -> words.ImageDetails:
        """Gives everything known of one image; `NotFound` when it is not here."""
        return self._shown(self._serving.api(), query.name)

    def tag(self, request: words.TagRequest) -> words.ImageDetails:
        """Gives an image one more name; the image that had it before loses it."""
        api = self._serving.api()
        name = _plain_name(request.name)
        identity = stock.bare(_inspected(api, request.image)["Id"])
        where = f"{name.host}/{name.path}" if name.host else name.path
        api.post(f"images/{identity}/tag", {"repo": where, "tag": name.tag or "latest"})
        return self._shown(api, identity)

    def untag(self, request: words.UntagRequest) -> words.ImageDetails:
        """Takes a name from an image.

        `Conflict` where the engine is docker and it is the last one: docker removes such an image.
        """
        api = self._serving.api()
        _plain_name(request.name)
        told = _inspected(api, request.name)
        names = [name for name in told.get("RepoTags") or () if means(request.name, [name], ())]
        if not names:
            raise NotFound(
                f"{request.name} is no name of an image",
                hint="Give a name that stands in the list of images.",
            )
        identity = stock.bare(told["Id"])
        if api.libpod:
            where, _, tag = names[0].rpartition(":")
            api.post(f"images/{quoted(identity)}/untag", {"repo": where, "tag": tag})
        elif len(told["RepoTags"]) == 1:
            raise Conflict(
                f"{names[0]} is the only name of its image, which docker would remove with it",
                hint="Give it another name first, or remove the image.",
            )
        else:
            api.delete(f"images/{quoted(names[0])}", {"noprune": True})
        return self._shown(api, identity)

    def remove(self, request: words.RemoveImagesRequest) -> words.Changed:
        """Removes images, each for itself; for one that stays it is told what holds it."""
        api = self._serving.api()
        done: builtins.list[str] = []
        kept: builtins.list[words.Kept] = []
        for name in dict.fromkeys(request.images):
            try:
                self._remove(api, name, force=request.force)
            except (NotFound, Conflict, Denied, Invalid) as error:
                kept.append(words.Kept(name=name, message=error.detail, hint=error.hint))
            else:
                done.append(name)
        return words.Changed(done=tuple(done), kept=tuple(kept))

    def plan_prune(self, query: words.PruneQuery) -> words.PrunePlan:
        """Says what a clean-up would take, and how much it frees."""
        api = self._serving.api()
        have = stock.read(api, intermediate=True, sizes=True)
        chosen = clearing.choose(have, query, datetime.now(UTC))
        documents = self._users()
        images = tuple(_image(image, _users_of(image, have.holders, documents)) for image in chosen.images)
        return words.PrunePlan(
            images=images,
            containers=tuple(one.name for one in chosen.containers),
            frees=clearing.frees(api, self._serving.sizes, have, chosen, query),
            cautions=_cautions(images),
        )

    def prune_now(
        self, query: words.PruneQuery, say: Callable[[str], None], progress: Callable[[int, int], None]
    ) -> int:
        """Cleans up what the plan of the same words says, now; gives the bytes that became free.

        `say` gets a line for each thing, `progress` how many are done of how many.
        """
        return clearing.carry_out(self._serving.api(), self._serving.sizes, query, say, progress)

    def _shown(self, api: Api, name: str) -> words.ImageDetails:
        told = _inspected(api, name)
        lines = api.get(f"images/{quoted(name)}/history") or []
        have = stock.read(api)
        listed = next((image for image in have.images if image.id == stock.bare(told["Id"])), None)
        this = listed or stock.image(told)
        config = told.get("Config") or {}
        return words.ImageDetails(
            id=this.id,
            names=tuple(told.get("RepoTags") or ()),
            digests=tuple(told.get("RepoDigests") or ()),
            size=int(told.get("Size") or this.size),
            created=stock.moment(told.get("Created")) or this.created,
            architecture=told.get("Architecture") or "",
            os=told.get("Os") or "",
            author=told.get("Author") or "",
            entrypoint=_words(config.get("Entrypoint")),
            command=_words(config.get("Cmd")),
            user=config.get("User") or "",
            folder=config.get("WorkingDir") or "",
            env=dict(line.partition("=")[::2] for line in config.get("Env") or ()),
            labels=config.get("Labels") or {},
            ports=tuple(config.get("ExposedPorts") or ()),
            layers=history.layers(lines, told.get("History")),
            users=_users_of(this, have.holders, self._users()),
        )

    def _remove(self, api: Api, name: str, *, force: bool) -> None:
        try:
            told = _inspected(api, name)
        except Unavailable:
            if not _is_half_written(api, name):
                raise
            api.delete(f"images/{quoted(name)}")
            return
        identity = stock.bare(told["Id"])
        # the last of its names takes the image with it, an id takes all of them
        whole = len(told.get("RepoTags") or ()) < 2 or identity.startswith(stock.bare(name))
        if force and whole:
            running = [one for one in stock.read(api).holders.get(identity, ()) if one.running]
            if running:
                raise Conflict(
                    f"{name} is used by {_named(running)}",
                    hint="Stop it first: force ends no running container.",
                )
        try:
            reply = api.delete(f"images/{quoted(name)}", {"force": force})
        except Conflict as error:
            raise _held(api, name, identity, error) from error
        problems = reply.get("Errors") if isinstance(reply, dict) else None
        if problems:
            raise Conflict(str(problems[0]))


def _inspected(api: Api, name: str) -> dict[str, Any]:
    try:
        told: dict[str, Any] = api.get(f"images/{quoted(name)}/json")
    except NotFound as error:
        raise NotFound(
            f"there is no image {name} here", hint="Pull it, or look at the images that are here."
        ) from error
    return told


def _is_half_written(api: Api, name: str) -> bool:
    """Tells whether a part of the image of this id is missing: podman 4.3 says nothing of use when asked for it."""
    try:
        stock.read(api, intermediate=True)
    except HalfWritten as error:
        return error.image.startswith(stock.bare(name))
    return False


def _plain_name(name: str) -> references.Named:
    """Takes a name apart that is to be given to an image: one with a digest is given by the registry only."""
    found = references.parse(name)
    if found.digest:
        raise Invalid(
            f"{name} has a digest", hint="Write the name as repository:tag; its digest comes by itself."
        )
    return found


def _held(api: Api, name: str, identity: str, error: Conflict) -> Conflict:
    """Gives the error of an image that stays, with what holds it."""
    have = stock.read(api, intermediate=True)
    holders = have.holders.get(identity)
    if holders:
        running = any(one.running for one in holders)
        return Conflict(
            f"{name} is used by {_named(holders)}",
            hint="Stop and remove it first."
            if running
            else "Remove it first, or remove the image with force.",
        )
    children = [image for image in have.images if image.parent == identity]
    if children:
        told = ", ".join(next(iter(child.names), child.id[:12]) for child in children)
        return Conflict(f"{name} is what {told} was built on", hint="Remove that first.")
    return error


def _named(holders: Sequence[HeldContainer]) -> str:
    if len(holders) == 1:
        return f"{'the running container' if holders[0].running else 'the container'} {holders[0].name}"
    return "the containers " + ", ".join(
        f"{one.name} (running)" if one.running else one.name for one in holders
    )


def _wanted(image: StoredImage, query: words.ImageQuery) -> bool:
    if query.dangling is not None and query.dangling is bool(image.names):
        return False
    if not query.text:
        return True
    text = query.text.lower()
    return any(text in field.lower() for field in (image.id, image.digest or "", *image.names))


def _key(
    image: StoredImage, query: words.ImageQuery, used: dict[str, tuple[words.ImageUser, ...]]
) -> tuple[Any, ...]:
    """Gives what an image is ordered by; those without a name come after all names, either way round."""
    name = image.names[0] if image.names else ""
    match query.sort:
        case words.ImageSort.NAME:
            return (bool(name) is query.descending, name, image.id)
        case words.ImageSort.SIZE:
            return (image.size, name, image.id)
        case words.ImageSort.USED:
            return (len(used[image.id]), name, image.id)
        case words.ImageSort.CREATED:
            return (image.created, name, image.id)


def _users_of(
    image: StoredImage, holders: Mapping[str, Sequence[HeldContainer]], documents: Users
) -> tuple[words.ImageUser, ...]:
    found = [
        words.ImageUser(kind="container", name=one.name, running=one.running)
        for one in holders.get(image.id, ())
    ]
    for name, users in documents.items():
        if means(name, image.names, image.digests):
            found += users
    return tuple(found)


def _image(image: StoredImage, users: tuple[words.ImageUser, ...]) -> words.Image:
    return words.Image(
        id=image.id,
        names=image.names,
        digest=image.digest,
        size=image.size,
        created=image.created,
        dangling=not image.names,
        users=users,
    )


def _cautions(images: Sequence[words.Image]) -> tuple[str, ...]:
    """Says which of the images that go the documents of the workspace name."""
    told = []
    for image in images:
        documents = sorted({user.name for user in image.users if user.kind == "document"})
        if documents:
            more = f" and {len(documents) - TOLD} more" if len(documents) > TOLD else ""
            shown = ", ".join(documents[:TOLD])
            name = image.names[0] if image.names else image.id[:12]
            told.append(f"{name} is named by {shown}{more}: a run would have to pull or build it again.")
    return tuple(told)


def _words(value: Any) -> tuple[str, ...]:
    if not value:
        return ()
    return (value,) if isinstance(value, str) else tuple(value)
