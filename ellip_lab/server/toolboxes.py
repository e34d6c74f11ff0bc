"""The routes of room `toolboxes`."""

from __future__ import annotations

from ellip_lab.contract import Empty
from ellip_lab.server import toolboxes_works
from ellip_lab.server.route import Action, AnyRoute, Call, Method, Route
from ellip_lab.toolboxes.contract import (
    CatalogueQuery,
    ChannelHostQuery,
    ChannelLoginRequest,
    Channels,
    ChannelsRequest,
    LockQuery,
    LockText,
    Toolbox,
    ToolboxCache,
    ToolboxCatalogue,
    Toolboxes,
    ToolboxQuery,
    ToolboxTerminal,
    ToolboxTerminalRequest,
)


def catalogue(call: Call[CatalogueQuery, Empty]) -> ToolboxCatalogue:
    """Lists what can be installed by its id: the user's own entries, then those that come with this program."""
    return call.lab.toolboxes.catalogue(call.query)


def list_(call: Call[Empty, Empty]) -> Toolboxes:
    """Lists the toolboxes, by name; one that is being installed is among them, and says so."""
    return call.lab.toolboxes.list()


def show(call: Call[ToolboxQuery, Empty]) -> Toolbox:
    """Gives everything known of a toolbox."""
    return call.lab.toolboxes.show(call.query)


def lock(call: Call[LockQuery, Empty]) -> LockText:
    """Gives what a toolbox has as the text of a file that makes it again."""
    return call.lab.toolboxes.lock(call.query)


def terminal(call: Call[Empty, ToolboxTerminalRequest]) -> ToolboxTerminal:
    """Gives the command that opens a shell with a toolbox active."""
    return call.lab.toolboxes.terminal(call.body)


def channels(call: Call[Empty, Empty]) -> Channels:
    """Says where packages come from, and who is signed in where."""
    return call.lab.toolboxes.channels()


def save_channels(call: Call[Empty, ChannelsRequest]) -> Channels:
    """Says from now on where packages come from."""
    return call.lab.toolboxes.save_channels(call.body)


def login(call: Call[Empty, ChannelLoginRequest]) -> Channels:
    """Signs in to the channels of a host.

    The secret goes to a file that only the user can read, and comes back nowhere.
    """
    return call.lab.toolboxes.login(call.body)


def logout(call: Call[Empty, ChannelHostQuery]) -> Channels:
    """Signs out of the channels of a host."""
    return call.lab.toolboxes.logout(call.body)


def cache(call: Call[Empty, Empty]) -> ToolboxCache:
    """Says what is kept of what was downloaded."""
    return call.lab.toolboxes.cache()


ROUTES: tuple[AnyRoute, ...] = (
    *toolboxes_works.ROUTES,
    Route(
        method=Method.GET,
        path="/toolboxes",
        action=Action.READ,
        query=Empty,
        body=Empty,
        reply=Toolboxes,
        verb=list_,
    ),
    Route(
        method=Method.GET,
        path="/toolboxes/toolbox",
        action=Action.READ,
        query=ToolboxQuery,
        body=Empty,
        reply=Toolbox,
        verb=show,
    ),
    Route(
        method=Method.GET,
        path="/toolboxes/catalogue",
        action=Action.READ,
        query=CatalogueQuery,
        body=Empty,
        reply=ToolboxCatalogue,
        verb=catalogue,
    ),
    Route(
        method=Method.GET,
        path="/toolboxes/lock",
        action=Action.READ,
        query=LockQuery,
        body=Empty,
        reply=LockText,
        verb=lock,
    ),
    Route(
        method=Method.POST,
        path="/toolboxes/terminal",
        action=Action.EXECUTE,
        query=Empty,
        body=ToolboxTerminalRequest,
        reply=ToolboxTerminal,
        verb=terminal,
    ),
    Route(
        method=Method.GET,
        path="/toolboxes/channels",
        action=Action.READ,
        query=Empty,
        body=Empty,
        reply=Channels,
        verb=channels,
    ),
    Route(
        method=Method.POST,
        path="/toolboxes/channels",
        action=Action.WRITE,
        query=Empty,
        body=ChannelsRequest,
        reply=Channels,
        verb=save_channels,
    ),
    Route(
        method=Method.POST,
        path="/toolboxes/channels/login",
        action=Action.WRITE,
        query=Empty,
        body=ChannelLoginRequest,
        reply=Channels,
        verb=login,
    ),
    Route(
        method=Method.POST,
        path="/toolboxes/channels/logout",
        action=Action.WRITE,
        query=Empty,
        body=ChannelHostQuery,
        reply=Channels,
        verb=logout,
    ),
    Route(
        method=Method.GET,
        path="/toolboxes/cache",
        action=Action.READ,
        query=Empty,
        body=Empty,
        reply=ToolboxCache,
        verb=cache,
    ),
)
