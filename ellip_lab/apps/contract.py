"""The words of room `apps`.

An *app* is a program with pages of its own (an editor, a dashboard) that a data file describes. An *instance* is one
that has been started: an editor has one, what serves files has one for each file. It listens on a socket of this user
alone, is reached below the server's own address and with its token, and ends with the server.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from ellip_lab.contract import Contract, JsonObject, Path_
from ellip_lab.tasks.contract import State, TaskId

AppName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,39}$")]
"""The name of an app: `code-server`."""
InstanceId = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,59}$")]
"""The name of an instance: its app's, and for one that serves a file eight more digits."""
VariableName = Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]{0,254}$")]
"""The name of an environment variable."""


# -- what there is


class AppState(StrEnum):
    """Says where an instance stands."""

    STARTING = "starting"
    """It has not answered yet."""
    RUNNING = "running"
    STOPPED = "stopped"
    FAILED = "failed"
    """It died, or did not answer in time; `failure` says more."""


class FileUse(StrEnum):
    """Says whether an app serves a file of the workspace."""

    NONE = "none"
    """It opens a folder, or nothing."""
    ONE = "one"
    """It serves a file; without one, the example that comes with it."""


class AppFailure(Contract):
    """Is why an app did not come up, or ended by itself: what happened, and what to do."""

    headline: str
    lines: tuple[str, ...] = ()
    """The last lines it said."""
    hint: str | None = None
    exit_code: int | None = None
    """Its exit code, negative for a signal; null when it did not end by itself."""
    timed_out: bool = False
    """It did not answer in time: a longer time-out may help."""


class AppInstance(Contract):
    """Is one app that has been started, or was."""

    id: InstanceId
    app: AppName
    title: str
    """`Code Server`, `water.py`."""
    state: AppState
    path: str
    """Where it is, relative to the server's base URL: `ellip-lab/app/code-server/?folder=/data`."""
    file: str | None = None
    """The file it serves."""
    folder: str | None = None
    """The folder it opens, or works in."""
    since: datetime
    """When it came to this state."""
    timeout: float
    """How many seconds it may take to answer."""
    failure: AppFailure | None = None


class InstallPlan(Contract):
    """Is how an app can be installed without root, and what it takes."""

    how: str
    """`npm` or `pip`."""
    what: str
    """`code-server 4.139.1`."""
    seconds: int
    """About how long it takes."""
    size: int
    """About how many bytes it needs on the disk."""
    folder: str
    """Where it is put."""
    missing: str | None = None
    """Why it cannot be done now (a compiler that only root can install), or null."""
    hint: str | None = None


class AppSettings(Contract):
    """Is what a person may choose about an app."""

    timeout: float | None = Field(default=None, ge=1, le=3600)
    """How many seconds it may take to answer; null for the app's own."""
    program: str | None = Field(default=None, min_length=1, max_length=4096)
    """The program to start in place of the one that is found: a Python, for one that is a Python module."""
    environment: dict[VariableName, str | None] = Field(default={}, max_length=100)
    """More variables of its environment. In an answer null stands for a secret value (its name has KEY,
    TOKEN, PASSWORD, SECRET or CREDENTIAL in it); in a request
    null keeps the value that is saved."""
    arguments: tuple[Annotated[str, Field(max_length=4096)], ...] = Field(default=(), max_length=100)
    """More arguments of its command."""


class App(Contract):
    """Is an app: what it is, whether it is here, and which of it run."""

    name: AppName
    title: str
    description: str
    icon: str
    """A picture, as SVG text."""
    homepage: str
    licence: str
    rank: int
    """Its place among the others, lowest first."""
    uses: FileUse
    suffixes: tuple[str, ...] = ()
    """The ends of the names of files it serves (`.py`)."""
    installed: bool
    version: str | None = None
    """Null when it does not tell."""
    program: str | None = None
    """What is started, as it was found."""
    found: str | None = None
    """How it was found, in words: `in the environment of the Jupyter server`."""
    own: bool = False
    """It was installed by this room, which can remove it."""
    missing: str | None = None
    """What is missing, in words, when it is not installed."""
    hint: str | None = None
    """How it can be had, when it cannot be installed from here."""
    install: InstallPlan | None = None
    """How it can be installed without root; null when it cannot."""
    work: TaskId | None = None
    """The work that installs or removes it now."""
    timeout: float
    """How many seconds it may take to answer."""
    settings: AppSettings
    instances: tuple[AppInstance, ...] = ()
    """Those of this server, newest first; one that failed stays until it is started again."""


class Apps(Contract):
    """Is every app."""

    apps: tuple[App, ...]
    problems: tuple[str, ...] = ()
    """Data files that cannot be read, each in a sentence."""


class AppQuery(Contract):
    """Names an app."""

    app: AppName


# -- starting and stopping


class StartAppRequest(Contract):
    """Starts an app; one that runs already is given as it is."""

    app: AppName
    file: Path_ | None = None
    """The file it serves."""
    folder: Path_ | None = None
    """The folder it opens or works in; null for the file's, else the workspace."""


class InstanceRequest(Contract):
    """Names an instance."""

    instance: InstanceId


class AppLogQuery(Contract):
    """Chooses a stretch of what an instance said; what looks like a secret is masked."""

    instance: InstanceId
    offset: int | None = Field(default=None, ge=0)
    """The first byte; null for the end of the log (its last `limit` bytes, from a line's start)."""
    limit: int = Field(default=65_536, ge=1, le=1_048_576)
    """How many bytes at the most."""
    wait: float = Field(default=0, ge=0, le=30)
    """How many seconds to wait for more when there is none after `offset` yet."""


class SaveAppRequest(AppSettings):
    """Saves what a person chooses about an app; it holds from its next start on."""

    app: AppName


class ServeQuery(Contract):
    """Asks which apps can serve a file."""

    path: Path_


class ServeChoice(Contract):
    """Is an app that can serve a file."""

    app: AppName
    title: str
    reason: str
    """`it imports streamlit`."""
    installed: bool


class ServeChoices(Contract):
    """Is which apps can serve a file: read from its text, nothing of it is executed."""

    path: str
    choices: tuple[ServeChoice, ...] = ()
    problem: str | None = None
    """Why the file could not be read as what its name says."""


# -- installing and removing: work that takes time, each a task


class AppWorkKind(StrEnum):
    """Names what a task of this room does."""

    INSTALL = "install"
    UNINSTALL = "uninstall"


class InstallAppRequest(Contract):
    """Installs an app, or its newest version that is known to work, into a folder of its own."""

    app: AppName


class UninstallAppRequest(Contract):
    """Removes an app that this room has installed."""

    app: AppName


class AppWorkStepState(StrEnum):
    """Says where a step of a work stands."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    STOPPED = "stopped"


class AppWorkStep(Contract):
    """Is one step of an installation."""

    name: str
    """`download and build code-server 4.139.1`."""
    state: AppWorkStepState
    offset: int | None = None
    """The byte of the log where it begins."""
    seconds: float | None = None
    """How long it took, or takes so far."""


class AppWorkFailure(Contract):
    """Is why a work failed: what happened, and what to do."""

    headline: str
    step: str | None = None
    lines: tuple[str, ...] = ()
    """The last lines it said."""
    hint: str | None = None


class AppWorkSummary(Contract):
    """Is an installation or a removal, as a list shows it."""

    id: TaskId
    kind: AppWorkKind
    app: AppName
    title: str
    state: State
    created: datetime
    started: datetime | None = None
    finished: datetime | None = None
    waiting: int | None = None
    """How many tasks are before it in the queue."""
    done: float | None = None
    total: float | None = None
    """How far it is, in steps; null while nobody knows."""
    text: str = ""
    """What is going on, in a few words."""
    detail: str | None = None
    """Why it ended as it did."""


class AppWork(AppWorkSummary):
    """Is everything known of an installation or a removal."""

    request: JsonObject
    """As it was asked."""
    steps: tuple[AppWorkStep, ...] = ()
    failure: AppWorkFailure | None = None
    result: str | None = None
    """The version that is installed now."""


class AppWorkQuery(Contract):
    """Chooses works; newest first."""

    app: AppName | None = None
    state: State | None = None
    kind: AppWorkKind | None = None
    limit: int = Field(default=50, ge=1, le=500)
    before: TaskId | None = None


class AppWorkPage(Contract):
    """Is one page of works, newest first."""

    works: tuple[AppWorkSummary, ...]
    next: TaskId | None = None
