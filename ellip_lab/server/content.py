"""The bytes of objects as HTTP has them: ranges, validators, file names."""

from __future__ import annotations

from ellip_lab.contract import Empty
from ellip_lab.s3.contract import ContentQuery
from ellip_lab.server.route import Call, Stream


def opened(call: Call[ContentQuery, Empty]) -> Stream:
    """Opens an object as the headers ask for it."""
    raise NotImplementedError
