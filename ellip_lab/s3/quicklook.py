"""Pictures of rasters in a store, drawn by window reads."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from ellip_lab.errors import EllipError, Invalid
from ellip_lab.s3 import boto
from ellip_lab.s3.contract import ObjectQuery, QuicklookQuery
from ellip_lab.s3.reading import head
from ellip_lab.s3.replies import raster_type, shown

if TYPE_CHECKING:
    from ellip_lab.s3.connections import Connections, Known
    from ellip_lab.s3.service import Draw

WHOLE = ("image/png", "image/jpeg", "image/webp")
"""Media types of which no piece can be read by itself."""
WHOLE_MOST = 32 * 2**20
"""Bytes of such a one that are read for a picture."""


def quicklook(connections: Connections, query: QuicklookQuery, draw: Draw) -> bytes:
    """Draws a raster as PNG; `Invalid` when it is none.

    The store is asked for the object first: what it refuses, it says better than GDAL does.
    """
    known = connections.get(query.connection)
    what = shown(known, query.bucket, query.key)
    found = head(known, ObjectQuery(bucket=query.bucket, key=query.key))
    if query.version is not None and query.version != found.get("VersionId"):
        raise Invalid(
            "a picture is drawn of the newest version only", hint="Restore the version, or download it."
        )
    kind = raster_type(query.key, found.get("ContentType"))
    size = found["ContentLength"]
    if kind is None or not size:
        raise Invalid(
            f"{what} is no raster", hint="Pictures are made of GeoTIFF, JPEG 2000, PNG, JPEG and WebP."
        )
    if kind in WHOLE and size > WHOLE_MOST:
        raise Invalid(
            f"{what} has {size} bytes, which a picture would have to read whole",
            hint="Make a Cloud-Optimized GeoTIFF of it (rio cogeo create).",
        )
    if {"", ".", ".."} & set(query.key.split("/")):
        raise Invalid(
            f"GDAL has no name for {what}: it takes its slashes and dots for folders",
            hint="Copy it under another key.",
        )
    try:
        return draw(f"/vsis3/{query.bucket}/{query.key}", options(known, query.bucket), query.size)
    except EllipError as error:
        raise type(error)(f"{what}: {error.detail}", hint=error.hint) from None


def options(known: Known, bucket: str) -> dict[str, str]:
    """Gives GDAL's options to reach a bucket (GDAL, "Network based file systems", /vsis3/); some are secret.

    All are said, also those that are empty: what is not said, GDAL takes from the variables of the process.
    """
    reach = boto.reach_of(known)
    signing = boto.signing_of(known)
    parts = urlsplit(reach.endpoint)
    # A certificate with a wildcard is good for one label: a bucket with dots cannot stand in the host's name.
    virtual = reach.virtual and not ("." in bucket and parts.scheme == "https")
    said = {
        "AWS_NO_SIGN_REQUEST": "NO" if signing else "YES",
        "AWS_ACCESS_KEY_ID": signing.access if signing else "",
        "AWS_SECRET_ACCESS_KEY": signing.secret if signing else "",
        "AWS_SESSION_TOKEN": (signing.token or "") if signing else "",
        "AWS_S3_ENDPOINT": f"{parts.netloc.rpartition('@')[2]}{parts.path.rstrip('/')}",
        "AWS_HTTPS": "YES" if parts.scheme == "https" else "NO",
        "AWS_VIRTUAL_HOSTING": "TRUE" if virtual else "FALSE",
        "AWS_REGION": reach.region,
        "AWS_DEFAULT_REGION": reach.region,
        "AWS_REQUEST_PAYER": "requester" if reach.requester_pays else "",
        "GDAL_HTTP_CONNECTTIMEOUT": "10",
        "GDAL_HTTP_TIMEOUT": "30",
        "GDAL_HTTP_MAX_RETRY": "2",
        "GDAL_HTTP_RETRY_DELAY": "0.5",
        # Objects change, and what one connection may read another may not: nothing is kept between pictures.
        "CPL_VSIL_CURL_NON_CACHED": "/vsis3/",
        "VSI_CACHE": "FALSE",
    }
    if isinstance(reach.verify, str):
        said["GDAL_CURL_CA_BUNDLE"] = reach.verify
    elif not reach.verify:
        said["GDAL_HTTP_UNSAFESSL"] = "YES"
    if not reach.proxy:
        said["GDAL_HTTP_PROXY"] = ""
    return said
