"""The routes of room `s3`: objects."""

from __future__ import annotations

from ellip_lab.contract import Empty
from ellip_lab.s3.contract import (
    Code,
    CodeQuery,
    ContentQuery,
    ObjectDetails,
    ObjectPage,
    ObjectQuery,
    ObjectsQuery,
    PictureQuery,
    Presigned,
    PresignRequest,
    VersionList,
    WriteQuery,
    Written,
)
from ellip_lab.server import content
from ellip_lab.server.route import Action, AnyRoute, Call, Method, Picture, Route, Stream

WRITE_MAX = 16 * 2**20
"""The largest object written in one piece, in bytes; larger ones come in parts."""


def objects(call: Call[ObjectsQuery, Empty]) -> ObjectPage:
    """Lists one page of what is below a prefix."""
    return call.lab.s3.objects(call.query)


def show_object(call: Call[ObjectQuery, Empty]) -> ObjectDetails:
    """Gives everything known of an object."""
    return call.lab.s3.show_object(call.query)


def versions(call: Call[ObjectQuery, Empty]) -> VersionList:
    """Lists the versions of an object."""
    return call.lab.s3.versions(call.query)


def restore_version(call: Call[Empty, ObjectQuery]) -> Written:
    """Makes an older version of an object the newest one again."""
    return call.lab.s3.restore_version(call.body)


def make_folder(call: Call[Empty, ObjectQuery]) -> Written:
    """Makes an empty folder: an object without bytes whose key ends in `/`."""
    return call.lab.s3.make_folder(call.body)


def presign(call: Call[Empty, PresignRequest]) -> Presigned:
    """Makes a URL that anybody may use until it expires."""
    return call.lab.s3.presign(call.body)


def code(call: Call[CodeQuery, Empty]) -> Code:
    """Gives ready code that opens an object; no key stands in it."""
    return call.lab.s3.code(call.query)


def quicklook(call: Call[PictureQuery, Empty]) -> Picture:
    """Draws a raster by reading the pieces a picture needs, as PNG."""
    return Picture(call.lab.s3.quicklook(call.query))


def read(call: Call[ContentQuery, Empty]) -> Stream:
    """Gives the bytes of an object.

    `Range` (one range of bytes), `If-Range` and `If-None-Match` mean what HTTP says. With `download` the reply is a file to
    keep; without, a browser that opens it shows it in a sandbox of its own.
    """
    return content.opened(call)


def write(call: Call[WriteQuery, bytes]) -> Written:
    """Writes an object in one piece, at most 16 MiB; larger files are uploads or transfers."""
    return call.lab.s3.write(call.query, call.body)


ROUTES: tuple[AnyRoute, ...] = (
    Route(
        method=Method.GET,
        path="/s3/objects",
        action=Action.READ,
        query=ObjectsQuery,
        body=Empty,
        reply=ObjectPage,
        verb=objects,
    ),
    Route(
        method=Method.GET,
        path="/s3/object",
        action=Action.READ,
        query=ObjectQuery,
        body=Empty,
        reply=ObjectDetails,
        verb=show_object,
    ),
    Route(
        method=Method.GET,
        path="/s3/versions",
        action=Action.READ,
        query=ObjectQuery,
        body=Empty,
        reply=VersionList,
        verb=versions,
    ),
    Route(
        method=Method.POST,
        path="/s3/versions/restore",
        action=Action.WRITE,
        query=Empty,
        body=ObjectQuery,
        reply=Written,
        verb=restore_version,
    ),
    Route(
        method=Method.POST,
        path="/s3/folders",
        action=Action.WRITE,
        query=Empty,
        body=ObjectQuery,
        reply=Written,
        verb=make_folder,
        status=201,
    ),
    Route(
        method=Method.POST,
        path="/s3/presign",
        action=Action.WRITE,
        query=Empty,
        body=PresignRequest,
        reply=Presigned,
        verb=presign,
    ),
    Route(
        method=Method.GET,
        path="/s3/code",
        action=Action.READ,
        query=CodeQuery,
        body=Empty,
        reply=Code,
        verb=code,
    ),
    Route(
        method=Method.GET,
        path="/s3/quicklook",
        action=Action.READ,
        query=PictureQuery,
        body=Empty,
        reply=Picture,
        verb=quicklook,
    ),
    Route(
        method=Method.GET,
        path="/s3/content",
        action=Action.READ,
        query=ContentQuery,
        body=Empty,
        reply=Stream,
        verb=read,
    ),
    Route(
        method=Method.POST,
        path="/s3/content",
        action=Action.WRITE,
        query=WriteQuery,
        body=bytes,
        reply=Written,
        verb=write,
        limit=WRITE_MAX,
    ),
)
