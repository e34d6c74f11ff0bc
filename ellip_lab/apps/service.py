"""The verbs of room `apps`."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from ellip_lab.apps import contract as words
from ellip_lab.apps.contract import AppWorkKind
from ellip_lab.contract import Acknowledged
from ellip_lab.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ellip_lab.apps.choosing import Chosen
    from ellip_lab.apps.entries import Catalogue, Entry
    from ellip_lab.apps.finding import Finding, Found
    from ellip_lab.apps.instances import Instances
    from ellip_lab.apps.works import Works
    from ellip_lab.tasks.contract import LogChunk, LogQuery
    from ellip_lab.tasks.service import TasksService


class AppsService:
    """Knows the apps, installs them, and starts them for as long as this process lives."""

    def __init__(self, settings: Settings, tasks: TasksService | None = None) -> None:
        from ellip_lab.tasks.service import TasksService

        self._settings = settings
        self._tasks = tasks or TasksService(settings)

    # -- the parts, each made at its first use

    @cached_property
    def _catalogue(self) -> Catalogue:
        from ellip_lab.apps.entries import Catalogue

        return Catalogue(self._settings.state / "apps" / "catalogue")

    @cached_property
    def _chosen(self) -> Chosen:
        from ellip_lab.apps.choosing import Chosen

        return Chosen(self._settings.state / "apps" / "apps.toml")

    @cached_property
    def _finding(self) -> Finding:
        from ellip_lab.apps.finding import Finding

        return Finding(self._settings.state / "apps" / "installed", self._chosen)

    @cached_property
    def _instances(self) -> Instances:
        from ellip_lab.apps.instances import Instances

        return Instances(self._settings, self._finding, self._chosen)

    @cached_property
    def _works(self) -> Works:
        from ellip_lab.apps.works import Works

        def runs(app: str) -> bool:
            return any(one.state is not words.AppState.FAILED for one in self._instances.of(app))

        return Works(self._settings, self._tasks, self._catalogue, runs)

    # -- what there is

    def list(self) -> words.Apps:
        """Gives every app: what it is, whether it is here, and which of it run."""
        entries, problems = self._catalogue.read()
        works = self._works.going_on()
        apps = [
            self._app(entry, found, works)
            for entry, found in zip(entries, self._finding.all(entries), strict=True)
        ]
        return words.Apps(apps=tuple(apps), problems=problems)

    def show(self, app: str) -> words.App:
        """Gives everything known of one app; `NotFound` when there is none of that name."""
        entry = self._catalogue.entry(app)
        return self._app(entry, self._finding.find(entry), self._works.going_on())

    def save(self, request: words.SaveAppRequest) -> words.App:
        """Saves what a person chooses about an app; it holds from its next start on."""
        entry = self._catalogue.entry(request.app)
        self._chosen.save(entry.name, request)
        self._finding.forget(entry.name)
        return self.show(entry.name)

    def serve_choices(self, query: words.ServeQuery) -> words.ServeChoices:
        """Says which apps can serve a file; nothing of it is executed."""
        from ellip_lab.apps import serving

        entries, _ = self._catalogue.read()
        return serving.choices(query.path, entries, lambda entry: self._finding.find(entry).installed)

    def _app(self, entry: Entry, found: Found, works: Mapping[str, str]) -> words.App:
        from ellip_lab.apps import telling

        return telling.app(
            entry,
            found,
            self._chosen.shown(entry.name),
            self._instances.of(entry.name),
            works.get(entry.name),
            self._settings.state / "apps" / "installed" / entry.name,
        )

    # -- starting and stopping

    def start(self, request: words.StartAppRequest) -> words.AppInstance:
        """Starts an app, and gives it while it comes up; one that runs already is given as it is.

        `Unavailable` when it is not installed, `NotFound` without its file, `Invalid` for one it cannot serve.
        """
        return self._instances.start(self._catalogue.entry(request.app), request)

    def stop(self, instance: str) -> words.AppInstance:
        """Stops an instance; no process of it is left."""
        return self._instances.stop(instance)

    def restart(self, instance: str) -> words.AppInstance:
        """Stops an instance and starts it again, with the settings as they are now."""
        request = self._instances.request(instance)
        self._instances.stop(instance)
        return self.start(request)

    def log(self, query: words.AppLogQuery) -> LogChunk:
        """Reads a stretch of what an instance said; what looks like a secret is masked."""
        return self._instances.log(query)

    def reach(self, instance: str) -> tuple[words.AppInstance, str, bool]:
        """Gives an instance, its socket, and whether it wants to be asked by its whole address; for a proxy."""
        return self._instances.reach(instance)

    def base(self, url: str) -> None:
        """Takes where the server is reached, which some apps must be told when they start."""
        self._instances.base = url

    def end(self) -> None:
        """Ends every instance of this process; no process of them is left."""
        if "_instances" in vars(self):
            self._instances.end()

    # -- work that takes time

    def install(self, request: words.InstallAppRequest) -> words.AppWork:
        """Installs an app into a folder of its own, as a task."""
        return self._works.start(AppWorkKind.INSTALL, request)

    def uninstall(self, request: words.UninstallAppRequest) -> words.AppWork:
        """Removes an app that this room has installed, as a task."""
        return self._works.start(AppWorkKind.UNINSTALL, request)

    def works(self, query: words.AppWorkQuery) -> words.AppWorkPage:
        """Lists installations and removals, newest first."""
        return self._works.list(query)

    def show_work(self, id: str) -> words.AppWork:  # noqa: A002 - the word of the contract
        """Gives everything known of a work: its steps, and why it failed."""
        return self._works.show(id)

    def work_log(self, id: str, query: LogQuery) -> LogChunk:  # noqa: A002
        """Reads a stretch of a work's log."""
        return self._works.log(id, query)

    def stop_work(self, id: str) -> words.AppWork:  # noqa: A002
        """Stops a work; nothing half-installed is left."""
        return self._works.stop(id)

    def repeat_work(self, id: str) -> words.AppWork:  # noqa: A002
        """Does an ended work once more, as it was asked."""
        return self._works.repeat(id)

    def remove_work(self, id: str) -> Acknowledged:  # noqa: A002
        """Removes the record of an ended work; what it has installed stays."""
        return self._works.remove(id)
