"""What the warm process loads of room `s3`, so that a transfer forked from it finds everything made."""

from __future__ import annotations

from pathlib import Path


def ready(state: Path) -> None:
    """Loads both clients, and makes one that asks nobody: the description of S3 is read then, once for all forks."""
    from ellip_lab.errors import EllipError
    from ellip_lab.s3 import boto, carrying, obstore, transfer_child  # noqa: F401 - loaded for the forks
    from ellip_lab.s3.connections import Known
    from ellip_lab.s3.contract import Auth, Connection, Source

    nobody = Connection(name="warm", endpoint="http://127.0.0.1:9", auth=Auth.ANONYMOUS, source=Source.SAVED)
    obstore.available()
    try:
        boto.make_client(Known(nobody, state)).close()
    except EllipError:
        return  # boto3 is not installed: whoever needs it is told so then
