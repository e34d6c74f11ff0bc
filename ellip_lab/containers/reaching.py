"""How registries are reached that are not reached by plain HTTPS: kept, and told to podman.

podman has three ways to be told without touching /etc. `CONTAINERS_REGISTRIES_CONF` replaces the machine's own file,
and a terminal would not have it; `CONTAINERS_REGISTRIES_CONF_DIR` is not heard by podman 4.3. A file in the user's
own `~/.config/containers/registries.conf.d` is added to whatever else there is, and is heard by every podman of this
user: works, runs, the service and a terminal. So each saved registry is a file there, of a name of ours, and its
certificate authority one in `~/.config/containers/certs.d/HOST`.
"""

from __future__ import annotations

import shutil
import ssl
from pathlib import Path
from typing import NamedTuple

from ellip_lab.errors import Invalid, NotFound, Unavailable
from ellip_lab.shell import read_json, write_atomic, write_json

NAME = "ellip-lab"


class Way(NamedTuple):
    """Is how a registry is reached."""

    insecure: bool = False
    ca: str | None = None


class Ways:
    """Knows how registries are reached; `state` is the room's folder."""

    def __init__(self, state: Path) -> None:
        self._place = state / "registries.json"

    def all(self) -> dict[str, Way]:
        """Gives every registry that is saved, by host."""
        try:
            kept = read_json(self._place)
        except (OSError, ValueError):
            return {}
        return {
            str(host): Way(bool(way.get("insecure")), way.get("ca"))
            for host, way in (kept.items() if isinstance(kept, dict) else ())
            if isinstance(way, dict)
        }

    def get(self, host: str) -> Way:
        """Gives how a registry is reached."""
        return self.all().get(host, Way())

    def save(self, host: str, way: Way) -> None:
        """Keeps how a registry is reached, and tells podman.

        `NotFound` or `Invalid` for a certificate that is not there or is none, `Unavailable` when the folder of
        the user's configuration cannot be written.
        """
        certificate = _certificate(way.ca) if way.ca else None
        try:
            _tell(host, way, certificate)
            self._keep({**self.all(), host: way})
        except OSError as error:
            raise Unavailable(
                f"{error.filename or _config()} cannot be written: {error.strerror}",
                hint="podman reads how registries are reached from there: see whose it is, and whether it is full.",
            ) from error

    def forget(self, host: str) -> bool:
        """Forgets how a registry is reached, and tells whether it was known."""
        ways = self.all()
        known = ways.pop(host, None)
        if known is None:
            return False
        _drop_in(host).unlink(missing_ok=True)
        _remove_certificate(host)
        self._keep(ways)
        return True

    def restore(self) -> None:
        """Writes again what podman is told, where a home is younger than the state."""
        for host, way in self.all().items():
            if not _drop_in(host).exists():
                try:
                    _tell(host, way, _certificate(way.ca) if way.ca else None)
                except (OSError, Invalid, NotFound):
                    continue  # the work itself will say that the registry cannot be reached

    def _keep(self, ways: dict[str, Way]) -> None:
        self._place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_json(self._place, {host: way._asdict() for host, way in ways.items()}, 0o600)


def _config() -> Path:
    """Gives podman's folder of this user; it looks below HOME, whatever XDG_CONFIG_HOME says."""
    return Path.home() / ".config" / "containers"


def _drop_in(host: str) -> Path:
    return _config() / "registries.conf.d" / f"{NAME}-{host}.conf"


def _certificates(host: str) -> Path:
    return _config() / "certs.d" / host


def _tell(host: str, way: Way, certificate: bytes | None) -> None:
    place = _drop_in(host)
    place.parent.mkdir(parents=True, exist_ok=True)
    text = (
        "# Written by ellip-lab: `ellip registry` and the panel of registries change it.\n"
        f'[[registry]]\nlocation = "{host}"\ninsecure = {str(way.insecure).lower()}\n'
    )
    write_atomic(place, text.encode())
    if certificate is None:
        _remove_certificate(host)
        return
    _certificates(host).mkdir(parents=True, exist_ok=True)
    write_atomic(_certificates(host) / f"{NAME}.crt", certificate)


def _remove_certificate(host: str) -> None:
    folder = _certificates(host)
    (folder / f"{NAME}.crt").unlink(missing_ok=True)
    if folder.is_dir() and not any(folder.iterdir()):
        shutil.rmtree(folder, ignore_errors=True)


def _certificate(path: str) -> bytes:
    try:
        data = Path(path).read_bytes()
    except OSError as error:
        raise NotFound(
            f"the certificate {path} cannot be read: {error.strerror}", hint="Give the path of a PEM file."
        ) from error
    try:
        ssl.create_default_context(cadata=data.decode("ascii"))
    except (ssl.SSLError, ValueError) as error:
        raise Invalid(
            f"{path} is no certificate", hint="Give a PEM file (-----BEGIN CERTIFICATE-----)."
        ) from error
    return data
