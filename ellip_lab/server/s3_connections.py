"""The routes of room `s3`: connections and their buckets."""

from __future__ import annotations

from ellip_lab.contract import Acknowledged, Empty
from ellip_lab.s3.contract import (
    BucketInfo,
    BucketList,
    BucketRequest,
    Connection,
    ConnectionList,
    ConnectionQuery,
    ConnectionRequest,
    ConnectionTest,
    PresetList,
    Surroundings,
    TestRequest,
)
from ellip_lab.server.route import Action, AnyRoute, Call, Method, Route


def connections(call: Call[Empty, Empty]) -> ConnectionList:
    """Gives every connection; nothing is asked or connected for it."""
    return call.lab.s3.connections()


def presets(call: Call[Empty, Empty]) -> PresetList:
    """Gives the services that are known beforehand."""
    return call.lab.s3.presets()


def save_connection(call: Call[Empty, ConnectionRequest]) -> Connection:
    """Keeps a connection; its keys are kept where only the user can read them, and never told again."""
    return call.lab.s3.save_connection(call.body)


def remove_connection(call: Call[ConnectionQuery, Empty]) -> Acknowledged:
    """Forgets a saved connection and its keys."""
    return call.lab.s3.remove_connection(call.query)


def test_connection(call: Call[Empty, TestRequest]) -> ConnectionTest:
    """Tries a connection step by step, and says which step fails."""
    return call.lab.s3.test_connection(call.body)


def choose_connection(call: Call[Empty, ConnectionQuery]) -> Connection:
    """Makes a connection the default: the one that `s3://bucket/key` means."""
    return call.lab.s3.choose_connection(call.body)


def use(call: Call[ConnectionQuery, Empty]) -> Surroundings:
    """Gives the variables by which boto3, s3fs and GDAL use a connection; none of them is a secret."""
    return call.lab.s3.use(call.query)


def buckets(call: Call[ConnectionQuery, Empty]) -> BucketList:
    """Lists the buckets of a connection; those it names, where they may not be listed."""
    return call.lab.s3.buckets(call.query)


def make_bucket(call: Call[Empty, BucketRequest]) -> BucketInfo:
    """Makes a bucket."""
    return call.lab.s3.make_bucket(call.body)


def remove_bucket(call: Call[BucketRequest, Empty]) -> Acknowledged:
    """Removes an empty bucket."""
    return call.lab.s3.remove_bucket(call.query)


ROUTES: tuple[AnyRoute, ...] = (
    Route(
        method=Method.GET,
        path="/s3/connections",
        action=Action.READ,
        query=Empty,
        body=Empty,
        reply=ConnectionList,
        verb=connections,
    ),
    Route(
        method=Method.GET,
        path="/s3/presets",
        action=Action.READ,
        query=Empty,
        body=Empty,
        reply=PresetList,
        verb=presets,
    ),
    Route(
        method=Method.POST,
        path="/s3/connections",
        action=Action.WRITE,
        query=Empty,
        body=ConnectionRequest,
        reply=Connection,
        verb=save_connection,
    ),
    Route(
        method=Method.DELETE,
        path="/s3/connections",
        action=Action.WRITE,
        query=ConnectionQuery,
        body=Empty,
        reply=Acknowledged,
        verb=remove_connection,
    ),
    Route(
        method=Method.POST,
        path="/s3/connections/test",
        action=Action.EXECUTE,
        query=Empty,
        body=TestRequest,
        reply=ConnectionTest,
        verb=test_connection,
    ),
    Route(
        method=Method.POST,
        path="/s3/connections/default",
        action=Action.WRITE,
        query=Empty,
        body=ConnectionQuery,
        reply=Connection,
        verb=choose_connection,
    ),
    Route(
        method=Method.GET,
        path="/s3/use",
        action=Action.READ,
        query=ConnectionQuery,
        body=Empty,
        reply=Surroundings,
        verb=use,
    ),
    Route(
        method=Method.GET,
        path="/s3/buckets",
        action=Action.READ,
        query=ConnectionQuery,
        body=Empty,
        reply=BucketList,
        verb=buckets,
    ),
    Route(
        method=Method.POST,
        path="/s3/buckets",
        action=Action.WRITE,
        query=Empty,
        body=BucketRequest,
        reply=BucketInfo,
        verb=make_bucket,
        status=201,
    ),
    Route(
        method=Method.DELETE,
        path="/s3/buckets",
        action=Action.WRITE,
        query=BucketRequest,
        body=Empty,
        reply=Acknowledged,
        verb=remove_bucket,
    ),
)
