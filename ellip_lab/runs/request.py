"""Makes a request definite: every default decided, every path absolute."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from ellip_lab.contract import JsonObject
from ellip_lab.errors import Invalid, NotFound, Problem, Unavailable
from ellip_lab.runs.contract import ContainerChoice, Network, RunRequest
from ellip_lab.settings import Settings

LOOPBACK = re.compile(
    r"\b[a-z][a-z0-9+.-]*://(?:[^/\s@]*@)?(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?=[:/?#\s\"']|$)", re.I
)
"""A URL of this machine; from inside a container's own network it names the container."""
READ = 1 << 20
"""Bytes of a JSON or text input that are looked through for such URLs."""
NAME = re.compile(r"[^A-Za-z0-9._-]+")


@dataclass(frozen=True)
class Resolved:
    """Is a request with nothing left open; the output folder still lacks the run's id when `outdir` is None."""

    request: RunRequest
    name: str
    document: Path
    entry: str | None
    inputs: JsonObject
    base: Path
    container: ContainerChoice
    host_network: bool
    parallel: bool
    outdir: Path
    """The folder of the outputs; for runs that name none, the folder in which each run's own is made."""
    own_folder: bool
    """The outputs go into a folder of `outdir` with the run's id."""


def resolve(request: RunRequest, settings: Settings) -> Resolved:
    """Decides everything a request leaves open.

    Raises
    ------
    NotFound
        When the document does not exist.
    Invalid
        When the document is a folder, or `base` is none.
    Unavailable
        When the outputs cannot be written where they are to go.

    """
    path, fragment = request.document, ""
    if "#" in path and not Path(path).expanduser().exists():
        path, _, fragment = path.rpartition("#")
    document = Path(path).expanduser().absolute()
    if document.is_dir():
        raise Invalid(f"{document} is a folder, not a CWL document")
    if not document.is_file():
        raise NotFound(f"there is no document {document}")
    base = Path(request.base).expanduser().absolute() if request.base else document.parent
    if not base.is_dir():
        raise Invalid(f"there is no folder {base} to count relative paths from")
    entry = request.entry or unquote(fragment) or None
    name = request.name or (entry if entry and entry != "main" else None) or document.stem
    outdir = Path(request.outdir).expanduser().absolute() if request.outdir else None
    results = settings.root.absolute() / settings.results / (NAME.sub("-", name).strip("-.")[:80] or "run")
    check_writable(outdir or results)
    return Resolved(
        request=request,
        name=name,
        document=document,
        entry=entry,
        inputs=request.inputs,
        base=base,
        container=request.container or ContainerChoice(settings.container),
        host_network=request.network is Network.HOST
        or (request.network is Network.AUTO and names_loopback(request.inputs, base)),
        parallel=request.parallel,
        outdir=outdir or results,
        own_folder=outdir is None,
    )


def lasting(request: RunRequest, resolved: Resolved) -> RunRequest:
    """Gives a request that means the same wherever it is asked again: its paths are absolute."""
    places = {"document": str(resolved.document), "entry": resolved.entry}
    if request.base is not None:
        places["base"] = str(resolved.base)
    if request.outdir is not None:
        places["outdir"] = str(resolved.outdir)
    return request.model_copy(update=places)


def made(document: str | Path, inputs: JsonObject | None, options: dict[str, Any]) -> RunRequest:
    """Makes a request of what Python was given: a `Path` among the inputs is a File, or a Directory."""
    from pydantic import ValidationError

    values = {name: os.fspath(value) if isinstance(value, Path) else value for name, value in options.items()}
    try:
        return RunRequest(document=os.fspath(document), inputs=_plain(inputs or {}), **values)
    except ValidationError as error:
        problems = [
            Problem(message=one["msg"], field=".".join(str(part) for part in one["loc"]))
            for one in error.errors()
        ]
        raise Invalid(f"this is no run: {problems[0]}", problems=problems) from error


def _plain(value: Any) -> Any:
    if isinstance(value, Path):
        place = value.expanduser().absolute()
        return {"class": "Directory" if place.is_dir() else "File", "path": str(place)}
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return value


def check_writable(outdir: Path) -> None:
    """Raises when a folder cannot be made or written; nothing is made."""
    place = outdir
    while not os.path.lexists(place):
        place = place.parent
    if not place.is_dir():
        raise Unavailable(
            f"the outputs cannot go to {outdir}: {place} is not a folder", hint="Choose another folder."
        )
    if not os.access(place, os.W_OK | os.X_OK):
        raise Unavailable(
            f"the outputs cannot go to {outdir}: {place} cannot be written",
            hint="Choose another folder, or give yourself the right to write there.",
        )
    space = os.statvfs(place)
    if space.f_bavail == 0:
        raise Unavailable(f"the outputs cannot go to {outdir}: the disk is full", hint="Make room on it.")


def names_loopback(inputs: Any, base: Path) -> bool:
    """Tells whether an input, or a JSON file that is one, names a URL of this machine."""
    return any(LOOPBACK.search(text) for text in _texts(inputs, base))


def names_url(inputs: Any, base: Path, url: str) -> bool:
    """Tells whether an input, or a JSON file that is one, names something below a URL."""
    return any(f"{url}/" in text for text in _texts(inputs, base))


def _texts(value: Any, base: Path) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from _texts(item, base)
        if value.get("class") == "File":
            yield from _content(value, base)
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from _texts(item, base)


def _content(file: JsonObject, base: Path) -> Iterator[str]:
    """Gives what a JSON file says: a STAC Item names its assets by URL."""
    named = file.get("path")
    location = file.get("location")
    if not isinstance(named, str) and isinstance(location, str):
        parts = urlsplit(location)
        named = unquote(parts.path) if parts.scheme in ("", "file") else None
    if not isinstance(named, str):
        return
    place = base / named
    if place.suffix.lower() in (".json", ".geojson") and place.is_file() and os.access(place, os.R_OK):
        with place.open("rb") as stream:
            yield stream.read(READ).decode(errors="replace")
