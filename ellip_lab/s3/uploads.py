"""Large files from a browser, in parts: a multipart upload of the store, remembered on disk."""

from __future__ import annotations

import base64
import hashlib
import re
import time
from typing import TYPE_CHECKING

from ellip_lab.contract import Acknowledged
from ellip_lab.errors import Conflict, EllipError, Invalid, NotFound, Unavailable
from ellip_lab.s3 import boto, weed
from ellip_lab.s3.addresses import check_key
from ellip_lab.s3.assembling import Taken, assemble, check_size, differing, made_of, missing, place
from ellip_lab.s3.contract import PartQuery, Upload, UploadQuery, UploadRequest, Written
from ellip_lab.s3.replies import code_of, etag, shown, where
from ellip_lab.s3.upload_records import Part, Record, Records
from ellip_lab.s3.writing import media_type, refuse_present

if TYPE_CHECKING:
    from ellip_lab.s3.connections import Connections, Known
    from ellip_lab.settings import Settings

SMALLEST = 8 * 2**20
"""Bytes of a part at the least; stores take no less than 5 MiB."""
LARGEST = 64 * 2**20
"""Bytes of a part at the most: the server holds one in memory while it passes it on."""
MOST = 10_000
"""Parts of an upload (Amazon S3 User Guide, "Multipart upload limits")."""
IDLE = 86_400.0
"""Seconds after which an upload of which nothing was heard is given up."""
SLACK = 120.0
"""Seconds between our clock and the store's, when an upload is looked for by the time it was begun."""
LOCAL = "local"
_MD5 = re.compile(r"[0-9a-f]{32}")


class Uploads:
    """Takes files in parts, in any order, from several servers at the same time."""

    def __init__(self, settings: Settings, connections: Connections) -> None:
        self._connections = connections
        self._store = settings.state / "store"
        self._records = Records(settings.state / "s3" / "uploads")

    def begin(self, request: UploadRequest) -> Upload:
        """Prepares to take a file; with `if_absent`, `Conflict` before a byte is sent.

        The record is written before the store is asked: whatever dies in between, the sweep finds what is left.
        """
        check_key(request.key)
        if request.version is not None:
            raise Invalid(
                "a version of an object cannot be written, only a new one made", hint="Leave the version out."
            )
        part_size = part_size_of(request.size)
        known = self._connections.get(request.connection)
        what = shown(known, request.bucket, request.key)
        if request.if_absent:
            refuse_present(known, request)
        record = Record(
            connection=known.name, bucket=request.bucket, key=request.key, size=request.size, part_size=part_size,
            media_type=request.media_type or media_type(request.key), if_absent=request.if_absent, begun=time.time(),
        )  # fmt: skip
        id_ = self._records.make(record)
        try:
            with boto.translated(what):
                reply = boto.client_of(known).create_multipart_upload(
                    **place(record), ContentType=record.media_type
                )
        except EllipError as error:
            if error.kind != "unavailable":  # then nobody knows whether it was made, and the sweep will look
                self._records.remove(id_)
            raise
        begun = record.model_copy(update={"upload": reply["UploadId"]})
        try:
            self._records.write(id_, begun)
        except OSError:
            self._give_up(known, id_, begun)
            raise
        return Upload(id=id_, part_size=part_size)

    def show(self, query: UploadQuery) -> Upload:
        """Says which parts have arrived."""
        return self._upload(query.upload, self._records.read(query.upload))

    def part(self, query: PartQuery, data: bytes) -> Upload:
        """Takes a part; the same one may come again, and replaces what came before."""
        id_, number = query.upload, query.number
        record = self._open(id_)
        if number > record.count:
            raise Invalid(f"the upload has {record.count} parts, there is no part {number}")
        if len(data) != record.bytes_of(number):
            raise Invalid(
                f"part {number} has {len(data)} bytes instead of {record.bytes_of(number)}",
                hint="Send it again, whole.",
            )
        known, what = self._known(record)
        digest = base64.b64encode(hashlib.md5(data, usedforsecurity=False).digest()).decode()
        with boto.translated(what):
            reply = boto.client_of(known).upload_part(
                **place(record), UploadId=record.upload, PartNumber=number, Body=data, ContentMD5=digest
            )
        try:
            self._records.add(id_, number, Part(etag=str(etag(reply["ETag"])), size=len(data)))
            self._records.read(id_)
        except NotFound:
            # Given up while this part was on its way: the store may have kept it, and nobody would remove it.
            self._abort(known, record)
            self._records.clear(id_)
            raise
        return self._upload(id_, record)

    def finish(self, query: UploadQuery) -> Written:
        """Puts the parts together, when all have arrived and the store has them as they were sent.

        Asked again after it has succeeded, it gives the same answer.
        """
        id_ = query.upload
        record = self._records.read(id_)
        if record.finished is not None:
            return record.finished
        record = self._open(id_)
        known, _ = self._known(record)
        parts = self._all_parts(id_, record)
        try:
            other = differing(known, record, parts)
            for number in other:
                self._records.forget(id_, number)
            if other:
                raise missing(other, record)
            reply = assemble(known, record, parts)
        except Taken:
            self._give_up(known, id_, record)
            raise
        except (NotFound, Unavailable) as error:
            # Put together already, and the answer was lost; or it is really gone.
            found = made_of(known, record, parts)
            if found is None:
                if code_of(error) == "NoSuchUpload":
                    self._records.remove(id_)
                raise
            self._abort(known, record)
            reply = found
        check_size(known, record)
        written = Written(
            address=where(known, record.bucket, record.key),
            size=record.size,
            etag=etag(reply.get("ETag")),
            version=reply.get("VersionId"),
        )
        self._records.write(id_, record.model_copy(update={"finished": written}))
        self._records.clear(id_)
        return written

    def drop(self, query: UploadQuery) -> Acknowledged:
        """Gives an upload up, and removes its parts from the store; an object that is finished stays."""
        record = self._records.read(query.upload)
        if record.finished is None:
            known, _ = self._known(record)
            self._give_up(known, query.upload, record)
        self._records.remove(query.upload)
        return Acknowledged(id=query.upload)

    def sweep(self, idle: float = IDLE) -> int:
        """Gives up the uploads of which nothing was heard for a day; tells how many had something in a store.

        One whose store does not answer now is left for the next time. The store on this machine is not started
        for it.
        """
        count = 0
        for id_ in list(self._records.idle(idle)):
            try:
                record = self._records.read(id_)
            except NotFound:
                self._records.remove(id_)
                continue
            if record.finished is not None:
                self._records.remove(id_)
                continue
            if record.connection == LOCAL and weed.running(self._store) is None:
                continue
            try:
                known = self._connections.get(record.connection)
            except NotFound:
                self._records.remove(id_)  # there are no keys any more with which anything could be done
                continue
            except EllipError:
                continue
            try:
                self._give_up(known, id_, record)
            except NotFound:
                self._records.remove(id_)  # the bucket is gone, and everything in it
                continue
            except EllipError:
                continue
            count += 1
        return count

    def _open(self, id_: str) -> Record:
        record = self._records.read(id_)
        if record.finished is not None:
            raise Conflict("the upload is finished", hint="Begin a new one.")
        if record.upload is None:
            raise NotFound("the upload was never begun at the store", hint="Begin a new one.")
        return record

    def _known(self, record: Record) -> tuple[Known, str]:
        known = self._connections.get(record.connection)
        return known, shown(known, record.bucket, record.key)

    def _upload(self, id_: str, record: Record) -> Upload:
        numbers = tuple(range(1, record.count + 1)) if record.finished else self._records.numbers(id_)
        return Upload(id=id_, part_size=record.part_size, parts=numbers)

    def _all_parts(self, id_: str, record: Record) -> dict[int, Part]:
        parts = self._records.parts(id_)
        absent = [number for number in range(1, record.count + 1) if number not in parts]
        if absent:
            raise missing(absent, record)
        return parts

    def _give_up(self, known: Known, id_: str, record: Record) -> None:
        """Removes the parts from the store, then the record: in this order, so that none is ever forgotten."""
        if record.upload is not None:
            self._abort(known, record)
        else:
            for upload in self._nameless(known, id_, record):
                self._abort(known, record.model_copy(update={"upload": upload}))
        self._records.remove(id_)

    def _abort(self, known: Known, record: Record) -> None:
        try:
            with boto.translated(shown(known, record.bucket, record.key)):
                boto.client_of(known).abort_multipart_upload(**place(record), UploadId=record.upload)
        except NotFound as error:
            if code_of(error) not in ("NoSuchUpload", "404"):
                raise

    def _nameless(self, known: Known, id_: str, record: Record) -> list[str]:
        """Finds what was begun for a record that died before it knew the store's id: by its key and its time."""
        ours = self._records.others(id_)
        with boto.translated(shown(known, record.bucket, record.key)):
            reply = boto.client_of(known).list_multipart_uploads(Bucket=record.bucket, Prefix=record.key)
        return [
            each["UploadId"]
            for each in reply.get("Uploads", ())
            if each["Key"] == record.key
            and each["UploadId"] not in ours
            and abs(each["Initiated"].timestamp() - record.begun) < SLACK
        ]


def part_size_of(size: int) -> int:
    """Gives the bytes of a part, in whole mebibytes, so that 10,000 of them suffice."""
    part = max(SMALLEST, -(-size // MOST))
    part = -(-part // 2**20) * 2**20
    if part > LARGEST:
        raise Invalid(
            f"a file of {size} bytes is too large to be sent through the browser",
            hint="Put it into the workspace, and copy it: ellip s3 cp.",
        )
    return part
