"""A real channel, made once, and a service whose toolboxes are the test's own."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ellip_lab.settings import Settings
from ellip_lab.tasks.contract import LogQuery, State
from ellip_lab.toolboxes.contract import ToolboxRequest, ToolboxUpdate, ToolboxWork
from ellip_lab.toolboxes.service import ToolboxesService

from .channel import Server, make, served

ENTRY = """\
title = "Hello"
description = "Says hello."
channels = ["{url}"]
packages = ["hello-eo"]
platforms = ["linux-64", "linux-aarch64", "osx-64", "osx-arm64"]
licence = "MIT"
homepage = "https://example.org"
commands = ["{command}"]
software = ["hello"]
"""


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The channel itself; no test changes it."""
    return make(tmp_path_factory.mktemp("channel"), python=True)


@pytest.fixture
def channel(made: Path) -> Iterator[Server]:
    """The channel, served, with faults of the test's own."""
    with served(made) as server:
        yield server


@pytest.fixture
def growing(made: Path, tmp_path: Path) -> Iterator[Server]:
    """A channel that a test may add to."""
    with served(Path(shutil.copytree(made, tmp_path / "channel"))) as server:
        yield server


@pytest.fixture
def service(settings: Settings) -> ToolboxesService:
    return ToolboxesService(settings)


class Room:
    """Is the service in the hands of a test."""

    def __init__(self, service: ToolboxesService, channel: Server) -> None:
        self.service = service
        self.channel = channel
        self.folder = service._home.folder

    def request(self, *packages: str, name: str = "eo", **more: object) -> ToolboxRequest:
        return ToolboxRequest.model_validate(
            {"name": name, "packages": packages, "channels": (self.channel.url,), **more}
        )

    def ended(self, work: ToolboxWork) -> ToolboxWork:
        self.service._tasks.wait(work.id, 60)
        return self.service.show_work(work.id)

    def done(self, work: ToolboxWork) -> ToolboxWork:
        """Waits for the end of a work, which is to be a good one."""
        ended = self.ended(work)
        assert ended.state is State.DONE, (ended.failure, self.log(work.id))
        return ended

    def failed(self, work: ToolboxWork) -> str:
        """Waits for the end of a work that is to fail, and gives why."""
        ended = self.ended(work)
        assert ended.state is State.FAILED, ended
        assert ended.failure is not None
        assert ended.detail == ended.failure.headline
        assert "Traceback" not in self.log(work.id)
        return ended.failure.headline

    def install(self, *packages: str, **more: object) -> ToolboxWork:
        return self.done(self.service.install(self.request(*(packages or ("hello-eo",)), **more)))  # type: ignore[arg-type]

    def update(self, name: str = "eo", **more: object) -> ToolboxWork:
        return self.done(self.service.update(ToolboxUpdate.model_validate({"name": name, **more})))

    def log(self, id_: str) -> str:
        return self.service.work_log(id_, LogQuery(offset=0, limit=1_000_000)).text

    def versions(self, name: str = "eo") -> dict[str, str]:
        from ellip_lab.toolboxes.contract import ToolboxQuery

        return {one.name: one.version for one in self.service.show(ToolboxQuery(name=name)).contents}

    def left(self) -> set[str]:
        """Gives what is in the folder of toolboxes besides what is always there."""
        always = {".cache", ".kernels", ".claims", "catalogue.d", ".channels.json", ".logins.json"}
        return {place.name for place in self.folder.iterdir()} - always

    def entry(self, command: str, id_: str = "hello") -> None:
        """Puts an entry of the user's own into the catalogue."""
        place = self.service._home.entries / f"{id_}.toml"
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(ENTRY.replace("{url}", self.channel.url).replace("{command}", command))


@pytest.fixture
def room(service: ToolboxesService, channel: Server) -> Room:
    return Room(service, channel)


@pytest.fixture
def room_of(service: ToolboxesService) -> Callable[[Server], Room]:
    return lambda server: Room(service, server)
