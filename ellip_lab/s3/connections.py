"""Every connection there is: saved ones, profiles of `~/.aws`, the environment, the store on this machine.

Listing reads files and variables, and asks nobody. What a connection needs to sign is found when it is used.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from pydantic import SecretStr, ValidationError

from ellip_lab.contract import Acknowledged
from ellip_lab.errors import Conflict, EllipError, Invalid, NotFound
from ellip_lab.s3.contract import (
    Auth,
    Connection,
    ConnectionList,
    ConnectionRequest,
    ConnectionSettings,
    Source,
    Style,
)
from ellip_lab.s3.keeping import Keeping, Kept, Keys
from ellip_lab.settings import Settings

if TYPE_CHECKING:
    from botocore.session import Session

Problems = list[str]
"""Sentences; named here because a verb of the class below is called `list`."""

LOCAL = "local"
ENVIRONMENT = "environment"
RESERVED = {LOCAL, ENVIRONMENT, "default", "DEFAULT"}
"""Names that mean something already, here or in a file of AWS."""

VARIABLES = (
    "AWS_ACCESS_KEY_ID", "AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3",
)  # fmt: skip
"""Variables by which somebody has said which store is meant."""


@dataclass(frozen=True)
class Known:
    """Is a connection with everything that is needed to use it."""

    connection: Connection
    home: Path
    """The folder that keeps it: two states in one process never share a client."""
    keys: Keys | None = field(default=None, repr=False)
    """Null when botocore finds them, or when nobody signs."""
    stamp: tuple[Any, ...] = field(default=(), repr=False)
    """What botocore would read (variables, files): another stamp, another client."""

    @property
    def name(self) -> str:
        """Gives the name."""
        return self.connection.name

    def session(self) -> Session:
        """Gives a botocore session that has, or finds, the credentials."""
        from ellip_lab.s3.boto_sessions import session_of

        session: Session = session_of(self)
        return session


class Connections:
    """Knows connections by name."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.home = settings.state / "s3"
        self.keeping = Keeping(self.home)

    def list(self) -> ConnectionList:
        """Gives every connection, and what could not be read; nothing is asked or connected."""
        problems: Problems = []
        try:
            kept = self.keeping.read()
        except EllipError as error:
            kept = Kept(None, {})
            problems.append(error.detail)
        found: dict[str, Connection] = {}
        for name, entry in kept.connections.items():
            try:
                found[name] = _connection(name, entry)
            except ValidationError as error:
                problems.append(f"connection {name[:64]!r} is damaged: {error.errors()[0]['msg']}")
        for connection in self._profiles(set(found), problems):
            found[connection.name] = connection
        if _said():
            found[ENVIRONMENT] = _environment()
        found[LOCAL] = self._local()
        default = self._default(kept)
        connections = tuple(
            connection.model_copy(update={"default": name == default}) for name, connection in found.items()
        )
        return ConnectionList(connections=connections, problems=tuple(problems))

    def get(self, name: str | None = None) -> Known:
        """Gives a connection ready for use, the default one without a name.

        `NotFound` when there is none of that name, `Invalid` when there is no default. The store on this machine
        is started when it is asked for.
        """
        kept = self.keeping.read()
        default = self._default(kept)
        if name is None and default is None:
            raise Invalid(
                "no connection is the default", hint=f"Name one: {self._names()}. Or choose a default."
            )
        wanted = name or str(default)
        if wanted == LOCAL:
            return self._started(default == LOCAL)
        if wanted in kept.connections:
            try:
                connection = _connection(wanted, kept.connections[wanted])
            except ValidationError as error:
                raise Invalid(
                    f"connection {wanted!r} is damaged in {self.keeping.file}", hint="Save it again."
                ) from error
            keys = self._keys(connection)
        else:
            listed = [
                c for c in (_environment(), *self._profiles(set(kept.connections), [])) if c.name == wanted
            ]
            if not listed:
                raise NotFound(f"there is no connection {wanted[:64]!r}", hint=f"There are: {self._names()}.")
            connection, keys = listed[0], None
        return self._known(connection.model_copy(update={"default": wanted == default}), keys)

    def of(self, request: ConnectionRequest) -> Known:
        """Gives what a request would make, without keeping it: for a test before it is saved."""
        keys = _given(request)
        if keys is None and request.auth is Auth.KEYS:
            kept = self.keeping.read().connections.get(request.name)
            keys = self._keys(_connection(request.name, kept)) if kept else None
        return self._known(_connection(request.name, _settings(request)), keys)

    def save(self, request: ConnectionRequest) -> Connection:
        """Keeps a connection and its keys; the first one that is saved becomes the default."""
        _check(request)
        keys = _given(request)
        with self.keeping.locked():
            kept = self.keeping.read()
            before = kept.connections.get(request.name)
            if before is not None and not request.replace:
                raise Conflict(
                    f"there is a connection {request.name!r} already", hint="Say that it is to be replaced."
                )
            entry = _settings(request)
            entry["kept_in"] = self._keep(request, keys, before)
            connections = {**kept.connections, request.name: entry}
            default = kept.default or (request.name if not kept.connections else None)
            old = self.keeping.keys(request.name)
            try:
                self.keeping.write(Kept(default, connections))
            except OSError:
                self.keeping.write_keys(request.name, old)
                raise
        return _connection(request.name, entry).model_copy(update={"default": default == request.name})

    def remove(self, name: str | None) -> Acknowledged:
        """Forgets a saved connection and its keys; what AWS's files and the environment say stays."""
        if name is None:
            raise Invalid("a connection is removed by its name", hint=f"There are: {self._names()}.")
        with self.keeping.locked():
            kept = self.keeping.read()
            if name not in kept.connections:
                if any(connection.name == name for connection in self.list().connections):
                    raise Invalid(f"{name!r} was not saved here and cannot be removed")
                raise NotFound(f"there is no connection {name[:64]!r}", hint=f"There are: {self._names()}.")
            rest = {other: entry for other, entry in kept.connections.items() if other != name}
            self.keeping.write(Kept(None if kept.default == name else kept.default, rest))
            self.keeping.write_keys(name, None)
        return Acknowledged(id=name)

    def choose(self, name: str | None) -> Connection:
        """Makes a connection the default one."""
        listed = {connection.name: connection for connection in self.list().connections}
        if name is None or name not in listed:
            raise NotFound(
                f"there is no connection {str(name)[:64]!r}", hint=f"There are: {', '.join(listed)}."
            )
        with self.keeping.locked():
            self.keeping.write(Kept(name, self.keeping.read().connections))
        return listed[name].model_copy(update={"default": True})

    def _default(self, kept: Kept) -> str | None:
        if kept.default is not None:
            return kept.default
        if kept.connections:
            return None
        return ENVIRONMENT if _said() else LOCAL

    def _names(self) -> str:
        return ", ".join(connection.name for connection in self.list().connections)

    def _known(self, connection: Connection, keys: Keys | None) -> Known:
        from ellip_lab.s3.boto_sessions import stamp as mark

        stamp = mark(self.home) if connection.auth in (Auth.CHAIN, Auth.PROFILE) else ()
        return Known(connection, self.home, keys, stamp)

    def _keys(self, connection: Connection) -> Keys | None:
        return self.keeping.keys(connection.name) if connection.auth is Auth.KEYS else None

    def _keep(
        self, request: ConnectionRequest, keys: Keys | None, before: dict[str, Any] | None
    ) -> str | None:
        if request.auth is not Auth.KEYS:
            self.keeping.write_keys(request.name, None)
            return None
        if keys is None:
            kept_in = (before or {}).get("kept_in")
            if kept_in is None:
                raise Invalid(
                    "there are no keys",
                    hint="Give an access key and its secret, or choose another way to sign in.",
                )
            return str(kept_in)
        self.keeping.write_keys(request.name, keys)
        return "file"

    def _profiles(self, taken: set[str], problems: Problems) -> tuple[Connection, ...]:
        return ()

    def _local(self, endpoint: str | None = None) -> Connection:
        return Connection(
            name=LOCAL, title="On this machine", source=Source.EMBEDDED, endpoint=endpoint, region="us-east-1",
            style=Style.PATH, has_keys=True,
        )  # fmt: skip

    def _started(self, default: bool) -> Known:
        from ellip_lab.s3 import weed

        folder = self.settings.state / "store"
        endpoint, _ = weed.start(folder)
        connection = self._local(endpoint).model_copy(update={"default": default})
        return Known(connection, self.home, Keys(*weed.keys(folder)))


def _said() -> bool:
    return any(os.environ.get(variable) for variable in VARIABLES)


def _environment() -> Connection:
    return Connection(
        name=ENVIRONMENT, title="Environment", source=Source.ENVIRONMENT, auth=Auth.CHAIN,
        endpoint=os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL") or None,
        region=os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION") or None,
    )  # fmt: skip


def _settings(request: ConnectionRequest) -> dict[str, Any]:
    return request.model_dump(mode="json", include=set(ConnectionSettings.model_fields))


def _connection(name: str, entry: dict[str, Any]) -> Connection:
    kept_in = entry.get("kept_in")
    settings = {key: value for key, value in entry.items() if key not in ("name", "kept_in")}
    return Connection.model_validate(
        {
            **settings,
            "name": name,
            "source": Source.SAVED,
            "kept_in": kept_in,
            "has_keys": kept_in is not None,
        }
    )


def _given(request: ConnectionRequest) -> Keys | None:
    """Reads the keys of a request; `Invalid` when one is missing or cannot stand in a file of AWS."""
    given = request.credentials
    if given is None:
        return None
    access, secret, token = (
        _text(part) for part in (given.access_key, given.secret_key, given.session_token)
    )
    if not access and not secret and not token:
        return None
    if not access or not secret:
        raise Invalid(f"the {'secret' if access else 'access'} key is missing", hint="Both belong together.")
    for part, value in (("access key", access), ("secret key", secret), ("session token", token or "")):
        if not value.isascii() or not value.isprintable() or " " in value:
            raise Invalid(
                f"the {part} has spaces, line breaks or other characters no key has", hint="Copy it again."
            )
    return Keys(access, secret, token or None)


def _text(secret: SecretStr | None) -> str:
    return secret.get_secret_value().strip() if secret else ""


def _check(request: ConnectionRequest) -> None:
    if request.name in RESERVED:
        raise Invalid(f"{request.name!r} is a name with a meaning of its own", hint="Choose another name.")
    if request.endpoint is not None:
        parts = urlsplit(request.endpoint)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.username or parts.query:
            raise Invalid(
                "the endpoint is not a URL", hint="Such as https://s3.example.org, without keys in it."
            )
    if request.auth is Auth.PROFILE and not request.profile:
        raise Invalid("the profile has no name", hint="Name a profile of ~/.aws.")
    if request.ca_bundle and not Path(request.ca_bundle).expanduser().is_file():
        raise Invalid(f"there is no file of certificates at {request.ca_bundle}")
