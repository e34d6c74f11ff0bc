"""The routes of room `cwl` for editors: each is asked about a text as it is being typed, and changes nothing."""

from __future__ import annotations

from ellip_lab.contract import Empty
from ellip_lab.cwl.editing import (
    Actions,
    Completions,
    Diagnosis,
    DocumentText,
    Edits,
    Graph,
    GraphQuery,
    Hover,
    Outline,
    RenameRequest,
    Spans,
    TextPlace,
    TextRange,
)
from ellip_lab.server.route import Action, Call, Method, Route


def diagnose(call: Call[Empty, DocumentText]) -> Diagnosis:
    """Tells what is wrong with a text."""
    return call.workspace.show_written(call.lab.cwl.diagnose(call.workspace.written(call.body)))


def complete(call: Call[Empty, TextPlace]) -> Completions:
    """Gives what can be written at a place."""
    return call.workspace.show_written(call.lab.cwl.complete(call.workspace.written(call.body)))


def hover(call: Call[Empty, TextPlace]) -> Hover:
    """Gives what is to be said of the word at a place."""
    return call.workspace.show_written(call.lab.cwl.hover(call.workspace.written(call.body)))


def definition(call: Call[Empty, TextPlace]) -> Spans:
    """Gives where what a word names is written."""
    return call.workspace.show_written(call.lab.cwl.definition(call.workspace.written(call.body)))


def references(call: Call[Empty, TextPlace]) -> Spans:
    """Gives every place that names what stands at a place."""
    return call.workspace.show_written(call.lab.cwl.references(call.workspace.written(call.body)))


def rename(call: Call[Empty, RenameRequest]) -> Edits:
    """Gives the edits that rename what stands at a place."""
    return call.workspace.show_written(call.lab.cwl.rename(call.workspace.written(call.body)))


def outline(call: Call[Empty, DocumentText]) -> Outline:
    """Gives the named parts of a text."""
    return call.workspace.show_written(call.lab.cwl.outline(call.workspace.written(call.body)))


def format_(call: Call[Empty, DocumentText]) -> Edits:
    """Gives the edits that put a text into order."""
    return call.workspace.show_written(call.lab.cwl.format(call.workspace.written(call.body)))


def actions(call: Call[Empty, TextRange]) -> Actions:
    """Gives the changes that are offered for a stretch of a text."""
    return call.workspace.show_written(call.lab.cwl.actions(call.workspace.written(call.body)))


def graph(call: Call[Empty, GraphQuery]) -> Graph:
    """Gives a process of a document as a graph."""
    return call.workspace.show_written(call.lab.cwl.graph(call.workspace.written(call.body)))


ROUTES = (
    Route(
        method=Method.POST,
        path="/cwl/diagnose",
        action=Action.READ,
        query=Empty,
        body=DocumentText,
        reply=Diagnosis,
        verb=diagnose,
    ),
    Route(
        method=Method.POST,
        path="/cwl/complete",
        action=Action.READ,
        query=Empty,
        body=TextPlace,
        reply=Completions,
        verb=complete,
    ),
    Route(
        method=Method.POST,
        path="/cwl/hover",
        action=Action.READ,
        query=Empty,
        body=TextPlace,
        reply=Hover,
        verb=hover,
    ),
    Route(
        method=Method.POST,
        path="/cwl/definition",
        action=Action.READ,
        query=Empty,
        body=TextPlace,
        reply=Spans,
        verb=definition,
    ),
    Route(
        method=Method.POST,
        path="/cwl/references",
        action=Action.READ,
        query=Empty,
        body=TextPlace,
        reply=Spans,
        verb=references,
    ),
    Route(
        method=Method.POST,
        path="/cwl/rename",
        action=Action.READ,
        query=Empty,
        body=RenameRequest,
        reply=Edits,
        verb=rename,
    ),
    Route(
        method=Method.POST,
        path="/cwl/outline",
        action=Action.READ,
        query=Empty,
        body=DocumentText,
        reply=Outline,
        verb=outline,
    ),
    Route(
        method=Method.POST,
        path="/cwl/format",
        action=Action.READ,
        query=Empty,
        body=DocumentText,
        reply=Edits,
        verb=format_,
    ),
    Route(
        method=Method.POST,
        path="/cwl/actions",
        action=Action.READ,
        query=Empty,
        body=TextRange,
        reply=Actions,
        verb=actions,
    ),
    Route(
        method=Method.POST,
        path="/cwl/graph",
        action=Action.READ,
        query=Empty,
        body=GraphQuery,
        reply=Graph,
        verb=graph,
    ),
)
