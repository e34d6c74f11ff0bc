"""The routes of room `containers`: work that takes time."""

from __future__ import annotations

from ellip_lab.containers.contract import (
    BuildRequest,
    Containerfile,
    ContainerfileQuery,
    LoadRequest,
    PruneRequest,
    PullRequest,
    PushRequest,
    SaveRequest,
    Work,
    WorkPage,
    WorkQuery,
)
from ellip_lab.contract import Acknowledged, Empty
from ellip_lab.server.route import Action, AnyRoute, Call, Method, Route
from ellip_lab.server.tasks import telling
from ellip_lab.tasks.contract import LogChunk, LogQuery


def prune(call: Call[Empty, PruneRequest]) -> Work:
    """Cleans up what the plan of the same words says."""
    return call.workspace.show_work(call.lab.containers.prune(call.body))


def pull(call: Call[Empty, PullRequest]) -> Work:
    """Pulls an image."""
    return call.workspace.show_work(call.lab.containers.pull(call.body))


def build(call: Call[Empty, BuildRequest]) -> Work:
    """Builds an image from a Containerfile of the workspace."""
    return call.workspace.show_work(call.lab.containers.build(call.workspace.build(call.body)))


def push(call: Call[Empty, PushRequest]) -> Work:
    """Pushes an image to a registry."""
    return call.workspace.show_work(call.lab.containers.push(call.body))


def save(call: Call[Empty, SaveRequest]) -> Work:
    """Writes images to an archive of the workspace."""
    return call.workspace.show_work(call.lab.containers.save(call.workspace.save(call.body)))


def load(call: Call[Empty, LoadRequest]) -> Work:
    """Reads the images of an archive of the workspace."""
    return call.workspace.show_work(call.lab.containers.load(call.workspace.load(call.body)))


def works(call: Call[WorkQuery, Empty]) -> WorkPage:
    """Lists pulls, builds, pushes and their like, newest first, a page at a time."""
    return call.workspace.show_works(call.lab.containers.works(call.query))


def show_work(call: Call[Empty, Empty]) -> Work:
    """Gives everything known of a work: its steps, and why it failed."""
    return call.workspace.show_work(call.lab.containers.show_work(call.id))


def work_log(call: Call[LogQuery, Empty]) -> LogChunk:
    """Gives a stretch of a work's log, and waits for more where there is none yet."""
    return call.lab.containers.work_log(call.id, call.query)


def stop_work(call: Call[Empty, Empty]) -> Work:
    """Stops a work; nothing of it is left."""
    return call.workspace.show_work(call.lab.containers.stop_work(call.id))


def repeat_work(call: Call[Empty, Empty]) -> Work:
    """Does an ended work once more, as it was asked."""
    return call.workspace.show_work(call.lab.containers.repeat_work(call.id))


def remove_work(call: Call[Empty, Empty]) -> Acknowledged:
    """Removes the record of an ended work."""
    return call.lab.containers.remove_work(call.id)


def containerfile(call: Call[ContainerfileQuery, Empty]) -> Containerfile:
    """Reads what a Containerfile asks for: the form of a build."""
    found = call.lab.containers.containerfile(call.workspace.containerfile(call.query))
    return call.workspace.show_containerfile(found)


ROUTES: tuple[AnyRoute, ...] = (
    Route(
        method=Method.POST,
        path="/containers/prune",
        action=Action.EXECUTE,
        query=Empty,
        body=PruneRequest,
        reply=Work,
        verb=prune,
        status=201,
    ),
    Route(
        method=Method.POST,
        path="/containers/pull",
        action=Action.EXECUTE,
        query=Empty,
        body=PullRequest,
        reply=Work,
        verb=pull,
        status=201,
    ),
    Route(
        method=Method.POST,
        path="/containers/build",
        action=Action.EXECUTE,
        query=Empty,
        body=BuildRequest,
        reply=Work,
        verb=build,
        status=201,
    ),
    Route(
        method=Method.POST,
        path="/containers/push",
        action=Action.EXECUTE,
        query=Empty,
        body=PushRequest,
        reply=Work,
        verb=push,
        status=201,
    ),
    Route(
        method=Method.POST,
        path="/containers/save",
        action=Action.EXECUTE,
        query=Empty,
        body=SaveRequest,
        reply=Work,
        verb=save,
        status=201,
    ),
    Route(
        method=Method.POST,
        path="/containers/load",
        action=Action.EXECUTE,
        query=Empty,
        body=LoadRequest,
        reply=Work,
        verb=load,
        status=201,
    ),
    Route(
        method=Method.GET,
        path="/containers/works",
        action=Action.READ,
        query=WorkQuery,
        body=Empty,
        reply=WorkPage,
        verb=works,
    ),
    Route(
        method=Method.GET,
        path="/containers/works/{id}",
        action=Action.READ,
        query=Empty,
        body=Empty,
        reply=Work,
        verb=show_work,
    ),
    Route(
        method=Method.GET,
        path="/containers/works/{id}/log",
        action=Action.READ,
        query=LogQuery,
        body=Empty,
        reply=LogChunk,
        verb=work_log,
        until=telling,
    ),
    Route(
        method=Method.POST,
        path="/containers/works/{id}/stop",
        action=Action.EXECUTE,
        query=Empty,
        body=Empty,
        reply=Work,
        verb=stop_work,
    ),
    Route(
        method=Method.POST,
        path="/containers/works/{id}/repeat",
        action=Action.EXECUTE,
        query=Empty,
        body=Empty,
        reply=Work,
        verb=repeat_work,
        status=201,
    ),
    Route(
        method=Method.DELETE,
        path="/containers/works/{id}",
        action=Action.WRITE,
        query=Empty,
        body=Empty,
        reply=Acknowledged,
        verb=remove_work,
    ),
    Route(
        method=Method.GET,
        path="/containers/containerfile",
        action=Action.READ,
        query=ContainerfileQuery,
        body=Empty,
        reply=Containerfile,
        verb=containerfile,
    ),
)
