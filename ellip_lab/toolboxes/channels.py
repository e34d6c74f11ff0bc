"""Where packages come from: default channels, mirrors, and who is signed in where."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from ellip_lab.contract import JsonObject
from ellip_lab.errors import Invalid, NotFound, Unavailable
from ellip_lab.shell import read_json, write_json
from ellip_lab.toolboxes.contract import (
    ChannelHostQuery,
    ChannelLogin,
    ChannelLoginRequest,
    Channels,
    ChannelsRequest,
    LoginKind,
)
from ellip_lab.toolboxes.wording import has_secret, said

if TYPE_CHECKING:
    from ellip_lab.toolboxes.home import Home

SAID = {LoginKind.BASIC: "BasicHTTP", LoginKind.BEARER: "BearerToken", LoginKind.CONDA: "CondaToken"}
"""The kinds of signing in, as the file of rattler has them."""


class ChannelStore:
    """Keeps where packages come from; secrets in a file apart, which only the user can read."""

    def __init__(self, home: Home) -> None:
        self._home = home

    def read(self) -> Channels:
        """Gives where packages come from."""
        try:
            asked = ChannelsRequest.model_validate(read_json(self._home.channels))
        except FileNotFoundError:
            asked = ChannelsRequest()
        except (OSError, ValueError, ValidationError) as error:
            raise Unavailable(
                f"{self._home.channels} cannot be read: {error}", hint="Mend it, or remove it."
            ) from error
        logins = [_login(host, entry) for host, entry in sorted(self._logins().items())]
        return Channels(**asked.model_dump(), logins=tuple(logins))

    def network(self) -> JsonObject:
        """Gives what a child needs of it, without any secret."""
        return self.read().model_dump(mode="json", include={"mirrors", "priority", "offline"})

    def save(self, request: ChannelsRequest) -> Channels:
        """Says from now on where packages come from; `Invalid` for a URL with a secret."""
        for name, urls in request.mirrors.items():
            checked((name, *urls))
            if not urls or not name.startswith(("http://", "https://")):
                raise Invalid(
                    f"{name} has no mirror, or is no URL", hint="A mirror is asked instead of a URL."
                )
        checked(request.default)
        if not request.default:
            raise Invalid("there is no default channel", hint="Name one, conda-forge perhaps.")
        self._home.make()
        # a channel's settings of this room and the words of the door are one shape
        self._write(self._home.channels, ChannelsRequest(**_plain(request)).model_dump(mode="json"))
        return self.read()

    def login(self, request: ChannelLoginRequest) -> Channels:
        """Signs in to the channels of a host; `Invalid` for a password without a name."""
        secret = request.secret.get_secret_value()
        if not secret:
            raise Invalid("the secret is empty")
        if request.kind is LoginKind.BASIC and not request.username:
            raise Invalid("a password needs a name", hint="For a token, choose bearer or conda.")
        entry: Any = (
            {"username": request.username, "password": secret} if request.kind is LoginKind.BASIC else secret
        )
        self._home.make()
        self._write(self._home.logins, {**self._logins(), request.host: {SAID[request.kind]: entry}})
        return self.read()

    def logout(self, query: ChannelHostQuery) -> Channels:
        """Signs out of a host."""
        logins = self._logins()
        if query.host not in logins:
            raise NotFound(f"nobody is signed in to {query.host}")
        self._write(self._home.logins, {host: entry for host, entry in logins.items() if host != query.host})
        return self.read()

    def _logins(self) -> dict[str, Any]:
        try:
            found: dict[str, Any] = read_json(self._home.logins)
        except FileNotFoundError:
            return {}
        except (OSError, ValueError) as error:
            raise Unavailable(
                f"{self._home.logins} cannot be read", hint="Remove it, and sign in again."
            ) from error
        return found

    @staticmethod
    def _write(place: Any, value: JsonObject) -> None:
        try:
            write_json(place, value, 0o600)
        except OSError as error:
            raise Unavailable(f"{place} cannot be written: {error.strerror}") from error


def _plain(request: ChannelsRequest) -> JsonObject:
    return {name: getattr(request, name) for name in ChannelsRequest.model_fields}


def _login(host: str, entry: dict[str, Any]) -> ChannelLogin:
    [(kind, value)] = entry.items()
    username = value.get("username") if isinstance(value, dict) else None
    return ChannelLogin(
        host=host, kind=next(one for one, word in SAID.items() if word == kind), username=username
    )


def checked(channels: Sequence[str]) -> None:
    """Raises `Invalid` for a channel with a secret in its URL: it would end in lists and lock files."""
    for channel in channels:
        if has_secret(channel):
            raise Invalid(
                f"{said(channel)} has a secret in it",
                hint="Sign in to its host instead: `ellip toolbox login`.",
            )
