"""The verbs of room `s3`."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

from ellip_lab.errors import NotFound, Unavailable
from ellip_lab.s3 import weed
from ellip_lab.s3.contract import Store, Stored
from ellip_lab.settings import Settings

MEDIA_TYPES = {
    ".tif": "image/tiff; application=geotiff; profile=cloud-optimized",
    ".json": "application/geo+json",
    ".md": "text/markdown",
}


class S3Service:
    """Keeps the embedded object store, and puts files into it."""

    def __init__(self, settings: Settings) -> None:
        self._folder = settings.state / "store"

    def start_store(self) -> Store:
        """Starts the embedded object store unless it runs; it goes on until `stop_store`.

        It listens on loopback only, with keys of its own. `Unavailable` when it is not installed or does not
        come up.
        """
        endpoint, pid = weed.start(self._folder)
        return Store(endpoint=endpoint, pid=pid, folder=str(self._folder / "data"))

    def show_store(self) -> Store:
        """Gives the embedded object store when it runs; `NotFound` when it does not."""
        known = weed.running(self._folder)
        if known is None:
            raise NotFound("the embedded object store is not running")
        return Store(endpoint=known[0], pid=known[1], folder=str(self._folder / "data"))

    def stop_store(self) -> bool:
        """Stops the embedded object store, its data stay; tells whether it was running."""
        return weed.stop(self._folder)

    def put(
        self, bucket: str, prefix: str, files: tuple[Path, ...], *, public: bool = False
    ) -> tuple[Stored, ...]:
        """Puts files below a prefix of a bucket of the embedded store, and makes the bucket if need be.

        What is there already, byte for byte, is not sent again. Anybody who reaches a public bucket may read
        its objects: here, the users of this machine. `Unavailable` when the store is not running.
        """
        from ellip_lab.s3 import boto

        known = weed.running(self._folder)
        if known is None:
            raise Unavailable("the embedded object store is not running")
        endpoint = known[0]
        s3 = boto.client(endpoint, *weed.keys(self._folder))
        try:
            boto.make_bucket(s3, bucket, public=public)
            return tuple(
                _put(s3, endpoint, bucket, f"{prefix.strip('/')}/{file.name}", file) for file in files
            )
        finally:
            s3.close()


def _put(s3: object, endpoint: str, bucket: str, key: str, file: Path) -> Stored:
    from ellip_lab.s3 import boto

    kind = MEDIA_TYPES.get(file.suffix, "application/octet-stream")
    size = boto.put(s3, bucket, key, file, kind)
    return Stored(bucket=bucket, key=key, size=size, url=f"{endpoint}/{bucket}/{quote(key)}")
