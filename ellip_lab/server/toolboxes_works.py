"""The routes of room `toolboxes`: dry runs, and work that takes time."""

from __future__ import annotations

from ellip_lab.contract import Acknowledged, Empty
from ellip_lab.server.route import Action, AnyRoute, Call, Method, Route
from ellip_lab.server.tasks import telling
from ellip_lab.server.workspace_toolboxes import asked, show_works
from ellip_lab.server.workspace_toolboxes import show_work as shown
from ellip_lab.tasks.contract import LogChunk, LogQuery
from ellip_lab.toolboxes.contract import (
    CacheCleaning,
    ToolboxClone,
    ToolboxPlan,
    ToolboxRemoval,
    ToolboxRequest,
    ToolboxUpdate,
    ToolboxWork,
    ToolboxWorkPage,
    ToolboxWorkQuery,
)


def plan(call: Call[Empty, ToolboxRequest]) -> ToolboxPlan:
    """Says what an installation would do: what would come, how many bytes, and why not where it cannot be."""
    return call.lab.toolboxes.plan(asked(call.workspace, call.body))


def plan_update(call: Call[Empty, ToolboxUpdate]) -> ToolboxPlan:
    """Says what an update would do: what would come, change and go."""
    return call.lab.toolboxes.plan_update(asked(call.workspace, call.body))


def install(call: Call[Empty, ToolboxRequest]) -> ToolboxWork:
    """Installs a toolbox."""
    return shown(call.workspace, call.lab.toolboxes.install(asked(call.workspace, call.body)))


def update(call: Call[Empty, ToolboxUpdate]) -> ToolboxWork:
    """Brings a toolbox up to date, or changes what is asked of it."""
    return shown(call.workspace, call.lab.toolboxes.update(asked(call.workspace, call.body)))


def clone(call: Call[Empty, ToolboxClone]) -> ToolboxWork:
    """Makes a second toolbox of the same builds."""
    return shown(call.workspace, call.lab.toolboxes.clone(call.body))


def remove(call: Call[Empty, ToolboxRemoval]) -> ToolboxWork:
    """Removes a toolbox."""
    return shown(call.workspace, call.lab.toolboxes.remove(call.body))


def clean(call: Call[Empty, CacheCleaning]) -> ToolboxWork:
    """Takes packages from the cache; toolboxes are not touched."""
    return shown(call.workspace, call.lab.toolboxes.clean(call.body))


def works(call: Call[ToolboxWorkQuery, Empty]) -> ToolboxWorkPage:
    """Lists installations, updates and their like, newest first, a page at a time."""
    return show_works(call.workspace, call.lab.toolboxes.works(call.query))


def show_work(call: Call[Empty, Empty]) -> ToolboxWork:
    """Gives everything known of a work: its steps, and why it failed."""
    return shown(call.workspace, call.lab.toolboxes.show_work(call.id))


def work_log(call: Call[LogQuery, Empty]) -> LogChunk:
    """Gives a stretch of a work's log, and waits for more where there is none yet."""
    return call.lab.toolboxes.work_log(call.id, call.query)


def stop_work(call: Call[Empty, Empty]) -> ToolboxWork:
    """Stops a work; nothing is left half done."""
    return shown(call.workspace, call.lab.toolboxes.stop_work(call.id))


def repeat_work(call: Call[Empty, Empty]) -> ToolboxWork:
    """Does an ended work once more, as it was asked."""
    return shown(call.workspace, call.lab.toolboxes.repeat_work(call.id))


def remove_work(call: Call[Empty, Empty]) -> Acknowledged:
    """Removes the record of an ended work."""
    return call.lab.toolboxes.remove_work(call.id)


ROUTES: tuple[AnyRoute, ...] = (
    Route(
        method=Method.POST,
        path="/toolboxes/plan",
        action=Action.EXECUTE,
        query=Empty,
        body=ToolboxRequest,
        reply=ToolboxPlan,
        verb=plan,
    ),
    Route(
        method=Method.POST,
        path="/toolboxes/plan-update",
        action=Action.EXECUTE,
        query=Empty,
        body=ToolboxUpdate,
        reply=ToolboxPlan,
        verb=plan_update,
    ),
    Route(
        method=Method.POST,
        path="/toolboxes/install",
        action=Action.EXECUTE,
        query=Empty,
        body=ToolboxRequest,
        reply=ToolboxWork,
        verb=install,
        status=201,
    ),
    Route(
        method=Method.POST,
        path="/toolboxes/update",
        action=Action.EXECUTE,
        query=Empty,
        body=ToolboxUpdate,
        reply=ToolboxWork,
        verb=update,
        status=201,
    ),
    Route(
        method=Method.POST,
        path="/toolboxes/clone",
        action=Action.EXECUTE,
        query=Empty,
        body=ToolboxClone,
        reply=ToolboxWork,
        verb=clone,
        status=201,
    ),
    Route(
        method=Method.POST,
        path="/toolboxes/remove",
        action=Action.EXECUTE,
        query=Empty,
        body=ToolboxRemoval,
        reply=ToolboxWork,
        verb=remove,
        status=201,
    ),
    Route(
        method=Method.POST,
        path="/toolboxes/cache/clean",
        action=Action.EXECUTE,
        query=Empty,
        body=CacheCleaning,
        reply=ToolboxWork,
        verb=clean,
        status=201,
    ),
    Route(
        method=Method.GET,
        path="/toolboxes/works",
        action=Action.READ,
        query=ToolboxWorkQuery,
        body=Empty,
        reply=ToolboxWorkPage,
        verb=works,
    ),
    Route(
        method=Method.GET,
        path="/toolboxes/works/{id}",
        action=Action.READ,
        query=Empty,
        body=Empty,
        reply=ToolboxWork,
        verb=show_work,
    ),
    Route(
        method=Method.GET,
        path="/toolboxes/works/{id}/log",
        action=Action.READ,
        query=LogQuery,
        body=Empty,
        reply=LogChunk,
        verb=work_log,
        until=telling,
    ),
    Route(
        method=Method.POST,
        path="/toolboxes/works/{id}/stop",
        action=Action.EXECUTE,
        query=Empty,
        body=Empty,
        reply=ToolboxWork,
        verb=stop_work,
    ),
    Route(
        method=Method.POST,
        path="/toolboxes/works/{id}/repeat",
        action=Action.EXECUTE,
        query=Empty,
        body=Empty,
        reply=ToolboxWork,
        verb=repeat_work,
        status=201,
    ),
    Route(
        method=Method.DELETE,
        path="/toolboxes/works/{id}",
        action=Action.WRITE,
        query=Empty,
        body=Empty,
        reply=Acknowledged,
        verb=remove_work,
    ),
)
