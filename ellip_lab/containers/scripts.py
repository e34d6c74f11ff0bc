"""A script of the shell in a new container: the command for it, and what ends it."""

from __future__ import annotations

import os
import re
import secrets
from pathlib import Path
from typing import TYPE_CHECKING

from ellip_lab.containers.contract import EngineKind, Script, ScriptRequest
from ellip_lab.containers.lookup import stored
from ellip_lab.containers.program import HIDING, mount
from ellip_lab.errors import Invalid, NotFound, Unavailable

if TYPE_CHECKING:
    from ellip_lab.containers.serving import Serving

PLACE = "/tmp/ellip-cell"  # noqa: S108 - in the container, which is the script's alone
"""Where the script lies in its container."""
VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def command(serving: Serving, request: ScriptRequest) -> Script:
    """Gives the command of a script.

    `NotFound` for an image that is not here, `Invalid` for a folder that would hide the image's own programs or for
    what is no name of a variable, `Unavailable` for an engine of another machine.
    """
    engine = serving.chosen()
    for name in request.env:
        if not VARIABLE.fullmatch(name):
            raise Invalid(f"{name[:80]!r} is no name of a variable", hint="Its value is the kernel's own.")
    folder = Path(request.folder).resolve()
    if str(folder) in HIDING:
        raise Invalid(
            f"{folder} cannot be mounted: the image has its own", hint="Work in a folder of your own."
        )
    if serving.engine().remote:
        raise Unavailable(
            "the container engine is on another machine, where no folder of this one can be mounted",
            hint="Unset CONTAINER_HOST and DOCKER_HOST to use one of this machine.",
        )
    if stored(serving.api(), request.image) is None:
        raise NotFound(f"the image {request.image} is not here", hint=f"ellip images pull {request.image}")
    name = f"ellip-cell-{secrets.token_hex(6)}"
    podman = engine.kind is EngineKind.PODMAN
    user = ("--userns=keep-id",) if podman and engine.rootless else ()
    if not podman and os.geteuid() != 0:
        user = (f"--user={os.geteuid()}:{os.getegid()}",)  # what it writes is to be the user's
    argv = serving.command(
        # what an engine warns of is no part of what the script says
        *(("--log-level=error",) if podman else ()),
        "run", "--rm", "--interactive", "--pull=never", "--log-driver=none", "--security-opt=label=disable",
        f"--name={name}", "--label=ellip-lab.cell=script", *user,
        *(() if request.network else ("--network=none",)),
        f"--mount={mount(str(folder), str(folder))}", f"--workdir={folder}",
        f"--mount={mount(request.script, PLACE)},readonly",
        *(f"--env={name}" for name in request.env),
        f"--entrypoint={request.shell}", request.image, PLACE,
    )  # fmt: skip
    gone = serving.command("rm", "--force", *(("--time=0",) if podman else ()), name)
    return Script(argv=tuple(argv), env=dict(engine.env), remove=tuple(gone))
