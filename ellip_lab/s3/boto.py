"""The wrapper of boto3: the only file that knows it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ellip_lab.errors import Denied, NotFound, Unavailable


def client(endpoint: str, key: str, secret: str) -> Any:
    """Gives a client of an S3 interface; `Unavailable` when boto3 is not installed."""
    try:
        import boto3
        from botocore.config import Config
    except ImportError as error:
        raise Unavailable("boto3 is not installed", hint="pip install 'ellip-lab[store]'") from error
    config = Config(
        # Path style: a store on loopback has no host name per bucket.
        s3={"addressing_style": "path"},
        retries={"mode": "standard", "max_attempts": 5},
        connect_timeout=5,
        read_timeout=60,
        # A proxy for the outside world must not be asked for a store on this machine.
        proxies={},
    )
    session = boto3.session.Session(
        aws_access_key_id=key, aws_secret_access_key=secret, region_name="us-east-1"
    )
    return session.client("s3", endpoint_url=endpoint, config=config)


def make_bucket(s3: Any, bucket: str, *, public: bool) -> None:
    """Makes a bucket unless it is there; a public one may be read, not listed, by anybody who reaches it."""
    with translated(bucket):
        names = {found["Name"] for found in s3.list_buckets()["Buckets"]}
        if bucket not in names:
            s3.create_bucket(Bucket=bucket)
        if public:
            statement = {"Effect": "Allow", "Principal": "*", "Action": ["s3:GetObject"],
                         "Resource": [f"arn:aws:s3:::{bucket}/*"]}  # fmt: skip
            policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
            s3.put_bucket_policy(Bucket=bucket, Policy=policy)


def put(s3: Any, bucket: str, key: str, source: Path, media_type: str) -> int:
    """Puts a file unless the same bytes are there already; gives its size in bytes."""
    import hashlib

    data = source.read_bytes()
    # An entity tag of a single upload is the MD5 of its bytes: no secret depends on it.
    tag = hashlib.md5(data, usedforsecurity=False).hexdigest()
    with translated(f"{bucket}/{key}"):
        if present(s3, bucket, key) != (tag, media_type):
            s3.put_object(Bucket=bucket, Key=key, Body=data, ContentType=media_type)
    return len(data)


def present(s3: Any, bucket: str, key: str) -> tuple[str, str] | None:
    """Gives the entity tag and the media type of an object, or None when there is none."""
    from botocore.exceptions import ClientError

    try:
        head = s3.head_object(Bucket=bucket, Key=key)
    except ClientError as error:
        if error.response["Error"]["Code"] in ("404", "NoSuchKey", "NotFound"):
            return None
        raise
    return str(head["ETag"]).strip('"'), str(head.get("ContentType", ""))


@contextmanager
def translated(what: str) -> Iterator[None]:
    """Turns boto3's errors into those of the tree; no key or signature is repeated."""
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        yield
    except ClientError as error:
        code = error.response["Error"].get("Code", "")
        if code in ("NoSuchKey", "NoSuchBucket", "404"):
            raise NotFound(f"{what} is not in the object store ({code})") from error
        if code in ("AccessDenied", "InvalidAccessKeyId", "SignatureDoesNotMatch", "403"):
            raise Denied(f"the object store refuses {what} ({code})") from error
        raise Unavailable(f"the object store cannot do this with {what} ({code})") from error
    except BotoCoreError as error:
        raise Unavailable(f"the object store does not answer: {type(error).__name__}") from error
