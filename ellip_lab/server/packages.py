"""The routes of room `packages`."""

from __future__ import annotations

from ellip_lab.contract import Empty
from ellip_lab.packages.contract import (
    Demo,
    DemoRequest,
    PackageQuery,
    PackageReport,
    Rules,
    ToolDraft,
    ToolRequest,
)
from ellip_lab.server.route import Action, Call, Method, Route


def demo(call: Call[Empty, DemoRequest]) -> Demo:
    """Puts the demo package into the workspace: a document, its parameters and the scene it needs."""
    folder = call.workspace.place(call.body.folder)
    made = call.lab.packages.demo(call.body.model_copy(update={"folder": folder}))
    show = call.workspace.show
    return Demo(folder=show(made.folder), document=show(made.document), parameters=show(made.parameters))


def check(call: Call[Empty, PackageQuery]) -> PackageReport:
    """Tells how a document stands to the rules of the Best Practice for EO Application Packages."""
    return call.workspace.show_written(call.lab.packages.check(call.workspace.written(call.body)))


def rules(call: Call[Empty, Empty]) -> Rules:
    """Gives every rule."""
    return call.lab.packages.rules()


TRIAL = 60.0
"""Seconds that the trial of a command may take here: it holds a thread."""


def tool(call: Call[Empty, ToolRequest]) -> ToolDraft:
    """Makes the CommandLineTool of a command; a trial has 60 seconds at the most."""
    body = call.body
    place = call.workspace.place
    own = {
        "folder": place(body.folder),
        "target": place(body.target) if body.target else None,
        "limit": min(body.limit, TRIAL),
    }
    return call.lab.packages.tool(body.model_copy(update=own))


ROUTES = (
    Route(
        method=Method.POST,
        path="/packages/check",
        action=Action.READ,
        query=Empty,
        body=PackageQuery,
        reply=PackageReport,
        verb=check,
    ),
    Route(
        method=Method.GET,
        path="/packages/rules",
        action=Action.READ,
        query=Empty,
        body=Empty,
        reply=Rules,
        verb=rules,
    ),
    Route(
        method=Method.POST,
        path="/packages/tool",
        action=Action.EXECUTE,
        query=Empty,
        body=ToolRequest,
        reply=ToolDraft,
        verb=tool,
    ),
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
