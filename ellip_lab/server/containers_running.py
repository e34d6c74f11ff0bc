"""The routes of room `containers`: containers, and commands of images as programs."""

from __future__ import annotations

from ellip_lab.containers.contract import (
    Changed,
    ContainerDetails,
    ContainerLog,
    ContainerLogQuery,
    ContainerQuery,
    Containers,
    ContainersQuery,
    ContainersRequest,
    ExposedList,
    ExposeRequest,
    Terminal,
    TerminalRequest,
    UnexposeRequest,
    Usages,
)
from ellip_lab.contract import Empty
from ellip_lab.server.route import Action, AnyRoute, Call, Method, Route


def containers(call: Call[ContainersQuery, Empty]) -> Containers:
    """Lists containers, newest first."""
    return call.lab.containers.containers(call.query)


def show_container(call: Call[ContainerQuery, Empty]) -> ContainerDetails:
    """Gives everything known of a container."""
    return call.lab.containers.show_container(call.query)


def container_log(call: Call[ContainerLogQuery, Empty]) -> ContainerLog:
    """Gives a stretch of what a container said, and waits for more where there is none yet."""
    return call.lab.containers.container_log(call.query)


def change_containers(call: Call[Empty, ContainersRequest]) -> Changed:
    """Starts, stops, kills or removes containers."""
    return call.lab.containers.change_containers(call.body)


def usages(call: Call[Empty, Empty]) -> Usages:
    """Says what running containers use now."""
    return call.lab.containers.usages()


def terminal(call: Call[Empty, TerminalRequest]) -> Terminal:
    """Gives the command that opens a shell in a container, or in a new one of an image."""
    return call.lab.containers.terminal(call.body)


def exposed(call: Call[Empty, Empty]) -> ExposedList:
    """Lists the programs that run a command of an image."""
    return call.lab.containers.exposed()


def expose(call: Call[Empty, ExposeRequest]) -> ExposedList:
    """Makes commands of an image programs of the user's."""
    return call.lab.containers.expose(call.body)


def unexpose(call: Call[Empty, UnexposeRequest]) -> ExposedList:
    """Removes programs that run a command of an image."""
    return call.lab.containers.unexpose(call.body)


def saying(found: ContainerLog) -> bool:
    """Tells whether a stretch of log is worth a reply: it has text, or no more will come."""
    return bool(found.text) or found.finished


ROUTES: tuple[AnyRoute, ...] = (
    Route(
        method=Method.GET,
        path="/containers/containers",
        action=Action.READ,
        query=ContainersQuery,
        body=Empty,
        reply=Containers,
        verb=containers,
    ),
    Route(
        method=Method.GET,
        path="/containers/container",
        action=Action.READ,
        query=ContainerQuery,
        body=Empty,
        reply=ContainerDetails,
        verb=show_container,
    ),
    Route(
        method=Method.GET,
        path="/containers/container/log",
        action=Action.READ,
        query=ContainerLogQuery,
        body=Empty,
        reply=ContainerLog,
        verb=container_log,
        until=saying,
    ),
    Route(
        method=Method.POST,
        path="/containers/containers/change",
        action=Action.EXECUTE,
        query=Empty,
        body=ContainersRequest,
        reply=Changed,
        verb=change_containers,
    ),
    Route(
        method=Method.GET,
        path="/containers/usages",
        action=Action.READ,
        query=Empty,
        body=Empty,
        reply=Usages,
        verb=usages,
    ),
    Route(
        method=Method.POST,
        path="/containers/terminal",
        action=Action.EXECUTE,
        query=Empty,
        body=TerminalRequest,
        reply=Terminal,
        verb=terminal,
    ),
    Route(
        method=Method.GET,
        path="/containers/exposed",
        action=Action.READ,
        query=Empty,
        body=Empty,
        reply=ExposedList,
        verb=exposed,
    ),
    Route(
        method=Method.POST,
        path="/containers/exposed",
        action=Action.WRITE,
        query=Empty,
        body=ExposeRequest,
        reply=ExposedList,
        verb=expose,
    ),
    Route(
        method=Method.POST,
        path="/containers/exposed/remove",
        action=Action.WRITE,
        query=Empty,
        body=UnexposeRequest,
        reply=ExposedList,
        verb=unexpose,
    ),
)
