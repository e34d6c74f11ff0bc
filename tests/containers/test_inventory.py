"""Images of a store of the tests' own: listed, shown, named, removed, cleaned up; by podman's API and the shared one."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import pytest
from podman_store import IMAGE, add_busybox, podman, private_store

from containers.working import half_written, halve
from ellip_lab.containers import contract as words
from ellip_lab.containers.history import command
from ellip_lab.containers.inventory import Images
from ellip_lab.containers.matching import full, means
from ellip_lab.containers.service import ContainersService
from ellip_lab.containers.serving import Serving
from ellip_lab.errors import Conflict, Invalid, NotFound, Unavailable
from ellip_lab.settings import Settings

pytestmark = pytest.mark.podman

Users = Mapping[str, Sequence[words.ImageUser]]
NOBODY: Users = {}


def nobody() -> Users:
    return NOBODY


@pytest.fixture(params=["libpod", "compatible"])
def images(request: pytest.FixtureRequest, rooms: ContainersService, settings: Settings) -> Images:
    return Images(Serving(settings, rooms.find, compatible=request.param == "compatible"), nobody)


@pytest.fixture
def own(images: Images) -> Images:
    if not images._serving.api().libpod:
        pytest.skip("what the engine's own program does is the same for both")
    return images


def build(env: dict[str, str], folder: Path, name: str, *lines: str) -> None:
    folder.mkdir(exist_ok=True)
    (folder / "Containerfile").write_text("\n".join((f"FROM {IMAGE}", *lines, "")))
    reply = podman(env, "build", "--network=none", "-t", name, str(folder))
    assert reply.returncode == 0, reply.stderr


def ids(page: words.ImagePage) -> list[str]:
    return [image.id for image in page.images]


# -- lists


def test_an_image_is_listed_with_what_uses_it(images: Images, image: str, store: dict[str, str]) -> None:
    made = podman(store, "create", "--name", "holds-" + image[-6:-2], image, "true")
    assert made.returncode == 0, made.stderr
    try:
        page = images.list(words.ImageQuery(text=image))
        assert (page.total, page.next) == (1, None)
        found = page.images[0]
        assert found.names == (image,)
        assert found.size == page.size > 1_000_000
        assert found.digest is not None
        assert found.digest.startswith("sha256:")
        assert not found.dangling
        assert [(user.kind, user.name, user.running) for user in found.users] == [
            ("container", "holds-" + image[-6:-2], False)
        ]
    finally:
        podman(store, "rm", "-f", "holds-" + image[-6:-2])


def test_documents_that_name_an_image_use_it(own: Images, image: str) -> None:
    document = words.ImageUser(kind="document", name="tools/crop.cwl", line=7)
    short = image.removeprefix("localhost/").removesuffix(":1")
    users = {f"{short}:1": [document], "elsewhere.org/x:1": [document], f"{short}:2": [document]}
    with_documents = Images(own._serving, lambda: users)
    assert with_documents.list(words.ImageQuery(text=image)).images[0].users == (document,)
    assert with_documents.show(words.ImageNameQuery(name=image)).users == (document,)
    plan = with_documents.plan_prune(words.PruneQuery(all=True))
    told = [line for line in plan.cautions if line.startswith(image)]
    assert told == [f"{image} is named by tools/crop.cwl: a run would have to pull or build it again."]


def test_a_list_is_ordered_and_paged(images: Images, image: str) -> None:
    for name in ("localhost/ellip/zz:1", "localhost/ellip/zz:2"):
        images.tag(words.TagRequest(image=image, name=name))
    for sort in words.ImageSort:
        up = images.list(words.ImageQuery(sort=sort, descending=False))
        down = images.list(words.ImageQuery(sort=sort, descending=True))
        assert up.total == down.total >= 2
        assert sorted(ids(up)) == sorted(ids(down))
        if sort is not words.ImageSort.USED:
            assert ids(up) == ids(down)[::-1]
    everything = images.list(words.ImageQuery())
    first = images.list(words.ImageQuery(limit=1))
    assert first.next == 1
    rest = images.list(words.ImageQuery(offset=1))
    assert rest.next is None
    assert ids(first) + ids(rest) == ids(everything)


def test_dangling_ones_are_marked_and_asked_for(images: Images, image: str, store: dict[str, str]) -> None:
    identity = images.show(words.ImageNameQuery(name=image)).id
    assert podman(store, "untag", image).returncode == 0
    try:
        page = images.list(words.ImageQuery(dangling=True))
        assert identity in ids(page)
        assert all(found.dangling and not found.names for found in page.images)
        assert identity not in ids(images.list(words.ImageQuery(dangling=False)))
        assert identity in ids(images.list(words.ImageQuery(text=identity[:12])))
    finally:
        podman(store, "rmi", "-f", identity)


# -- one image


def test_an_image_is_shown_with_its_history(
    images: Images, rooms: ContainersService, store: dict[str, str], tmp_path: Path
) -> None:
    name = f"localhost/ellip/shown-{os.urandom(3).hex()}:1"
    build(
        store, tmp_path / "context", name,
        "RUN echo a > /a", "ENV COLOUR=blue", 'ENTRYPOINT ["/bin/echo"]', 'CMD ["hello"]', "WORKDIR /tmp",
        "USER 7", "EXPOSE 8080", "LABEL sense=none",
    )  # fmt: skip
    try:
        found = images.show(words.ImageNameQuery(name=name))
        assert found.names == (name,)
        assert found.env["COLOUR"] == "blue"
        assert (found.entrypoint, found.command) == (("/bin/echo",), ("hello",))
        assert (found.folder, found.user, found.ports) == ("/tmp", "7", ("8080/tcp",))
        assert found.labels["sense"] == "none"
        assert (found.os, found.architecture) == ("linux", "amd64")
        assert found.digests[0].startswith(name.removesuffix(":1") + "@sha256:")
        commands = [layer.command for layer in found.layers]
        assert commands[0] == "LABEL sense=none"
        run = found.layers[commands.index("RUN echo a > /a")]
        assert run.size > 0
        assert not run.empty
        assert found.layers[commands.index("ENV COLOUR=blue")].empty
        assert images.show(words.ImageNameQuery(name=found.id)).id == found.id
    finally:
        podman(store, "rmi", "-f", name)


def test_an_unknown_image_is_not_here(images: Images) -> None:
    with pytest.raises(NotFound) as caught:
        images.show(words.ImageNameQuery(name="localhost/nothing:1"))
    assert caught.value.detail == "there is no image localhost/nothing:1 here"
    assert caught.value.hint
    with pytest.raises(NotFound):
        images.show(words.ImageNameQuery(name="0" * 64))


@pytest.mark.parametrize(
    ("said", "line"),
    [
        ("/bin/sh -c #(nop) ENV A=1", "ENV A=1"),
        ("/bin/sh -c apt-get update", "RUN apt-get update"),
        ("|2 A=1 B=x y /bin/sh -c echo /bin/sh -c", "RUN echo /bin/sh -c"),
        ("RUN /bin/sh -c make # buildkit", "RUN make"),
        ('CMD ["sh"]', 'CMD ["sh"]'),
        ("", ""),
    ],
)
def test_a_layer_is_said_as_its_containerfile_says_it(said: str, line: str) -> None:
    assert command(said) == line


# -- names


def test_a_name_is_given_and_taken(images: Images, image: str) -> None:
    name = f"localhost/ellip/other-{os.urandom(3).hex()}:v1.2"
    assert set(images.tag(words.TagRequest(image=image, name=name)).names) == {image, name}
    with pytest.raises(NotFound):
        images.untag(words.UntagRequest(name=name.replace("v1.2", "v9")))
    assert images.untag(words.UntagRequest(name=name)).names == (image,)


def test_the_last_name_leaves_a_dangling_image(images: Images, image: str, store: dict[str, str]) -> None:
    if not images._serving.api().libpod:
        with pytest.raises(Conflict):
            images.untag(words.UntagRequest(name=image))
        return
    found = images.untag(words.UntagRequest(name=image))
    assert found.names == ()
    podman(store, "rmi", found.id)


@pytest.mark.parametrize(
    "name", ["localhost/Capital:1", "localhost/a//b:1", "localhost/x:" + "t" * 200, "x@sha256:" + "0" * 64]
)
def test_a_bad_name_is_refused(images: Images, image: str, name: str) -> None:
    with pytest.raises(Invalid) as caught:
        images.tag(words.TagRequest(image=image, name=name))
    assert caught.value.hint


def test_a_missing_image_gets_no_name(images: Images) -> None:
    with pytest.raises(NotFound):
        images.tag(words.TagRequest(image="localhost/nothing:1", name="localhost/other:1"))


@pytest.mark.parametrize(
    ("wanted", "have", "yes"),
    [
        ("busybox", "docker.io/library/busybox:latest", True),
        ("busybox:1", "docker.io/library/busybox:latest", False),
        ("docker.io/busybox", "docker.io/library/busybox:latest", True),
        ("osgeo/gdal:3", "docker.io/osgeo/gdal:3", True),
        ("osgeo/gdal:3", "ghcr.io/osgeo/gdal:3", True),
        ("ghcr.io/osgeo/gdal:3", "docker.io/osgeo/gdal:3", False),
        ("tool", "localhost/tool:latest", True),
        ("localhost:5000/tool:1", "localhost:5000/tool:1", True),
        ("Bad Name", "localhost/tool:1", False),
    ],
)  # fmt: skip
def test_names_are_matched_as_podman_finds_them(wanted: str, have: str, yes: bool) -> None:
    assert means(wanted, [have], []) is yes


def test_a_pinned_name_is_matched_by_its_digest() -> None:
    digest = "sha256:" + "a" * 64
    assert means(f"quay.io/x/y@{digest}", ["quay.io/x/y:1"], [f"quay.io/x/y@{digest}"])
    assert means(f"quay.io/x/y:9@{digest}", [], [f"quay.io/x/y@{digest}"])
    assert not means(f"quay.io/x/z@{digest}", [], [f"quay.io/x/y@{digest}"])
    assert full("busybox") == "docker.io/library/busybox:latest"


# -- removal


def test_images_are_removed_each_for_itself(images: Images, image: str, store: dict[str, str]) -> None:
    held = f"localhost/ellip/held-{os.urandom(3).hex()}:1"
    made = podman(store, "create", IMAGE, "true")
    container = made.stdout.strip()
    podman(store, "commit", "-q", container, held)
    podman(store, "rm", container)
    name = "holder-" + os.urandom(3).hex()
    podman(store, "create", "--name", name, held, "true")
    try:
        reply = images.remove(words.RemoveImagesRequest(images=(image, held, "localhost/nothing:1")))
        assert reply.done == (image,)
        assert [(kept.name, kept.message) for kept in reply.kept] == [
            (held, f"{held} is used by the container {name}"),
            ("localhost/nothing:1", "there is no image localhost/nothing:1 here"),
        ]
        assert all(kept.hint for kept in reply.kept)
        assert images.remove(words.RemoveImagesRequest(images=(held,), force=True)).done == (held,)
        assert podman(store, "container", "exists", name).returncode == 1
    finally:
        podman(store, "rm", "-f", name)
        podman(store, "rmi", "-f", held)


def test_force_ends_no_running_container(images: Images, image: str, store: dict[str, str]) -> None:
    name = "runs-" + os.urandom(3).hex()
    started = podman(store, "run", "-d", "--net=none", "--name", name, image, "sleep", "100")
    assert started.returncode == 0, started.stderr
    try:
        reply = images.remove(words.RemoveImagesRequest(images=(image,), force=True))
        assert reply.done == ()
        assert reply.kept[0].message == f"{image} is used by the running container {name}"
        assert podman(store, "container", "exists", name).returncode == 0
    finally:
        podman(store, "rm", "-f", "-t", "0", name)


def test_an_image_of_several_names_goes_by_id_with_force_only(images: Images, image: str) -> None:
    found = images.tag(words.TagRequest(image=image, name=image.removesuffix("1") + "2"))
    reply = images.remove(words.RemoveImagesRequest(images=(found.id,)))
    assert reply.done == ()
    assert reply.kept[0].hint == "Remove its names one by one, or remove it with force."
    assert images.remove(words.RemoveImagesRequest(images=(found.id,), force=True)).done == (found.id,)
    assert found.id not in ids(images.list(words.ImageQuery()))


# -- clean-up, in a store of its own: it takes what it finds


@pytest.mark.parametrize("name", ["localhost/ellip/halved:1", None])
def test_a_half_written_image_is_named_and_removed(
    own: Images, store: dict[str, str], name: str | None
) -> None:
    container = podman(store, "create", IMAGE, "true").stdout.strip()
    reply = podman(store, "commit", "-q", container, *([name] if name else []))
    podman(store, "rm", container)
    identity = reply.stdout.strip()
    halve(store, identity)
    with pytest.raises(Unavailable, match=f"the image {identity[:12]} is half written") as caught:
        own.plan_prune(words.PruneQuery())
    assert caught.value.hint is not None
    assert f"ellip images rm {identity[:12]}" in caught.value.hint
    with pytest.raises(NotFound):
        own.show(words.ImageNameQuery(name="localhost/ellip/no-such:1"))
    reply = own.remove(words.RemoveImagesRequest(images=(identity[:12],)))
    assert reply.done == (identity[:12],)
    assert half_written(store) == []
    assert own.list(words.ImageQuery()).images


@pytest.fixture
def apart(
    settings: Settings,
    measured: Path,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    rooms: ContainersService,
) -> Iterator[tuple[Callable[[Users], Images], dict[str, str]]]:
    with private_store(tmp_path / "apart") as env:
        add_busybox(env, tmp_path)
        for name, value in env.items():
            monkeypatch.setenv(name, value)
        serving = Serving(settings, rooms.find)
        yield (lambda users: Images(serving, lambda: users)), env
        serving.stop()


@pytest.mark.slow
def test_a_clean_up_takes_what_its_plan_says(
    apart: tuple[Callable[[Users], Images], dict[str, str]], tmp_path: Path
) -> None:
    make, env = apart
    images = make(NOBODY)
    # 1 MB of its own above what both share, one unnamed after it has been built again
    build(
        env,
        tmp_path / "a",
        "localhost/a:1",
        "RUN echo shared > /s",
        "RUN dd if=/dev/zero of=/big bs=1M count=1",
    )
    build(
        env,
        tmp_path / "b",
        "localhost/b:1",
        "RUN echo shared > /s",
        "RUN dd if=/dev/zero of=/more bs=1M count=2",
    )
    assert podman(env, "untag", "localhost/a:1").returncode == 0
    assert podman(env, "run", "--name", "ended", "localhost/b:1", "dd", "if=/dev/zero", "of=/x", "bs=1M", "count=3").returncode == 0  # fmt: skip
    plan = images.plan_prune(words.PruneQuery())
    assert [image.names for image in plan.images] == [()]
    assert plan.containers == ()
    assert 1_000_000 < plan.frees < 1_200_000
    lines: list[str] = []
    steps: list[tuple[int, int]] = []
    freed = images.prune_now(
        words.PruneQuery(), lines.append, lambda done, total: steps.append((done, total))
    )
    assert freed == plan.frees
    assert lines == [f"removed image {plan.images[0].id[:12]}"]
    assert steps == [(0, 1), (1, 1)]
    # everything unused: the container holds b and, beneath it, the base
    plan = images.plan_prune(words.PruneQuery(all=True))
    assert plan.images == ()
    assert plan.frees == 0
    query = words.PruneQuery(all=True, containers=True)
    plan = images.plan_prune(query)
    assert {image.names for image in plan.images} == {("localhost/b:1",), (IMAGE,)}
    assert plan.containers == ("ended",)
    assert plan.frees > 7_000_000
    lines.clear()
    freed = images.prune_now(query, lines.append, lambda _done, _total: None)
    assert freed == plan.frees
    assert lines[0] == "removed container ended"
    assert images.list(words.ImageQuery()).total == 0
    assert podman(env, "images", "-aq").stdout == ""


def test_no_engine_is_said_with_what_mends_it(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    images = Images(Serving(settings, ContainersService(settings).find), nobody)
    with pytest.raises(Unavailable) as caught:
        images.list(words.ImageQuery())
    assert "podman is not installed" in caught.value.detail
    assert "apt-get install" in (caught.value.hint or "")
