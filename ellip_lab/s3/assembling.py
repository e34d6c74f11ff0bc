"""Puts the parts of an upload together: compared before, looked at after."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, Any

from ellip_lab.errors import Conflict, Denied, EllipError, Problem, Unavailable
from ellip_lab.s3 import boto
from ellip_lab.s3.contract import ObjectQuery
from ellip_lab.s3.reading import head
from ellip_lab.s3.replies import code_of, etag, shown
from ellip_lab.s3.upload_records import Part, Record
from ellip_lab.s3.writing import CONDITIONS, refuse_present

if TYPE_CHECKING:
    from ellip_lab.s3.connections import Known

_MD5 = re.compile(r"[0-9a-f]{32}")


class Taken(Conflict):
    """There is an object of that name already, and it was not to be replaced."""


def place(record: Record) -> dict[str, str]:
    """Gives where the object will be, as botocore asks for it."""
    return {"Bucket": record.bucket, "Key": record.key}


def differing(known: Known, record: Record, parts: dict[int, Part]) -> list[int]:
    """Gives the numbers of the parts that the store does not have as they were sent.

    A store may list a part twice that came twice: either will do.
    """
    client = boto.client_of(known)
    found: dict[int, set[tuple[str | None, int]]] = {}
    asked: dict[str, Any] = {**place(record), "UploadId": record.upload}
    try:
        while True:
            with boto.translated(_what(known, record)):
                reply = client.list_parts(**asked)
            for each in reply.get("Parts", ()):
                found.setdefault(each["PartNumber"], set()).add((etag(each["ETag"]), each["Size"]))
            after = reply.get("NextPartNumberMarker")
            if not reply.get("IsTruncated") or not after or after == asked.get("PartNumberMarker"):
                break
            asked["PartNumberMarker"] = after
    except Denied:
        return []  # they may be written and not listed: the store compares the ETags itself
    return [
        number for number, part in parts.items() if (part.etag, part.size) not in found.get(number, set())
    ]


def assemble(known: Known, record: Record, parts: dict[int, Part]) -> dict[str, Any]:
    """Makes the object of its parts; `Taken` when there is one already that must stay."""
    client = boto.client_of(known)
    listed = [{"PartNumber": number, "ETag": f'"{part.etag}"'} for number, part in sorted(parts.items())]
    asked = {**place(record), "UploadId": record.upload, "MultipartUpload": {"Parts": listed}}
    what = _what(known, record)
    if record.if_absent:
        try:
            refuse_present(known, _named(record))
        except Conflict as error:
            raise Taken(error.detail, hint=error.hint) from error
    condition = {"IfNoneMatch": "*"} if record.if_absent else {}
    try:
        with boto.translated(what):
            done: dict[str, Any] = client.complete_multipart_upload(**asked, **condition)
    except EllipError as error:
        if condition and isinstance(error, Conflict):
            raise Taken(
                f"{what} is there already", hint="Choose another name, or replace it."
            ) from error.__cause__
        if not condition or code_of(error) not in CONDITIONS:
            raise
        with boto.translated(what):
            done = client.complete_multipart_upload(**asked)
    return done


def made_of(known: Known, record: Record, parts: dict[int, Part]) -> dict[str, Any] | None:
    """Gives the object when it is made of these very parts, by its ETag: the MD5 of theirs, and their number."""
    if not all(_MD5.fullmatch(part.etag) for part in parts.values()):
        return None
    digests = b"".join(bytes.fromhex(part.etag) for _, part in sorted(parts.items()))
    expected = f"{hashlib.md5(digests, usedforsecurity=False).hexdigest()}-{len(parts)}"
    try:
        found = head(known, _named(record))
    except EllipError:
        return None
    return found if etag(found.get("ETag")) == expected and found["ContentLength"] == record.size else None


def check_size(known: Known, record: Record) -> None:
    """Looks at the object that was made: it has as many bytes as were announced."""
    try:
        size = head(known, _named(record))["ContentLength"]
    except Denied:
        return  # it may be written and not read
    if size != record.size:
        raise Unavailable(
            f"{_what(known, record)} has {size} bytes instead of {record.size}", hint="Send it again."
        )


def missing(numbers: list[int], record: Record) -> Conflict:
    """Says which parts must be sent before the object can be made."""
    shown = ", ".join(map(str, numbers[:10])) + (", ..." if len(numbers) > 10 else "")
    return Conflict(
        f"{len(numbers)} of {record.count} parts have not arrived: {shown}",
        hint="Send them, then finish.",
        problems=[
            Problem(message=f"part {number} has not arrived", field=f"parts.{number}")
            for number in numbers[:100]
        ],
    )


def _named(record: Record) -> ObjectQuery:
    return ObjectQuery(connection=record.connection, bucket=record.bucket, key=record.key)


def _what(known: Known, record: Record) -> str:
    return shown(known, record.bucket, record.key)
