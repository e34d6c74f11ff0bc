"""The server extension: builds the hall, hangs the routes, and keeps watch while the server lives."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from jupyter_server.extension.application import ExtensionApp
from jupyter_server.serverapp import ServerApp
from traitlets import Enum, Float, Int, Unicode

from ellip_lab.lab import Lab
from ellip_lab.server.events import announce, schema
from ellip_lab.server.handler import Door, NoSuchRoute, RouteHandler
from ellip_lab.server.route import PREFIX, AnyRoute
from ellip_lab.server.workspace import Workspace
from ellip_lab.settings import Settings

if TYPE_CHECKING:
    from jupyter_events import EventLogger

THREADS = 16
"""How many verbs are carried out at the same time; a request that waits for a log takes none."""
FAR_THREADS = 32
"""How many of those that wait for an object store, which may be slow or not answer at all."""
ENGINE_THREADS = 16
"""How many of those that wait for a container engine, which hangs now and then."""
RECOVERY = 15.0
"""How often tasks whose supervisor has died are looked for, in seconds."""
SWEEP = 3600.0
"""How often abandoned uploads are looked for, in seconds."""


class EllipLabApp(ExtensionApp):
    """Is Ellip Studio's part of a Jupyter server."""

    name = "ellip_lab"
    load_other_extensions = True

    state_dir = Unicode(
        "", help="The folder of tasks and their history; empty for ~/.local/share/ellip-lab."
    ).tag(config=True)
    task_limit = Int(
        0, min=0, max=256, help="How many tasks run at the same time; 0 for as many as there are cores."
    ).tag(config=True)
    keep_days = Float(90.0, help="How many days an ended task is kept.").tag(config=True)
    keep_count = Int(10_000, min=1, help="How many ended tasks are kept at the most.").tag(config=True)
    container = Enum(
        ["auto", "podman", "docker", "none"],
        default_value="auto",
        help="The container engine of runs that do not choose one.",
    ).tag(config=True)
    results = Unicode(
        "results", help="The folder, in the workspace, that takes the outputs of runs that name none."
    ).tag(config=True)
    toolboxes_dir = Unicode(
        "", help="The folder of toolboxes and of their cache; empty for one in the state folder."
    ).tag(config=True)

    door: Door
    _pool: ThreadPoolExecutor
    _far: ThreadPoolExecutor
    _engine: ThreadPoolExecutor
    _stop: asyncio.Event
    _keeping: list[asyncio.Task[None]]

    def initialize_settings(self) -> None:
        """Builds the hall."""
        server = cast("ServerApp", self.serverapp)
        lab = Lab(self.chosen(Path(server.root_dir).absolute()))
        lab.apps.base(server.base_url)
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="ellip-lab")
        self._keeping = []
        self._far = ThreadPoolExecutor(FAR_THREADS, thread_name_prefix="ellip-lab-far")
        self._engine = ThreadPoolExecutor(ENGINE_THREADS, thread_name_prefix="ellip-lab-engine")
        self.door = Door(lab, Workspace(lab.settings.root), self._pool, self._far, self._engine)
        self.offer_kernels(server)
        cast("EventLogger", server.event_logger).register_event_schema(schema())

    def offer_kernels(self, server: ServerApp) -> None:
        """Has the server list the kernels of toolboxes beside its own, those to come as well."""
        manager = server.kernel_spec_manager
        folder = str(self.door.lab.toolboxes.kernels)
        if manager is not None and folder not in manager.kernel_dirs:
            manager.kernel_dirs = [*manager.kernel_dirs, folder]

    def chosen(self, root: Path) -> Settings:
        """Gives the settings of the rooms; what a trait leaves open has their own default."""
        given: dict[str, Any] = {
            "root": root,
            "keep_days": self.keep_days,
            "keep_count": self.keep_count,
            "container": self.container,
            "results": self.results,
        }
        if self.state_dir:
            given["state"] = Path(self.state_dir).expanduser().absolute()
        if self.toolboxes_dir:
            given["toolboxes_dir"] = Path(self.toolboxes_dir).expanduser().absolute()
        if self.task_limit:
            given["task_limit"] = self.task_limit
        return Settings(**given)

    def initialize_handlers(self) -> None:
        """Hangs one handler for every path of the table, and one for all others below the prefix."""
        from ellip_lab.server.routes import TABLE

        paths: dict[str, dict[str, AnyRoute]] = {}
        for route in TABLE:
            paths.setdefault(route.pattern, {})[route.method] = route
        for pattern, routes in paths.items():
            self.handlers.append((pattern, RouteHandler, {"door": self.door, "routes": routes}))
        self.handlers.extend(self.ways_to_apps())
        rest = {"door": self.door, "routes": {}}
        self.handlers.append((PREFIX + "(?:/.*)?", NoSuchRoute, rest))

    def ways_to_apps(self) -> list[tuple[str, Any, dict[str, Any]]]:
        """Gives what is hung for apps; nothing where the extra `apps` is not installed, and starting one says so."""
        if find_spec("jupyter_server_proxy") is None:
            return []
        from ellip_lab.server.apps_proxy import handlers

        return handlers(self.door)

    async def _start_jupyter_server_extension(self, serverapp: ServerApp) -> None:
        """Starts what goes on while the server lives; nothing here holds the server's start up."""
        self._stop = asyncio.Event()
        for work in (self.recover(), self.sweep(), self.watch(serverapp)):
            self.keep(work)

    def keep(self, work: Coroutine[Any, Any, None]) -> None:
        """Holds on to a background task, which the loop alone would forget."""
        self._keeping.append(asyncio.get_running_loop().create_task(work))

    async def watch(self, serverapp: ServerApp) -> None:
        """Puts changed tasks on the event bus."""
        tasks = await asyncio.get_running_loop().run_in_executor(self._pool, lambda: self.door.lab.tasks)
        await announce(tasks, cast("EventLogger", serverapp.event_logger), self._stop, self.log)

    async def recover(self, every: float = RECOVERY) -> None:
        """Finds tasks whose supervisor has died, at the start and from time to time."""
        loop = asyncio.get_running_loop()
        while not self._stop.is_set():
            try:
                lost = await loop.run_in_executor(self._pool, lambda: self.door.lab.tasks.recover())
                for id_ in lost:
                    self.log.warning("Task %s is lost: its supervisor has died", id_)
            except Exception:
                self.log.exception("The tasks cannot be looked after now; trying again")
            try:
                await asyncio.wait_for(self._stop.wait(), every)
            except TimeoutError:
                continue

    async def sweep(self, first: float = 60, every: float = SWEEP) -> None:
        """Removes what abandoned uploads have left in stores, from time to time; not while the server starts."""
        loop = asyncio.get_running_loop()
        pause = first
        while True:
            try:
                await asyncio.wait_for(self._stop.wait(), pause)
            except TimeoutError:
                pause = every
            else:
                return
            try:
                swept = await loop.run_in_executor(self._far, lambda: self.door.lab.s3.sweep_uploads())
                if swept:
                    self.log.info("Parts of %s abandoned uploads are removed", swept)
            except Exception:
                self.log.exception("Abandoned uploads cannot be looked after now; trying again")

    async def stop_extension(self) -> None:
        """Ends the watch; the tasks themselves go on without a server."""
        if hasattr(self, "_stop"):
            self._stop.set()
        _, late = await asyncio.wait(self._keeping, timeout=3) if self._keeping else (set(), set())
        for task in late:
            task.cancel()
        try:
            # they see by themselves that a server has ended; this one waits until nothing of them is left
            await asyncio.get_running_loop().run_in_executor(None, self.door.lab.apps.end)
        except Exception:
            self.log.exception("The apps could not be ended; they see by themselves that this server has")
        self._pool.shutdown(wait=False, cancel_futures=True)
        self._far.shutdown(wait=False, cancel_futures=True)
        self._engine.shutdown(wait=False, cancel_futures=True)
        if "warm" in vars(self.door.lab):
            # another server of this user starts it again
            await asyncio.get_running_loop().run_in_executor(None, self.door.lab.warm.end)
        try:
            # the embedded store ends with the last who uses it: this server does not any more
            self.door.lab.s3.release_store()
        except Exception:
            self.log.exception(
                "The embedded store could not be let go; it sees by itself that this server has ended"
            )
