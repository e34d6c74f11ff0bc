"""The command that opens a shell in a container."""

from __future__ import annotations

import os
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

from ellip_lab.containers.contract import EngineKind, Terminal, TerminalRequest
from ellip_lab.containers.podman import quoted
from ellip_lab.errors import Conflict, Invalid, NotFound
from ellip_lab.settings import inside, within

if TYPE_CHECKING:
    from ellip_lab.containers.contract import ContainerEngine
    from ellip_lab.containers.serving import Serving
    from ellip_lab.settings import Settings

SHELL = "if command -v bash >/dev/null 2>&1; then exec bash; else exec sh; fi"


def command(settings: Settings, serving: Serving, request: TerminalRequest) -> Terminal:
    """Gives the command of a terminal; it has no secret, for a terminal's command is seen by everybody.

    `Conflict` for a container that does not run, `NotFound` for what is not here, `Invalid` unless one of both is
    asked for.
    """
    if (request.container is None) == (request.image is None):
        raise Invalid("a terminal is opened in a container or in an image", hint="Name one of them.")
    engine = serving.chosen()
    folder = inside(settings.root, request.folder)
    if request.container is not None:
        words = _in_container(serving, request.container)
    else:
        if not folder.is_dir():
            raise NotFound(
                f"{request.folder} is no folder of the workspace", hint="Choose one that is there."
            )
        words = _of_image(serving, engine, str(request.image), settings.root.resolve(), folder)
    # what the engine needs on this machine; everything else the terminal has from the server
    prefix = ["env", *(f"{name}={value}" for name, value in engine.env.items())] if engine.env else []
    argv = (*prefix, *serving.command(*words))
    return Terminal(
        argv=argv,
        line=f"exec {shlex.join(argv)}",
        folder=_shown(settings.root, folder),
        title=request.container or str(request.image),
    )


def _in_container(serving: Serving, name: str) -> list[str]:
    try:
        told = serving.api().get(f"containers/{quoted(name)}/json")
    except NotFound as error:
        raise NotFound(f"there is no container {name}", hint="List the containers again.") from error
    if not (told.get("State") or {}).get("Running"):
        raise Conflict(f"{name} does not run", hint="Start it, or open a terminal in its image.")
    return ["exec", "-it", name, "sh", "-c", SHELL]


def _of_image(serving: Serving, engine: ContainerEngine, image: str, root: Path, folder: Path) -> list[str]:
    api = serving.api()
    try:
        api.get(f"images/{quoted(image)}/json")
    except NotFound as error:
        raise NotFound(f"there is no image {image} here", hint="Pull it first.") from error
    words = ["run", "-it", "--rm", "--entrypoint", "sh"]
    if api.address.startswith("unix://"):  # another machine has no such folder
        words += [*mount(root), "--workdir", str(folder)]
    if engine.kind is EngineKind.DOCKER and os.geteuid() != 0:
        words += ["--user", f"{os.geteuid()}:{os.getegid()}"]  # what is made there is to be the user's
    return [*words, image, "-c", SHELL]


def mount(folder: Path) -> list[str]:
    """Gives the options that mount a folder at its own path; a colon or a comma in it is no separator."""
    place = str(folder)
    # systems with SELinux would forbid it to a container, and to relabel a workspace is not ours
    options = ["--security-opt", "label=disable"]
    if ":" not in place:
        return [*options, "--volume", f"{place}:{place}"]
    field = place.replace('"', '""')
    return [*options, "--mount", f'type=bind,"source={field}","target={field}"']


def _shown(root: Path, folder: Path) -> str:
    found = within(root, folder) or ""
    return "" if found == "." else found
