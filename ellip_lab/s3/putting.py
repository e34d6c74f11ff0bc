"""Puts files into the embedded store."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

from ellip_lab.errors import Unavailable
from ellip_lab.s3 import boto, weed
from ellip_lab.s3.contract import Stored

MEDIA_TYPES = {
    ".tif": "image/tiff; application=geotiff; profile=cloud-optimized",
    ".json": "application/geo+json",
    ".md": "text/markdown",
}


def put(
    folder: Path, bucket: str, prefix: str, files: tuple[Path, ...], *, public: bool
) -> tuple[Stored, ...]:
    """Puts files; what is there already, byte for byte, is not sent again.

    Anybody who reaches a public bucket may read its objects: here, the users of this machine.
    """
    known = weed.running(folder)
    if known is None:
        raise Unavailable("the embedded object store is not running")
    endpoint = known[0]
    s3 = boto.client(endpoint, *weed.keys(folder))
    try:
        boto.make_bucket(s3, bucket, public=public)
        stored = []
        for file in files:
            kind = MEDIA_TYPES.get(file.suffix, "application/octet-stream")
            key = f"{prefix.strip('/')}/{file.name}"
            size = boto.put(s3, bucket, key, file, kind)
            stored.append(Stored(bucket=bucket, key=key, size=size, url=f"{endpoint}/{bucket}/{quote(key)}"))
        return tuple(stored)
    finally:
        s3.close()
