"""The words of room `containers`."""

from __future__ import annotations

from enum import StrEnum

from pydantic import Field

from ellip_lab.contract import Contract


class EngineKind(StrEnum):
    """Names what runs containers."""

    PODMAN = "podman"
    DOCKER = "docker"
    NONE = "none"


class ContainerEngine(Contract):
    """Is a container engine of this machine, as it was measured; `none` stands for running without one."""

    kind: EngineKind
    command: str | None = None
    """The absolute path of its program; null for `none` and when it is not installed."""
    version: str = ""
    """What the program says of itself (`4.3.1`)."""
    rootless: bool = False
    """It runs with the rights of an ordinary user."""
    env: dict[str, str] = Field(default_factory=dict)
    """What its program needs in its environment on this machine, besides what the user has set."""
    problem: str | None = None
    """Why it does not work, in one sentence; for `none`, why there is no better choice; null when it works."""
    hint: str | None = None
    """What to do about the problem."""

    @property
    def works(self) -> bool:
        """Tells whether tools can be run with it; running without containers always can."""
        return self.kind is EngineKind.NONE or self.problem is None
