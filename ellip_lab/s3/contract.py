"""The words of room `s3`."""

from __future__ import annotations

from pydantic import Field

from ellip_lab.contract import Contract


class Store(Contract):
    """Is the embedded object store of this user, running on this machine alone; its keys are not told."""

    endpoint: str
    """The URL of its S3 interface, on loopback."""
    pid: int
    """Its process."""
    folder: str
    """The folder that holds its data."""


class Stored(Contract):
    """Is an object that was put into a bucket."""

    bucket: str
    key: str
    size: int = Field(ge=0)
    """Bytes."""
    url: str
    """Where it can be read over HTTP, without keys when its bucket is public."""
