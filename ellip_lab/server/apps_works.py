"""The routes of room `apps`: installing and removing, which take time."""

from __future__ import annotations

from ellip_lab.apps.contract import (
    AppWork,
    AppWorkPage,
    AppWorkQuery,
    InstallAppRequest,
    UninstallAppRequest,
)
from ellip_lab.contract import Acknowledged, Empty
from ellip_lab.server.route import Action, AnyRoute, Call, Method, Route
from ellip_lab.server.tasks import telling
from ellip_lab.tasks.contract import LogChunk, LogQuery


def install(call: Call[Empty, InstallAppRequest]) -> AppWork:
    """Installs an app into a folder of its own, without root."""
    return call.lab.apps.install(call.body)


def uninstall(call: Call[Empty, UninstallAppRequest]) -> AppWork:
    """Removes an app that was installed so."""
    return call.lab.apps.uninstall(call.body)


def works(call: Call[AppWorkQuery, Empty]) -> AppWorkPage:
    """Lists installations and removals, newest first, a page at a time."""
    return call.lab.apps.works(call.query)


def show_work(call: Call[Empty, Empty]) -> AppWork:
    """Gives everything known of an installation or a removal: its steps, and why it failed."""
    return call.lab.apps.show_work(call.id)


def work_log(call: Call[LogQuery, Empty]) -> LogChunk:
    """Gives a stretch of a work's log, and waits for more where there is none yet."""
    return call.lab.apps.work_log(call.id, call.query)


def stop_work(call: Call[Empty, Empty]) -> AppWork:
    """Stops a work; nothing half-installed is left."""
    return call.lab.apps.stop_work(call.id)


def repeat_work(call: Call[Empty, Empty]) -> AppWork:
    """Does an ended work once more, as it was asked."""
    return call.lab.apps.repeat_work(call.id)


def remove_work(call: Call[Empty, Empty]) -> Acknowledged:
    """Removes the record of an ended work; what it has installed stays."""
    return call.lab.apps.remove_work(call.id)


ROUTES: tuple[AnyRoute, ...] = (
    Route(
        method=Method.POST,
        path="/apps/install",
        action=Action.EXECUTE,
        query=Empty,
        body=InstallAppRequest,
        reply=AppWork,
        verb=install,
        status=201,
    ),
    Route(
        method=Method.POST,
        path="/apps/uninstall",
        action=Action.EXECUTE,
        query=Empty,
        body=UninstallAppRequest,
        reply=AppWork,
        verb=uninstall,
        status=201,
    ),
    Route(
        method=Method.GET,
        path="/apps/works",
        action=Action.READ,
        query=AppWorkQuery,
        body=Empty,
        reply=AppWorkPage,
        verb=works,
    ),
    Route(
        method=Method.GET,
        path="/apps/works/{id}",
        action=Action.READ,
        query=Empty,
        body=Empty,
        reply=AppWork,
        verb=show_work,
    ),
    Route(
        method=Method.GET,
        path="/apps/works/{id}/log",
        action=Action.READ,
        query=LogQuery,
        body=Empty,
        reply=LogChunk,
        verb=work_log,
        until=telling,
    ),
    Route(
        method=Method.POST,
        path="/apps/works/{id}/stop",
        action=Action.EXECUTE,
        query=Empty,
        body=Empty,
        reply=AppWork,
        verb=stop_work,
    ),
    Route(
        method=Method.POST,
        path="/apps/works/{id}/repeat",
        action=Action.EXECUTE,
        query=Empty,
        body=Empty,
        reply=AppWork,
        verb=repeat_work,
        status=201,
    ),
    Route(
        method=Method.DELETE,
        path="/apps/works/{id}",
        action=Action.WRITE,
        query=Empty,
        body=Empty,
        reply=Acknowledged,
        verb=remove_work,
    ),
)
