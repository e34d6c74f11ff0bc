"""The routes of room `s3`: uploads and transfers."""

from __future__ import annotations

from ellip_lab.contract import Acknowledged, Empty
from ellip_lab.s3.contract import (
    PartQuery,
    Transfer,
    TransferPage,
    TransferPlan,
    TransferQuery,
    TransferRequest,
    Upload,
    UploadQuery,
    UploadRequest,
    Written,
)
from ellip_lab.server.route import Action, AnyRoute, Call, Method, Route
from ellip_lab.server.tasks import telling
from ellip_lab.tasks.contract import LogChunk, LogQuery

PART_MAX = 64 * 2**20
"""The largest part of an upload, in bytes."""


def begin_upload(call: Call[Empty, UploadRequest]) -> Upload:
    """Prepares to take a file in parts."""
    return call.lab.s3.begin_upload(call.body)


def show_upload(call: Call[UploadQuery, Empty]) -> Upload:
    """Says which parts of a file have arrived."""
    return call.lab.s3.show_upload(call.query)


def drop_upload(call: Call[UploadQuery, Empty]) -> Acknowledged:
    """Gives a file up, and removes its parts from the store."""
    return call.lab.s3.drop_upload(call.query)


def upload_part(call: Call[PartQuery, bytes]) -> Upload:
    """Takes one part of a file; `part_size` of the upload says how many bytes."""
    return call.lab.s3.upload_part(call.query, call.body)


def finish_upload(call: Call[Empty, UploadQuery]) -> Written:
    """Puts the parts together: only now there is an object."""
    return call.lab.s3.finish_upload(call.body)


def plan_transfer(call: Call[Empty, TransferRequest]) -> TransferPlan:
    """Counts what a transfer would do, and what is in its way."""
    return call.workspace.show_plan(call.lab.s3.plan_transfer(call.workspace.transfer(call.body)))


def transfers(call: Call[TransferQuery, Empty]) -> TransferPage:
    """Lists transfers, newest first, a page at a time."""
    return call.workspace.show_transfers(call.lab.s3.transfers(call.query))


def transfer(call: Call[Empty, TransferRequest]) -> Transfer:
    """Starts a transfer; it waits in the queue while others run.

    A source or a target is an address, or a path of the workspace.
    """
    return call.workspace.show_transfer(call.lab.s3.transfer(call.workspace.transfer(call.body)))


def show_transfer(call: Call[Empty, Empty]) -> Transfer:
    """Gives everything known of a transfer."""
    return call.workspace.show_transfer(call.lab.s3.show_transfer(call.id))


def transfer_log(call: Call[LogQuery, Empty]) -> LogChunk:
    """Gives a stretch of a transfer's log, and waits for more where there is none yet."""
    return call.lab.s3.transfer_log(call.id, call.query)


def stop_transfer(call: Call[Empty, Empty]) -> Transfer:
    """Stops a transfer; what it has finished stays, and it can be resumed."""
    return call.workspace.show_transfer(call.lab.s3.stop_transfer(call.id))


def resume_transfer(call: Call[Empty, Empty]) -> Transfer:
    """Goes on with a transfer that stopped or failed, from where it was; gives the new one."""
    return call.workspace.show_transfer(call.lab.s3.resume_transfer(call.id))


def remove_transfer(call: Call[Empty, Empty]) -> Acknowledged:
    """Removes the record of an ended transfer, and the parts it has left in the store."""
    return call.lab.s3.remove_transfer(call.id)


ROUTES: tuple[AnyRoute, ...] = (
    Route(
        method=Method.POST,
        path="/s3/uploads",
        action=Action.WRITE,
        query=Empty,
        body=UploadRequest,
        reply=Upload,
        verb=begin_upload,
        status=201,
    ),
    Route(
        method=Method.GET,
        path="/s3/uploads",
        action=Action.READ,
        query=UploadQuery,
        body=Empty,
        reply=Upload,
        verb=show_upload,
    ),
    Route(
        method=Method.DELETE,
        path="/s3/uploads",
        action=Action.WRITE,
        query=UploadQuery,
        body=Empty,
        reply=Acknowledged,
        verb=drop_upload,
    ),
    Route(
        method=Method.POST,
        path="/s3/uploads/part",
        action=Action.WRITE,
        query=PartQuery,
        body=bytes,
        reply=Upload,
        verb=upload_part,
        limit=PART_MAX,
    ),
    Route(
        method=Method.POST,
        path="/s3/uploads/finish",
        action=Action.WRITE,
        query=Empty,
        body=UploadQuery,
        reply=Written,
        verb=finish_upload,
    ),
    Route(
        method=Method.POST,
        path="/s3/transfers/plan",
        action=Action.EXECUTE,
        query=Empty,
        body=TransferRequest,
        reply=TransferPlan,
        verb=plan_transfer,
    ),
    Route(
        method=Method.GET,
        path="/s3/transfers",
        action=Action.READ,
        query=TransferQuery,
        body=Empty,
        reply=TransferPage,
        verb=transfers,
    ),
    Route(
        method=Method.POST,
        path="/s3/transfers",
        action=Action.EXECUTE,
        query=Empty,
        body=TransferRequest,
        reply=Transfer,
        verb=transfer,
        status=201,
    ),
    Route(
        method=Method.GET,
        path="/s3/transfers/{id}",
        action=Action.READ,
        query=Empty,
        body=Empty,
        reply=Transfer,
        verb=show_transfer,
    ),
    Route(
        method=Method.GET,
        path="/s3/transfers/{id}/log",
        action=Action.READ,
        query=LogQuery,
        body=Empty,
        reply=LogChunk,
        verb=transfer_log,
        until=telling,
    ),
    Route(
        method=Method.POST,
        path="/s3/transfers/{id}/stop",
        action=Action.EXECUTE,
        query=Empty,
        body=Empty,
        reply=Transfer,
        verb=stop_transfer,
    ),
    Route(
        method=Method.POST,
        path="/s3/transfers/{id}/resume",
        action=Action.EXECUTE,
        query=Empty,
        body=Empty,
        reply=Transfer,
        verb=resume_transfer,
        status=201,
    ),
    Route(
        method=Method.DELETE,
        path="/s3/transfers/{id}",
        action=Action.WRITE,
        query=Empty,
        body=Empty,
        reply=Acknowledged,
        verb=remove_transfer,
    ),
)
