"""Apps that have been started: each a keeper process, a socket and a log, for as long as this process lives."""

from __future__ import annotations

from ellip_lab.apps import contract as words
from ellip_lab.apps.choosing import Chosen
from ellip_lab.apps.entries import Entry
from ellip_lab.apps.finding import Finding
from ellip_lab.errors import NotFound, Unavailable
from ellip_lab.settings import Settings
from ellip_lab.tasks.contract import LogChunk


class Instances:
    """Starts apps, and knows what has become of them."""

    def __init__(self, settings: Settings, finding: Finding, chosen: Chosen) -> None:
        self._settings = settings
        self._finding = finding
        self._chosen = chosen
        self.base = "/"

    def of(self, app: str) -> tuple[words.AppInstance, ...]:
        """Gives the instances of an app, newest first."""
        return ()

    def start(self, entry: Entry, request: words.StartAppRequest) -> words.AppInstance:
        """Starts an app."""
        raise Unavailable(f"{entry.title} cannot be started yet")

    def request(self, instance: str) -> words.StartAppRequest:
        """Gives what an instance was started with."""
        raise NotFound(f"{instance} was not started by this server")

    def stop(self, instance: str) -> words.AppInstance:
        """Stops an instance."""
        raise NotFound(f"{instance} was not started by this server")

    def log(self, query: words.AppLogQuery) -> LogChunk:
        """Reads a stretch of what an instance said."""
        raise NotFound(f"{query.instance} was not started by this server")

    def reach(self, instance: str) -> tuple[words.AppInstance, str, bool]:
        """Gives an instance and its socket."""
        raise NotFound(f"{instance} was not started by this server")

    def end(self) -> None:
        """Ends every instance."""
