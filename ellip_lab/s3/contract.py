"""The words of room `s3`."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import Field, SecretStr

from ellip_lab.contract import Contract
from ellip_lab.tasks.contract import State, TaskId

Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9_][A-Za-z0-9_.+-]{0,63}$")]
"""The name of a connection; it may stand in an address (`s3://NAME@bucket/key`)."""
Bucket = Annotated[str, Field(min_length=3, max_length=63, pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")]
"""The name of a bucket; wider than what AWS allows today, for old ones and other makes."""
Key = Annotated[str, Field(max_length=1024)]
"""The key of an object, up to 1,024 bytes of UTF-8, whatever characters it has."""
Address = Annotated[str, Field(min_length=1, max_length=5000)]
"""`s3://[NAME@]bucket/key`, the default connection where there is no NAME; or a path of the workspace.

One that ends in `/` means everything below it.
"""


class Source(StrEnum):
    """Says where a connection comes from."""

    SAVED = "saved"
    """Made by the user here; may be changed and removed."""
    PROFILE = "profile"
    """A profile of `~/.aws`."""
    ENVIRONMENT = "environment"
    """The `AWS_*` variables of the server, web identity (IRSA) and instance roles included."""
    EMBEDDED = "embedded"
    """The store on this machine, started when it is first used."""


class Auth(StrEnum):
    """Says who asks."""

    KEYS = "keys"
    """An access key and its secret, with a session token where there is one."""
    CHAIN = "chain"
    """Whatever botocore finds: variables, profiles, `credential_process`, web identity, instance role."""
    PROFILE = "profile"
    """A profile of `~/.aws`."""
    ANONYMOUS = "anonymous"
    """Nobody: requests are not signed."""


class Style(StrEnum):
    """Says where the bucket stands in a URL."""

    AUTO = "auto"
    PATH = "path"
    VIRTUAL = "virtual"


class ConnectionSettings(Contract):
    """Is what a connection is made of, without its secrets."""

    title: str = Field(default="", max_length=200)
    """As a person reads it; the name where it is empty."""
    preset: str | None = None
    """The preset it was made from."""
    endpoint: str | None = Field(default=None, max_length=2000)
    """The URL of the service; null for AWS."""
    region: str | None = Field(default=None, max_length=100)
    style: Style = Style.AUTO
    auth: Auth = Auth.KEYS
    profile: str | None = Field(default=None, max_length=200)
    """The profile of `~/.aws`, for `auth` profile."""
    role_arn: str | None = Field(default=None, max_length=2000)
    """The role to assume with the credentials of `auth`."""
    external_id: str | None = Field(default=None, max_length=1300)
    ca_bundle: str | None = Field(default=None, max_length=4096)
    """A file of certificates to trust, for an endpoint with its own authority."""
    requester_pays: bool = False
    buckets: tuple[Bucket, ...] = ()
    """Buckets to show where they cannot be listed (open buckets, keys of one bucket)."""


class Credentials(Contract):
    """Is the secret part of a connection: comes in, never goes out."""

    access_key: SecretStr | None = None
    secret_key: SecretStr | None = None
    session_token: SecretStr | None = None


class ConnectionRequest(ConnectionSettings):
    """Is a connection to make or to change."""

    name: Name
    credentials: Credentials | None = None
    """Null keeps what is kept already."""
    replace: bool = False
    """A connection of that name may be there already; without it that is a conflict."""


class Connection(ConnectionSettings):
    """Is a connection as it is known; its secrets are not told."""

    name: Name
    source: Source
    default: bool = False
    """It is the one that an address without a name means."""
    has_keys: bool = False
    kept_in: str | None = None
    """Where its keys are: `keyring`, `file`, null when they are not ours."""


class ConnectionList(Contract):
    """Is every connection there is: saved ones, profiles, the environment, the store on this machine."""

    connections: tuple[Connection, ...]
    problems: tuple[str, ...] = ()
    """What could not be read (a damaged `~/.aws/config`), a sentence each."""


class ConnectionQuery(Contract):
    """Names a connection."""

    connection: Name | None = None
    """Null for the default one."""


class TestRequest(Contract):
    """Asks whether a connection works: a known one by its name, or one that is not saved yet."""

    __test__ = False

    name: Name | None = None
    request: ConnectionRequest | None = None
    bucket: Bucket | None = None
    """A bucket to try to list and read, where buckets cannot be listed."""


class StepResult(StrEnum):
    """Says how a step of a test went."""

    OK = "ok"
    FAILED = "failed"
    SKIPPED = "skipped"


class TestStep(Contract):
    """Is one step of a test of a connection."""

    __test__ = False

    name: str
    """What was tried: `credentials`, `name`, `connect`, `tls`, `answer`, `clock`, `sign-in`, `buckets`, `list`."""
    result: StepResult
    detail: str = ""
    hint: str | None = None


class ConnectionTest(Contract):
    """Says whether a connection works, and at which step it fails."""

    works: bool
    steps: tuple[TestStep, ...]


class PresetRegion(Contract):
    """Is a region of a preset, with its own endpoint where it has one."""

    name: str
    title: str = ""
    endpoint: str | None = None


class Preset(Contract):
    """Is a service that many use, as a data file: what is known of it beforehand."""

    id: Name
    title: str
    description: str
    group: str = "service"
    """`service`, `self-hosted` or `open-data`."""
    endpoint: str | None = None
    """With `{region}` where the region stands in it; null for AWS, or when the user must say it."""
    asks_endpoint: bool = False
    region: str | None = None
    regions: tuple[PresetRegion, ...] = ()
    style: Style = Style.AUTO
    auth: Auth = Auth.KEYS
    requester_pays: bool = False
    buckets: tuple[Bucket, ...] = ()
    keys_url: str | None = None
    """Where its users make their keys."""
    source: str
    """The page that says so."""


class PresetList(Contract):
    """Is every preset."""

    presets: tuple[Preset, ...]


class BucketInfo(Contract):
    """Is a bucket."""

    name: str
    created: datetime | None = None


class BucketList(Contract):
    """Is the buckets of a connection."""

    connection: Name
    buckets: tuple[BucketInfo, ...]
    listed: bool = True
    """False when they may not be listed and only those named by the connection are shown."""


class BucketRequest(Contract):
    """Names a bucket."""

    connection: Name | None = None
    bucket: Bucket


class ObjectQuery(Contract):
    """Names an object, or one version of it."""

    connection: Name | None = None
    bucket: Bucket
    key: Key = Field(min_length=1)
    version: str | None = Field(default=None, max_length=1024)


class ObjectsQuery(Contract):
    """Chooses a page of what is below a prefix."""

    connection: Name | None = None
    bucket: Bucket
    prefix: Key = ""
    flat: bool = False
    """Everything below the prefix, not only the next level."""
    limit: int = Field(default=200, ge=1, le=1000)
    after: str | None = Field(default=None, max_length=8192)
    """The `next` of the page before. (A query's `token` is the Jupyter server's own.)"""


class ObjectInfo(Contract):
    """Is an object, as a list tells it."""

    key: str
    size: int
    """Bytes."""
    modified: datetime | None = None
    etag: str | None = None
    storage_class: str | None = None


class ObjectPage(Contract):
    """Is one page of what is below a prefix."""

    connection: Name
    bucket: str
    prefix: str
    folders: tuple[str, ...]
    """Prefixes one level down, each ending in `/`."""
    objects: tuple[ObjectInfo, ...]
    next: str | None = None
    """Give it as `after` to get the next page; null when this is the last."""


class ObjectDetails(ObjectInfo):
    """Is everything known of an object."""

    address: Address
    media_type: str | None = None
    encoding: str | None = None
    version: str | None = None
    headers: dict[str, str] = {}
    """What the store says of it, as HTTP headers."""
    metadata: dict[str, str] = {}
    tags: dict[str, str] | None = None
    """Null when they may not be read."""
    raster: bool = False
    """A quicklook of it can be had."""


class Version(Contract):
    """Is one version of an object."""

    version: str
    latest: bool
    deleted: bool = False
    """It is the mark of a deletion, not bytes."""
    size: int | None = None
    modified: datetime | None = None
    etag: str | None = None


class VersionList(Contract):
    """Is the versions of an object, newest first, at most 1,000."""

    versions: tuple[Version, ...]
    enabled: bool
    """The bucket keeps versions."""


class PresignRequest(ObjectQuery):
    """Asks for a URL that anybody may use for a while."""

    method: str = Field(default="GET", pattern="^(GET|PUT)$")
    expires: int = Field(default=3600, ge=1, le=604_800)
    """Seconds; a week at the most (AWS Signature Version 4)."""


class Presigned(Contract):
    """Is a URL that carries its own permission."""

    url: str
    expires: datetime


class CodeLanguage(StrEnum):
    """Says in which form an object is copied."""

    S3 = "s3"
    VSIS3 = "vsis3"
    RASTERIO = "rasterio"
    XARRAY = "xarray"
    PYSTAC = "pystac"
    BOTO3 = "boto3"


class CodeQuery(ObjectQuery):
    """Asks for ready code that opens an object."""

    language: CodeLanguage = CodeLanguage.S3


class Code(Contract):
    """Is ready code, without a key in it."""

    text: str


class PictureQuery(ObjectQuery):
    """Asks for a picture of an object."""

    size: int = Field(default=512, ge=16, le=2048)
    """Pixels of the longer side."""


QuicklookQuery = PictureQuery


class ContentQuery(ObjectQuery):
    """Chooses bytes of an object."""

    download: bool = False
    """As a file to keep, under its own name."""


class WriteQuery(ObjectQuery):
    """Says where bytes are to be written, and on which condition."""

    media_type: str | None = Field(default=None, max_length=200)
    if_match: str | None = Field(default=None, max_length=200)
    """Only while the object has this ETag: another has changed it meanwhile is a conflict."""
    if_absent: bool = False
    """Only when there is no such object yet."""


class Written(Contract):
    """Is an object that has been written."""

    address: Address
    size: int
    etag: str | None = None
    version: str | None = None


class UploadRequest(ObjectQuery):
    """Asks to send a large file in parts, from a browser."""

    size: int = Field(ge=1, le=5 * 2**40)
    media_type: str | None = Field(default=None, max_length=200)
    if_absent: bool = False


class Upload(Contract):
    """Is a file on its way from a browser, in parts."""

    id: str
    """Of this upload, ours: the store's own id is not told."""
    part_size: int
    """Bytes of every part but the last."""
    parts: tuple[int, ...] = ()
    """The numbers of the parts that have arrived, from 1."""


class UploadQuery(Contract):
    """Names an upload."""

    upload: str = Field(pattern=r"^[0-9a-f]{32}$")


class PartQuery(UploadQuery):
    """Names a part of an upload."""

    number: int = Field(ge=1, le=10_000)


class Action(StrEnum):
    """Says what a transfer does."""

    COPY = "copy"
    MOVE = "move"
    SYNC = "sync"
    """Copies what is missing or differs; with `delete`, removes at the target what the source has not."""
    DELETE = "delete"


class Policy(StrEnum):
    """Says what happens to what exists already at the target."""

    SKIP = "skip"
    REPLACE = "replace"
    NEWER = "newer"
    """Replaced when the source is newer."""
    ASK = "ask"
    """Nothing is started, and the conflict names them."""


class TransferRequest(Contract):
    """Is everything a transfer is made of."""

    action: Action = Action.COPY
    sources: tuple[Address, ...] = Field(min_length=1, max_length=10_000)
    target: Address | None = None
    """Where to; into it when it ends in `/`. Null for a deletion."""
    policy: Policy = Policy.ASK
    delete: bool = False
    """For `sync`: what the source has not is removed at the target."""
    versions: bool = False
    """For `delete`: every version, for good."""


class TransferPlan(Contract):
    """Is what a transfer would do, counted before it starts."""

    files: int
    bytes: int
    more: bool = False
    """There are more than were counted."""
    conflicts: tuple[str, ...] = ()
    """What exists already at the target, at most 100."""
    conflict_count: int = 0
    deletes: int = 0
    """How many would be deleted at the target, for a sync with `delete`."""


class TransferFailure(Contract):
    """Is one file that was not transferred, and why."""

    source: str
    message: str
    hint: str | None = None


class TransferSummary(Contract):
    """Is one line of the list of transfers."""

    id: TaskId
    action: Action
    title: str
    state: State
    created: datetime
    started: datetime | None = None
    finished: datetime | None = None
    files_done: int = 0
    files_total: int | None = None
    """Null while they are still being counted."""
    bytes_done: int = 0
    bytes_total: int | None = None
    rate: float | None = None
    """Bytes a second, of the last seconds."""
    remaining: float | None = None
    """Seconds that are left at this rate."""
    skipped: int = 0
    failed: int = 0
    detail: str | None = None
    """Why it ended as it did."""
    waiting: int | None = None
    """How many tasks are before it in the queue."""


class Transfer(TransferSummary):
    """Is everything known of a transfer."""

    request: TransferRequest
    resumable: bool = False
    """It stopped or failed before its end, and can go on where it was."""
    failures: tuple[TransferFailure, ...] = ()
    """At most 100."""
    verified: str | None = None
    """How the copies were checked: `checksum`, `size`, `mixed`, null before the end and for a deletion."""


class TransferQuery(Contract):
    """Chooses transfers; newest first."""

    state: State | None = None
    text: str | None = None
    limit: int = Field(default=50, ge=1, le=500)
    before: TaskId | None = None


class TransferPage(Contract):
    """Is one page of transfers, newest first."""

    transfers: tuple[TransferSummary, ...]
    next: TaskId | None = None


class Surroundings(Contract):
    """Is what makes a kernel or a terminal use a connection: variables, none of them a secret."""

    connection: Name
    set: dict[str, str]
    unset: tuple[str, ...] = ()
    """Variables that would lead elsewhere and must go."""


class Store(Contract):
    """Is the embedded object store of this user, running on this machine alone; its keys are not told."""

    endpoint: str
    """The URL of its S3 interface, on loopback."""
    pid: int
    """Its process."""
    folder: str
    """The folder that holds its data."""


class Stored(Contract):
    """Is an object that was put into a bucket."""

    bucket: str
    key: str
    size: int = Field(ge=0)
    """Bytes."""
    url: str
    """Where it can be read over HTTP, without keys when its bucket is public."""
