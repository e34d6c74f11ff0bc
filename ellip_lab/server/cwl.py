"""The routes of room `cwl`."""

from __future__ import annotations

from ellip_lab.contract import Empty
from ellip_lab.cwl.contract import Check, DocumentQuery, Form, Template
from ellip_lab.server import cwl_editing
from ellip_lab.server.route import Action, Call, Method, Route


def check(call: Call[DocumentQuery, Empty]) -> Check:
    """Checks a document: its entry points, and its problems with line and column."""
    found = call.lab.cwl.check(call.workspace.document(call.query))
    return call.workspace.show_check(found)


def form(call: Call[DocumentQuery, Empty]) -> Form:
    """Gives the inputs of a document as JSON Schema."""
    found = call.lab.cwl.form(call.workspace.document(call.query))
    return found.model_copy(update={"path": call.workspace.show(found.path)})


def template(call: Call[DocumentQuery, Empty]) -> Template:
    """Gives a parameters file to fill in."""
    return call.lab.cwl.template(call.workspace.document(call.query))


ROUTES = (
    Route(
        method=Method.GET,
        path="/cwl/check",
        action=Action.READ,
        query=DocumentQuery,
        body=Empty,
        reply=Check,
        verb=check,
    ),
    Route(
        method=Method.GET,
        path="/cwl/form",
        action=Action.READ,
        query=DocumentQuery,
        body=Empty,
        reply=Form,
        verb=form,
    ),
    Route(
        method=Method.GET,
        path="/cwl/template",
        action=Action.READ,
        query=DocumentQuery,
        body=Empty,
        reply=Template,
        verb=template,
    ),
    *cwl_editing.ROUTES,
)
