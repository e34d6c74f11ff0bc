"""The wrapper of obstore: the only file that knows it.

It carries bytes faster than boto3, and cannot say every key. What goes wrong is raised as errors of botocore's
names, so that `refusals` has one way to read them; obstore's own words may hold an access key and go nowhere.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ellip_lab.s3.boto import Reach, Signing

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_CODE = re.compile(r"<Code>([A-Za-z0-9._-]{1,60})</Code>")
_PROXIES = ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy")
PIECE = 256 * 2**10
"""Bytes that are handed on at once: they are hashed and written while a processor's cache has them still."""
_STATUS = re.compile(r"\b(?:status|code|error)[^0-9<]{0,24}([45][0-9]{2})\b", re.IGNORECASE)


class ClientError(Exception):
    """Is what a store has answered, as botocore tells it."""

    def __init__(self, code: str, status: int, operation: str) -> None:
        super().__init__(code)
        self.response = {"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status}}
        self.operation_name = operation


class ConnectionClosedError(Exception):
    """Is a connection that was cut, or never came about."""

    def __init__(self, endpoint: str) -> None:
        super().__init__("the connection was cut")
        self.kwargs = {"endpoint_url": endpoint}


class Unlisted(Exception):  # noqa: N818 - no mistake: somebody else lists
    """Is a list that obstore cannot give, or not further."""


def sayable(key: str) -> bool:
    """Tells whether obstore can name a key: it has no empty, `.` or `..` segment and no control character."""
    segments = key.split("/")
    return not _CONTROL.search(key) and not any(part in ("", ".", "..") for part in segments)


def available() -> bool:
    """Tells whether obstore is installed; without it boto3 does everything, slower."""
    try:
        import obstore  # noqa: F401
    except ImportError:
        return False
    return True


class Bulk:
    """Carries the bytes of one bucket."""

    def __init__(self, reach: Reach, bucket: str, signing: Callable[[], Signing | None]) -> None:
        from obstore.store import S3Store

        self._endpoint = reach.endpoint
        client: Any = {
            "allow_http": reach.endpoint.startswith("http://"),
            "connect_timeout": "10s",
            # no limit for a whole request: a slow network is not a broken one; a silent one is
            "timeout": "1h",
            "read_timeout": "60s",
            "user_agent": "ellip-lab",
        }
        if isinstance(reach.verify, str):
            client["root_certificate"] = Path(reach.verify).read_bytes()
        if not reach.proxy:
            _spare_this_machine()
        options: dict[str, Any] = {
            "region": reach.region,
            "virtual_hosted_style_request": reach.virtual,
            # entity tags are compared; hashing everything once more for the signature would double the work
            "unsigned_payload": True,
            "request_payer": reach.requester_pays,
        }
        endpoint = reach.endpoint
        if reach.virtual:
            scheme, _, host = reach.endpoint.partition("://")
            endpoint = f"{scheme}://{bucket}.{host}"
        if reach.anonymous:
            options["skip_signature"] = True
        else:
            options["credential_provider"] = _provider(signing)
        self._store = S3Store(
            bucket,
            endpoint=endpoint,
            client_options=client,
            retry_config={"max_retries": 1, "retry_timeout": timedelta(seconds=20)},
            **options,
        )

    def list(self, prefix: str) -> Iterator[Any]:
        """Lists what is below a prefix; `Unlisted` when it comes to a key it cannot say, or is refused."""
        import obstore

        try:
            for page in obstore.list(self._store, prefix, chunk_size=1_000):
                yield from page
        except Exception as error:
            raise Unlisted from error

    def head(self, key: str) -> Any:
        """Looks at an object; gives what the store says of it."""
        import obstore

        try:
            return obstore.head(self._store, key)
        except Exception as error:  # noqa: BLE001
            raise self._told(error, "HeadObject") from None

    def get(self, key: str, start: int, stop: int, tag: str | None) -> Iterator[Any]:
        """Reads a range, of the object with this entity tag and no other; gives buffers as they arrive."""
        import obstore

        options: Any = {"range": (start, stop), **({"if_match": tag} if tag else {})}
        try:
            yield from obstore.get(self._store, key, options=options).stream(min_chunk_size=PIECE)
        except Exception as error:  # noqa: BLE001
            raise self._told(error, "GetObject") from None

    def whole(self, key: str, limit: int) -> tuple[Any, Any, Any]:
        """Reads a small object in one request; gives its bytes, what the store says of it, and its headers."""
        import obstore

        try:
            found = obstore.get(self._store, key)
            data = found.bytes() if found.meta["size"] <= limit else None
        except Exception as error:  # noqa: BLE001 - any of a library whose errors have no common root
            raise self._told(error, "GetObject") from None
        if data is None:
            raise ClientError("PreconditionFailed", 412, "GetObject")
        return data, found.meta, found.attributes

    def put(self, key: str, data: Any, attributes: dict[str, str]) -> str | None:
        """Writes an object in one request; gives its entity tag."""
        import obstore

        try:
            return obstore.put(self._store, key, data, attributes=attributes, use_multipart=False)["e_tag"]
        except Exception as error:  # noqa: BLE001
            raise self._told(error, "PutObject") from None

    def _told(self, error: Exception, operation: str) -> Exception:
        """Gives an error of obstore under botocore's name for it."""
        name, text = type(error).__name__, str(error)
        if isinstance(error, FileNotFoundError):
            found = _CODE.search(text)
            return ClientError(found[1] if found else "NoSuchKey", 404, operation)
        if name == "PreconditionError":
            return ClientError("PreconditionFailed", 412, operation)
        found, status = _CODE.search(text), _STATUS.search(text)
        refused = {"PermissionDeniedError": 403, "UnauthenticatedError": 401}.get(name)
        if found or refused or (status and name == "GenericError"):
            number = refused or (int(status[1]) if status else 500)
            return ClientError(found[1] if found else str(number), number, operation)
        if name in ("GenericError", "JoinError"):
            return ConnectionClosedError(self._endpoint)
        return error


def _spare_this_machine() -> None:
    """Keeps a proxy for the outside world from being asked for a store on this machine.

    obstore takes proxies from the environment, and exceptions from nowhere else.
    """
    for name in ("NO_PROXY", "no_proxy"):
        spared = [part for part in os.environ.get(name, "").split(",") if part]
        wanted = [host for host in ("127.0.0.1", "localhost", "::1") if host not in spared]
        if wanted and any(os.environ.get(proxy) for proxy in _PROXIES):
            os.environ[name] = ",".join([*spared, *wanted])


def _provider(signing: Callable[[], Signing | None]) -> Callable[[], Any]:
    """Gives what obstore asks for credentials, again whenever they end."""

    def provide() -> Any:
        found = signing()
        if found is None:
            raise ValueError("there are no credentials")
        expires = found.expires
        if expires is not None:
            # botocore refreshes some minutes before the end: what is asked for then is new
            expires = max(datetime.now(UTC) + timedelta(seconds=30), expires - timedelta(minutes=5))
        return {
            "access_key_id": found.access,
            "secret_access_key": found.secret,
            "token": found.token,
            "expires_at": expires,
        }

    return provide
