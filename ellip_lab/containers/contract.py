"""The words of room `containers`."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, SecretStr

from ellip_lab.contract import Contract, JsonObject, Path_
from ellip_lab.tasks.contract import State, TaskId

Reference = Annotated[str, Field(min_length=1, max_length=512, pattern=r"^[A-Za-z0-9][A-Za-z0-9._:/@-]*$")]
"""A name of an image (`[registry/]repository[:tag][@digest]`) or its id; never an option of a command line."""
ImageId = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
ContainerId = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
ContainerName = Annotated[str, Field(min_length=1, max_length=255, pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]*$")]
"""The name or the id of a container."""
Host = Annotated[
    str,
    Field(
        min_length=1, max_length=255, pattern=r"^(\[[0-9a-fA-F:]+\]|[A-Za-z0-9][A-Za-z0-9.-]*)(:[0-9]{1,5})?$"
    ),
]
"""The host of a registry, with its port where it has one of its own."""
CommandName = Annotated[str, Field(min_length=1, max_length=128, pattern=r"^[A-Za-z0-9_][A-Za-z0-9_.+-]*$")]
"""The name of a program, without a folder."""


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


# -- the engine, as a panel shows it


class Engine(Contract):
    """Is the engine that images and containers are asked of: what works here, or why nothing does."""

    kind: EngineKind
    """`none` when no engine works."""
    version: str = ""
    rootless: bool = False
    remote: bool = False
    """It runs on another machine (`CONTAINER_HOST`, `DOCKER_HOST`): no folder of this one can be mounted there."""
    address: str = ""
    """Where its service listens, without credentials; empty while none has been asked for."""
    cgroups: str = ""
    """The version of the control groups and who manages them (`v2, systemd`)."""
    runtime: str = ""
    """What starts containers (`crun`, `runc`)."""
    driver: str = ""
    """The driver of the image store (`overlay`)."""
    store: str = ""
    """The folder of the image store."""
    used: int | None = None
    """Bytes that images and containers take; null where the engine does not tell."""
    free: int | None = None
    """Bytes that are free where the store is; null on another machine."""
    cpus: int | None = None
    memory: int | None = None
    """Bytes of memory that containers can have."""
    problem: str | None = None
    hint: str | None = None
    """The command that would mend it, where there is one."""
    choices: tuple[ContainerEngine, ...] = ()
    """Every engine that was looked for, with what is in its way."""


# -- images


class ImageSort(StrEnum):
    """Names what a list of images is ordered by."""

    NAME = "name"
    SIZE = "size"
    CREATED = "created"
    USED = "used"


class ImageQuery(Contract):
    """Chooses images of the engine's own store."""

    text: str | None = None
    """A part of a name, an id or a digest, whatever the case."""
    dangling: bool | None = None
    """Only those without a name, or only those with one."""
    sort: ImageSort = ImageSort.CREATED
    descending: bool = True
    limit: int = Field(default=200, ge=1, le=1000)
    offset: int = Field(default=0, ge=0)


class ImageUser(Contract):
    """Is what uses an image: a container, or a CWL document of the workspace."""

    kind: Literal["container", "document"]
    name: str
    """The container's name, or the document's path."""
    line: int | None = None
    """Where a document names the image, from 1."""
    running: bool = False


class Image(Contract):
    """Is an image of the engine's own store."""

    id: ImageId
    names: tuple[str, ...] = ()
    """Every `repository:tag` it has; none for a dangling one."""
    digest: str | None = None
    """`sha256:...` of its manifest, as a registry knows it."""
    size: int
    """Bytes of all its layers, those shared with others included."""
    created: datetime
    dangling: bool = False
    users: tuple[ImageUser, ...] = ()


class ImagePage(Contract):
    """Is one page of images."""

    images: tuple[Image, ...]
    total: int
    """How many there are in all that were asked for."""
    size: int
    """Bytes of all of them, layers that several share counted for each."""
    next: int | None = None
    """Give it as `offset` to get the next page."""


class ImageNameQuery(Contract):
    """Names one image."""

    name: Reference


class Layer(Contract):
    """Is one line of an image's history."""

    id: str = ""
    """The layer's id; empty where the engine does not keep it."""
    created: datetime | None = None
    command: str
    """What made it, as a Containerfile says it."""
    size: int = 0
    empty: bool = False
    """It adds no files."""


class ImageDetails(Contract):
    """Is everything known of one image."""

    id: ImageId
    names: tuple[str, ...] = ()
    digests: tuple[str, ...] = ()
    """Every `repository@sha256:...` by which a document can pin it."""
    size: int
    created: datetime
    architecture: str = ""
    os: str = ""
    author: str = ""
    entrypoint: tuple[str, ...] = ()
    command: tuple[str, ...] = ()
    user: str = ""
    folder: str = ""
    """The working directory."""
    env: dict[str, str] = {}
    labels: dict[str, str] = {}
    ports: tuple[str, ...] = ()
    layers: tuple[Layer, ...] = ()
    """Newest first."""
    users: tuple[ImageUser, ...] = ()


class TagRequest(Contract):
    """Gives an image one more name."""

    image: Reference
    name: Reference


class UntagRequest(Contract):
    """Takes a name from an image; one that loses its last name stays, dangling."""

    name: Reference


class RemoveImagesRequest(Contract):
    """Removes images, or the names that are given where an image has others."""

    images: tuple[Reference, ...] = Field(min_length=1, max_length=1000)
    force: bool = False
    """Also those that stopped containers hold: the containers go too."""


class Kept(Contract):
    """Is something that could not be done to one thing, and why."""

    name: str
    message: str
    hint: str | None = None


class Changed(Contract):
    """Says what was done to each of several things."""

    done: tuple[str, ...] = ()
    kept: tuple[Kept, ...] = ()


class PruneQuery(Contract):
    """Chooses what a clean-up takes."""

    all: bool = False
    """Every image that no container uses; else only dangling ones."""
    containers: bool = False
    """Stopped containers first."""
    cache: bool = False
    """What builds have kept (intermediate images)."""


class PrunePlan(Contract):
    """Is what a clean-up would take, before it does."""

    images: tuple[Image, ...] = ()
    containers: tuple[str, ...] = ()
    """Names of stopped containers."""
    frees: int
    """Bytes that become free, layers that others share not counted."""
    cautions: tuple[str, ...] = ()
    """What a person should know first, for one that documents of the workspace name some of them."""


# -- work that takes time: each is a task


class WorkKind(StrEnum):
    """Names what a task of this room does."""

    PULL = "pull"
    BUILD = "build"
    PUSH = "push"
    SAVE = "save"
    LOAD = "load"
    PRUNE = "prune"


class PullRequest(Contract):
    """Pulls an image from its registry."""

    image: Reference
    platform: str | None = Field(default=None, pattern=r"^[a-z0-9]+/[a-z0-9]+(/[a-z0-9]+)?$")
    """`linux/arm64`; null for this machine's own."""


class BuildRequest(Contract):
    """Builds an image from a Containerfile."""

    folder: Path_
    """The context: the folder whose files the build sees."""
    containerfile: str | None = None
    """Its path, in the context; null for `Containerfile`, else `Dockerfile`."""
    name: Reference
    """The name the image gets, `repository:tag`."""
    arguments: dict[str, str] = {}
    """Build arguments (`ARG`). They stand in the image's history: no place for a secret."""
    target: str | None = None
    """The stage to stop at."""
    platform: str | None = Field(default=None, pattern=r"^[a-z0-9]+/[a-z0-9]+(/[a-z0-9]+)?$")
    cache: bool = True
    """What was built before is used again."""
    pull: bool = False
    """Base images are looked for in their registry even when they are here."""
    labels: dict[str, str] = {}


class PushRequest(Contract):
    """Pushes an image to a registry."""

    image: Reference
    """An image that is here."""
    target: Reference | None = None
    """The name it gets there; null for its own."""


class SaveRequest(Contract):
    """Writes images to an archive of the workspace."""

    images: tuple[Reference, ...] = Field(min_length=1, max_length=100)
    path: Path_
    """The file; it has this name when it is whole."""
    format: Literal["oci-archive", "docker-archive"] = "docker-archive"
    replace: bool = False
    """A file of that name is replaced; else it is a conflict."""


class LoadRequest(Contract):
    """Reads the images of an archive of the workspace."""

    path: Path_


class PruneRequest(PruneQuery):
    """Cleans up, as the plan of the same words says."""


class WorkStepState(StrEnum):
    """Says where a step of a work stands."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    CACHED = "cached"
    FAILED = "failed"
    STOPPED = "stopped"


class WorkStep(Contract):
    """Is one step: a line of a Containerfile, or a layer on its way."""

    name: str
    """`STEP 2/5: RUN apt-get ...` without its number, or the short id of a layer."""
    number: int | None = None
    total: int | None = None
    state: WorkStepState
    done: int | None = None
    """Bytes of a layer that have arrived, where the engine tells."""
    size: int | None = None
    offset: int | None = None
    """The byte of the log where it begins."""
    seconds: float | None = None


class WorkFailure(Contract):
    """Is why a work failed: what happened, and what to do."""

    headline: str
    step: str | None = None
    """The step of a build that failed, as the Containerfile has it."""
    lines: tuple[str, ...] = ()
    """The last lines it said."""
    hint: str | None = None


class WorkSummary(Contract):
    """Is a pull, build, push, save, load or clean-up, as a list shows it."""

    id: TaskId
    kind: WorkKind
    title: str
    image: str
    """The image it is about, or the first of several."""
    state: State
    created: datetime
    started: datetime | None = None
    finished: datetime | None = None
    waiting: int | None = None
    """How many tasks are before it in the queue."""
    done: float | None = None
    total: float | None = None
    """How far it is, in steps, layers or bytes; null while nobody knows."""
    text: str = ""
    """What is going on, in a few words (`step 2 of 5`, `12 of 48 MB`)."""
    detail: str | None = None
    """Why it ended as it did."""


class Work(WorkSummary):
    """Is everything known of a pull, build, push, save, load or clean-up."""

    request: JsonObject
    """As it was asked."""
    steps: tuple[WorkStep, ...] = ()
    failure: WorkFailure | None = None
    result: str | None = None
    """The id of the image that was built, pulled or loaded; the path of the archive; the digest that was pushed."""
    freed: int | None = None
    """Bytes that a clean-up freed."""


class WorkQuery(Contract):
    """Chooses works; newest first."""

    state: State | None = None
    kind: WorkKind | None = None
    text: str | None = None
    limit: int = Field(default=50, ge=1, le=500)
    before: TaskId | None = None


class WorkPage(Contract):
    """Is one page of works, newest first."""

    works: tuple[WorkSummary, ...]
    next: TaskId | None = None


class ContainerfileQuery(Contract):
    """Names a Containerfile or Dockerfile, or the folder that has one."""

    path: Path_


class BuildArgument(Contract):
    """Is an `ARG` of a Containerfile."""

    name: str
    default: str | None = None


class Containerfile(Contract):
    """Is what a Containerfile asks for: the form of a build."""

    path: str
    folder: str
    stages: tuple[str, ...] = ()
    """The named stages, in their order."""
    bases: tuple[str, ...] = ()
    """The images it starts from, `scratch` and its own stages left out."""
    arguments: tuple[BuildArgument, ...] = ()
    name: str
    """A name for the image: the one a CWL document beside it asks for, else the folder's."""
    problems: tuple[str, ...] = ()
    """What is wrong with it, a sentence each; empty when a build may be tried."""


# -- registries


class Registry(Contract):
    """Is a registry: one that somebody is signed in to, one that was saved, or one that is known beforehand."""

    host: Host
    title: str
    preset: str | None = None
    user: str | None = None
    """Who is signed in; null for nobody. The password is in podman's own file and goes nowhere."""
    saved: bool = False
    insecure: bool = False
    """It is asked by plain HTTP, or its certificate is not checked."""
    ca: str | None = None
    """The path of the certificate authority that signs for it, on the server."""
    homepage: str | None = None
    hint: str | None = None
    """What to use as user name and password there."""
    searchable: bool = False


class Registries(Contract):
    """Is every registry known here."""

    registries: tuple[Registry, ...]
    auth: str
    """The file that podman keeps who is signed in in."""


class RegistryRequest(Contract):
    """Saves how a registry is reached; for `podman pull` in a terminal too."""

    host: Host
    insecure: bool = False
    ca: str | None = None
    """The path of a certificate (PEM) on the server."""


class LoginRequest(Contract):
    """Signs in to a registry; the answer is asked for before anything is kept."""

    host: Host
    user: str = Field(min_length=1, max_length=255)
    password: SecretStr


class HostQuery(Contract):
    """Names a registry."""

    host: Host


class SearchQuery(Contract):
    """Searches a registry for repositories."""

    host: Host
    text: str = Field(min_length=1, max_length=255)
    limit: int = Field(default=25, ge=1, le=100)


class FoundImage(Contract):
    """Is a repository that a search has found."""

    name: str
    description: str = ""
    stars: int | None = None
    official: bool = False


class FoundImages(Contract):
    """Is what a search has found."""

    images: tuple[FoundImage, ...]


class TagsQuery(Contract):
    """Asks for the tags of a repository."""

    repository: Reference
    """`registry/name`, without a tag."""
    limit: int = Field(default=100, ge=1, le=1000)
    after: str | None = Field(default=None, max_length=128)
    """The last tag of the page before."""


class Tags(Contract):
    """Is one page of a repository's tags, as the registry orders them."""

    repository: str
    tags: tuple[str, ...]
    next: str | None = None


# -- containers


class ContainersQuery(Contract):
    """Chooses containers."""

    all: bool = True
    """Stopped ones too."""
    text: str | None = None
    """A part of a name, an id, an image or a run's id."""


class Port(Contract):
    """Is a port of a container that this machine reaches."""

    container: int
    host: int
    address: str = ""
    protocol: str = "tcp"


class Container(Contract):
    """Is a container."""

    id: ContainerId
    name: str
    image: str
    state: str
    """As the engine says it: `created`, `running`, `paused`, `exited`."""
    running: bool
    status: str = ""
    """`Up 2 minutes`, `Exited (1) 5 minutes ago`."""
    exit_code: int | None = None
    created: datetime
    started: datetime | None = None
    finished: datetime | None = None
    command: str = ""
    ports: tuple[Port, ...] = ()
    run: str | None = None
    """The run it belongs to."""
    step: str | None = None
    """The step of that run."""


class Containers(Contract):
    """Is a list of containers, newest first."""

    containers: tuple[Container, ...]


class ContainerQuery(Contract):
    """Names a container, by its name or its id."""

    container: ContainerName


class Mount(Contract):
    """Is a place of a container that is a folder or file of its machine."""

    source: str
    target: str
    writable: bool = True


class ContainerDetails(Container):
    """Is everything known of a container."""

    env: dict[str, str] = {}
    """Values whose names say that they are secret (KEY, TOKEN, PASSWORD, SECRET, CREDENTIAL) are left out."""
    labels: dict[str, str] = {}
    mounts: tuple[Mount, ...] = ()
    network: str = ""
    folder: str = ""
    user: str = ""
    memory_limit: int | None = None
    cpu_limit: float | None = None
    restarts: int = 0
    oom_killed: bool = False


class ContainerAction(StrEnum):
    """Names what can be done to a container."""

    START = "start"
    STOP = "stop"
    KILL = "kill"
    REMOVE = "remove"


class ContainersRequest(Contract):
    """Does one thing to several containers."""

    containers: tuple[ContainerName, ...] = Field(min_length=1, max_length=500)
    action: ContainerAction
    force: bool = False
    """Of a removal: a running one is killed first."""


class ContainerLogQuery(Contract):
    """Asks for a stretch of what a container said."""

    container: ContainerName
    since: str | None = Field(default=None, max_length=64)
    """The `next` of the stretch before; null for the last `lines`."""
    lines: int = Field(default=1000, ge=1, le=10_000)
    wait: float = Field(default=0, ge=0, le=30)
    """How many seconds to wait for more when there is none yet."""


class ContainerLog(Contract):
    """Is a stretch of what a container said, standard output and error in the order they came."""

    text: str
    next: str
    """Give it as `since` to go on."""
    finished: bool
    """No more will come: it has ended."""


class Usage(Contract):
    """Is what a container uses now."""

    container: ContainerId
    name: str
    cpu: float
    """Cores (1.0 is one of them, fully used)."""
    memory: int
    memory_limit: int | None = None
    read: int = 0
    written: int = 0
    """Bytes of block devices."""
    received: int = 0
    sent: int = 0
    """Bytes of the network."""
    processes: int = 0


class Usages(Contract):
    """Is what running containers use now."""

    usages: tuple[Usage, ...]


class TerminalRequest(Contract):
    """Opens a shell: in a running container, or in a new one of an image with the workspace mounted."""

    container: ContainerName | None = None
    image: Reference | None = None
    folder: str = ""
    """The folder of the workspace to be in, for an image."""


class Terminal(Contract):
    """Is the command that a terminal runs."""

    argv: tuple[str, ...]
    """A program and its arguments, without a secret."""
    line: str
    """The same, as a shell reads it; it takes the place of the shell (`exec`)."""
    folder: str
    """The folder of the workspace that the terminal starts in."""
    title: str


class ScriptRequest(Contract):
    """Runs a script of the shell in a new container of an image."""

    image: Reference
    script: Path_
    """The absolute path of the script's file."""
    folder: Path_
    """The folder that is mounted at its own path, and that the script begins in; absolute."""
    shell: str = Field(default="sh", min_length=1, max_length=255, pattern=r"^[A-Za-z0-9_./+-]+$")
    """The program of the image that reads the script."""
    network: bool = False
    """It may reach the network."""
    env: tuple[str, ...] = ()
    """Names of variables that it gets; their values come with the process that starts it, and stand nowhere."""


class Script(Contract):
    """Is how a script is run: a command, what it needs in its environment, and what ends it."""

    argv: tuple[str, ...]
    env: dict[str, str]
    """What the engine's program needs besides the environment of the caller."""
    remove: tuple[str, ...]
    """Ends its container, whatever it is doing, and leaves nothing of it."""


# -- images of a CWL document


class ImageState(StrEnum):
    """Says how an image that a document names stands."""

    PRESENT = "present"
    MISSING = "missing"
    DIFFERS = "differs"
    """It is here, and the registry has another one under its name."""
    UNKNOWN = "unknown"
    """No engine works here."""


class DocumentImagesQuery(Contract):
    """Asks for the images of a document."""

    path: Path_
    registry: bool = False
    """Ask the registries too, whether they have another one by now; takes seconds."""


class DockerPull(Contract):
    """Is a `dockerPull` of a CWL document, as room `cwl` finds it."""

    image: str
    path: Path_
    """The absolute path of the file that says it: the document, or one that it runs."""
    line: int
    column: int
    """Where the name of the image begins, from 1."""
    tool: str = ""
    """The id of the tool, where it has one."""


class Place(Contract):
    """Is where a document names an image."""

    path: str
    line: int
    column: int
    tool: str = ""
    """The id of the tool, where it has one."""


class DocumentImage(Contract):
    """Is an image that a document names."""

    image: str
    state: ImageState
    id: str | None = None
    digest: str | None = None
    """The digest of the one that is here."""
    newer: str | None = None
    """The digest that the registry has, where it is another."""
    size: int | None = None
    pinned: bool = False
    """It is named by its digest."""
    containerfile: str | None = None
    """The Containerfile of the workspace that makes it."""
    places: tuple[Place, ...]
    problem: str | None = None
    """Why the registry could not be asked."""


class DocumentImages(Contract):
    """Is every image that a document and what it runs name."""

    path: str
    images: tuple[DocumentImage, ...]


class PinRequest(Contract):
    """Replaces the tag of an image by its digest, everywhere a document names it."""

    path: Path_
    image: Reference


class Pinned(Contract):
    """Is what became of a document."""

    path: str
    image: str
    """The name that stands there now: `repository@sha256:...`."""
    places: int
    """How often it was replaced."""


# -- commands of an image, as programs


class ExposeRequest(Contract):
    """Makes commands of an image programs of the user's."""

    image: Reference
    commands: tuple[CommandName, ...] = Field(min_length=1, max_length=100)
    replace: bool = False
    """Also those that another image is exposed by under the name."""
    network: bool = False
    """They may reach the network."""


class Exposed(Contract):
    """Is a program that runs a command of an image."""

    command: str
    image: str
    path: str
    """The program's file, on the server."""
    network: bool = False
    present: bool = True
    """Its image is here."""
    shadowed: str | None = None
    """Another program of that name that comes first on PATH."""


class ExposedList(Contract):
    """Is every program that runs a command of an image."""

    exposed: tuple[Exposed, ...]
    folder: str
    """The folder they are in."""
    on_path: bool
    hint: str | None = None
    """What puts the folder on PATH, when it is not."""


class UnexposeRequest(Contract):
    """Removes programs that run a command of an image."""

    commands: tuple[CommandName, ...] = Field(min_length=1, max_length=100)
