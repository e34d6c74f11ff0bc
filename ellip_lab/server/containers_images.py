"""The routes of room `containers`: the engine, its images, and those of documents."""

from __future__ import annotations

from ellip_lab.containers.contract import (
    Changed,
    DocumentImages,
    DocumentImagesQuery,
    Engine,
    ImageDetails,
    ImageNameQuery,
    ImagePage,
    ImageQuery,
    Pinned,
    PinRequest,
    PrunePlan,
    PruneQuery,
    RemoveImagesRequest,
    TagRequest,
    UntagRequest,
)
from ellip_lab.contract import Empty
from ellip_lab.server import workspace_images as shown
from ellip_lab.server.route import Action, AnyRoute, Call, Method, Route


def engine(call: Call[Empty, Empty]) -> Engine:
    """Says which engine images and containers are asked of, and what would mend it where none works."""
    return call.lab.containers.engine()


def images(call: Call[ImageQuery, Empty]) -> ImagePage:
    """Lists the images of the engine's own store, a page at a time."""
    return shown.show_page(call.workspace, call.lab.containers.images(call.query))


def show_image(call: Call[ImageNameQuery, Empty]) -> ImageDetails:
    """Gives everything known of one image."""
    return shown.show_used(call.workspace, call.lab.containers.show_image(call.query))


def tag_image(call: Call[Empty, TagRequest]) -> ImageDetails:
    """Gives an image one more name."""
    return shown.show_used(call.workspace, call.lab.containers.tag_image(call.body))


def untag_image(call: Call[Empty, UntagRequest]) -> ImageDetails:
    """Takes a name from an image."""
    return shown.show_used(call.workspace, call.lab.containers.untag_image(call.body))


def remove_images(call: Call[Empty, RemoveImagesRequest]) -> Changed:
    """Removes images; each that stays is told with what holds it."""
    return call.lab.containers.remove_images(call.body)


def plan_prune(call: Call[PruneQuery, Empty]) -> PrunePlan:
    """Says what a clean-up would take, and how much it frees."""
    return shown.show_plan(call.workspace, call.lab.containers.plan_prune(call.query))


def document_images(call: Call[DocumentImagesQuery, Empty]) -> DocumentImages:
    """Says of every image that a document names how it stands."""
    found = call.lab.containers.document_images(shown.document(call.workspace, call.query))
    return shown.show_document(call.workspace, found)


def pin_image(call: Call[Empty, PinRequest]) -> Pinned:
    """Replaces the tag of an image by its digest in a document."""
    found = call.lab.containers.pin_image(shown.document(call.workspace, call.body))
    return shown.show_pinned(call.workspace, found)


ROUTES: tuple[AnyRoute, ...] = (
    Route(
        method=Method.GET,
        path="/containers/engine",
        action=Action.READ,
        query=Empty,
        body=Empty,
        reply=Engine,
        verb=engine,
    ),
    Route(
        method=Method.GET,
        path="/containers/images",
        action=Action.READ,
        query=ImageQuery,
        body=Empty,
        reply=ImagePage,
        verb=images,
    ),
    Route(
        method=Method.GET,
        path="/containers/image",
        action=Action.READ,
        query=ImageNameQuery,
        body=Empty,
        reply=ImageDetails,
        verb=show_image,
    ),
    Route(
        method=Method.POST,
        path="/containers/images/tag",
        action=Action.WRITE,
        query=Empty,
        body=TagRequest,
        reply=ImageDetails,
        verb=tag_image,
    ),
    Route(
        method=Method.POST,
        path="/containers/images/untag",
        action=Action.WRITE,
        query=Empty,
        body=UntagRequest,
        reply=ImageDetails,
        verb=untag_image,
    ),
    Route(
        method=Method.POST,
        path="/containers/images/remove",
        action=Action.WRITE,
        query=Empty,
        body=RemoveImagesRequest,
        reply=Changed,
        verb=remove_images,
    ),
    Route(
        method=Method.GET,
        path="/containers/prune",
        action=Action.READ,
        query=PruneQuery,
        body=Empty,
        reply=PrunePlan,
        verb=plan_prune,
    ),
    Route(
        method=Method.GET,
        path="/containers/document",
        action=Action.READ,
        query=DocumentImagesQuery,
        body=Empty,
        reply=DocumentImages,
        verb=document_images,
    ),
    Route(
        method=Method.POST,
        path="/containers/document/pin",
        action=Action.WRITE,
        query=Empty,
        body=PinRequest,
        reply=Pinned,
        verb=pin_image,
    ),
)
