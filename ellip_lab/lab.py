"""The hall: the only place where rooms are built and introduced to one another."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from ellip_lab.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path

    from ellip_lab.apps.service import AppsService
    from ellip_lab.containers.contract import DockerPull
    from ellip_lab.containers.service import ContainersService
    from ellip_lab.cwl.service import CwlService
    from ellip_lab.packages.service import PackagesService
    from ellip_lab.runs.service import RunsService
    from ellip_lab.runs.toolbox import Software, ToolboxOf
    from ellip_lab.s3.service import S3Service
    from ellip_lab.stac.service import StacService
    from ellip_lab.tasks.service import TasksService
    from ellip_lab.tasks.warm import Warm
    from ellip_lab.toolboxes.service import ToolboxesService

LOADS = (
    "ellip_lab.cwl.warming:ready",
    "ellip_lab.packages.rules",
    "ellip_lab.runs.engines.cwltool_child",
    "ellip_lab.runs.engines.cwltool_run",
    "ellip_lab.runs.engines.calrissian_warming:ready",
    "ellip_lab.s3.warming:ready",
    "ellip_lab.containers.work_child",
)
"""What the warm process loads: what a check, a run, a transfer or a work on images loads when it starts."""


class Lab:
    """Is the house: every room, each built once at its first use.

    ``Lab().runs.start("water-bodies.cwl", {"item": ...}).wait().outputs``
    """

    def __init__(self, settings: Settings | None = None) -> None:
        self.settings = settings or Settings()

    @cached_property
    def warm(self) -> Warm:
        """Gives the process that has loaded what checks and tasks need, and forks them."""
        from ellip_lab.cwl.service import environment
        from ellip_lab.tasks.warm import Warm

        return Warm(self.settings.state, LOADS, lambda: environment(remote=False))

    @cached_property
    def tasks(self) -> TasksService:
        """Gives everything that takes time."""
        from ellip_lab.tasks.service import TasksService

        return TasksService(self.settings, self.warm)

    @cached_property
    def cwl(self) -> CwlService:
        """Gives CWL documents."""
        from ellip_lab.cwl.service import CwlService

        return CwlService(self.settings, self._image_names, self.warm)

    def _image_names(self) -> tuple[str, ...]:
        """Gives the names of the images that the container engine has; none where there is no engine."""
        from ellip_lab.containers.contract import ImageQuery

        page = self.containers.images(ImageQuery(limit=200))
        return tuple(name for image in page.images for name in image.names)

    @cached_property
    def stac(self) -> StacService:
        """Gives catalogues."""
        from ellip_lab.stac.service import StacService

        return StacService(self.settings)

    @cached_property
    def s3(self) -> S3Service:
        """Gives object storage."""
        from ellip_lab.s3.service import S3Service

        return S3Service(
            self.settings, self.tasks, lambda name, options, size: self.stac.draw(name, options, size)
        )

    @cached_property
    def containers(self) -> ContainersService:
        """Gives container engines, images, containers and registries."""
        from ellip_lab.containers.service import ContainersService

        return ContainersService(self.settings, self.tasks, lambda document: self._pulls(document))

    def _pulls(self, document: Path) -> tuple[DockerPull, ...]:
        """Gives every place where a document, and what it runs, names an image, in the words of `containers`."""
        from ellip_lab.containers.contract import DockerPull

        return tuple(DockerPull(**one.model_dump()) for one in self.cwl.docker_pulls(document))

    @cached_property
    def toolboxes(self) -> ToolboxesService:
        """Gives EO toolboxes: conda environments, their kernels and terminals."""
        from ellip_lab.toolboxes.service import ToolboxesService

        return ToolboxesService(self.settings, self.tasks)

    @cached_property
    def apps(self) -> AppsService:
        """Gives applications that the Lab opens in a tab."""
        from ellip_lab.apps.service import AppsService

        return AppsService(self.settings, self.tasks)

    @cached_property
    def packages(self) -> PackagesService:
        """Gives EO Application Packages."""
        from ellip_lab.packages.service import PackagesService

        return PackagesService(self.settings, self.cwl, self.containers, self.s3)

    @cached_property
    def runs(self) -> RunsService:
        """Gives runs of documents."""
        from ellip_lab.runs.service import RunsService

        return RunsService(
            self.settings, self.tasks, self.cwl, self.stac, self.containers, self.s3,
            self._toolbox, self._software,
        )  # fmt: skip

    def _toolbox(self, name: str) -> ToolboxOf:
        """Gives a toolbox as a run uses it."""
        from ellip_lab.runs.toolbox import ToolboxOf

        found = self.toolboxes.activation(name)
        return ToolboxOf(found.name, found.path, found.env)

    def _software(self, document: Path) -> Software:
        """Looks for the toolbox that has the software a document asks for."""
        from ellip_lab.runs.toolbox import Software

        needs = self.cwl.software(document)
        if not needs:
            return Software()
        from ellip_lab.toolboxes.contract import SoftwareNeed

        found = self.toolboxes.resolve([SoftwareNeed(**one.model_dump()) for one in needs])
        return Software(found.toolbox, found.missing, found.hint)
