"""What each kind of work is to do: checked, with a title, and as the command of an engine's client."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ellip_lab.containers import archiving, building, containerfile, pulling, pushing, references
from ellip_lab.containers import contract as words
from ellip_lab.containers.contract import EngineKind, WorkKind
from ellip_lab.errors import Conflict, Denied, Invalid, NotFound

Request = (
    words.PullRequest
    | words.BuildRequest
    | words.PushRequest
    | words.SaveRequest
    | words.LoadRequest
    | words.PruneRequest
)
REQUESTS: Mapping[WorkKind, type[Request]] = {
    WorkKind.PULL: words.PullRequest,
    WorkKind.BUILD: words.BuildRequest,
    WorkKind.PUSH: words.PushRequest,
    WorkKind.SAVE: words.SaveRequest,
    WorkKind.LOAD: words.LoadRequest,
    WorkKind.PRUNE: words.PruneRequest,
}

Program = Callable[..., list[str]]
"""Gives the argv of the engine's client with some arguments."""
Flags = Callable[[str], list[str]]
"""Gives the options that a client needs for a registry."""


@dataclass(frozen=True)
class Order:
    """Is a work that can be tried: `kept` gives what its process needs to know, for a task's id."""

    title: str
    image: str
    kept: Callable[[str, Program, Flags], dict[str, Any]]


def order(kind: WorkKind, request: Request, engine: EngineKind) -> Order:
    """Checks a request and says what is to be done."""
    match request:
        case words.PullRequest():
            return _pull(request)
        case words.BuildRequest():
            return _build(request, engine)
        case words.PushRequest():
            return _push(request, engine)
        case words.SaveRequest():
            return _save(request, engine)
        case words.LoadRequest():
            return _load(request)
        case words.PruneRequest():
            return _prune(request)
    raise Invalid(f"{kind.value} is no work")


def _pull(request: words.PullRequest) -> Order:
    host = references.parse(request.image).registry

    def kept(_task: str, program: Program, flags: Flags) -> dict[str, Any]:
        pull, *rest = pulling.arguments(request.image, request.platform)
        return {"argv": program(pull, *flags(host), *rest)}

    return Order(f"Pull {request.image}", request.image, kept)


def _push(request: words.PushRequest, engine: EngineKind) -> Order:
    name = request.target or request.image
    host = references.parse(name).registry

    def kept(_task: str, program: Program, flags: Flags) -> dict[str, Any]:
        push, *rest = pushing.arguments(engine.value, request.image, request.target)
        told: dict[str, Any] = {"argv": program(push, *flags(host), *rest), "target": name}
        if engine is EngineKind.DOCKER and request.target:
            told["before"] = [program("tag", request.image, request.target)]
        return told

    to = f" to {request.target}" if request.target else ""
    return Order(f"Push {request.image}{to}", request.image, kept)


def _build(request: words.BuildRequest, engine: EngineKind) -> Order:
    if "@" in request.name:
        raise Invalid(
            f"{request.name} has a digest", hint="A digest comes of a build: give it repository:tag."
        )
    references.parse(request.name)
    folder = Path(request.folder)
    if not folder.is_dir():
        raise NotFound(f"there is no folder {folder}", hint="A build needs the folder whose files it sees.")
    place = folder / request.containerfile if request.containerfile else folder
    if not place.resolve().is_relative_to(folder.resolve()):
        raise Denied(
            f"{place} is outside {folder}", hint="Choose a Containerfile in the folder of the build."
        )
    if request.containerfile and place.is_dir():
        raise NotFound(f"{place} is a folder", hint="Name the Containerfile in it.")
    place = containerfile.locate(place)
    parsed = containerfile.parse(containerfile.text(place))
    if parsed.problems:
        problems = [one.model_copy(update={"file": str(place)}) for one in parsed.problems]
        raise Invalid(
            f"{place.name} cannot be built: {problems[0]}", hint=problems[0].hint, problems=problems
        )
    if request.target and request.target.lower() not in parsed.stages:
        raise Invalid(
            f"{place.name} has no stage {request.target}",
            hint=f"It has: {', '.join(parsed.stages)}." if parsed.stages else "Name one with FROM ... AS.",
        )
    _check_pairs("argument", request.arguments)
    _check_pairs("label", request.labels)

    def kept(task: str, program: Program, _flags: Flags) -> dict[str, Any]:
        asked = request.model_dump(mode="json")
        argv = building.arguments(engine.value, task, str(folder), str(place), asked)
        return {"argv": program(*argv), "expected": None if request.target else parsed.steps}

    return Order(f"Build {request.name}", request.name, kept)


def _check_pairs(what: str, pairs: Mapping[str, str]) -> None:
    for name, value in pairs.items():
        if not name or "=" in name or name.startswith("-") or "\0" in name + value:
            raise Invalid(f"{name!r} cannot be the name of a build {what}", hint="Use letters, digits and _.")


def _save(request: words.SaveRequest, engine: EngineKind) -> Order:
    if request.format == "oci-archive" and (engine is EngineKind.DOCKER or len(request.images) > 1):
        why = "holds one image" if engine is EngineKind.PODMAN else "is written by podman only"
        raise Invalid(f"an oci-archive {why}", hint="Choose docker-archive.")
    path = Path(request.path)
    if not path.parent.is_dir():
        raise NotFound(f"there is no folder {path.parent}", hint="Make it first.")
    if path.is_dir():
        raise Conflict(f"{path} is a folder", hint="Choose the name of a file.")
    if path.exists() and not request.replace:
        raise Conflict(f"{path} exists already", hint="Choose another name, or say that it may be replaced.")

    def kept(task: str, program: Program, _flags: Flags) -> dict[str, Any]:
        part = str(archiving.part(path, task))
        argv = program(*archiving.save_arguments(engine.value, request.images, request.format, part))
        return {"argv": argv, "path": str(path), "part": part, "replace": request.replace}

    more = f" and {len(request.images) - 1} more" if len(request.images) > 1 else ""
    return Order(f"Save {request.images[0]}{more} to {path}", request.images[0], kept)


def _load(request: words.LoadRequest) -> Order:
    path = Path(request.path)
    if not path.is_file():
        raise NotFound(f"there is no archive {path}", hint="Choose a file that `save` has written.")

    def kept(_task: str, program: Program, _flags: Flags) -> dict[str, Any]:
        return {"argv": program(*archiving.load_arguments(str(path))), "path": str(path)}

    return Order(f"Load {path}", path.name, kept)


def _prune(request: words.PruneRequest) -> Order:
    what = ["every unused image" if request.all else "images without a name"]
    what += ["stopped containers"] if request.containers else []
    what += ["what builds have kept"] if request.cache else []
    several = f"{', '.join(what[:-1])} and {what[-1]}" if len(what) > 1 else what[0]
    return Order(f"Remove {several}", "", lambda *_: {"request": request.model_dump(mode="json")})
