"""The words of room `runs`."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from pydantic import Field

from ellip_lab.contract import Contract, JsonObject, Path_
from ellip_lab.cwl.editing import DocumentText, Edit
from ellip_lab.tasks.contract import LogQuery, Progress, State, TaskId


class ContainerChoice(StrEnum):
    """Says what runs the containers of the tools."""

    AUTO = "auto"
    PODMAN = "podman"
    DOCKER = "docker"
    NONE = "none"


class Network(StrEnum):
    """Says which network the containers of tools with NetworkAccess get.

    `auto` is the machine's own when an input names a loopback address, else the engine's default.
    A tool without NetworkAccess has none, whatever is chosen.
    """

    AUTO = "auto"
    DEFAULT = "default"
    HOST = "host"


class RunRequest(Contract):
    """Is everything a run is made of."""

    document: Path_
    """The CWL document."""
    entry: str | None = None
    """The fragment of the process to run; null for `main`, or the only one."""
    inputs: JsonObject = {}
    """The CWL input object; relative paths count from `base`."""
    base: str | None = None
    """The folder that relative paths of `inputs` count from; null for the document's."""
    engine: str = Field(default="cwltool", pattern="^(cwltool|calrissian)$")
    """`cwltool` runs here, `calrissian` on the cluster that is set."""
    container: ContainerChoice | None = None
    """Null for the user's setting."""
    network: Network = Network.AUTO
    parallel: bool = True
    """Runs steps that do not wait for one another at the same time."""
    outdir: str | None = None
    """The folder that takes the outputs; null for a new one below the workspace's results."""
    name: str | None = Field(default=None, max_length=200)
    """What the run is called; null for the label or name of the document."""
    publish: str | None = Field(default=None, max_length=5000)
    """Where in an object store the outputs go as well: `s3://[NAME@]bucket/prefix/`; below it, a folder with the run's id."""
    rerun_of: TaskId | None = None
    toolbox: str | None = Field(default=None, min_length=1, max_length=64, pattern=r"^[a-z0-9][a-z0-9_-]*$")
    """The toolbox that is active for tools without a container; null for the one that has what a
    SoftwareRequirement asks for, in a run without containers."""


class StepState(StrEnum):
    """Says where a step stands."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    SKIPPED = "skipped"
    STOPPED = "stopped"
    """It was running when the run was stopped or lost."""
    NOT_RUN = "not-run"


class StepJob(Contract):
    """Is one execution of a step's tool: one item of a scatter, or the only one."""

    id: str
    """The name its log is found under (`crop`, `crop_2`)."""
    state: StepState
    reason: str | None = None
    """Why it waits, as the cluster says it (`Unschedulable: ...`)."""
    started: datetime | None = None
    finished: datetime | None = None
    exit_code: int | None = None
    memory: int | None = None
    """Peak of the memory of its processes, in bytes, measured by us; null when too short to measure."""
    cpu: float | None = None
    """CPU time, in seconds; null when too short to measure."""


class Step(Contract):
    """Is one step of a run."""

    id: str
    """The path of the step in the workflow (`crop`, `sub/crop`); the tool's name for a tool."""
    label: str | None = None
    state: StepState
    started: datetime | None = None
    finished: datetime | None = None
    total: int | None = None
    """How many jobs: the size of the scatter, 1 without one; null while nobody knows."""
    done: int = 0
    """How many of them are done."""
    memory: int | None = None
    """The highest peak of its jobs, in bytes."""
    cpu: float | None = None
    """The CPU time of its jobs together, in seconds."""
    cpu_hours: float | None = None
    """The cores that its jobs had reserved on a cluster, times the hours they ran."""
    memory_hours: float | None = None
    """The memory that its jobs had reserved on a cluster, in GB, times the hours they ran."""
    image: str | None = None
    after: tuple[str, ...] = ()
    """The steps it waits for."""
    jobs: tuple[StepJob, ...] = ()
    """Its jobs, at most the last 200."""


class Cause(StrEnum):
    """Is why a run failed, where it is a known one."""

    IMAGE = "image-not-found"
    ENGINE = "engine-not-running"
    NETWORK = "no-network"
    GLOB = "no-output"
    MEMORY = "out-of-memory"
    INPUT = "bad-input"
    STAGE_IN = "stage-in"
    """An input could not be fetched from its object store."""
    PUBLISH = "publish"
    """The outputs are here, and could not be published."""
    DOCUMENT = "bad-document"
    EXPRESSION = "bad-expression"
    DISK = "disk-full"
    PERMISSION = "not-writable"
    NODE = "node-missing"
    UNSUPPORTED = "unsupported"
    CLUSTER = "cluster"
    """The cluster does not answer, or has ended the run."""
    UNSCHEDULABLE = "unschedulable"
    CLAIM = "claim"
    """The volume of the cluster cannot be shared, or is not there."""
    DENIED = "denied"
    """The cluster does not allow what the run needs."""
    DEADLINE = "deadline"
    EVICTED = "evicted"
    COMMAND = "command-failed"
    LOST = "lost"
    UNKNOWN = "unknown"


class Failure(Contract):
    """Says why a run failed, the answer first."""

    headline: str
    """What happened, in one sentence (`otsu ran out of memory`)."""
    cause: Cause
    explanation: str
    """Why, in a sentence or two."""
    hint: str | None = None
    """What to do."""
    step: str | None = None
    """The step that failed, or null when none had started."""
    job: str | None = None
    """The job of it, whose log says more."""
    exit_code: int | None = None
    command: str | None = None
    """The command line of the tool, as it was run."""
    tail: tuple[str, ...] = ()
    """The last lines it wrote, at most 20."""
    file: str | None = None
    """The file of a document problem, as a workspace path."""
    line: int | None = None
    column: int | None = None


class OutputKind(StrEnum):
    """Says what an output is."""

    FILE = "file"
    DIRECTORY = "directory"
    CATALOGUE = "catalogue"
    VALUE = "value"


class Output(Contract):
    """Is one output, or one file below an output directory."""

    name: str
    """The output's name; for a file below a directory, its path in it."""
    kind: OutputKind
    path: str | None = None
    """The absolute place on the server's disk; null for a value."""
    workspace_path: str | None = None
    """Its place in the workspace, to open it in the Lab; null when outside."""
    size: int | None = None
    """Bytes, of a file or of everything in a directory."""
    checksum: str | None = None
    """As CWL gives it: `sha1$...`."""
    media_type: str | None = None
    picture: bool = False
    """A quicklook of it can be had."""
    value: object = None
    """The value, for a value (also null, and arrays of them)."""
    missing: bool = False
    """It was there when the run ended and is not any more."""
    published: str | None = None
    """Its address in the object store it was published to; one that ends in `/` is a folder's."""
    children: tuple[Output, ...] = ()
    """What is in a directory or an array, at most 200."""
    count: int | None = None
    """How many there are in all."""
    catalogue: JsonObject | None = None
    """For a STAC catalog: id, description, items (id, datetime, bbox)."""


class RunSummary(Contract):
    """Is one line of the list of runs."""

    id: TaskId
    name: str
    state: State
    document: str
    """The document's place: workspace path when inside, else absolute."""
    entry: str | None = None
    engine: str
    container: str | None = None
    """What runs its containers (`podman`, `docker`, `none`, `kubernetes`)."""
    created: datetime
    started: datetime | None = None
    finished: datetime | None = None
    progress: Progress = Progress()
    failed_step: str | None = None
    waiting: int | None = None
    """How many tasks are before it in the queue."""


class Run(RunSummary):
    """Is everything known of a run."""

    inputs: JsonObject = {}
    outdir: str
    outdir_workspace: str | None = None
    steps: tuple[Step, ...] = ()
    outputs: tuple[Output, ...] = ()
    output_object: JsonObject | None = None
    """The CWL output object, as the engine gave it."""
    published: str | None = None
    """The folder in an object store that the outputs were published to, when they were."""
    failure: Failure | None = None
    exit_code: int | None = None
    detail: str | None = None
    request: RunRequest
    namespace: str | None = None
    """Where on a cluster it runs; null on this machine, and before it was submitted."""
    versions: dict[str, str] = {}
    """Engine, container engine, node, ellip-lab and Python, as they were."""
    rerun_of: TaskId | None = None


class RunQuery(Contract):
    """Chooses runs; newest first."""

    state: State | None = None
    text: str | None = None
    limit: int = Field(default=50, ge=1, le=500)
    before: TaskId | None = None


class RunPage(Contract):
    """Is one page of runs, newest first."""

    runs: tuple[RunSummary, ...]
    next: TaskId | None = None


class RunLogQuery(LogQuery):
    """Chooses a stretch of a run's log, or of one of its jobs'."""

    job: str | None = None
    """The job (`crop_2`); null for the whole log."""


class RerunRequest(Contract):
    """Says what is different in a re-run; null keeps what was."""

    inputs: JsonObject | None = None
    engine: str | None = Field(default=None, pattern="^(cwltool|calrissian)$")
    container: ContainerChoice | None = None
    parallel: bool | None = None
    outdir: str | None = None
    name: str | None = None
    publish: str | None = Field(default=None, max_length=5000)
    """Empty: the outputs are not published this time."""


class RemoveQuery(Contract):
    """Says what goes with a run's record."""

    outputs: bool = False
    """Its output folder too, when it lies in the workspace's results."""


class QuicklookQuery(Contract):
    """Chooses a picture of an output."""

    path: Path_
    """The `path` of the output."""
    size: int = Field(default=512, ge=16, le=2048)
    """The longer side, in pixels."""


class ScriptLanguage(StrEnum):
    """Is a way to say a run again."""

    SHELL = "shell"
    PYTHON = "python"


class ScriptQuery(Contract):
    """Chooses how a run is said again."""

    language: ScriptLanguage = ScriptLanguage.SHELL


class Script(Contract):
    """Is a run said again, ready to paste."""

    language: ScriptLanguage
    text: str


class EngineState(Contract):
    """Says whether one choice of container engine works here."""

    container: ContainerChoice
    """`podman`, `docker` or `none`."""
    works: bool
    version: str | None = None
    problem: str | None = None
    hint: str | None = None
    """The command that would mend it."""


class Engines(Contract):
    """Says what runs can be run with here."""

    chosen: ContainerChoice
    """What `auto` picks."""
    engines: tuple[EngineState, ...]


class UsedQuery(DocumentText):
    """Asks what the tools of a document have used in the runs that are kept."""


class ToolUsed(Contract):
    """Is what one tool has used, and what it should ask for."""

    tool: str
    """The id of the tool; empty for a document that is one tool without an id."""
    steps: tuple[str, ...] = ()
    """The steps that run it."""
    runs: int
    """How many runs were looked at."""
    jobs: int
    """How many jobs of them were measured."""
    memory: int | None = None
    """The highest peak, in bytes."""
    cores: float | None = None
    """The highest CPU time divided by the time it took."""
    asks_memory: int | None = None
    """What the document asks for now (ramMin), in MiB; null when it does not say."""
    asks_cores: float | None = None
    ram_min: int | None = None
    """What it should ask for, in MiB: the peak with the margin, rounded up."""
    cores_min: int | None = None
    margin: float = 0.25
    """The part that is added to the peak."""
    edits: tuple[Edit, ...] = ()
    """What writes it as ResourceRequirement."""


class Used(Contract):
    """Is what the tools of a document have used."""

    tools: tuple[ToolUsed, ...] = ()
