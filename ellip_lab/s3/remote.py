"""One connection, as a transfer uses it: obstore for bytes where it can, boto3 for everything else."""

from __future__ import annotations

import base64
import re
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_plus

from ellip_lab.s3 import boto, obstore
from ellip_lab.s3.addresses import address
from ellip_lab.s3.boto_sessions import loopback
from ellip_lab.s3.checking import encrypted, md5
from ellip_lab.s3.contract import Auth, Style
from ellip_lab.s3.retrying import answer

if TYPE_CHECKING:
    from ellip_lab.s3.connections import Known

KEPT = ("ContentType", "CacheControl", "ContentDisposition", "ContentEncoding", "ContentLanguage", "Metadata")
"""What an object has besides its bytes, and takes along where the store does not copy it by itself."""
_CONTENTS = re.compile(rb"<Contents>.*</Contents>", re.DOTALL)
_FIELD = re.compile(r"<(Key|LastModified|ETag|Size)>([^<]*)</|(</Contents>)")
_ENTITIES = (("&quot;", '"'), ("&#34;", '"'), ("&#x22;", '"'), ("&apos;", "'"), ("&#39;", "'"), ("&lt;", "<"),
             ("&gt;", ">"), ("&amp;", "&"))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Found:
    """Is an object or a file, as a list tells it."""

    name: str
    """Its key, or its absolute path."""
    size: int
    modified: float
    """Seconds since 1970."""
    tag: str | None = None
    """Its entity tag, quoted as the store does; null for a file."""


class Remote:
    """Reads, writes, lists and deletes objects through one connection; threads may share it."""

    def __init__(self, known: Known) -> None:
        self.known = known
        self.name = known.name
        self._bulk: dict[str, obstore.Bulk] = {}
        self._lock = threading.Lock()
        self._client: Any = None
        self._obstore = obstore.available()

    @property
    def client(self) -> Any:
        """Gives boto3's client, made when it is first needed: a transfer that goes well may never need it."""
        with self._lock:
            if self._client is None:
                # a client of its own: it answers to other rules than the one the panel uses
                made = boto.make_client(self.known, attempts=2)
                made.meta.config.s3 = {**(made.meta.config.s3 or {}), "payload_signing_enabled": False}
                made.meta.events.register("before-parse.s3.ListObjectsV2", _thin)
                self._client = made
            return self._client

    @property
    def here(self) -> bool:
        """Tells whether the store is on this machine."""
        return bool(self.known.connection.endpoint and loopback(self.known.connection.endpoint))

    def close(self) -> None:
        """Closes its connections."""
        if self._client is not None:
            self._client.close()

    def where(self, bucket: str, key: str) -> str:
        """Gives the address of an object."""
        return address(bucket, key, None if self.known.connection.default else self.name)

    def _carrier(self, bucket: str, key: str) -> obstore.Bulk | None:
        """Gives what carries bytes fast, or None for a key that only boto3 can say."""
        if not self._obstore or not obstore.sayable(key):
            return None
        with self._lock:
            have = self._bulk.get(bucket)
        if have is None:
            have = obstore.Bulk(self._reach(), bucket, self._signing)
            with self._lock:
                have = self._bulk.setdefault(bucket, have)
        return have

    def _plainly(self) -> bool:
        """Tells whether the connection says all there is to know: botocore need not be asked, nor loaded."""
        connection = self.known.connection
        return bool(
            connection.endpoint
            and not connection.role_arn
            and ".amazonaws." not in connection.endpoint
            and (self.known.keys or connection.auth is Auth.ANONYMOUS)
        )

    def _reach(self) -> boto.Reach:
        connection = self.known.connection
        if not self._plainly() or connection.endpoint is None:
            return boto.reach_of(self.known)
        return boto.Reach(
            endpoint=connection.endpoint,
            region=connection.region or "us-east-1",
            virtual=connection.style is Style.VIRTUAL,
            verify=str(Path(connection.ca_bundle).expanduser()) if connection.ca_bundle else True,
            anonymous=connection.auth is Auth.ANONYMOUS,
            requester_pays=connection.requester_pays,
            proxy=not self.here,
        )

    def _signing(self) -> boto.Signing | None:
        keys = self.known.keys
        if self._plainly():
            return boto.Signing(keys.access, keys.secret, keys.token) if keys else None
        return boto.signing_of(self.known)

    # -- looking

    def list(self, bucket: str, prefix: str) -> Iterator[Found]:
        """Lists everything below a prefix; the next page is asked for while this one is read."""
        with ThreadPoolExecutor(1) as ahead:
            asked: dict[str, Any] = {"Bucket": bucket, "Prefix": prefix, "EncodingType": "url"}
            page: Future[Any] | None = ahead.submit(self.client.list_objects_v2, **asked)
            while page is not None:
                reply = page.result()
                token = reply.get("NextContinuationToken") if reply.get("IsTruncated") else None
                page = (
                    ahead.submit(self.client.list_objects_v2, **asked, ContinuationToken=token)
                    if token
                    else None
                )
                yield from _read(reply["_Body"])

    def names(self, bucket: str, prefix: str) -> Iterator[Found]:
        """Lists what there is to fetch below a prefix: the mark of the folder itself may be missing.

        obstore lists faster, and without loading botocore. It leaves out the `/` at the end of a key, so that an
        empty object may be the mark of a folder: from the first one on botocore is asked.
        """
        whole = not prefix or prefix.endswith("/")
        fast = self._carrier(bucket, prefix.removesuffix("/") or "x") if whole else None
        told: set[str] = set()
        if fast is not None:
            try:
                for one in fast.list(prefix):
                    if not one["size"]:
                        break
                    told.add(one["path"])
                    yield Found(one["path"], one["size"], one["last_modified"].timestamp(), one["e_tag"])
                else:
                    return
            except obstore.Unlisted:
                pass  # a key it cannot say, or a refusal: botocore says it better
        for found in self.list(bucket, prefix):
            if found.name not in told:
                yield found

    def versions(self, bucket: str, prefix: str) -> Iterator[tuple[str, str]]:
        """Lists every version, and every mark of a deletion, below a prefix: key and version."""
        for page in self.client.get_paginator("list_object_versions").paginate(Bucket=bucket, Prefix=prefix):
            for one in (*page.get("Versions", ()), *page.get("DeleteMarkers", ())):
                yield one["Key"], one["VersionId"]

    def head(self, bucket: str, key: str) -> Found | None:
        """Looks at an object; None when there is none."""
        fast = self._carrier(bucket, key)
        if fast is not None:
            try:
                meta = fast.head(key)
            except obstore.ClientError as error:
                if answer(error) in ("404", "NoSuchKey", "NotFound"):
                    return None
                raise
            return Found(key, meta["size"], meta["last_modified"].timestamp(), meta.get("e_tag"))
        reply = self.headers(bucket, key)
        if reply is None:
            return None
        return Found(key, reply["ContentLength"], reply["LastModified"].timestamp(), reply.get("ETag"))

    def headers(self, bucket: str, key: str, **more: Any) -> Any:
        """Gives the headers of an object; None when there is none."""
        try:
            return self.client.head_object(Bucket=bucket, Key=key, **more)
        except Exception as error:
            if answer(error) in ("404", "NoSuchKey", "NotFound"):
                return None
            raise

    def first_part(self, bucket: str, key: str, tag: str) -> int | None:
        """Gives the size of the parts an object was sent in, where the store tells; None where it does not."""
        try:
            reply = self.headers(bucket, key, PartNumber=1, IfMatch=tag)
        except Exception as error:
            if answer(error) is None:
                raise
            return None  # not every store knows the question; the size is checked then
        count = int(tag.strip('"').rpartition("-")[2])
        return int(reply["ContentLength"]) if reply and reply.get("PartsCount", count) == count else None

    # -- bytes

    def read(self, bucket: str, key: str, start: int, stop: int, tag: str | None) -> Any:
        """Reads a range of the object with this entity tag, and of no other; gives a buffer."""
        return b"".join(self.pieces(bucket, key, start, stop, tag))

    def pieces(self, bucket: str, key: str, start: int, stop: int, tag: str | None) -> Iterator[Any]:
        """Reads a range of the object with this entity tag, and of no other; gives buffers as they arrive."""
        fast = self._carrier(bucket, key)
        if fast is not None:
            yield from fast.get(key, start, stop, tag)
            return
        match = {"IfMatch": tag} if tag else {}
        reply = self.client.get_object(Bucket=bucket, Key=key, Range=f"bytes={start}-{stop - 1}", **match)
        yield reply["Body"].read()

    def whole(self, bucket: str, key: str, limit: int) -> tuple[Any, Found, dict[str, Any]]:
        """Reads a small object in one request; gives its bytes, what it is, and what it has besides.

        One that has grown beyond `limit` bytes meanwhile is not read: it has changed.
        """
        fast = self._carrier(bucket, key)
        if fast is not None:
            data, meta, attributes = fast.whole(key, limit)
            found = Found(key, meta["size"], meta["last_modified"].timestamp(), meta.get("e_tag"))
            return data, found, _kept(attributes)
        reply = self.client.get_object(Bucket=bucket, Key=key)
        if reply["ContentLength"] > limit:
            raise obstore.ClientError("PreconditionFailed", 412, "GetObject")
        data = reply["Body"].read()
        found = Found(key, len(data), reply["LastModified"].timestamp(), reply.get("ETag"))
        return data, found, {name: reply[name] for name in KEPT if reply.get(name)}

    def put(self, bucket: str, key: str, data: Any, kept: dict[str, Any]) -> str | None:
        """Writes a small object in one request; gives its entity tag."""
        fast = self._carrier(bucket, key) if kept.keys() <= {"ContentType"} else None
        if fast is not None:
            kind = kept.get("ContentType")
            return fast.put(key, data, {"Content-Type": kind} if kind else {})
        digest = base64.b64encode(bytes.fromhex(md5(data))).decode()
        reply = self.client.put_object(Bucket=bucket, Key=key, Body=bytes(data), ContentMD5=digest, **kept)
        return str(reply["ETag"])

    # -- in parts

    def begin(self, bucket: str, key: str, kept: dict[str, Any]) -> tuple[str, bool]:
        """Begins an upload in parts; gives the store's name of it, and whether tags of parts are no MD5 sums."""
        reply = self.client.create_multipart_upload(Bucket=bucket, Key=key, **kept)
        return str(reply["UploadId"]), encrypted(reply)

    def part(self, bucket: str, key: str, upload: str, number: int, data: Any, digest: str) -> str:
        """Sends a part whose MD5 is `digest`; the store refuses one that arrives damaged. Gives its entity tag."""
        reply = self.client.upload_part(
            Bucket=bucket, Key=key, UploadId=upload, PartNumber=number, Body=data,
            ContentMD5=base64.b64encode(bytes.fromhex(digest)).decode(),
        )  # fmt: skip
        return str(reply["ETag"]).strip('"')

    def copy_part(
        self,
        source: tuple[str, Found],
        target: tuple[str, str],
        upload: str,
        number: int,
        span: tuple[int, int],
    ) -> str:
        """Lets the store copy a range into a part; gives the part's entity tag."""
        bucket, found = source
        reply = self.client.upload_part_copy(
            Bucket=target[0], Key=target[1], UploadId=upload, PartNumber=number,
            CopySource={"Bucket": bucket, "Key": found.name}, CopySourceRange=f"bytes={span[0]}-{span[1] - 1}",
            **({"CopySourceIfMatch": found.tag} if found.tag else {}),
        )  # fmt: skip
        return str(reply["CopyPartResult"]["ETag"]).strip('"')

    def parts(self, bucket: str, key: str, upload: str) -> dict[int, tuple[int, str]]:
        """Gives the parts that have arrived: number, size and entity tag; None is left of an upload that is gone."""
        found: dict[int, tuple[int, str]] = {}
        asked: dict[str, Any] = {"Bucket": bucket, "Key": key, "UploadId": upload}
        while True:
            reply = self.client.list_parts(**asked)
            for one in reply.get("Parts", ()):
                found[one["PartNumber"]] = (one["Size"], one["ETag"].strip('"'))
            if not reply.get("IsTruncated") or not reply.get("NextPartNumberMarker"):
                return found
            asked["PartNumberMarker"] = reply["NextPartNumberMarker"]

    def complete(self, bucket: str, key: str, upload: str, tags: Sequence[str]) -> str:
        """Puts the parts together: only now there is an object. Gives its entity tag."""
        parts = [{"PartNumber": number, "ETag": f'"{tag}"'} for number, tag in enumerate(tags, 1)]
        reply = self.client.complete_multipart_upload(
            Bucket=bucket, Key=key, UploadId=upload, MultipartUpload={"Parts": parts}
        )
        return str(reply["ETag"])

    def abort(self, bucket: str, key: str, upload: str) -> None:
        """Gives an upload up, and removes its parts; one that is gone already is no error."""
        try:
            self.client.abort_multipart_upload(Bucket=bucket, Key=key, UploadId=upload)
        except Exception as error:
            if answer(error) not in ("NoSuchUpload", "NoSuchBucket", "404"):
                raise

    # -- in the store

    def copy(self, bucket: str, found: Found, target: tuple[str, str]) -> str | None:
        """Lets the store copy an object, with all it has besides its bytes; gives the copy's entity tag."""
        reply = self.client.copy_object(
            Bucket=target[0], Key=target[1], CopySource={"Bucket": bucket, "Key": found.name},
            **({"CopySourceIfMatch": found.tag} if found.tag else {}),
        )  # fmt: skip
        tag = reply["CopyObjectResult"].get("ETag")
        return str(tag) if tag else None

    def delete(self, bucket: str, names: Sequence[tuple[str, str | None]]) -> dict[str, str]:
        """Deletes up to 1,000 objects, or versions of them; gives the keys that stayed, and the store's code for each."""
        objects = [{"Key": key, **({"VersionId": version} if version else {})} for key, version in names]
        reply = self.client.delete_objects(Bucket=bucket, Delete={"Objects": objects, "Quiet": True})
        return {one["Key"]: str(one.get("Code", "")) for one in reply.get("Errors", ())}


def _thin(response_dict: dict[str, Any], customized_response_dict: dict[str, Any], **_: Any) -> None:
    """Takes the objects out of a list before botocore reads it: it needs ten times as long as a pattern."""
    if response_dict["status_code"] == 200:
        body = response_dict["body"]
        customized_response_dict["_Body"] = body
        response_dict["body"] = _CONTENTS.sub(b"", body)


def _read(body: bytes) -> Iterator[Found]:
    """Reads the objects of a page of a list."""
    text = body.decode()
    encoded = "<EncodingType>url</EncodingType>" in text
    fields: dict[str, str] = {}
    for name, value, end in _FIELD.findall(text):
        if end:
            tag = fields.get("ETag")
            modified = fields.get("LastModified")
            when = datetime.fromisoformat(modified).timestamp() if modified else 0.0
            yield Found(fields["Key"], int(fields.get("Size", 0)), when, tag)
            fields = {}
        else:
            if "&" in value:
                for entity, character in _ENTITIES:
                    value = value.replace(entity, character)
            if name == "Key" and encoded:
                value = unquote_plus(value)
            fields[name] = value


def _kept(attributes: dict[str, str]) -> dict[str, Any]:
    """Gives what an object has besides its bytes, in boto3's words."""
    kept: dict[str, Any] = {}
    metadata: dict[str, str] = {}
    for name, value in attributes.items():
        word = name.replace("-", "")
        if word in KEPT:
            kept[word] = value
        elif name != "Storage-Class":
            metadata[name] = value
    return {**kept, "Metadata": metadata} if metadata else kept
