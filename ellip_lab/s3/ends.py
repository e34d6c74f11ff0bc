"""The two ends of a transfer: object stores and folders, and what goes from where to where."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ellip_lab.errors import Invalid, NotFound
from ellip_lab.s3 import boto
from ellip_lab.s3.addresses import KEY_BYTES, is_address, parse
from ellip_lab.s3.contract import Action, TransferRequest
from ellip_lab.s3.remote import Found, Remote

if TYPE_CHECKING:
    from ellip_lab.s3.connections import Connections

NAME_BYTES = 255
"""The longest name most file systems hold."""
PATH_BYTES = 4096
PART = re.compile(r"\.[0-9a-f]{16}\.part$")
"""How a file ends that is being downloaded."""


class Remotes:
    """Gives the connection of an address, each made once."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections
        self._remotes: dict[str | None, Remote] = {}

    def get(self, name: str | None) -> Remote:
        """Gives a connection by its name, the default one without."""
        if name not in self._remotes:
            known = self._connections.get(name)
            same = next((one for one in self._remotes.values() if one.name == known.name), None)
            self._remotes[name] = same or Remote(known)
        return self._remotes[name]

    def close(self) -> None:
        """Closes every connection."""
        for remote in {id(one): one for one in self._remotes.values()}.values():
            remote.close()
        self._remotes.clear()


@dataclass(frozen=True, slots=True)
class End:
    """Is one end: an object, a file, or everything below a prefix or a folder."""

    remote: Remote | None
    """Null for the workspace."""
    bucket: str
    name: str
    """The key or prefix, or the absolute path."""
    many: bool
    contents: bool = True
    """What is in it goes, not it itself: its name ends in `/`."""

    def said(self, name: str) -> str:
        """Gives something at this end as a person reads it."""
        return self.remote.where(self.bucket, name) if self.remote else name

    @property
    def whole(self) -> str:
        """Gives this end itself as a person reads it."""
        return self.said(self.name)


@dataclass(slots=True)
class Item:
    """Is one file or object, and where it goes."""

    origin: End
    found: Found
    target: str
    """Its key or its path at the target; empty for one that is deleted."""
    problem: str | None = None
    """Why it cannot go there."""
    hint: str | None = None

    @property
    def source(self) -> str:
        """Gives where it comes from, as a person reads it."""
        return self.origin.said(self.found.name)


def origin(remotes: Remotes, text: str) -> End:
    """Reads a source; `NotFound` for a path where there is nothing."""
    if is_address(text):
        place = parse(text)
        return End(remotes.get(place.connection), place.bucket, place.key, place.many)
    path = _path(text)
    if path.is_dir():
        return End(None, "", str(path), True, text.endswith("/"))
    if not path.exists():
        raise NotFound(f"there is no {path}")
    if text.endswith("/"):
        raise Invalid(f"{path} is a file, not a folder", hint="Leave the / at its end out.")
    return End(None, "", str(path), False)


def target(remotes: Remotes, text: str) -> tuple[End, bool]:
    """Reads a target, and tells whether things go into it; a folder that is there is one they go into."""
    if is_address(text):
        place = parse(text)
        return End(remotes.get(place.connection), place.bucket, place.key, place.many), place.many
    path = _path(text)
    into = text.endswith("/") or path.is_dir()
    return End(None, "", str(path), into), into


def _path(text: str) -> Path:
    path = Path(text)
    if not path.is_absolute() or "\0" in text:
        raise Invalid(f"{text[:200]!r} is neither an address nor an absolute path")
    return Path(os.path.normpath(path))


class Way:
    """Is everything that goes, and where."""

    def __init__(self, remotes: Remotes, request: TransferRequest) -> None:
        self.request = request
        self.remotes = remotes
        self.sources = [origin(remotes, source) for source in request.sources]
        self.target: End | None = None
        self.into = False
        if request.action is Action.DELETE:
            self._check_deletion()
            return
        if request.target is None:
            raise Invalid("a transfer needs a target", hint="Say where to.")
        if request.delete and request.action is not Action.SYNC:
            raise Invalid("only a sync deletes at the target what the source has not")
        if request.versions:
            raise Invalid("versions can only be deleted")
        self.target, self.into = target(remotes, request.target)
        if request.action is Action.SYNC or (len(self.sources) == 1 and self.sources[0].many):
            self._as_folder(request)
        if len(self.sources) > 1 and not self.into:
            raise Invalid(
                f"{len(self.sources)} sources cannot all become {request.target}",
                hint="End the target with / to put them into it.",
            )
        self._check_places()

    def _check_deletion(self) -> None:
        for end in self.sources:
            if end.remote is None:
                raise Invalid(f"{end.name} is no object", hint="The file browser deletes files.")
        if self.request.target is not None or self.request.delete:
            raise Invalid("a deletion has no target")

    def _as_folder(self, request: TransferRequest) -> None:
        """Makes the target the folder that what is below the source goes into."""
        end = self.target
        if end is None:
            return
        if request.action is Action.SYNC and (len(self.sources) != 1 or not self.sources[0].many):
            raise Invalid("a sync has one source, a prefix or a folder", hint="End its address with /.")
        first = self.sources[0]
        if request.action is Action.SYNC or not self.into:
            self.sources[0] = End(first.remote, first.bucket, first.name, True)
        if not self.into:
            name = f"{end.name}/" if end.remote else end.name
            self.target, self.into = End(end.remote, end.bucket, name, True), True
        if end.remote is None and Path(end.name).exists() and not Path(end.name).is_dir():
            raise Invalid(f"{end.name} is a file", hint="Choose a folder.")

    def _check_places(self) -> None:
        """Refuses what would carry something onto itself, or into itself without end."""
        end = self.target
        if end is None:
            return
        goals: set[str] = set()
        for one in self.sources:
            if not one.many:
                goal = self.goal(one, basename(one))
                if goal in goals:
                    raise Invalid(f"two of the sources would become {end.said(goal)}")
                goals.add(goal)
            if one.remote is not end.remote or one.bucket != end.bucket:
                continue
            from_, to = _folder(one), _folder(end)
            below = one.many and to.startswith(from_)
            above = one.many and self.request.delete and from_.startswith(to)
            if below or above or (not one.many and self.goal(one, basename(one)) == one.name):
                raise Invalid(f"{one.whole} cannot go into itself", hint="Choose another target.")

    def goal(self, one: End, rel: str) -> str:
        """Gives the key or path of something of a source at the target."""
        end = self.target
        if end is None:
            return ""
        if not self.into:
            return end.name
        if one.many and not one.contents:
            rel = f"{Path(one.name).name}/{rel}"
        return f"{end.name}{rel}" if end.remote else f"{end.name.rstrip('/')}/{rel}"

    def items(self) -> Iterator[Item]:
        """Finds everything that goes, a page at a time."""
        for one in self.sources:
            if not one.many:
                yield self._single(one)
                continue
            start = one.name if one.remote else f"{one.name.rstrip('/')}/"
            for found, problem in _below(one, self.target is not None and self.target.remote is None):
                rel = found.name[len(start) :]
                item = Item(one, found, self.goal(one, rel), problem)
                if self.target is not None and not problem:
                    item.problem, item.hint = unfit(self.target, rel, item.target)
                yield item

    def _single(self, one: End) -> Item:
        if one.remote:
            # Found when it is its turn: ten thousand questions beforehand would take as long as the answers
            item = Item(one, Found(one.name, -1, 0.0), self.goal(one, basename(one)))
        else:
            status = Path(one.name).stat()
            item = Item(one, Found(one.name, status.st_size, status.st_mtime), self.goal(one, basename(one)))
        if self.target is not None:
            item.problem, item.hint = unfit(self.target, basename(one) if self.into else "x", item.target)
        return item


def _folder(end: End) -> str:
    """Gives the prefix, or the folder with a `/` at its end, that an end is."""
    return end.name if end.remote and not end.name else f"{end.name.rstrip('/')}/"


def basename(end: End) -> str:
    """Gives the last part of a key or a path."""
    return end.name.rpartition("/")[2]


def unfit(end: End, rel: str, goal: str) -> tuple[str | None, str | None]:
    """Says why something cannot have this name at the target, and what to do; nothing when it can."""
    try:
        encoded = os.fsencode(goal) if end.remote is None else goal.encode()
    except UnicodeEncodeError:
        return "its name is not Unicode text", "Rename it."
    if end.remote:
        long = f"its key would have {len(encoded)} bytes, and {KEY_BYTES} is the limit"
        return (long, "Choose a shorter target, or rename it.") if len(encoded) > KEY_BYTES else (None, None)
    parts = rel.removesuffix("/").split("/")
    if "\0" in rel or any(part in ("", ".", "..") for part in parts):
        why = "its key is no name of a file here: it has an empty, . or .. segment, or a null character"
        return why, "Copy it alone, to a name of your own."
    if any(len(os.fsencode(part)) > NAME_BYTES for part in parts) or len(encoded) >= PATH_BYTES:
        return "its name is too long for a file", "Copy it alone, to a name of your own."
    return None, None


def _below(end: End, fetched: bool) -> Iterator[tuple[Found, str | None]]:
    """Finds what is below a prefix or a folder, each with why it cannot be taken, if so."""
    if end.remote:
        with boto.translated(end.whole):
            list_ = end.remote.names if fetched else end.remote.list
            for found in list_(end.bucket, end.name):
                yield found, None
        return
    root = Path(end.name)
    yield from _walk(root, os.path.realpath(root))


def _walk(folder: Path, root: str) -> Iterator[tuple[Found, str | None]]:
    try:
        with os.scandir(folder) as entries:
            listed = sorted(entries, key=lambda entry: entry.name)
    except OSError as error:
        yield Found(str(folder), 0, 0.0), f"the folder cannot be read: {error.strerror}"
        return
    for entry in listed:
        try:
            status = entry.stat()
            if entry.is_symlink():
                inside = f"{os.path.realpath(entry.path)}/".startswith(f"{root}/")
                if not inside or stat.S_ISDIR(status.st_mode):
                    why = (
                        "a link to a folder is not followed" if inside else "the link leads out of the folder"
                    )
                    yield Found(entry.path, 0, 0.0), why
                    continue
        except OSError as error:
            yield Found(entry.path, 0, 0.0), f"it cannot be read: {error.strerror}"
            continue
        if stat.S_ISDIR(status.st_mode):
            yield from _walk(Path(entry.path), root)
        elif not stat.S_ISREG(status.st_mode):
            yield Found(entry.path, 0, 0.0), "it is no file"
        elif not PART.search(entry.name):
            yield Found(entry.path, status.st_size, status.st_mtime), None


def exact(item: Item) -> Item:
    """Gives an item whose object has been looked at; `NotFound` when there is none."""
    if item.found.size >= 0 or item.origin.remote is None:
        return item
    with boto.translated(item.source):
        found = item.origin.remote.head(item.origin.bucket, item.found.name)
    if found is None:
        raise NotFound(f"{item.source} is not there")
    item.found = found
    return item
