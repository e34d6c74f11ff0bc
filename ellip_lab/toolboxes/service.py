"""The verbs of room `toolboxes`."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from ellip_lab.contract import Acknowledged
from ellip_lab.settings import Settings
from ellip_lab.toolboxes import contract as words

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from ellip_lab.tasks.contract import LogChunk, LogQuery
    from ellip_lab.tasks.service import TasksService
    from ellip_lab.toolboxes.cache import Cache
    from ellip_lab.toolboxes.catalogue import Catalogue
    from ellip_lab.toolboxes.channels import ChannelStore
    from ellip_lab.toolboxes.home import Home
    from ellip_lab.toolboxes.planning import Planning
    from ellip_lab.toolboxes.works import Works


class ToolboxesService:
    """Knows the toolboxes of this user, what could be installed, and what goes on."""

    def __init__(self, settings: Settings, tasks: TasksService | None = None) -> None:
        from ellip_lab.tasks.service import TasksService
        from ellip_lab.toolboxes.home import Home

        self._settings = settings
        self._tasks = tasks or TasksService(settings)
        self._home: Home = Home(settings)

    # -- the parts, each made at its first use

    @cached_property
    def _catalogue(self) -> Catalogue:
        from ellip_lab.toolboxes.catalogue import Catalogue

        return Catalogue(self._home)

    @cached_property
    def _channels(self) -> ChannelStore:
        from ellip_lab.toolboxes.channels import ChannelStore

        return ChannelStore(self._home)

    @cached_property
    def _planning(self) -> Planning:
        from ellip_lab.toolboxes.planning import Planning

        return Planning(self._home, self._catalogue, self._channels)

    @cached_property
    def _works(self) -> Works:
        from ellip_lab.toolboxes.works import Works

        return Works(self._home, self._tasks, self._planning, self._channels)

    @cached_property
    def _cache(self) -> Cache:
        from ellip_lab.toolboxes.cache import Cache

        return Cache(self._home)

    @property
    def kernels(self) -> Path:
        """Gives the folder that has the kernel of every toolbox, for whoever looks for kernels."""
        return self._home.kernels

    # -- what there is, and what could be

    def catalogue(self, query: words.CatalogueQuery) -> words.ToolboxCatalogue:
        """Lists what can be installed by its id: the user's own entries, then those that come with this program."""
        return self._catalogue.list(query)

    def list(self) -> words.Toolboxes:
        """Lists the toolboxes, by name; one that is being installed is among them, and says so."""
        return self._home.list(self._works.busy())

    def show(self, query: words.ToolboxQuery) -> words.Toolbox:
        """Gives everything known of a toolbox; `NotFound` when there is none."""
        return self._home.show(query.name, self._works.busy())

    # -- installing

    def plan(self, request: words.ToolboxRequest) -> words.ToolboxPlan:
        """Says what an installation would do, without doing it.

        What cannot be solved is told in the plan. `NotFound` for an entry, a file or a channel that is not
        there, `Invalid` for packages nobody can understand, `Conflict` for a name that is taken, `Unavailable`
        for a channel that does not answer.
        """
        return self._planning.install(request)

    def plan_update(self, request: words.ToolboxUpdate) -> words.ToolboxPlan:
        """Says what an update would do, without doing it; raises as `plan` does."""
        return self._planning.update(request)

    def install(self, request: words.ToolboxRequest) -> words.ToolboxWork:
        """Installs a toolbox, as a task; one that does not end well leaves nothing."""
        return self._works.start(words.ToolboxWorkKind.INSTALL, request)

    def update(self, request: words.ToolboxUpdate) -> words.ToolboxWork:
        """Brings a toolbox up to date, as a task; one that does not end well leaves it as it was."""
        return self._works.start(words.ToolboxWorkKind.UPDATE, request)

    def clone(self, request: words.ToolboxClone) -> words.ToolboxWork:
        """Makes a second toolbox of the same builds, as a task."""
        return self._works.start(words.ToolboxWorkKind.CLONE, request)

    def remove(self, request: words.ToolboxRemoval) -> words.ToolboxWork:
        """Removes a toolbox, as a task."""
        return self._works.start(words.ToolboxWorkKind.REMOVE, request)

    def lock(self, query: words.LockQuery) -> words.LockText:
        """Gives what a toolbox has as the text of a file that makes it again."""
        from ellip_lab.toolboxes import locking

        return locking.text(self._home, query)

    # -- work that takes time

    def works(self, query: words.ToolboxWorkQuery) -> words.ToolboxWorkPage:
        """Lists installations, updates and their like, newest first."""
        return self._works.list(query)

    def show_work(self, id: str) -> words.ToolboxWork:  # noqa: A002 - the word of the contract
        """Gives everything known of a work: its steps, and why it failed."""
        return self._works.show(id)

    def work_log(self, id: str, query: LogQuery) -> LogChunk:  # noqa: A002
        """Reads a stretch of a work's log."""
        return self._works.log(id, query)

    def stop_work(self, id: str) -> words.ToolboxWork:  # noqa: A002
        """Stops a work; nothing is left half done."""
        return self._works.stop(id)

    def repeat_work(self, id: str) -> words.ToolboxWork:  # noqa: A002
        """Does an ended work once more, as it was asked."""
        return self._works.repeat(id)

    def remove_work(self, id: str) -> Acknowledged:  # noqa: A002
        """Removes the record of an ended work; toolboxes stay."""
        return self._works.remove(id)

    # -- channels and the cache

    def channels(self) -> words.Channels:
        """Says where packages come from, and who is signed in where."""
        return self._channels.read()

    def save_channels(self, request: words.ChannelsRequest) -> words.Channels:
        """Says from now on where packages come from."""
        return self._channels.save(request)

    def login(self, request: words.ChannelLoginRequest) -> words.Channels:
        """Signs in to the channels of a host; the secret goes to a file that only the user can read."""
        return self._channels.login(request)

    def logout(self, query: words.ChannelHostQuery) -> words.Channels:
        """Signs out of a host; `NotFound` where nobody is signed in."""
        return self._channels.logout(query)

    def cache(self) -> words.ToolboxCache:
        """Says what is kept of what was downloaded."""
        return self._cache.show()

    def clean(self, request: words.CacheCleaning) -> words.ToolboxWork:
        """Takes packages from the cache, as a task; toolboxes are not touched."""
        return self._works.start(words.ToolboxWorkKind.CLEAN, request)

    # -- using them

    def activation(self, name: str) -> words.Activation:
        """Gives what makes a toolbox active in a process; `NotFound` when there is none that is whole."""
        from ellip_lab.toolboxes import activating

        return activating.activation(self._home, name)

    def terminal(self, request: words.ToolboxTerminalRequest) -> words.ToolboxTerminal:
        """Gives the command that opens a shell with a toolbox active."""
        from ellip_lab.toolboxes import activating

        return activating.terminal(self._home, request)

    def resolve(self, needs: Sequence[words.SoftwareNeed]) -> words.SoftwareFound:
        """Finds the toolbox that has the software a document asks for; else says how to get it."""
        from ellip_lab.toolboxes import requirements

        return requirements.resolve(self._home, self._catalogue, needs)
