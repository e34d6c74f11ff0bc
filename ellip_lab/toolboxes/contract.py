"""The words of room `toolboxes`."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated

from pydantic import Field, SecretStr

from ellip_lab.contract import Contract, JsonObject, Path_
from ellip_lab.tasks.contract import State, TaskId

ToolboxName = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[a-z0-9][a-z0-9_-]*$")]
"""The name of a toolbox: its folder, and the word of a command line."""
EntryId = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[a-z0-9][a-z0-9_-]*$")]
"""The id of an entry of the catalogue: the name of its file."""
PackageSpec = Annotated[str, Field(min_length=1, max_length=512, pattern=r"^[A-Za-z0-9_*][^\r\n\t]*$")]
"""What is wanted of a package, as conda says it: `gdal`, `gdal >=3.8`, `iota2::otb`."""
PackageName = Annotated[str, Field(min_length=1, max_length=128, pattern=r"^[A-Za-z0-9_.-]+$")]
ChannelName = Annotated[
    str,
    Field(
        min_length=1,
        max_length=1024,
        pattern=r"^((https?://|file:///)[^\s@?#]+|[A-Za-z0-9][A-Za-z0-9._/-]*)$",
    ),
]
"""A channel: its name (`conda-forge`) or its URL; never with a user or a token in it."""
ChannelHost = Annotated[
    str, Field(min_length=1, max_length=255, pattern=r"^(\*\.)?[A-Za-z0-9][A-Za-z0-9.-]*$")
]
"""The host of channels, without a port; `*.example.org` for all below it."""


# -- the catalogue


class CatalogueEntry(Contract):
    """Is a toolbox that can be installed by its id."""

    id: EntryId
    title: str
    """Its name, as a person reads it (`Orfeo ToolBox`)."""
    description: str
    """What it is for, in a sentence or two."""
    channels: tuple[ChannelName, ...]
    """The channels its packages come from, the first goes first."""
    packages: tuple[PackageSpec, ...]
    platforms: tuple[str, ...]
    """Where its packages are to be had (`linux-64`)."""
    size: int | None = None
    """Roughly how many bytes it takes on the disk (a plan says it better); null where nobody knows."""
    licence: str
    homepage: str
    commands: tuple[str, ...]
    """The commands that prove that it works, run after it was installed."""
    software: tuple[str, ...] = ()
    """The names by which a document's SoftwareRequirement may ask for it, besides those of its packages."""
    checked: date | None = None
    """When its packages were last solved against the real channels; null: never."""
    own: bool = False
    """It is the user's own."""
    here: bool = True
    """Its packages are to be had for this machine."""
    installed: tuple[ToolboxName, ...] = ()
    """The toolboxes here that were made of it."""


class CatalogueQuery(Contract):
    """Chooses entries of the catalogue."""

    text: str | None = Field(default=None, max_length=200)
    """A part of the title, the id, a package or the description, whatever the case."""


class ToolboxCatalogue(Contract):
    """Is what can be installed by its id, the user's own entries first."""

    entries: tuple[CatalogueEntry, ...]
    folder: str
    """The folder of the user's own entries."""
    problems: tuple[str, ...] = ()
    """What is wrong with files there, a sentence each."""


# -- toolboxes


class ToolboxState(StrEnum):
    """Says where a toolbox stands."""

    READY = "ready"
    WORKING = "working"
    """It is being installed, updated, copied or removed; see `work`."""
    BROKEN = "broken"
    """It is here, and does not do what it should; see `reason`."""


class ToolboxSummary(Contract):
    """Is a toolbox, as a list shows it."""

    name: ToolboxName
    title: str
    description: str = ""
    entry: EntryId | None = None
    """The entry of the catalogue it was made of."""
    state: ToolboxState
    reason: str | None = None
    """Why it is broken."""
    work: TaskId | None = None
    """The work that goes on with it."""
    version: str | None = None
    """The version of its first package."""
    packages: int = 0
    size: int | None = None
    """Bytes on the disk; what it shares with the cache is counted too."""
    created: datetime | None = None
    changed: datetime | None = None
    prefix: str
    """Its folder."""
    kernel: str | None = None
    """The name of its kernel."""
    language: str | None = None
    """The Python its kernel runs with: `3.12.4`; null for the server's own, with the toolbox's commands."""


class ToolboxPackage(Contract):
    """Is a package of a toolbox."""

    name: str
    version: str
    build: str
    channel: str
    """Where it came from, without any secret."""
    size: int | None = None
    """Bytes of its archive."""
    requested: bool = False
    """It was asked for; the others came because they are needed."""


class Proof(Contract):
    """Is a command that proves that a toolbox works, and what came of it."""

    command: str
    passed: bool
    said: str = ""
    """The last lines it said."""


class Toolbox(ToolboxSummary):
    """Is everything known of a toolbox."""

    specs: tuple[PackageSpec, ...] = ()
    """What was asked for."""
    channels: tuple[str, ...] = ()
    contents: tuple[ToolboxPackage, ...] = ()
    """Its packages, those that were asked for first."""
    commands: tuple[str, ...] = ()
    """The commands of the packages that were asked for, at most 500."""
    command_count: int = 0
    """How many commands it has in all."""
    env: dict[str, str] = {}
    """The variables that it sets, besides PATH."""
    proofs: tuple[Proof, ...] = ()
    lock: str | None = None
    """The path of its lock file."""
    kernel_title: str | None = None
    """The name of its kernel, as the launcher shows it."""
    homepage: str | None = None
    licence: str | None = None


class Toolboxes(Contract):
    """Is every toolbox there is, by name."""

    toolboxes: tuple[ToolboxSummary, ...]
    folder: str
    """The folder that has them."""
    free: int
    """Bytes that are free on its disk."""
    platform: str
    """What packages are chosen for (`linux-64`)."""
    problem: str | None = None
    """Why none can be installed, in one sentence; null when one can."""
    hint: str | None = None


class ToolboxQuery(Contract):
    """Names a toolbox."""

    name: ToolboxName


# -- installing


class ToolboxRequest(Contract):
    """Asks for a toolbox: an entry of the catalogue, packages, or a file of the workspace.

    An entry may have packages and channels besides its own; a file stands alone.
    """

    name: ToolboxName
    entry: EntryId | None = None
    packages: tuple[PackageSpec, ...] = Field(default=(), max_length=500)
    channels: tuple[ChannelName, ...] = Field(default=(), max_length=20)
    """Empty for those of the entry, else for the default ones; the first goes first."""
    file: Path_ | None = None
    """An `environment.yml`, a lock file (`pixi.lock`), or a list of URLs that says `@EXPLICIT`."""
    title: str | None = Field(default=None, max_length=200)
    """Null for the entry's, else for its name."""


class ToolboxUpdate(Contract):
    """Brings a toolbox up to date, or changes what is asked of it."""

    name: ToolboxName
    add: tuple[PackageSpec, ...] = Field(default=(), max_length=500)
    """Packages that are wanted besides, or in another version."""
    drop: tuple[PackageName, ...] = Field(default=(), max_length=500)
    """Packages that are no longer wanted."""
    channels: tuple[ChannelName, ...] = Field(default=(), max_length=20)
    """Empty keeps those it has."""
    file: Path_ | None = None
    """Takes everything from a file, as for an installation, instead of what was asked before."""
    upgrade: bool = True
    """Takes the newest that fit; else changes no more than it must."""


class ToolboxClone(Contract):
    """Makes a second toolbox of the same builds."""

    name: ToolboxName
    """The one there is."""
    to: ToolboxName
    """The name of the new one."""
    title: str | None = Field(default=None, max_length=200)


class ToolboxRemoval(Contract):
    """Removes a toolbox, its kernel and its lock file; what was downloaded stays in the cache."""

    name: ToolboxName


class ChangeKind(StrEnum):
    """Says what would become of a package."""

    ADD = "add"
    UPGRADE = "upgrade"
    DOWNGRADE = "downgrade"
    REPLACE = "replace"
    """Another build, or the same from another channel."""
    REMOVE = "remove"


class PackageChange(Contract):
    """Is what would become of a package."""

    name: str
    kind: ChangeKind
    version: str
    """The version that comes; for one that goes, the version that it has."""
    build: str
    channel: str
    size: int | None = None
    """Bytes of its archive."""
    cached: bool = False
    """It is here already, and need not be downloaded."""
    requested: bool = False
    """It was asked for."""
    before: str | None = None
    """The version there is now."""
    before_build: str | None = None


class ToolboxPlan(Contract):
    """Is what an installation or an update would do; nothing has been changed."""

    name: ToolboxName
    title: str
    possible: bool
    """It can be done; else `problems` says why not."""
    problems: tuple[str, ...] = ()
    """Why it cannot be done, or what to mind, a sentence each."""
    hint: str | None = None
    """What to do about it."""
    explanation: str | None = None
    """What the solver says, where it has found nothing that fits."""
    specs: tuple[PackageSpec, ...] = ()
    channels: tuple[str, ...] = ()
    platform: str
    changes: tuple[PackageChange, ...] = ()
    """What was asked for first, then by name."""
    kept: int = 0
    """How many packages stay as they are."""
    download: int = 0
    """Bytes to be downloaded."""
    cached: int = 0
    """Bytes of archives that are in the cache already."""
    disk: int = 0
    """About how many bytes it takes on the disk; exact where the cache has the packages."""
    free: int = 0
    """Bytes that are free on that disk."""
    prefix: str
    """The folder it would have."""
    offline: bool = False
    """Only the cache was asked."""
    commands: tuple[str, ...] = ()
    """The commands that are to prove that it works."""


# -- work that takes time


class ToolboxWorkKind(StrEnum):
    """Names what a task of this room does."""

    INSTALL = "install"
    UPDATE = "update"
    CLONE = "clone"
    REMOVE = "remove"
    CLEAN = "clean"


class ToolboxStepName(StrEnum):
    """Names a step of a work."""

    SOLVE = "solve"
    DOWNLOAD = "download"
    LINK = "link"
    PROVE = "prove"
    REMOVE = "remove"


class ToolboxStepState(StrEnum):
    """Says where a step of a work stands."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    STOPPED = "stopped"


class ToolboxStep(Contract):
    """Is one step of a work: to solve, to download (in bytes), to link (in packages), to prove (in commands)."""

    name: ToolboxStepName
    state: ToolboxStepState
    done: int | None = None
    total: int | None = None
    text: str = ""
    """What is going on: the packages that are on their way."""
    seconds: float | None = None


class ToolboxFailure(Contract):
    """Is why a work failed: what happened, and what to do."""

    headline: str
    step: ToolboxStepName | None = None
    lines: tuple[str, ...] = ()
    """What the solver or the channel said."""
    hint: str | None = None


class ToolboxWorkSummary(Contract):
    """Is an installation, update, copy, removal or clean-up, as a list shows it."""

    id: TaskId
    kind: ToolboxWorkKind
    title: str
    name: str
    """The toolbox it is about; empty for a clean-up."""
    state: State
    created: datetime
    started: datetime | None = None
    finished: datetime | None = None
    waiting: int | None = None
    """How many tasks are before it in the queue."""
    done: float | None = None
    total: float | None = None
    """How far the step is that goes on, in bytes, packages or commands; null while nobody knows."""
    text: str = ""
    """What is going on, in a few words (`12 of 48 MB`)."""
    detail: str | None = None
    """Why it ended as it did."""


class ToolboxWork(ToolboxWorkSummary):
    """Is everything known of an installation, update, copy, removal or clean-up."""

    request: JsonObject
    """As it was asked."""
    steps: tuple[ToolboxStep, ...] = ()
    failure: ToolboxFailure | None = None
    freed: int | None = None
    """Bytes that a clean-up or a removal freed."""


class ToolboxWorkQuery(Contract):
    """Chooses works; newest first."""

    state: State | None = None
    kind: ToolboxWorkKind | None = None
    text: str | None = None
    limit: int = Field(default=50, ge=1, le=500)
    before: TaskId | None = None


class ToolboxWorkPage(Contract):
    """Is one page of works, newest first."""

    works: tuple[ToolboxWorkSummary, ...]
    next: TaskId | None = None


# -- lock files


class LockForm(StrEnum):
    """Is a way to say what a toolbox has."""

    LOCK = "lock"
    """Every package with its URL and checksum (`pixi.lock`): the same builds again."""
    EXPLICIT = "explicit"
    """A list of URLs, which conda and mamba read."""
    ENVIRONMENT = "environment"
    """An `environment.yml`: what was asked for."""


class LockQuery(Contract):
    """Names a toolbox and how it is to be said."""

    name: ToolboxName
    form: LockForm = LockForm.LOCK


class LockText(Contract):
    """Is what a toolbox has, as the text of a file that makes it again."""

    name: ToolboxName
    form: LockForm
    file: str
    """A name for the file."""
    text: str


# -- channels


class ChannelPriority(StrEnum):
    """Says what several channels with one package mean."""

    STRICT = "strict"
    """The first channel that has a package is the only one it comes from."""
    DISABLED = "disabled"
    """The newest of all."""


class LoginKind(StrEnum):
    """Says how a channel is signed in to."""

    BASIC = "basic"
    """A name and a password."""
    BEARER = "bearer"
    """A token in a header."""
    CONDA = "conda"
    """A token in the path, as anaconda.org has it."""


class ChannelLogin(Contract):
    """Is a host that somebody is signed in to; the secret is never told."""

    host: str
    kind: LoginKind
    username: str | None = None


class ChannelLoginRequest(Contract):
    """Signs in to the channels of a host."""

    host: ChannelHost
    kind: LoginKind = LoginKind.BASIC
    username: str | None = Field(default=None, max_length=255)
    secret: SecretStr
    """The password or the token; kept in a file that only the user can read."""


class ChannelHostQuery(Contract):
    """Names a host of channels."""

    host: ChannelHost


class ChannelsRequest(Contract):
    """Says where packages come from."""

    default: tuple[ChannelName, ...] = Field(default=("conda-forge",), max_length=20)
    """The channels of requests that name none."""
    mirrors: dict[str, tuple[ChannelName, ...]] = {}
    """What is asked instead of a URL, or of what begins with it; the first that answers goes first."""
    priority: ChannelPriority = ChannelPriority.STRICT
    offline: bool = False
    """Nothing is downloaded: only what is in the cache is used."""


class Channels(ChannelsRequest):
    """Is where packages come from."""

    logins: tuple[ChannelLogin, ...] = ()


# -- the cache


class ToolboxCache(Contract):
    """Is what has been downloaded and is kept."""

    path: str
    packages: int
    size: int
    """Bytes of the packages; what toolboxes use of them is the same bytes, not twice as many."""
    unused: int
    """How many of the packages no toolbox has."""
    unused_size: int
    index_size: int
    """Bytes of the lists of packages that channels have."""
    free: int


class CacheCleaning(Contract):
    """Says what to take from the cache; toolboxes are not touched."""

    all: bool = False
    """Every package, else only those that no toolbox has."""
    index: bool = False
    """The lists of packages of channels too."""


# -- using them


class ToolboxTerminalRequest(Contract):
    """Asks for a shell with a toolbox active."""

    name: ToolboxName
    folder: str = ""
    """The folder of the workspace to begin in."""


class ToolboxTerminal(Contract):
    """Is the command of a terminal."""

    argv: tuple[str, ...]
    line: str
    """What to send to a shell that stands already."""
    folder: str
    """The folder of the workspace it begins in."""
    title: str


class Activation(Contract):
    """Is what makes a toolbox active in the environment of a process."""

    name: ToolboxName
    prefix: str
    path: tuple[str, ...]
    """What goes before PATH."""
    env: dict[str, str]
    """The other variables."""


class SoftwareNeed(Contract):
    """Is a package of a document's SoftwareRequirement."""

    package: str
    versions: tuple[str, ...] = ()
    """Any of these is good; empty: all are."""
    specs: tuple[str, ...] = ()
    """What identifies it elsewhere, as IRIs."""


class SoftwareFound(Contract):
    """Says which toolbox has what a document needs, or how to get one."""

    toolbox: ToolboxName | None = None
    missing: tuple[str, ...] = ()
    """What no toolbox has, where none has everything."""
    hint: str | None = None
    """What to do: which entry of the catalogue has it."""
