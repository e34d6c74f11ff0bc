"""The routes of room `apps`; the applications themselves are reached by `apps_proxy`."""

from __future__ import annotations

from importlib.util import find_spec

from ellip_lab.apps.contract import (
    App,
    AppInstance,
    AppLogQuery,
    AppQuery,
    Apps,
    InstanceRequest,
    SaveAppRequest,
    ServeChoices,
    ServeQuery,
    StartAppRequest,
)
from ellip_lab.contract import Empty
from ellip_lab.errors import Unavailable
from ellip_lab.server import apps_works
from ellip_lab.server.route import Action, AnyRoute, Call, Method, Route
from ellip_lab.server.tasks import telling
from ellip_lab.tasks.contract import LogChunk


def list_(call: Call[Empty, Empty]) -> Apps:
    """Gives every app: what it is, whether it is here, and which of it run."""
    found = call.lab.apps.list()
    return found.model_copy(update={"apps": tuple(call.workspace.show_app(app) for app in found.apps)})


def show(call: Call[AppQuery, Empty]) -> App:
    """Gives everything known of one app."""
    return call.workspace.show_app(call.lab.apps.show(call.query.app))


def start(call: Call[Empty, StartAppRequest]) -> AppInstance:
    """Starts an app; one that runs already is given as it is."""
    if find_spec("jupyter_server_proxy") is None:
        raise Unavailable(
            "apps cannot be reached: jupyter-server-proxy is missing", hint="pip install 'ellip-lab[apps]'"
        )
    return call.workspace.show_instance(call.lab.apps.start(call.workspace.start_app(call.body)))


def stop(call: Call[Empty, InstanceRequest]) -> AppInstance:
    """Stops an instance; no process of it is left."""
    return call.workspace.show_instance(call.lab.apps.stop(call.body.instance))


def restart(call: Call[Empty, InstanceRequest]) -> AppInstance:
    """Stops an instance and starts it again, with the settings as they are now."""
    return call.workspace.show_instance(call.lab.apps.restart(call.body.instance))


def log(call: Call[AppLogQuery, Empty]) -> LogChunk:
    """Gives a stretch of what an instance said, and waits for more where there is none yet."""
    return call.lab.apps.log(call.query)


def save(call: Call[Empty, SaveAppRequest]) -> App:
    """Saves what a person chooses about an app; it holds from its next start on."""
    return call.workspace.show_app(call.lab.apps.save(call.body))


def serve_choices(call: Call[ServeQuery, Empty]) -> ServeChoices:
    """Says which apps can serve a file; nothing of it is executed."""
    query = ServeQuery(path=call.workspace.place(call.query.path))
    found = call.lab.apps.serve_choices(query)
    return found.model_copy(update={"path": call.workspace.show(found.path)})


ROUTES: tuple[AnyRoute, ...] = (
    Route(
        method=Method.GET,
        path="/apps/apps",
        action=Action.READ,
        query=Empty,
        body=Empty,
        reply=Apps,
        verb=list_,
    ),
    Route(
        method=Method.GET,
        path="/apps/app",
        action=Action.READ,
        query=AppQuery,
        body=Empty,
        reply=App,
        verb=show,
    ),
    Route(
        method=Method.POST,
        path="/apps/start",
        action=Action.EXECUTE,
        query=Empty,
        body=StartAppRequest,
        reply=AppInstance,
        verb=start,
        status=201,
    ),
    Route(
        method=Method.POST,
        path="/apps/stop",
        action=Action.EXECUTE,
        query=Empty,
        body=InstanceRequest,
        reply=AppInstance,
        verb=stop,
    ),
    Route(
        method=Method.POST,
        path="/apps/restart",
        action=Action.EXECUTE,
        query=Empty,
        body=InstanceRequest,
        reply=AppInstance,
        verb=restart,
    ),
    Route(
        method=Method.GET,
        path="/apps/log",
        action=Action.READ,
        query=AppLogQuery,
        body=Empty,
        reply=LogChunk,
        verb=log,
        until=telling,
    ),
    Route(
        method=Method.POST,
        path="/apps/settings",
        action=Action.EXECUTE,
        query=Empty,
        body=SaveAppRequest,
        reply=App,
        verb=save,
    ),
    Route(
        method=Method.GET,
        path="/apps/choices",
        action=Action.READ,
        query=ServeQuery,
        body=Empty,
        reply=ServeChoices,
        verb=serve_choices,
    ),
    *apps_works.ROUTES,
)
