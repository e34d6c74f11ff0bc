"""The routes of room `containers`: registries."""

from __future__ import annotations

from ellip_lab.containers.contract import (
    FoundImages,
    HostQuery,
    LoginRequest,
    Registries,
    Registry,
    RegistryRequest,
    SearchQuery,
    Tags,
    TagsQuery,
)
from ellip_lab.contract import Empty
from ellip_lab.server.route import Action, AnyRoute, Call, Method, Route


def registries(call: Call[Empty, Empty]) -> Registries:
    """Lists registries: signed in to, saved, and known beforehand."""
    return call.lab.containers.registries()


def save_registry(call: Call[Empty, RegistryRequest]) -> Registry:
    """Saves how a registry is reached."""
    return call.lab.containers.save_registry(call.workspace.registry(call.body))


def forget_registry(call: Call[HostQuery, Empty]) -> Registries:
    """Forgets how a registry is reached."""
    return call.lab.containers.forget_registry(call.query)


def login(call: Call[Empty, LoginRequest]) -> Registry:
    """Signs in to a registry.

    The password goes to podman's own file and comes back nowhere.
    """
    return call.lab.containers.login(call.body)


def logout(call: Call[Empty, HostQuery]) -> Registry:
    """Signs out of a registry."""
    return call.lab.containers.logout(call.body)


def search(call: Call[SearchQuery, Empty]) -> FoundImages:
    """Searches a registry, where it allows that."""
    return call.lab.containers.search(call.query)


def tags(call: Call[TagsQuery, Empty]) -> Tags:
    """Lists the tags of a repository, a page at a time."""
    return call.lab.containers.tags(call.query)


ROUTES: tuple[AnyRoute, ...] = (
    Route(
        method=Method.GET,
        path="/containers/registries",
        action=Action.READ,
        query=Empty,
        body=Empty,
        reply=Registries,
        verb=registries,
    ),
    Route(
        method=Method.POST,
        path="/containers/registries",
        action=Action.WRITE,
        query=Empty,
        body=RegistryRequest,
        reply=Registry,
        verb=save_registry,
    ),
    Route(
        method=Method.DELETE,
        path="/containers/registries",
        action=Action.WRITE,
        query=HostQuery,
        body=Empty,
        reply=Registries,
        verb=forget_registry,
    ),
    Route(
        method=Method.POST,
        path="/containers/registries/login",
        action=Action.WRITE,
        query=Empty,
        body=LoginRequest,
        reply=Registry,
        verb=login,
    ),
    Route(
        method=Method.POST,
        path="/containers/registries/logout",
        action=Action.WRITE,
        query=Empty,
        body=HostQuery,
        reply=Registry,
        verb=logout,
    ),
    Route(
        method=Method.GET,
        path="/containers/registries/search",
        action=Action.READ,
        query=SearchQuery,
        body=Empty,
        reply=FoundImages,
        verb=search,
    ),
    Route(
        method=Method.GET,
        path="/containers/registries/tags",
        action=Action.READ,
        query=TagsQuery,
        body=Empty,
        reply=Tags,
        verb=tags,
    ),
)
