"""What somebody asks to be kept as a connection: read, and checked before anything is written."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pydantic import SecretStr

from ellip_lab.errors import Invalid
from ellip_lab.s3.contract import Auth, Connection, ConnectionRequest, ConnectionSettings, Source
from ellip_lab.s3.keeping import Keys

RESERVED = {"local", "environment", "default", "DEFAULT"}
"""Names that mean something already, here or in a file of AWS."""


def settings_of(request: ConnectionRequest) -> dict[str, Any]:
    """Gives what is kept of a request: everything but its secrets."""
    return request.model_dump(mode="json", include=set(ConnectionSettings.model_fields))


def saved(name: str, entry: dict[str, Any]) -> Connection:
    """Gives a connection as it was kept; pydantic's `ValidationError` when the entry is damaged."""
    kept_in = entry.get("kept_in")
    settings = {key: value for key, value in entry.items() if key not in ("name", "kept_in", "mark")}
    return Connection.model_validate(
        {
            **settings,
            "name": name,
            "source": Source.SAVED,
            "kept_in": kept_in,
            "has_keys": kept_in is not None,
        }
    )


def keys_of(request: ConnectionRequest) -> Keys | None:
    """Reads the keys of a request; `Invalid` when one is missing or has what no key has."""
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
    for part, value in (("access key", access), ("secret key", secret), ("session token", token)):
        # They stand in a file of lines, and in a header.
        if not value.isascii() or not value.isprintable() or " " in value:
            raise Invalid(
                f"the {part} has spaces, line breaks or other characters no key has", hint="Copy it again."
            )
    return Keys(access, secret, token or None)


def check(request: ConnectionRequest) -> None:
    """Refuses what cannot be a connection."""
    if request.name in RESERVED:
        raise Invalid(f"{request.name!r} is a name with a meaning of its own", hint="Choose another name.")
    check_settings(request)


def check_settings(request: ConnectionSettings) -> None:
    """Refuses settings that cannot work."""
    if request.endpoint is not None and not _is_endpoint(request.endpoint):
        raise Invalid("the endpoint is not a URL", hint="Such as https://s3.example.org, without keys in it.")
    for what, value in (("region", request.region), ("profile", request.profile), ("role", request.role_arn)):
        if value is not None and (not value.isprintable() or value != value.strip() or not value):
            raise Invalid(f"the {what} is empty or has spaces or line breaks around or in it")
    if request.auth is Auth.PROFILE and not request.profile:
        raise Invalid("the profile has no name", hint="Name a profile of ~/.aws.")
    if request.role_arn and request.auth is Auth.ANONYMOUS:
        raise Invalid("nobody cannot take a role", hint="Give keys, a profile or the environment to it.")
    if request.ca_bundle:
        _check_certificates(Path(request.ca_bundle).expanduser())


def _check_certificates(place: Path) -> None:
    try:
        text = place.read_bytes()
    except OSError as error:
        raise Invalid(f"the certificates in {place} cannot be read: {error.strerror}") from error
    if b"-----BEGIN CERTIFICATE-----" not in text:
        raise Invalid(f"{place} has no certificates", hint="A file in PEM form is meant.")


def _is_endpoint(endpoint: str) -> bool:
    if not endpoint.isascii() or not endpoint.isprintable() or " " in endpoint:
        return False
    try:
        parts = urlsplit(endpoint)
        port = parts.port
    except ValueError:
        return False
    bare = not (parts.username or parts.password or parts.query or parts.fragment)
    return parts.scheme in ("http", "https") and bool(parts.hostname) and bare and port != 0


def _text(secret: SecretStr | None) -> str:
    return secret.get_secret_value().strip() if secret else ""
