"""Paths of toolboxes between the browser's view and the rooms', as `workspace` has them for the rest."""

from __future__ import annotations

from typing import TypeVar

from ellip_lab.contract import JsonObject
from ellip_lab.server.workspace import Workspace
from ellip_lab.toolboxes.contract import (
    ToolboxRequest,
    ToolboxUpdate,
    ToolboxWork,
    ToolboxWorkPage,
    ToolboxWorkSummary,
)

Asked = TypeVar("Asked", ToolboxRequest, ToolboxUpdate)


def asked(workspace: Workspace, request: Asked) -> Asked:
    """Gives a request as the room understands it; `Denied` when its file lies outside the root."""
    return request.model_copy(update={"file": request.file and workspace.place(request.file)})


def show_work(workspace: Workspace, work: ToolboxWork) -> ToolboxWork:
    """Gives a work whose request can be sent again as it is."""
    failure = work.failure
    told = failure and failure.model_copy(
        update={
            "headline": workspace.say(failure.headline),
            "hint": failure.hint and workspace.say(failure.hint),
        }
    )
    file = work.request.get("file")
    request = {**work.request, "file": workspace.show(file)} if file else work.request
    return work.model_copy(update={**_words(workspace, work), "request": request, "failure": told})


def show_works(workspace: Workspace, page: ToolboxWorkPage) -> ToolboxWorkPage:
    """Gives a page of works, its sentences with paths as the browser knows them."""
    shown = tuple(work.model_copy(update=_words(workspace, work)) for work in page.works)
    return page.model_copy(update={"works": shown})


def _words(workspace: Workspace, work: ToolboxWorkSummary) -> JsonObject:
    return {"title": workspace.say(work.title), "detail": work.detail and workspace.say(work.detail)}
