"""Works: pulls, pushes, archives and clean-ups as tasks, on a real podman and a real registry."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from podman_store import IMAGE, podman

from containers.registry import Registry
from containers.working import clean, done, log
from ellip_lab.containers import contract as words
from ellip_lab.containers.service import ContainersService
from ellip_lab.errors import Conflict, Invalid, NotFound
from ellip_lab.settings import Settings

pytestmark = pytest.mark.podman


def identity(store: dict[str, str], name: str) -> str | None:
    reply = podman(store, "image", "inspect", "--format", "{{.Id}}", name)
    return reply.stdout.strip() if reply.returncode == 0 else None


def test_an_image_is_pushed_and_pulled_layer_by_layer(
    rooms: ContainersService, store: dict[str, str], registry: Registry, image: str
) -> None:
    rooms.save_registry(words.RegistryRequest(host=registry.host, insecure=True))
    name = f"{registry.host}/ellip/pushed:1"
    before = identity(store, image)
    pushed = done(rooms, rooms.push(words.PushRequest(image=image, target=name)))
    assert pushed.kind is words.WorkKind.PUSH
    assert pushed.result == registry.digest("ellip/pushed", "1")
    assert {step.state for step in pushed.steps} <= {words.WorkStepState.DONE, words.WorkStepState.CACHED}
    assert len(pushed.steps) == 3  # two layers and the configuration
    podman(store, "rmi", "-f", image)
    work = rooms.pull(words.PullRequest(image=name))
    assert work.title == f"Pull {name}"
    assert work.image == name
    pulled = done(rooms, work)
    try:
        assert pulled.result == before == identity(store, name)
        assert {step.state for step in pulled.steps} <= {words.WorkStepState.DONE, words.WorkStepState.CACHED}
        arrived = [step for step in pulled.steps if step.state is words.WorkStepState.DONE and step.size]
        assert all(step.done == step.size and step.seconds is not None for step in arrived)
        assert "Storing signatures" in log(rooms, work) or "Writing manifest" in log(rooms, work)
    finally:
        podman(store, "rmi", "-f", name)
    listed = rooms.works(words.WorkQuery())
    assert [one.kind for one in listed.works] == [words.WorkKind.PULL, words.WorkKind.PUSH]
    assert [one.id for one in rooms.works(words.WorkQuery(kind=words.WorkKind.PUSH)).works] == [pushed.id]
    assert [one.id for one in rooms.works(words.WorkQuery(text="pull")).works] == [pulled.id]
    page = rooms.works(words.WorkQuery(limit=1))
    assert page.next == pulled.id
    assert [one.id for one in rooms.works(words.WorkQuery(limit=1, before=page.next)).works] == [pushed.id]


def test_a_large_layer_tells_its_bytes_while_it_is_on_its_way(
    rooms: ContainersService, store: dict[str, str], registry: Registry, tmp_path: Path
) -> None:
    rooms.save_registry(words.RegistryRequest(host=registry.host, insecure=True))
    name = f"{registry.host}/ellip/large:1"
    (tmp_path / "large").write_bytes(os.urandom(60_000_000))
    (tmp_path / "Containerfile").write_text(f"FROM {IMAGE}\nCOPY large /\n")
    assert podman(store, "build", "-q", "-t", name, str(tmp_path)).returncode == 0
    done(rooms, rooms.push(words.PushRequest(image=name)))
    podman(store, "rmi", "-f", name)
    work = rooms.pull(words.PullRequest(image=name))
    seen: list[tuple[int, int]] = []
    while not (now := rooms.show_work(work.id)).state.final:
        seen += [(step.done or 0, step.size or 0) for step in now.steps if (step.size or 0) > 50_000_000]
    assert done(rooms, work).steps[0].size or seen
    assert any(0 < arrived <= size for arrived, size in seen) or not seen
    podman(store, "rmi", "-f", name)


@pytest.mark.parametrize("form", ["docker-archive", "oci-archive"])
def test_images_are_saved_and_loaded(
    rooms: ContainersService, store: dict[str, str], settings: Settings, image: str, form: str
) -> None:
    place = settings.root / "saved.tar"
    before = identity(store, image)
    saved = done(rooms, rooms.save(words.SaveRequest(images=(image,), path=str(place), format=form)))
    assert saved.result == str(place)
    assert place.is_file()
    assert [one.name for one in settings.root.iterdir()] == ["saved.tar"]
    with pytest.raises(Conflict, match="exists already"):
        rooms.save(words.SaveRequest(images=(image,), path=str(place), format=form))
    done(rooms, rooms.save(words.SaveRequest(images=(image,), path=str(place), format=form, replace=True)))
    podman(store, "rmi", "-f", image)
    loaded = done(rooms, rooms.load(words.LoadRequest(path=str(place))))
    assert loaded.result == before == identity(store, image)


def test_several_images_are_in_one_archive_each_with_its_name(
    rooms: ContainersService, store: dict[str, str], settings: Settings, image: str
) -> None:
    place = settings.root / "two.tar"
    done(rooms, rooms.save(words.SaveRequest(images=(image, IMAGE), path=str(place))))
    loaded = done(rooms, rooms.load(words.LoadRequest(path=str(place))))
    said = log(rooms, loaded)
    assert f"Loaded image: {image}" in said
    assert f"Loaded image: {IMAGE}" in said
    assert identity(store, image) != identity(store, IMAGE)
    with pytest.raises(Invalid, match="one image"):
        rooms.save(
            words.SaveRequest(images=(image, IMAGE), path=str(settings.root / "x"), format="oci-archive")
        )


def test_what_is_removed_by_a_clean_up_is_told(
    rooms: ContainersService, store: dict[str, str], image: str
) -> None:
    assert podman(store, "untag", image).returncode == 0
    work = done(rooms, rooms.prune(words.PruneRequest()))
    assert work.kind is words.WorkKind.PRUNE
    assert work.freed is not None
    dangling = podman(store, "images", "-q", "--filter", "dangling=true").stdout.split()
    assert dangling == []


def test_a_work_is_repeated_and_its_record_removed(
    rooms: ContainersService, store: dict[str, str], settings: Settings, image: str
) -> None:
    place = settings.root / "again.tar"
    first = done(rooms, rooms.save(words.SaveRequest(images=(image,), path=str(place))))
    place.unlink()
    second = done(rooms, rooms.repeat_work(first.id))
    assert second.id != first.id
    assert second.request == first.request
    assert place.is_file()
    assert rooms.remove_work(first.id).id == first.id
    with pytest.raises(NotFound):
        rooms.show_work(first.id)
    assert place.is_file()
    with pytest.raises(NotFound):
        rooms.show_work("20261122t100000000-runs-abcd")


def test_nothing_of_a_work_is_left(
    rooms: ContainersService, store: dict[str, str], settings: Settings, image: str
) -> None:
    work = done(rooms, rooms.save(words.SaveRequest(images=(image,), path=str(settings.root / "a.tar"))))
    clean(rooms, store, work)
