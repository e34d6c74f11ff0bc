"""The verbs of room `packages`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from ellip_lab.packages.contract import (
    Demo,
    DemoRequest,
    PackageQuery,
    PackageReport,
    Rules,
    ToolDraft,
    ToolRequest,
)
from ellip_lab.settings import Settings

if TYPE_CHECKING:
    from ellip_lab.containers.contract import ContainerEngine
    from ellip_lab.containers.service import ContainersService
    from ellip_lab.cwl.service import CwlService
    from ellip_lab.s3.service import S3Service


class PackagesService:
    """Looks after EO Application Packages."""

    def __init__(
        self, settings: Settings, cwl: CwlService, containers: ContainersService, s3: S3Service
    ) -> None:
        self._settings = settings
        self._cwl = cwl
        self._containers = containers
        self._s3 = s3

    def check(self, query: PackageQuery) -> PackageReport:
        """Tells how a document stands to the rules of a profile; broken CWL is told, never raised."""
        from ellip_lab.packages import rules

        return rules.check(self._cwl, query)

    def rules(self) -> Rules:
        """Gives every rule."""
        from ellip_lab.packages import rules

        return Rules(rules=rules.ALL)

    def tool(self, request: ToolRequest, say: Callable[[str], None] = lambda _line: None) -> ToolDraft:
        """Makes the CommandLineTool of a command, by reading it or by running it once.

        `say` gets the last line of the trial, now and then. A relative folder counts from the workspace.
        `Invalid` for what is more than one command; `NotFound` when there is no such folder, or no such command,
        input or image to try it with; `Unavailable` when the trial cannot be made.
        """
        from ellip_lab.packages import tooling

        folder = str(self._settings.root / Path(request.folder).expanduser())
        return tooling.draft(request.model_copy(update={"folder": folder}), self._containers, say)

    def demo(self, request: DemoRequest) -> Demo:
        """Puts the demo package into a folder, and its scene into the embedded object store.

        Called again it completes what is missing and keeps what was edited. A relative folder counts from
        the workspace. `Unavailable` when there is no object store, before anything is written.
        """
        from ellip_lab.packages import demo

        folder = self._settings.root / Path(request.folder).expanduser()
        item = demo.publish(self._s3)
        demo.copy(folder, item)
        return Demo(
            folder=str(folder),
            document=str(folder / demo.DOCUMENT),
            parameters=str(folder / demo.PARAMETERS),
        )

    def demo_image(self, folder: Path, engine: ContainerEngine, say: Callable[[str], None]) -> bool:
        """Makes the image of a demo package unless the engine has it; tells whether it was made.

        `say` gets the lines of the build. `Unavailable` when it can be had neither from a registry nor from
        Debian's packages.
        """
        from ellip_lab.packages import demo

        return demo.ready_image(self._containers, engine, folder, say)
