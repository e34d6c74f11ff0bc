"""Images of documents: how each stands, who uses it, what makes it, and its name pinned."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from podman_store import podman

from ellip_lab.containers.contract import (
    DocumentImage,
    DocumentImagesQuery,
    ImageState,
    ImageUser,
    PinRequest,
    RegistryRequest,
)
from ellip_lab.containers.service import ContainersService
from ellip_lab.errors import Conflict, Invalid, NotFound
from ellip_lab.lab import Lab
from ellip_lab.settings import Settings

from .conftest import IMAGE
from .registry import Registry

pytestmark = [pytest.mark.podman, pytest.mark.timeout(300)]

TOOL = "cwlVersion: v1.2\nclass: CommandLineTool\nid: {name}\nhints:\n  DockerRequirement: {{dockerPull: {image}}}\n"


@pytest.fixture
def documents(rooms: ContainersService, settings: Settings) -> ContainersService:
    """The room as the hall makes it: with a room that reads documents."""
    lab = Lab(settings)
    lab.containers = rooms
    rooms._pulls = lab._pulls
    return rooms


@pytest.fixture
def root(settings: Settings) -> Path:
    return settings.root


def tool(place: Path, image: str, name: str = "crop") -> Path:
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(TOOL.format(name=name, image=image))
    return place


def images(rooms: ContainersService, place: Path, *, registry: bool = False) -> list[DocumentImage]:
    found = rooms.document_images(DocumentImagesQuery(path=str(place), registry=registry))
    assert found.path == str(place)
    return list(found.images)


# -- how they stand


def test_images_that_are_here_and_that_are_not(documents: ContainersService, root: Path) -> None:
    tool(root / "tools/one.cwl", IMAGE, "one")
    tool(root / "tools/two.cwl", "registry.invalid/none:1", "two")
    flow = root / "flow.cwl"
    flow.write_text(
        "class: Workflow\nsteps: {a: {run: tools/one.cwl}, b: {run: tools/two.cwl}, c: {run: {class: CommandLineTool,"
        f" hints: [{{class: DockerRequirement, dockerPull: {IMAGE}}}]}}}}}}\n"
    )
    here, gone = sorted(images(documents, flow), key=lambda one: one.state, reverse=True)
    assert (here.image, here.state, here.pinned) == (IMAGE, ImageState.PRESENT, False)
    assert here.id and here.size and here.digest and here.digest.startswith("sha256:")
    assert [(Path(one.path).name, one.line, one.tool) for one in here.places] == [
        ("flow.cwl", 2, "c"),
        ("one.cwl", 5, "one"),
    ]
    assert (gone.image, gone.state, gone.id) == ("registry.invalid/none:1", ImageState.MISSING, None)
    assert images(documents, tool(root / "by-path.cwl", "Not/A/Name"))[0].state is ImageState.MISSING
    assert documents.document_images(DocumentImagesQuery(path="flow.cwl")).path == str(flow)


def test_short_names_are_what_the_engine_makes_of_them(
    documents: ContainersService, root: Path, image: str
) -> None:
    short = image.removeprefix("localhost/").removesuffix(":1")
    assert images(documents, tool(root / "a.cwl", f"{short}:1"))[0].state is ImageState.PRESENT
    assert images(documents, tool(root / "a.cwl", short))[0].state is ImageState.MISSING


def test_without_an_engine_nothing_is_known(
    settings: Settings, root: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    room = Lab(settings).containers
    assert images(room, tool(root / "a.cwl", IMAGE))[0].state is ImageState.UNKNOWN


def test_a_document_that_is_broken_or_not_there(documents: ContainersService, root: Path) -> None:
    (root / "broken.cwl").write_text("class: [\n")
    assert images(documents, root / "broken.cwl") == []
    with pytest.raises(NotFound):
        images(documents, root / "gone.cwl")


# -- who uses them


def test_documents_of_the_workspace_are_users(documents: ContainersService, root: Path) -> None:
    one = tool(root / "a/one.cwl", "some/image:1")
    two = tool(root / "two.cwl", "some/image:1")
    (root / "flow.cwl").write_text("class: Workflow\nsteps: {a: {run: two.cwl}}\n")
    for passed in (".hidden", "node_modules", "results", "a/.ipynb_checkpoints"):
        tool(root / passed / "x.cwl", "some/image:1")
    (root / "link.cwl").symlink_to(two)
    users = documents._documents.users()
    assert set(users["some/image:1"]) == {
        ImageUser(kind="document", name=str(one), line=5),
        ImageUser(kind="document", name=str(two), line=5),
        ImageUser(kind="document", name=str(root / "link.cwl"), line=5),
    }
    (root / "link.cwl").unlink()
    one.unlink()
    two.write_text(two.read_text().replace("some/image:1", "another/image:22"))
    documents._documents._workspace._walked = None
    assert documents._documents.users() == {
        "another/image:22": (ImageUser(kind="document", name=str(two), line=5),)
    }


def test_the_list_of_images_names_them(documents: ContainersService, root: Path) -> None:
    from ellip_lab.containers.contract import ImageQuery

    place = tool(root / "a.cwl", IMAGE)
    (found,) = documents.images(ImageQuery(text=IMAGE)).images
    assert ImageUser(kind="document", name=str(place), line=5) in found.users


# -- what makes them


def test_the_containerfile_that_makes_an_image(documents: ContainersService, root: Path) -> None:
    (root / "docker/gdal-tools").mkdir(parents=True)
    (root / "docker/gdal-tools/Dockerfile").write_text(f"FROM {IMAGE}\n")
    (root / "app").mkdir()
    (root / "app/Containerfile").write_text(f"FROM {IMAGE}\n")
    flow = root / "app/flow.cwl"
    flow.write_text(
        "$graph:\n"
        + "".join(
            f"- {{class: CommandLineTool, id: t{n}, hints: {{DockerRequirement: {{dockerPull: {name}}}}}}}\n"
            for n, name in enumerate((IMAGE, "localhost/mine:1", "docker.io/x/gdal-tools:2", "other:1"))
        )
    )
    made = {one.image: one.containerfile for one in images(documents, flow)}
    assert made == {
        IMAGE: None,  # what it starts from is not what it makes
        "localhost/mine:1": str(root / "app/Containerfile"),
        "docker.io/x/gdal-tools:2": str(root / "docker/gdal-tools/Dockerfile"),
        "other:1": None,
    }


# -- registries


@pytest.fixture
def pushed(
    documents: ContainersService, store: dict[str, str], registry: Registry, image: str
) -> Iterator[str]:
    """An image in the registry and here, under the registry's name."""
    documents.save_registry(RegistryRequest(host=registry.host, insecure=True))
    name = f"{registry.host}/ellip/own-{os.urandom(4).hex()}:1"
    for words in (("tag", image, name), ("push", "-q", "--tls-verify=false", name)):
        assert podman(store, *words).returncode == 0
    yield name
    podman(store, "rmi", "-f", name)


def test_an_image_that_its_registry_has_another_of(
    documents: ContainersService, store: dict[str, str], root: Path, pushed: str
) -> None:
    place = tool(root / "a.cwl", pushed)
    podman(store, "rmi", pushed)
    (gone,) = images(documents, place, registry=True)
    assert (gone.state, gone.newer, gone.problem) == (ImageState.MISSING, None, None)
    assert podman(store, "pull", "-q", "--tls-verify=false", pushed).returncode == 0
    (same,) = images(documents, place, registry=True)
    assert (same.state, same.newer, same.problem) == (ImageState.PRESENT, None, None)
    # somebody pushes another one under the name
    other = f"{pushed}-other"
    assert podman(store, "tag", IMAGE, other).returncode == 0
    assert podman(store, "push", "-q", "--tls-verify=false", other, f"docker://{pushed}").returncode == 0
    podman(store, "rmi", other)
    (found,) = images(documents, place, registry=True)
    assert found.state is ImageState.DIFFERS
    assert found.newer and found.newer != found.digest
    (unasked,) = images(documents, place)
    assert (unasked.state, unasked.newer) == (ImageState.PRESENT, None)


def test_a_registry_that_cannot_be_asked_is_said(
    documents: ContainersService, root: Path, pushed: str
) -> None:
    place = root / "a.cwl"
    names = ("127.0.0.1:9/none:1", f"{pushed}2", "localhost/made:here", "Bad/NAME")
    place.write_text(
        "$graph:\n"
        + "".join(
            f"- {{class: CommandLineTool, id: t{n}, hints: {{DockerRequirement: {{dockerPull: '{name}'}}}}}}\n"
            for n, name in enumerate(names)
        )
    )
    down, unknown, local, bad = images(documents, place, registry=True)
    assert {one.state for one in (down, unknown, local, bad)} == {ImageState.MISSING}
    assert down.problem and "127.0.0.1:9" in down.problem
    assert unknown.problem and "no such image" in unknown.problem
    assert local.problem is None
    assert bad.problem


# -- pinned


def test_a_name_is_pinned_and_nothing_else_changes(
    documents: ContainersService, store: dict[str, str], root: Path, pushed: str
) -> None:
    (root / "tool.cwl").write_bytes(
        TOOL.format(name="x", image=f"'{pushed}'  # the newest").replace("\n", "\r\n").encode()
        + b"\r\n# \xc3\xbc"
    )
    (root / "tool.cwl").chmod(0o640)
    flow = root / "flow.cwl"
    flow.write_text(
        f"\ufeff# {pushed}\nclass: Workflow\nlabel: ü {pushed}\nhints:\n  - class: DockerRequirement\n"
        f"    dockerPull: >-\n      {pushed}\nsteps: {{a: {{run: tool.cwl}}}}\n"
    )
    before = {place: place.read_bytes() for place in (flow, root / "tool.cwl")}
    pinned = documents.pin_image(PinRequest(path=str(flow), image=pushed))
    assert pinned.image.startswith(f"{pushed.removesuffix(':1')}@sha256:")
    assert (pinned.path, pinned.places) == (str(flow), 2)
    assert pinned.image.partition("@")[2] == documents._registries.digest(pushed)
    for place, bytes_ in before.items():
        old, new = f" {pushed}\n".encode(), f" {pinned.image}\n".encode()
        wanted = bytes_.replace(b"      " + old.strip() + b"\n", b"      " + new.strip() + b"\n")
        assert place.read_bytes() == wanted.replace(f"'{pushed}'".encode(), f"'{pinned.image}'".encode())
    assert stat.S_IMODE((root / "tool.cwl").stat().st_mode) == 0o640
    assert sorted(file.name for file in root.iterdir()) == ["flow.cwl", "tool.cwl"]
    (one,) = images(documents, flow)
    assert (one.pinned, one.image) == (True, pinned.image)
    # what was pushed is another manifest than the one that was made here
    assert podman(store, "pull", "-q", "--tls-verify=false", pinned.image).returncode == 0
    assert images(documents, flow, registry=True)[0].state is ImageState.PRESENT
    with pytest.raises(Invalid, match="pinned already"):
        documents.pin_image(PinRequest(path=str(flow), image=pinned.image))
    with pytest.raises(NotFound, match="does not name"):
        documents.pin_image(PinRequest(path=str(flow), image=pushed))


def test_what_is_here_only_is_pinned_to_its_own_digest(
    documents: ContainersService, root: Path, image: str
) -> None:
    place = tool(root / "a.cwl", image)
    pinned = documents.pin_image(PinRequest(path=str(place), image=image))
    (one,) = images(documents, place)
    assert one.image == pinned.image
    assert one.state is ImageState.PRESENT


def test_what_has_no_digest_is_not_pinned(documents: ContainersService, root: Path) -> None:
    place = tool(root / "a.cwl", "127.0.0.1:9/none:1")
    before = place.read_bytes()
    with pytest.raises(Invalid, match="no digest") as caught:
        documents.pin_image(PinRequest(path=str(place), image="127.0.0.1:9/none:1"))
    assert "Push it to a registry, or pull it" in str(caught.value.hint)
    place.write_text(TOOL.format(name="a", image=f'"{IMAGE[:5]}\\x{ord(IMAGE[5]):02x}{IMAGE[6:]}"'))
    with pytest.raises(Invalid, match=r"a.cwl:5: the name is not written in one piece"):
        documents.pin_image(PinRequest(path=str(place), image=IMAGE))
    assert before != place.read_bytes()


def test_a_file_that_changes_meanwhile_is_left_alone(
    documents: ContainersService, root: Path, image: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tool(root / "a.cwl", image)
    digest = documents._documents._digest

    def meanwhile(name: str) -> str:
        place.write_text("edited")
        return digest(name)

    monkeypatch.setattr(documents._documents, "_digest", meanwhile)
    with pytest.raises(Conflict, match="has changed meanwhile"):
        documents.pin_image(PinRequest(path=str(place), image=image))
    assert place.read_text() == "edited"
