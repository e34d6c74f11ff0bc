"""Every connection there is: saved ones, profiles of `~/.aws`, the environment, the store on this machine.

Listing reads files and variables, and asks nobody. What a connection needs to sign is found when it is used.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from pydantic import ValidationError

from ellip_lab.contract import Acknowledged
from ellip_lab.errors import Conflict, EllipError, Invalid, NotFound
from ellip_lab.s3 import keyring, profiles
from ellip_lab.s3.asked import check, check_settings, keys_of, saved, settings_of
from ellip_lab.s3.contract import Auth, Connection, ConnectionList, ConnectionRequest, Source, Style
from ellip_lab.s3.keeping import Keeping, Kept, Keys
from ellip_lab.s3.profiles import ENVIRONMENT
from ellip_lab.settings import Settings

if TYPE_CHECKING:
    from botocore.session import Session

LOCAL = "local"
Entry = dict[str, Any]


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
        problems = []
        try:
            kept = self.keeping.read()
        except EllipError as error:
            kept = Kept(None, {})
            problems.append(error.detail)
        found: dict[str, Connection] = {}
        for name, entry in kept.connections.items():
            try:
                found[name] = saved(name, entry)
            except ValidationError as error:
                problems.append(f"connection {name[:64]!r} is damaged: {error.errors()[0]['msg']}")
        if profiles.offered():
            found[ENVIRONMENT] = profiles.environment()
        found[LOCAL] = self._local()
        of_aws, unread = profiles.profiles(self.home, {*kept.connections, ENVIRONMENT, LOCAL})
        found.update({connection.name: connection for connection in of_aws})
        default = self._default(kept)
        return ConnectionList(
            connections=tuple(
                connection.model_copy(update={"default": name == default})
                for name, connection in found.items()
            ),
            problems=(*problems, *unread),
        )

    def get(self, name: str | None = None) -> Known:
        """Gives a connection ready for use, the default one without a name.

        `NotFound` when there is none of that name, `Invalid` when there is no default. The store on this machine
        is started when it is asked for.
        """
        kept = self.keeping.read()
        default = self._default(kept)
        wanted = name or default
        if wanted is None:
            raise Invalid("no connection is the default", hint=f"Choose one, or name one: {self._names()}.")
        if wanted == LOCAL:
            return self._started(default == LOCAL)
        keys = None
        if wanted in kept.connections:
            try:
                connection = saved(wanted, kept.connections[wanted])
            except ValidationError as error:
                raise Invalid(
                    f"connection {wanted!r} is damaged in {self.keeping.file}", hint="Save it again."
                ) from error
            keys = self._keys(connection, kept.connections[wanted])
        elif wanted == ENVIRONMENT:
            connection = profiles.environment()
        else:
            of_aws, _ = profiles.profiles(self.home, {*kept.connections, ENVIRONMENT, LOCAL})
            found = {connection.name: connection for connection in of_aws}
            if wanted not in found:
                raise NotFound(f"there is no connection {wanted[:64]!r}", hint=f"There are: {self._names()}.")
            connection = found[wanted]
        return self._known(connection.model_copy(update={"default": wanted == default}), keys)

    def of(self, request: ConnectionRequest) -> Known:
        """Gives what a request would make, without keeping it: for a test before it is saved."""
        check_settings(request)
        keys = keys_of(request)
        if keys is None and request.auth is Auth.KEYS:
            entry = self.keeping.read().connections.get(request.name)
            keys = self._keys(saved(request.name, entry), entry) if entry else None
        return self._known(saved(request.name, settings_of(request)), keys)

    def save(self, request: ConnectionRequest) -> Connection:
        """Keeps a connection and its keys; the first one that is saved becomes the default."""
        check(request)
        keys = keys_of(request)
        with self.keeping.locked():
            kept = self.keeping.read()
            before = kept.connections.get(request.name)
            if before is not None and not request.replace:
                raise Conflict(
                    f"there is a connection {request.name!r} already", hint="Say that it is to be replaced."
                )
            old = self.keeping.keys(request.name)
            entry = settings_of(request)
            entry["kept_in"] = self._keep(request, keys, before)
            entry["mark"] = uuid4().hex
            default = kept.default or (request.name if not kept.connections else None)
            try:
                self.keeping.write(Kept(default, {**kept.connections, request.name: entry}))
            except OSError:
                self.keeping.write_keys(request.name, old)
                raise
            if before and before.get("kept_in") == "keyring" != entry["kept_in"]:
                keyring.forget(self.home, request.name)
        return saved(request.name, entry).model_copy(update={"default": default == request.name})

    def remove(self, name: str | None) -> Acknowledged:
        """Forgets a saved connection and its keys; what AWS's files and the environment say stays."""
        if name is None:
            raise Invalid("a connection is removed by its name", hint=f"There are: {self._names()}.")
        with self.keeping.locked():
            kept = self.keeping.read()
            entry = kept.connections.get(name)
            if entry is None:
                if any(connection.name == name for connection in self.list().connections):
                    raise Invalid(f"{name!r} was not saved here and cannot be removed")
                raise NotFound(f"there is no connection {name[:64]!r}", hint=f"There are: {self._names()}.")
            rest = {other: value for other, value in kept.connections.items() if other != name}
            self.keeping.write(Kept(None if kept.default == name else kept.default, rest))
            self.keeping.write_keys(name, None)
            if entry.get("kept_in") == "keyring":
                keyring.forget(self.home, name)
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
        return ENVIRONMENT if profiles.said() else LOCAL

    def _names(self) -> str:
        return ", ".join(connection.name for connection in self.list().connections)

    def _known(self, connection: Connection, keys: Keys | None) -> Known:
        from ellip_lab.s3.boto_sessions import stamp as mark

        stamp = mark(self.home) if connection.auth in (Auth.CHAIN, Auth.PROFILE) else ()
        return Known(connection, self.home, keys, stamp)

    def _keys(self, connection: Connection, entry: Entry) -> Keys | None:
        if connection.kept_in == "keyring":
            return keyring.find(self.home, connection.name, str(entry.get("mark")))
        return self.keeping.keys(connection.name) if connection.auth is Auth.KEYS else None

    def _keep(self, request: ConnectionRequest, keys: Keys | None, before: Entry | None) -> str | None:
        """Keeps the keys of a request in the best place there is, and gives its name."""
        if request.auth is not Auth.KEYS:
            self.keeping.write_keys(request.name, None)
            return None
        if keys is None:
            kept_in = before.get("kept_in") if before else None
            if not isinstance(kept_in, str):
                raise Invalid(
                    "there are no keys",
                    hint="Give an access key and its secret, or choose another way to sign in.",
                )
            return kept_in
        in_keyring = keyring.keep(self.home, request.name, keys)
        self.keeping.write_keys(request.name, None if in_keyring else keys)
        return "keyring" if in_keyring else "file"

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
