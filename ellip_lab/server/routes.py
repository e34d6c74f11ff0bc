"""The one table of routes: every room's, in the order they are matched."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from ellip_lab.contract import Empty
from ellip_lab.server import apps, containers, cwl, packages, runs, s3, tasks, toolboxes
from ellip_lab.server.route import Action, AnyRoute, Call, Method, Route


def openapi(call: Call[Empty, Empty]) -> dict[str, Any]:
    """Gives this document."""
    return document()


@cache
def document() -> dict[str, Any]:
    """Makes the document of the table, once: it takes a fifth of a second."""
    from ellip_lab.server.openapi import document

    return document(TABLE)


TABLE: Sequence[AnyRoute] = (
    *tasks.ROUTES,
    *cwl.ROUTES,
    *runs.ROUTES,
    *packages.ROUTES,
    *s3.ROUTES,
    *containers.ROUTES,
    *toolboxes.ROUTES,
    *apps.ROUTES,
    Route(
        method=Method.GET,
        path="/openapi.json",
        action=Action.READ,
        query=Empty,
        body=Empty,
        reply=dict[str, Any],
        verb=openapi,
    ),
)
