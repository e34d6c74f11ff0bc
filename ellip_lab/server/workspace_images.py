"""Paths of images and documents between the browser's view and the rooms', as `workspace` has them for the rest."""

from __future__ import annotations

from typing import TypeVar

from ellip_lab.containers.contract import (
    DocumentImage,
    DocumentImages,
    DocumentImagesQuery,
    Image,
    ImageDetails,
    ImagePage,
    ImageUser,
    Pinned,
    PinRequest,
    PrunePlan,
)
from ellip_lab.server.workspace import Workspace

Asked = TypeVar("Asked", DocumentImagesQuery, PinRequest)
Used = TypeVar("Used", Image, ImageDetails)


def document(workspace: Workspace, asked: Asked) -> Asked:
    """Gives a question about a document as the room understands it; `Denied` when it lies outside the root."""
    return asked.model_copy(update={"path": workspace.place(asked.path)})


def show_used(workspace: Workspace, image: Used) -> Used:
    """Gives an image, the documents that use it named as the browser knows them."""
    return image.model_copy(update={"users": tuple(_user(workspace, user) for user in image.users)})


def _user(workspace: Workspace, user: ImageUser) -> ImageUser:
    return user if user.kind == "container" else user.model_copy(update={"name": workspace.show(user.name)})


def show_page(workspace: Workspace, page: ImagePage) -> ImagePage:
    """Gives a page of images as the browser knows them."""
    return page.model_copy(update={"images": tuple(show_used(workspace, image) for image in page.images)})


def show_plan(workspace: Workspace, plan: PrunePlan) -> PrunePlan:
    """Gives what a clean-up would take as the browser knows it."""
    return plan.model_copy(
        update={
            "images": tuple(show_used(workspace, image) for image in plan.images),
            "cautions": tuple(workspace.say(caution) for caution in plan.cautions),
        }
    )


def show_document(workspace: Workspace, found: DocumentImages) -> DocumentImages:
    """Gives the images of a document as the browser knows them."""
    return found.model_copy(
        update={
            "path": workspace.show(found.path),
            "images": tuple(_document_image(workspace, image) for image in found.images),
        }
    )


def _document_image(workspace: Workspace, image: DocumentImage) -> DocumentImage:
    places = tuple(place.model_copy(update={"path": workspace.show(place.path)}) for place in image.places)
    made = image.containerfile and workspace.show(image.containerfile)
    problem = image.problem and workspace.say(image.problem)
    return image.model_copy(update={"places": places, "containerfile": made, "problem": problem})


def show_pinned(workspace: Workspace, pinned: Pinned) -> Pinned:
    """Gives what became of a document as the browser knows it."""
    return pinned.model_copy(update={"path": workspace.show(pinned.path)})
