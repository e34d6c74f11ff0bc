"""Names of images: which registry, which repository, which tag or digest."""

from __future__ import annotations

import re
from typing import NamedTuple

from ellip_lab.errors import Invalid

DEFAULT = "docker.io"
"""The registry of a name that says none."""
HOST = re.compile(r"(\[[0-9a-fA-F:]+\]|[A-Za-z0-9][A-Za-z0-9.-]*)(:[0-9]{1,5})?")
COMPONENT = re.compile(r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*")
TAG = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,127}")
DIGEST = re.compile(r"sha256:[0-9a-f]{64}")


class Named(NamedTuple):
    """Is a name taken apart; the grammar is that of the OCI distribution specification, 1.1, "Pulling manifests"."""

    host: str
    """The registry as it was written; empty when the name says none."""
    path: str
    """The repository within the registry, as it was written."""
    tag: str | None
    digest: str | None

    @property
    def registry(self) -> str:
        """Gives the registry that is asked."""
        return self.host or DEFAULT

    @property
    def repository(self) -> str:
        """Gives the repository as its registry knows it: official images of Docker Hub are in `library/`."""
        official = self.registry in (DEFAULT, "index.docker.io") and "/" not in self.path
        return f"library/{self.path}" if official else self.path

    @property
    def wanted(self) -> str:
        """Gives what names the manifest in the registry: the digest, else the tag, else `latest`."""
        return self.digest or self.tag or "latest"


def parse(reference: str) -> Named:
    """Takes a name apart; `Invalid` when no registry could have it, with what is wrong."""
    rest, _, digest = reference.partition("@")
    first, slash, after = rest.partition("/")
    named = bool(slash) and ("." in first or ":" in first or first == "localhost")
    host, path = (first, after) if named else ("", rest)
    if host and not HOST.fullmatch(host):
        raise _wrong(reference, f"{host} is no registry")
    path, colon, tag = path.partition(":")
    if digest and not DIGEST.fullmatch(digest):
        raise _wrong(reference, "a digest is sha256: and 64 hexadecimal digits")
    if colon and not TAG.fullmatch(tag):
        raise _wrong(reference, "a tag has letters, digits, `.`, `_` and `-`, 128 at the most")
    if path != path.lower():
        raise _wrong(reference, "the name of a repository is written in lower case")
    if not path or not all(COMPONENT.fullmatch(part) for part in path.split("/")):
        raise _wrong(
            reference, "a repository has lower-case letters, digits and single `.`, `_`, `-` between them"
        )
    return Named(host, path, tag or None, digest or None)


def _wrong(reference: str, why: str) -> Invalid:
    return Invalid(
        f"{reference} cannot be the name of an image: {why}", hint="Write registry/repository:tag."
    )
