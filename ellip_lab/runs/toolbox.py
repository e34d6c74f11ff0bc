"""The toolbox of a run: what is active for tools that run without a container. The hall knows toolboxes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ellip_lab.containers.contract import ContainerEngine, EngineKind
from ellip_lab.contract import JsonObject
from ellip_lab.errors import Invalid, NotFound
from ellip_lab.runs.request import Resolved


@dataclass(frozen=True)
class ToolboxOf:
    """Is a toolbox as a run uses it."""

    name: str
    path: Sequence[str]
    """What goes before PATH."""
    env: Mapping[str, str]

    def told(self) -> JsonObject:
        """Gives it as the engine's process reads it."""
        return {"name": self.name, "path": list(self.path), "env": dict(self.env)}


@dataclass(frozen=True)
class Software:
    """Says which toolbox has the software that a document asks for."""

    toolbox: str | None = None
    missing: Sequence[str] = ()
    """What no toolbox has."""
    hint: str | None = None


Activate = Callable[[str], ToolboxOf]
"""Gives a toolbox by its name; `NotFound` when there is none."""
FindSoftware = Callable[[Path], Software]
"""Looks for the toolbox of a document; nothing where that asks for no software."""


def no_toolbox(name: str) -> ToolboxOf:
    """Stands for toolboxes where there are none."""
    raise NotFound(f"there is no toolbox {name}")


def chosen(
    resolved: Resolved, container: ContainerEngine, activate: Activate, find: FindSoftware
) -> tuple[ToolboxOf | None, str | None]:
    """Gives the toolbox of a run, and what to do where the software that its document asks for is in none.

    It is the one that was asked for (`NotFound` when it is not there); else, without containers, the one that has
    what a SoftwareRequirement names. That is a hint only, to cwltool as well: a run is tried without.
    """
    if resolved.request.toolbox is not None:
        return activate(resolved.request.toolbox), None
    if container.kind is not EngineKind.NONE:
        return None, None
    found = find(resolved.document)
    if found.toolbox is not None:
        return activate(found.toolbox), None
    if not found.missing:
        return None, None
    return None, f"No toolbox has {', '.join(found.missing)}. {found.hint or ''}".strip()


def refuse_elsewhere(resolved: Resolved) -> None:
    """Raises `Invalid` for a toolbox on a cluster: it is of this machine."""
    if resolved.request.toolbox is not None:
        raise Invalid(
            f"toolbox {resolved.request.toolbox} is on this machine, and the cluster cannot see it",
            hint="Leave it out, or run with cwltool.",
        )
