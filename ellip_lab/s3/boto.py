"""The wrapper of boto3: the only file that knows it."""

from __future__ import annotations

import ipaddress
import json
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from ellip_lab.errors import EllipError, Unavailable
from ellip_lab.s3.contract import Auth, Source, Style

if TYPE_CHECKING:
    from ellip_lab.s3.connections import Known

_clients: dict[tuple[Path, str], tuple[Known, Any]] = {}
_lock = threading.Lock()
_making: dict[tuple[Path, str], threading.Lock] = {}


@dataclass(frozen=True)
class Reach:
    """Is where a connection leads, as botocore has worked it out: for other libraries."""

    endpoint: str
    region: str
    virtual: bool
    """The bucket stands in the host name."""
    verify: str | bool
    """A file of certificates, or whether they are checked at all."""
    anonymous: bool
    requester_pays: bool
    proxy: bool
    """Proxies of the environment are asked; never for this machine."""


@dataclass(frozen=True)
class Signing:
    """Is what signs requests at this moment."""

    access: str = field(repr=False)
    secret: str = field(repr=False)
    token: str | None = field(default=None, repr=False)
    expires: datetime | None = None
    """When it must be asked for again; null for keys that stay."""


def client_of(known: Known) -> Any:
    """Gives the S3 client of a connection, one for the process; threads may share it.

    A connection that has changed gets a new one, and the old one closes.
    """
    place = (known.home, known.name)
    with _lock:
        making = _making.setdefault(place, threading.Lock())
    with making:
        have = _clients.get(place)
        if have and have[0] == known:
            return have[1]
        made = make_client(known)
        _clients[place] = (known, made)
    if have:
        have[1].close()
    return made


def close_clients() -> None:
    """Closes every client of this process; the next use makes new ones."""
    with _lock:
        clients = [client for _, client in _clients.values()]
        _clients.clear()
    for client in clients:
        client.close()


def make_client(known: Known, *, attempts: int = 4, connect: float = 10, read: float = 60) -> Any:
    """Makes a client of its own for a connection; the caller closes it."""
    boto3 = _boto3()
    from botocore import UNSIGNED
    from botocore.config import Config

    connection = known.connection
    endpoint = connection.endpoint
    options: dict[str, Any] = {
        "retries": {"mode": "standard", "total_max_attempts": attempts},
        "connect_timeout": connect,
        "read_timeout": read,
        "max_pool_connections": 32,
        "user_agent_extra": "ellip-lab",
    }
    if connection.style is not Style.AUTO:
        options["s3"] = {"addressing_style": connection.style.value}
    # By itself boto3 signs URLs in the old way (version 2), which most services refuse.
    options["signature_version"] = UNSIGNED if connection.auth is Auth.ANONYMOUS else "s3v4"
    if endpoint and loopback(endpoint):
        # A proxy for the outside world must not be asked for a store on this machine.
        options["proxies"] = {}
    if endpoint and not _amazon(endpoint):
        # The checksums boto3 adds by itself since 1.36 are refused by many a store that is not Amazon's.
        options["request_checksum_calculation"] = "when_required"
        options["response_checksum_validation"] = "when_required"
    if _isolated(known):
        options["ignore_configured_endpoint_urls"] = True
    with translated(f"connection {known.name!r}"):
        session = boto3.session.Session(botocore_session=session_of(known))
        made = session.client(
            "s3",
            endpoint_url=endpoint if _isolated(known) or connection.source is Source.SAVED else None,
            region_name=connection.region or ("us-east-1" if _isolated(known) else None),
            verify=connection.ca_bundle and str(Path(connection.ca_bundle).expanduser()),
            config=Config(**options),
        )
    if connection.requester_pays:
        made.meta.events.register("provide-client-params.s3.*", _pay)
    return made


def session_of(known: Known) -> Any:
    """Gives a botocore session that has the credentials of a connection, or finds them when they are needed."""
    import botocore.session

    connection = known.connection
    session: Any
    if _isolated(known):
        # Keys of our own: neither AWS's files nor its variables have a say.
        nothing = {
            "profile": (None, None, None, None),
            "config_file": (None, None, os.devnull, None),
            "credentials_file": (None, None, os.devnull, None),
        }
        session = botocore.session.Session(session_vars=nothing)
        if known.keys:
            session.set_credentials(known.keys.access, known.keys.secret, known.keys.token)
    else:
        session = botocore.session.Session(profile=connection.profile)
    session.get_component("response_parser_factory").set_parser_defaults(timestamp_parser=timestamp)
    if connection.role_arn and connection.source is Source.SAVED:
        _assume(session, known)
    return session


def signing_of(known: Known) -> Signing | None:
    """Gives what signs for a connection now, refreshed where it was about to end; None when nobody signs."""
    if known.connection.auth is Auth.ANONYMOUS:
        return None
    with translated(f"connection {known.name!r}"):
        client = client_of(known)
        found = client._request_signer._credentials
        if found is None:
            raise _no_credentials()
        frozen = found.get_frozen_credentials()
    expires = getattr(found, "_expiry_time", None)
    return Signing(frozen.access_key, frozen.secret_key, frozen.token, expires)


def reach_of(known: Known) -> Reach:
    """Says where a connection leads, as botocore works it out from settings, files and variables."""
    client = client_of(known)
    meta = client.meta
    style = (meta.config.s3 or {}).get("addressing_style") or "auto"
    own = not _amazon(meta.endpoint_url)
    region = meta.region_name
    return Reach(
        endpoint=meta.endpoint_url,
        region="us-east-1" if region in (None, "aws-global") else region,
        virtual=style == "virtual" or (style == "auto" and not own),
        verify=client._endpoint.http_session._verify,
        anonymous=known.connection.auth is Auth.ANONYMOUS,
        requester_pays=known.connection.requester_pays,
        proxy=not loopback(meta.endpoint_url),
    )


def region_of(known: Known, bucket: str) -> str:
    """Gives the region a bucket is in, for clients that do not follow a redirect; the connection's where nobody says."""
    from botocore.exceptions import ClientError

    client = client_of(known)
    fallback = reach_of(known).region
    with translated(f"bucket {bucket!r}"):
        try:
            reply = client.head_bucket(Bucket=bucket)
        except ClientError as error:
            reply = error.response
            if reply["ResponseMetadata"].get("HTTPStatusCode") == 404:
                raise
    headers = reply["ResponseMetadata"].get("HTTPHeaders", {})
    return str(headers.get("x-amz-bucket-region") or fallback)


def stamp() -> tuple[Any, ...]:
    """Gives a mark of everything botocore reads; it changes when a variable or a file does."""
    variables = tuple(sorted((name, value) for name, value in os.environ.items() if name.startswith("AWS_")))
    files = []
    for place in aws_files():
        try:
            found = place.stat()
            files.append((str(place), found.st_mtime_ns, found.st_size))
        except OSError:
            files.append((str(place), 0, 0))
    return (variables, tuple(files))


def aws_files() -> tuple[Path, Path]:
    """Gives the places of AWS's own config and credentials file."""
    config = os.environ.get("AWS_CONFIG_FILE") or "~/.aws/config"
    credentials = os.environ.get("AWS_SHARED_CREDENTIALS_FILE") or "~/.aws/credentials"
    return Path(config).expanduser(), Path(credentials).expanduser()


def transfer_config(**options: Any) -> Any:
    """Gives a `TransferConfig` whose client is the classic one: boto3's CRT ignores an endpoint of one's own."""
    _boto3()
    from boto3.s3.transfer import TransferConfig

    return TransferConfig(preferred_transfer_client="classic", **options)


def timestamp(value: Any) -> Any:
    """Reads a time; the form that lists have is read ten times as fast as botocore does."""
    if isinstance(value, str) and value.endswith("Z"):
        try:
            return datetime.fromisoformat(value)
        except ValueError:
            pass  # another form: botocore knows them all
    from botocore.utils import parse_timestamp

    return parse_timestamp(value)


def loopback(url: str) -> bool:
    """Tells whether a URL leads to this machine."""
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


@contextmanager
def translated(what: str) -> Iterator[None]:
    """Turns boto3's errors into those of the tree; no key or signature is repeated."""
    from ellip_lab.s3.refusals import refusal

    try:
        yield
    except EllipError:
        raise
    except Exception as error:
        told = refusal(error, what)
        if told is None:
            raise
        raise told from error


def _isolated(known: Known) -> bool:
    return known.connection.auth in (Auth.KEYS, Auth.ANONYMOUS)


def _amazon(endpoint: str) -> bool:
    host = urlsplit(endpoint).hostname or ""
    return host.endswith((".amazonaws.com", ".amazonaws.com.cn", ".api.aws"))


def _pay(params: dict[str, Any], model: Any, **_: Any) -> None:
    """Says that the caller pays, wherever an operation has room for it."""
    if model.input_shape is not None and "RequestPayer" in model.input_shape.members:
        params.setdefault("RequestPayer", "requester")


def _assume(session: Any, known: Known) -> None:
    """Lets a session sign as a role; botocore's own fetcher asks for it at the first use, and again in time."""
    from botocore.config import Config
    from botocore.credentials import AssumeRoleCredentialFetcher, DeferredRefreshableCredentials

    connection = known.connection
    endpoint = connection.endpoint
    source = session.get_credentials()
    if source is None:
        raise _no_credentials()

    def make(service: str, **options: Any) -> Any:
        own = endpoint if endpoint and not _amazon(endpoint) else None
        return session.create_client(
            service, endpoint_url=own, region_name=connection.region or "us-east-1",
            verify=connection.ca_bundle and str(Path(connection.ca_bundle).expanduser()),
            config=Config(proxies={} if own and loopback(own) else None, connect_timeout=10, read_timeout=30), **options,
        )  # fmt: skip

    extra = {"RoleSessionName": "ellip-lab"}
    if connection.external_id:
        extra["ExternalId"] = connection.external_id
    fetcher = AssumeRoleCredentialFetcher(make, source, connection.role_arn, extra_args=extra)
    session._credentials = DeferredRefreshableCredentials(fetcher.fetch_credentials, "assume-role")


def _no_credentials() -> EllipError:
    from ellip_lab.errors import Denied

    return Denied(
        "no credentials were found", hint="Save an access key, name a profile, or choose anonymous."
    )


def _boto3() -> Any:
    try:
        import boto3
    except ImportError as error:
        raise Unavailable("boto3 is not installed", hint="pip install 'ellip-lab[store]'") from error
    return boto3


# -- for the demo, until it uses connections


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
