"""The engine cwltool, as data: what to run, with which environment, and how to clean up. Nothing is run here."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ellip_lab.containers.contract import ContainerEngine, EngineKind
from ellip_lab.contract import JsonObject
from ellip_lab.runs.contract import ContainerChoice
from ellip_lab.runs.request import Resolved
from ellip_lab.tasks.contract import Command

CARRIED = ("PATH", "HOME", "XDG_RUNTIME_DIR", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "CONTAINERS_CONF",
           "CONTAINERS_CONF_OVERRIDE", "CONTAINERS_STORAGE_CONF", "CONTAINERS_REGISTRIES_CONF", "CONTAINER_HOST",
           "DOCKER_HOST", "DOCKER_CONTEXT", "DOCKER_CONFIG", "DOCKER_TLS_VERIFY", "DOCKER_CERT_PATH")  # fmt: skip
"""What leads to the container engine of whoever asked for the run: whoever cleans up must ask the same one."""


@dataclass(frozen=True)
class Plan:
    """Is everything a task needs to run a document."""

    command: Command
    cleanup: Command
    run: JsonObject
    """The content of `run.json` in the task's directory, which the command reads."""


def plan(
    request: Resolved,
    container: ContainerEngine,
    cache: Path,
    node: Path | None,
    environ: Mapping[str, str],
    software: JsonObject | None = None,
) -> Plan:
    """Says how to run a request; `cache` is a folder that outlives the run, `node` the folder of a JavaScript engine.

    Both commands run in the task's directory. Programs that are installed beside this one (the demo package's)
    are found last, so that they take nothing's place. `software` has the toolbox that is active
    for tools without a container, or what to do where there is none (see `runs/toolbox.py`).
    """
    works = container.works and container.kind is not EngineKind.NONE
    folders = [
        environ.get("PATH", os.defpath),
        *([str(node)] if node else []),
        str(Path(sys.executable).parent),
    ]
    if works and container.command:
        # cwltool asks for the engine by its name; what PATH finds first must not change for tools without one
        folders.insert(1, str(Path(container.command).parent))
    # the home of the cache of remote documents, and what a tool outside a container sees: as asked for
    env = {
        **container.env,
        "PATH": os.pathsep.join(dict.fromkeys(os.pathsep.join(folders).split(os.pathsep))),
    }
    command = Command(argv=(sys.executable, "-m", "ellip_lab.runs.engines.cwltool_child"), env=env)
    carried = {name: environ[name] for name in CARRIED if name in environ}
    cleanup = Command(
        argv=(
            sys.executable, "-I", "-S", str(Path(__file__).with_name("cleanup.py")),
            *((str(container.command),) if works else ()),
        ),
        env={**carried, **container.env},
    )  # fmt: skip
    run = {
        "document": str(request.document),
        "entry": request.entry,
        "inputs": request.inputs,
        "base": str(request.base),
        "outdir": str(request.outdir),
        "parallel": request.parallel,
        "container": container.kind.value if works else "none",
        "custom_net": "host" if request.host_network else None,
        "bare": request.container is ContainerChoice.NONE,
        "engine_problem": _problem(request, container),
        "cache": str(cache),
        **(software or {}),
    }
    return Plan(command, cleanup, run)


def _problem(request: Resolved, container: ContainerEngine) -> str | None:
    """Says why a tool that requires a container cannot have one; None when it can, or must not."""
    if container.kind is EngineKind.NONE and request.container is not ContainerChoice.NONE:
        return container.problem or "no container engine works here"
    return None
