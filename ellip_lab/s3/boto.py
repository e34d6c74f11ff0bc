"""The wrapper of boto3: the only file that knows it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ellip_lab.errors import Denied, EllipError, Invalid, Unavailable
from ellip_lab.s3.boto_sessions import (
    amazon,
    isolated,
    loopback,
    no_credentials,
    session_of,
)
from ellip_lab.s3.contract import Auth, Source, Style
from ellip_lab.s3.refusals import html, refusal

if TYPE_CHECKING:
    from ellip_lab.s3.connections import Known

CONTENTS = {"GetObject", "HeadObject"}
"""Operations whose media type is that of an object."""

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
    method: str = "explicit"
    """Where botocore has found it (`env`, `shared-credentials-file`, `assume-role`...)."""


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
        # somebody is looking: two tries of a minute are more than they wait for
        made = make_client(known, attempts=2)
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


def make_client(known: Known, *, attempts: int = 3, connect: float = 5, read: float = 60) -> Any:
    """Makes a client of its own for a connection; the caller closes it."""
    boto3 = _boto3()
    from botocore.config import Config

    connection = known.connection
    endpoint = connection.endpoint
    shared: dict[str, Any] = {
        "retries": {"mode": "standard", "total_max_attempts": attempts},
        "connect_timeout": connect,
        "read_timeout": read,
        "max_pool_connections": 32,
        "user_agent_extra": "ellip-lab",
    }
    with _credentials_of(known.name):
        session = boto3.session.Session(botocore_session=session_of(known))

        def make(**options: Any) -> Any:
            return session.client(
                "s3",
                # What a profile or the environment says of its endpoint botocore knows better than we.
                endpoint_url=endpoint if connection.source in (Source.SAVED, Source.EMBEDDED) else None,
                region_name=connection.region or ("us-east-1" if isolated(known) else None),
                verify=connection.ca_bundle and str(Path(connection.ca_bundle).expanduser()),
                config=Config(**shared, **options),
            )

        if endpoint is None and not isolated(known):
            probe = make()
            endpoint_found = str(probe.meta.endpoint_url)
            probe.close()
        else:
            endpoint_found = endpoint or ""
        made = make(**_options(known, endpoint_found))
    made.meta.events.register("before-parse.s3.*", _no_web_page)
    if connection.requester_pays:
        made.meta.events.register("provide-client-params.s3.*", _pay)
        made.meta.events.register("before-sign.s3.*", _pay_in_url)
    return made


@contextmanager
def _credentials_of(name: str) -> Iterator[None]:
    """Turns the errors of finding credentials into those of the tree; a `credential_process` may not even start."""
    try:
        with translated(f"connection {name!r}"):
            yield
    except ValueError as error:
        raise Invalid(
            f"connection {name!r}: its settings cannot be used", hint="Check its endpoint and region."
        ) from error
    except OSError as error:
        raise Denied(
            f"connection {name!r}: the credentials could not be had ({type(error).__name__})",
            hint="Run the credential_process or the sign-in of the profile by hand to see why.",
        ) from error


def _options(known: Known, endpoint: str) -> dict[str, Any]:
    """Gives what a client's configuration owes to the connection and to where it leads; empty means Amazon."""
    from botocore import UNSIGNED

    connection = known.connection
    own = bool(endpoint) and not amazon(endpoint)
    options: dict[str, Any] = {
        # By itself boto3 signs URLs in the old way (version 2), which most services refuse.
        "signature_version": UNSIGNED if connection.auth is Auth.ANONYMOUS else "s3v4",
    }
    if connection.style is not Style.AUTO:
        options["s3"] = {"addressing_style": connection.style.value}
    elif not own:
        # Left to itself boto3 signs URLs for the global endpoint, from where a new bucket is redirected.
        options["s3"] = {"addressing_style": "virtual"}
    if endpoint and loopback(endpoint):
        # A proxy for the outside world must not be asked for a store on this machine.
        options["proxies"] = {}
    if own:
        # The checksums boto3 adds by itself since 1.36 are refused by many a store that is not Amazon's.
        options["request_checksum_calculation"] = "when_required"
        options["response_checksum_validation"] = "when_required"
    if isolated(known):
        options["ignore_configured_endpoint_urls"] = True
    return options


def signing_of(known: Known) -> Signing | None:
    """Gives what signs for a connection now, refreshed where it was about to end; None when nobody signs."""
    if known.connection.auth is Auth.ANONYMOUS:
        return None
    return credentials_of(known, client_of(known))


def credentials_of(known: Known, client: Any) -> Signing:
    """Gives what a client of a connection signs with now; `Denied` when there is nothing."""
    with _credentials_of(known.name):
        found = client._request_signer._credentials
        if found is None:
            raise no_credentials(known.name)
        frozen = found.get_frozen_credentials()
    expires = getattr(found, "_expiry_time", None)
    return Signing(frozen.access_key, frozen.secret_key, frozen.token, expires, str(found.method))


def reach_of(known: Known) -> Reach:
    """Says where a connection leads, as botocore works it out from settings, files and variables."""
    return reach_of_client(known, client_of(known))


def reach_of_client(known: Known, client: Any) -> Reach:
    """Says where a client of a connection leads."""
    meta = client.meta
    style = (meta.config.s3 or {}).get("addressing_style") or "auto"
    region = meta.region_name
    return Reach(
        endpoint=meta.endpoint_url,
        region="us-east-1" if region in (None, "aws-global") else region,
        virtual=style == "virtual" or (style == "auto" and amazon(meta.endpoint_url)),
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


def renew_default_session(*, anonymous: bool, requester_pays: bool) -> None:
    """Lets `boto3.client("s3")` in this process (a kernel) follow variables that have changed.

    boto3 has no variable for requests that are not signed, or that are paid by the caller: both are said here.
    """
    boto3 = _boto3()
    from botocore.handlers import disable_signing

    boto3.setup_default_session()
    events = boto3.DEFAULT_SESSION.events
    if anonymous:
        events.register("choose-signer.s3.*", disable_signing)
    if requester_pays:
        events.register("provide-client-params.s3.*", _pay)


@contextmanager
def translated(what: str) -> Iterator[None]:
    """Turns boto3's errors into those of the tree; no key or signature is repeated."""
    try:
        yield
    except EllipError:
        raise
    except Exception as error:
        told = refusal(error, what)
        if told is None:
            raise
        # A log may show the whole chain: a store's own words, and those of a credential_process, end here.
        error.args = (f"{type(error).__name__}: {told.detail}",)
        raise told from error


def _pay(params: dict[str, Any], model: Any, **_: Any) -> None:
    """Says that the caller pays, wherever an operation has room for it."""
    if model.input_shape is not None and "RequestPayer" in model.input_shape.members:
        params.setdefault("RequestPayer", "requester")


def _pay_in_url(request: Any, signature_version: Any, **_: Any) -> None:
    """Lets a presigned URL say itself that the caller pays: whoever uses it sends no header of ours."""
    header = "x-amz-request-payer"
    if str(signature_version).endswith("-query") and header in request.headers:
        request.params = {**(request.params or {}), header: request.headers[header]}
        del request.headers[header]


def _no_web_page(operation_model: Any, response_dict: dict[str, Any], **_: Any) -> None:
    """Refuses a web page that was sent instead of an answer; one that is an object is read as any other."""
    kind = str(response_dict.get("headers", {}).get("content-type", ""))
    if "text/html" in kind and response_dict["status_code"] < 300 and operation_model.name not in CONTENTS:
        raise html("the store")


def _boto3() -> Any:
    try:
        import boto3
    except ImportError as error:
        raise Unavailable("boto3 is not installed", hint="pip install 'ellip-lab[store]'") from error
    return boto3
