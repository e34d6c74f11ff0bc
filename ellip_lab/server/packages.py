"""The routes of room `packages`."""

from __future__ import annotations

from ellip_lab.contract import Empty
from ellip_lab.packages.contract import Demo, DemoRequest
from ellip_lab.server.route import Action, Call, Method, Route


def demo(call: Call[Empty, DemoRequest]) -> Demo:
    """Puts the demo package into the workspace: a document, its parameters and the scene it needs."""
    folder = call.workspace.place(call.body.folder)
    made = call.lab.packages.demo(call.body.model_copy(update={"folder": folder}))
    show = call.workspace.show
    return Demo(folder=show(made.folder), document=show(made.document), parameters=show(made.parameters))


ROUTES = (
    Route(
        method=Method.POST,
        path="/packages/demo",
        action=Action.WRITE,
        query=Empty,
        body=DemoRequest,
        reply=Demo,
        verb=demo,
        status=201,
    ),
)
