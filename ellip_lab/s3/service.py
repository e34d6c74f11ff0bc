"""The verbs of room `s3`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from ellip_lab.settings import Settings

# The words are many, and making them takes a tenth of a second that a run without storage need not wait for.
if TYPE_CHECKING:
    from ellip_lab.contract import Acknowledged
    from ellip_lab.errors import EllipError
    from ellip_lab.s3 import contract as words
    from ellip_lab.s3.connections import Connections
    from ellip_lab.s3.objects import Content, Objects
    from ellip_lab.s3.remote import Found
    from ellip_lab.s3.transfers import Reporter, Transfers
    from ellip_lab.s3.uploads import Uploads
    from ellip_lab.tasks.contract import LogChunk, LogQuery
    from ellip_lab.tasks.service import TasksService

Draw = Callable[[str, dict[str, str], int], bytes]
"""Draws a raster: GDAL's name of it, GDAL's options to reach it, and the longer side in pixels; gives PNG."""


class S3Service:
    """Knows object stores: connections, buckets, objects, transfers, and one store of the user's own."""

    def __init__(self, settings: Settings, tasks: TasksService, draw: Draw) -> None:
        self._settings = settings
        self._tasks = tasks
        self._draw = draw
        self._folder = settings.state / "store"

    @cached_property
    def _connections(self) -> Connections:
        from ellip_lab.s3.connections import Connections

        return Connections(self._settings)

    @cached_property
    def _objects(self) -> Objects:
        from ellip_lab.s3.objects import Objects

        return Objects(self._connections)

    @cached_property
    def _uploads(self) -> Uploads:
        from ellip_lab.s3.uploads import Uploads

        return Uploads(self._settings, self._connections)

    @cached_property
    def _transfers(self) -> Transfers:
        from ellip_lab.s3.transfers import Transfers

        return Transfers(self._settings, self._tasks, self._connections)

    # -- connections

    def connections(self) -> words.ConnectionList:
        """Gives every connection; nothing is asked or connected for it."""
        return self._connections.list()

    def presets(self) -> words.PresetList:
        """Gives the services that are known beforehand."""
        from ellip_lab.s3.presets import presets

        return presets()

    def save_connection(self, request: words.ConnectionRequest) -> words.Connection:
        """Keeps a connection, its keys in the keyring or in a file only the user can read."""
        return self._connections.save(request)

    def remove_connection(self, query: words.ConnectionQuery) -> Acknowledged:
        """Forgets a saved connection and its keys."""
        return self._connections.remove(query.connection)

    def choose_connection(self, query: words.ConnectionQuery) -> words.Connection:
        """Makes a connection the default: the one that `s3://bucket/key` means."""
        return self._connections.choose(query.connection)

    def test_connection(self, request: words.TestRequest) -> words.ConnectionTest:
        """Tries a connection step by step, and says which step fails."""
        from ellip_lab.s3.testing import test

        return test(self._connections, request)

    def use(self, query: words.ConnectionQuery) -> words.Surroundings:
        """Gives the variables by which boto3, s3fs and GDAL use a connection; none of them is a secret."""
        from ellip_lab.s3.surroundings import surroundings

        return surroundings(self._connections, query.connection)

    # -- buckets and objects

    def buckets(self, query: words.ConnectionQuery) -> words.BucketList:
        """Lists the buckets of a connection; those it names, where they may not be listed."""
        return self._objects.buckets(query)

    def make_bucket(self, request: words.BucketRequest) -> words.BucketInfo:
        """Makes a bucket; `Conflict` when it is there already."""
        return self._objects.make_bucket(request)

    def remove_bucket(self, request: words.BucketRequest) -> Acknowledged:
        """Removes an empty bucket; `Conflict` when it is not empty."""
        return self._objects.remove_bucket(request)

    def objects(self, query: words.ObjectsQuery) -> words.ObjectPage:
        """Lists one page of what is below a prefix."""
        return self._objects.page(query)

    def walk(self, query: words.ObjectsQuery) -> Iterator[Found]:
        """Finds everything below a prefix, in the order of the store, faster than page by page."""
        return self._transfers.walk(query)

    def show_object(self, query: words.ObjectQuery) -> words.ObjectDetails:
        """Gives everything known of an object."""
        return self._objects.show(query)

    def versions(self, query: words.ObjectQuery) -> words.VersionList:
        """Lists the versions of an object."""
        return self._objects.versions(query)

    def restore_version(self, query: words.ObjectQuery) -> words.Written:
        """Makes an older version of an object the newest one again."""
        return self._objects.restore(query)

    def make_folder(self, query: words.ObjectQuery) -> words.Written:
        """Makes an empty folder: an object without bytes whose key ends in `/`."""
        return self._objects.make_folder(query)

    def presign(self, request: words.PresignRequest) -> words.Presigned:
        """Makes a URL that anybody may use until it expires."""
        return self._objects.presign(request)

    def code(self, query: words.CodeQuery) -> words.Code:
        """Gives ready code that opens an object; no key stands in it."""
        from ellip_lab.s3.code import code

        return code(self._connections, query)

    def quicklook(self, query: words.QuicklookQuery) -> bytes:
        """Draws a raster by reading the pieces a picture needs, as PNG."""
        from ellip_lab.s3.quicklook import quicklook

        return quicklook(self._connections, query, self._draw)

    def read(
        self,
        query: words.ContentQuery,
        start: int | None = None,
        stop: int | None = None,
        if_match: str | None = None,
    ) -> Content:
        """Opens an object to be read in pieces, from byte `start` to `stop` (not included).

        A negative `start` counts from the end; `Conflict` when its ETag is not `if_match`.
        """
        return self._objects.read(query, start, stop, if_match)

    def write(self, query: words.WriteQuery, data: bytes) -> words.Written:
        """Writes an object in one piece; `Conflict` when the condition of the query does not hold."""
        return self._objects.write(query, data)

    # -- a large file from a browser

    def begin_upload(self, request: words.UploadRequest) -> words.Upload:
        """Prepares to take a file in parts."""
        return self._uploads.begin(request)

    def show_upload(self, query: words.UploadQuery) -> words.Upload:
        """Says which parts of a file have arrived."""
        return self._uploads.show(query)

    def upload_part(self, query: words.PartQuery, data: bytes) -> words.Upload:
        """Takes one part of a file."""
        return self._uploads.part(query, data)

    def finish_upload(self, query: words.UploadQuery) -> words.Written:
        """Puts the parts together: only now there is an object."""
        return self._uploads.finish(query)

    def drop_upload(self, query: words.UploadQuery) -> Acknowledged:
        """Gives a file up, and removes its parts from the store."""
        return self._uploads.drop(query)

    def sweep_uploads(self) -> int:
        """Removes parts that nobody has sent anything to for a day, and those of transfers whose records have gone.

        Gives of how many files and transfers.
        """
        return self._uploads.sweep() + self._transfers.sweep()

    # -- transfers

    def plan_transfer(self, request: words.TransferRequest) -> words.TransferPlan:
        """Counts what a transfer would do, and what is in its way."""
        return self._transfers.plan(request)

    def transfer(self, request: words.TransferRequest) -> words.Transfer:
        """Starts a transfer; it waits in the queue while others run."""
        return self._transfers.start(request)

    def transfer_now(
        self, request: words.TransferRequest, report: Reporter | None = None
    ) -> words.TransferPlan:
        """Carries a transfer out in this process, and gives what was done; for a run's inputs and outputs."""
        return self._transfers.now(request, report)

    def take_back(self, address: str) -> None:
        """Removes everything below a folder that a run has begun to publish, what is half sent as well."""
        from ellip_lab.s3.taking_back import take_back

        take_back(self._connections, self._transfers, address)

    def transfers(self, query: words.TransferQuery) -> words.TransferPage:
        """Lists transfers, newest first."""
        return self._transfers.list(query)

    def show_transfer(self, id: str) -> words.Transfer:  # noqa: A002 - the word of the contract
        """Gives everything known of a transfer."""
        return self._transfers.show(id)

    def transfer_log(self, id: str, query: LogQuery) -> LogChunk:  # noqa: A002
        """Reads a stretch of a transfer's log."""
        return self._transfers.log(id, query)

    def transfer_refusal(self, id: str) -> EllipError | None:  # noqa: A002
        """Gives why a transfer that was begun before anybody looked at it could not be; None when it could."""
        return self._transfers.refusal(id)

    def stop_transfer(self, id: str) -> words.Transfer:  # noqa: A002
        """Stops a transfer; what it has finished stays, and it can be resumed."""
        return self._transfers.stop(id)

    def resume_transfer(self, id: str) -> words.Transfer:  # noqa: A002
        """Goes on with a transfer that stopped or failed, from where it was; gives the new one."""
        return self._transfers.resume(id)

    def remove_transfer(self, id: str) -> Acknowledged:  # noqa: A002
        """Removes the record of an ended transfer, and the parts it has left in the store."""
        return self._transfers.remove(id)

    # -- the store on this machine

    def start_store(self, *, by_hand: bool = False, pid: int | None = None) -> words.Store:
        """Starts the embedded object store unless it runs, and holds it while this process lives.

        With `pid` it is held for that process instead, with `by_hand` until somebody stops it. It ends some
        seconds after the last who holds it is gone. It listens on loopback only, with keys of its own.
        `Unavailable` when it is not installed or does not come up.
        """
        from ellip_lab.s3 import weed
        from ellip_lab.s3.contract import Store

        endpoint, process = weed.start(self._folder, by_hand=by_hand, pid=pid)
        return Store(endpoint=endpoint, pid=process, folder=str(self._folder / "data"))

    def kept_endpoint(self) -> str | None:
        """Gives where the embedded object store is when it runs, without starting it; None when it never ran."""
        from ellip_lab.s3 import keeper

        return keeper.kept_endpoint(self._folder)

    def show_store(self) -> words.Store:
        """Gives the embedded object store when it runs; `NotFound` when it does not."""
        from ellip_lab.errors import NotFound
        from ellip_lab.s3 import weed
        from ellip_lab.s3.contract import Store

        known = weed.running(self._folder)
        if known is None:
            raise NotFound("the embedded object store is not running", hint="ellip s3 start starts it.")
        return Store(endpoint=known[0], pid=known[1], folder=str(self._folder / "data"))

    def release_store(self) -> None:
        """Says that this process does not use the embedded object store any more; it ends when nobody does."""
        from ellip_lab.s3 import weed

        weed.release(self._folder)

    def stop_store(self) -> bool:
        """Stops the embedded object store, whoever uses it; its data stay. Tells whether it was running."""
        from ellip_lab.s3 import weed

        return weed.stop(self._folder)

    def put(
        self, bucket: str, prefix: str, files: tuple[Path, ...], *, public: bool = False
    ) -> tuple[words.Stored, ...]:
        """Puts files below a prefix of a bucket of the embedded store, both started and made if need be.

        What is there already, byte for byte, is not sent again. Anybody who reaches a public bucket may read
        its objects: here, the users of this machine.
        """
        from ellip_lab.s3.putting import put

        return put(self._connections, self._objects, self._transfers, (bucket, prefix), files, public=public)

    def keep_bucket(self, bucket: str) -> None:
        """Makes a bucket of the embedded store unless it is there."""
        from ellip_lab.s3.putting import make

        make(self._connections, bucket, public=False)
