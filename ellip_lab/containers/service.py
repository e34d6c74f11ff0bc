"""The verbs of room `containers`."""

from __future__ import annotations

import json
import os
import shutil
import socket
import threading
import time
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ellip_lab.containers import contract as words
from ellip_lab.containers.contract import ContainerEngine, EngineKind
from ellip_lab.contract import Acknowledged
from ellip_lab.errors import Invalid
from ellip_lab.settings import Settings
from ellip_lab.shell import read_json, write_json

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from ellip_lab.containers.documents import Documents
    from ellip_lab.containers.exposing import Exposing
    from ellip_lab.containers.inventory import Images
    from ellip_lab.containers.registries import Registries
    from ellip_lab.containers.running import Running
    from ellip_lab.containers.serving import Serving
    from ellip_lab.containers.works import Works
    from ellip_lab.tasks.contract import LogChunk, LogQuery
    from ellip_lab.tasks.service import TasksService

FORGET_PROBLEM = 15.0
"""Seconds after which an engine that did not work is measured again; one that works is remembered."""


class ContainersService:
    """Finds the container engine of this machine, and knows its images, its containers and their registries.

    `pulls` gives every place where a CWL document, and what it runs, names an image: room `cwl` knows.
    """

    def __init__(
        self,
        settings: Settings,
        tasks: TasksService | None = None,
        pulls: Callable[[Path], Sequence[words.DockerPull]] = lambda _document: (),
    ) -> None:
        from ellip_lab.tasks.service import TasksService

        self._settings = settings
        self._folder = settings.state / "containers"
        self._measuring = threading.Lock()
        self._tasks = tasks or TasksService(settings)
        self._pulls = pulls

    # -- the parts, each made at its first use

    @cached_property
    def _serving(self) -> Serving:
        from ellip_lab.containers.serving import Serving

        return Serving(self._settings, self.find)

    @cached_property
    def _images(self) -> Images:
        from ellip_lab.containers.inventory import Images

        return Images(self._serving, self._documents.users)

    @cached_property
    def _containers(self) -> Running:
        from ellip_lab.containers.running import Running

        return Running(self._settings, self._serving)

    @cached_property
    def _works(self) -> Works:
        from ellip_lab.containers.works import Works

        return Works(self._settings, self._tasks, self._serving, self._registries)

    @cached_property
    def _registries(self) -> Registries:
        from ellip_lab.containers.registries import Registries

        return Registries(self._settings, self._serving)

    @cached_property
    def _documents(self) -> Documents:
        from ellip_lab.containers.documents import Documents

        return Documents(self._settings, self._serving, self._registries, self._pulls)

    @cached_property
    def _exposing(self) -> Exposing:
        from ellip_lab.containers.exposing import Exposing

        return Exposing(self._settings, self._serving)

    # -- the engine

    def engine(self) -> words.Engine:
        """Says which engine images and containers are asked of, and what is in the way where none works."""
        return self._serving.engine()

    # -- images

    def images(self, query: words.ImageQuery) -> words.ImagePage:
        """Lists the images of the engine's own store, a page at a time."""
        return self._images.list(query)

    def show_image(self, query: words.ImageNameQuery) -> words.ImageDetails:
        """Gives everything known of one image; `NotFound` when it is not here."""
        return self._images.show(query)

    def tag_image(self, request: words.TagRequest) -> words.ImageDetails:
        """Gives an image one more name."""
        return self._images.tag(request)

    def untag_image(self, request: words.UntagRequest) -> words.ImageDetails:
        """Takes a name from an image."""
        return self._images.untag(request)

    def remove_images(self, request: words.RemoveImagesRequest) -> words.Changed:
        """Removes images; each that stays is told with what holds it."""
        return self._images.remove(request)

    def plan_prune(self, query: words.PruneQuery) -> words.PrunePlan:
        """Says what a clean-up would take, and how much it frees."""
        return self._images.plan_prune(query)

    # -- work that takes time

    def pull(self, request: words.PullRequest) -> words.Work:
        """Pulls an image, as a task."""
        return self._works.start(words.WorkKind.PULL, request)

    def build(self, request: words.BuildRequest) -> words.Work:
        """Builds an image from a Containerfile, as a task."""
        return self._works.start(words.WorkKind.BUILD, request)

    def push(self, request: words.PushRequest) -> words.Work:
        """Pushes an image to a registry, as a task."""
        return self._works.start(words.WorkKind.PUSH, request)

    def save(self, request: words.SaveRequest) -> words.Work:
        """Writes images to an archive, as a task."""
        return self._works.start(words.WorkKind.SAVE, request)

    def load(self, request: words.LoadRequest) -> words.Work:
        """Reads the images of an archive, as a task."""
        return self._works.start(words.WorkKind.LOAD, request)

    def prune(self, request: words.PruneRequest) -> words.Work:
        """Cleans up what the plan of the same words says, as a task."""
        return self._works.start(words.WorkKind.PRUNE, request)

    def works(self, query: words.WorkQuery) -> words.WorkPage:
        """Lists pulls, builds, pushes and their like, newest first."""
        return self._works.list(query)

    def show_work(self, id: str) -> words.Work:  # noqa: A002 - the word of the contract
        """Gives everything known of a work: its steps, and why it failed."""
        return self._works.show(id)

    def work_log(self, id: str, query: LogQuery) -> LogChunk:  # noqa: A002
        """Reads a stretch of a work's log."""
        return self._works.log(id, query)

    def stop_work(self, id: str) -> words.Work:  # noqa: A002
        """Stops a work; nothing of it is left, no process and no working container."""
        return self._works.stop(id)

    def repeat_work(self, id: str) -> words.Work:  # noqa: A002
        """Does an ended work once more, as it was asked."""
        return self._works.repeat(id)

    def remove_work(self, id: str) -> Acknowledged:  # noqa: A002
        """Removes the record of an ended work."""
        return self._works.remove(id)

    def containerfile(self, query: words.ContainerfileQuery) -> words.Containerfile:
        """Reads what a Containerfile asks for: its stages, arguments and bases, and a name for the image."""
        from ellip_lab.containers import containerfile

        return containerfile.read(query, self._pulls)

    # -- registries

    def registries(self) -> words.Registries:
        """Lists registries: those somebody is signed in to, those that are saved, those that are known."""
        return self._registries.list()

    def save_registry(self, request: words.RegistryRequest) -> words.Registry:
        """Saves how a registry is reached."""
        return self._registries.save(request)

    def forget_registry(self, query: words.HostQuery) -> words.Registries:
        """Forgets how a registry is reached; who is signed in to it stays."""
        return self._registries.forget(query)

    def login(self, request: words.LoginRequest) -> words.Registry:
        """Signs in to a registry; `Denied` when it does not accept who it is."""
        return self._registries.login(request)

    def logout(self, query: words.HostQuery) -> words.Registry:
        """Signs out of a registry."""
        return self._registries.logout(query)

    def search(self, query: words.SearchQuery) -> words.FoundImages:
        """Searches a registry, where it allows that."""
        return self._registries.search(query)

    def tags(self, query: words.TagsQuery) -> words.Tags:
        """Lists the tags of a repository, a page at a time."""
        return self._registries.tags(query)

    # -- containers

    def containers(self, query: words.ContainersQuery) -> words.Containers:
        """Lists containers; those of a run are named by it."""
        return self._containers.list(query)

    def show_container(self, query: words.ContainerQuery) -> words.ContainerDetails:
        """Gives everything known of a container."""
        return self._containers.show(query)

    def container_log(self, query: words.ContainerLogQuery) -> words.ContainerLog:
        """Gives a stretch of what a container said."""
        return self._containers.log(query)

    def change_containers(self, request: words.ContainersRequest) -> words.Changed:
        """Starts, stops, kills or removes containers; each that would not is told with why."""
        return self._containers.change(request)

    def usages(self) -> words.Usages:
        """Says what running containers use now."""
        return self._containers.usages()

    def terminal(self, request: words.TerminalRequest) -> words.Terminal:
        """Gives the command that opens a shell in a container, or in a new one of an image."""
        return self._containers.terminal(request)

    def script(self, request: words.ScriptRequest) -> words.Script:
        """Gives the command that runs a script of the shell in a new container of an image."""
        from ellip_lab.containers import scripts

        return scripts.command(self._serving, request)

    # -- images of documents

    def document_images(self, query: words.DocumentImagesQuery) -> words.DocumentImages:
        """Says of every image that a document names how it stands."""
        return self._documents.images(query)

    def pin_image(self, request: words.PinRequest) -> words.Pinned:
        """Replaces the tag of an image by its digest in a document."""
        return self._documents.pin(request)

    # -- commands of an image, as programs

    def exposed(self) -> words.ExposedList:
        """Lists the programs that run a command of an image."""
        return self._exposing.list()

    def expose(self, request: words.ExposeRequest) -> words.ExposedList:
        """Makes commands of an image programs of the user's."""
        return self._exposing.expose(request)

    def unexpose(self, request: words.UnexposeRequest) -> words.ExposedList:
        """Removes programs that run a command of an image."""
        return self._exposing.unexpose(request)

    # -- which engine works

    def find(self, preference: str = "auto") -> ContainerEngine:
        """Gives the engine to use: `auto` is the first of podman and docker that works, else none.

        A named one is given whether it works or not, its `problem` and `hint` filled when it does not.
        Measuring takes up to a second; the answer is kept, and kept answers cost a millisecond.
        `Invalid` for a word that is no engine.
        """
        if preference != "auto":
            try:
                return self._measure(EngineKind(preference))
            except ValueError:
                raise Invalid(
                    f"{preference} is no container engine", hint="Choose auto, podman, docker or none."
                ) from None
        podman = self._measure(EngineKind.PODMAN)
        if podman.works:
            return podman
        docker = self._measure(EngineKind.DOCKER)
        if docker.works:
            return docker
        return ContainerEngine(
            kind=EngineKind.NONE,
            problem=f"no container engine works here ({podman.problem}; {docker.problem})",
            hint=podman.hint,
        )

    def list(self) -> tuple[ContainerEngine, ...]:
        """Gives every choice there is, as measured: podman, docker and none."""
        return tuple(self._measure(kind) for kind in EngineKind)

    def image_label(self, engine: ContainerEngine, name: str, key: str) -> str | None:
        """Gives a label of an image of the engine's own store: empty without it, None without the image."""
        from ellip_lab.containers import images

        return images.label(engine, name, key)

    def build_image(
        self,
        engine: ContainerEngine,
        folder: Path,
        name: str,
        say: Callable[[str], None],
        labels: Mapping[str, str] | None = None,
    ) -> None:
        """Builds the image of a folder's Containerfile; `say` gets each line of the build.

        `Unavailable` with the last lines when the build fails, for one when no registry has its base.
        """
        from ellip_lab.containers import images

        images.build(engine, folder, name, say, labels)

    def image_from_debian(
        self,
        engine: ContainerEngine,
        name: str,
        packages: Sequence[str],
        say: Callable[[str], None],
        files: Mapping[str, Path] | None = None,
        labels: Mapping[str, str] | None = None,
    ) -> None:
        """Makes an image of Debian packages without any registry; `files` puts programs at places in it.

        `Unavailable` on a machine without apt, or when Debian's mirror does not answer.
        """
        from ellip_lab.containers import debian_base

        debian_base.make(engine, name, packages, say, files or {}, labels or {}, self._folder / "debian")

    def _measure(self, kind: EngineKind) -> ContainerEngine:
        """Gives the remembered measurement while nothing it depends on has changed, else a new one."""
        if kind is EngineKind.NONE:
            return ContainerEngine(kind=kind)
        facts = _facts(kind)
        place = self._folder / f"{kind.value}.json"
        try:
            kept = read_json(place)
            engine = ContainerEngine.model_validate(kept["engine"])
            if kept["facts"] == facts and self._still_holds(engine, float(kept["measured"])):
                return engine
        except (FileNotFoundError, ValueError, KeyError, TypeError):
            pass  # never measured, or by another version: measure
        asked = time.time()
        with self._measuring:
            return self._measured(kind, facts, place, asked)

    def _measured(
        self, kind: EngineKind, facts: dict[str, Any], place: Path, asked: float
    ) -> ContainerEngine:
        """Measures, unless somebody else has since it was asked for: many who ask wait for one container."""
        try:
            kept = read_json(place)
            if kept["facts"] == facts and float(kept["measured"]) > asked:
                return ContainerEngine.model_validate(kept["engine"])
        except (FileNotFoundError, ValueError, KeyError, TypeError):
            pass
        from ellip_lab.containers import probe

        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        engine = probe.podman(self._folder) if kind is EngineKind.PODMAN else probe.docker()
        write_json(
            place, {"facts": facts, "measured": time.time(), "engine": engine.model_dump(mode="json")}, 0o600
        )
        return engine

    @staticmethod
    def _still_holds(engine: ContainerEngine, measured: float) -> bool:
        if not engine.works:
            return time.time() - measured < FORGET_PROBLEM
        if not all(Path(value).exists() for key, value in engine.env.items() if key == "CONTAINERS_CONF"):
            return False
        return engine.kind is not EngineKind.DOCKER or _daemon_listens()


def _facts(kind: EngineKind) -> dict[str, Any]:
    """Gives what a measurement depends on: when any of it changes, the engine is measured again."""
    import resource

    programs = ("podman", "runc", "crun", "netavark") if kind is EngineKind.PODMAN else ("docker",)
    home = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config")
    files = [shutil.which(program) for program in programs]
    files += ["/etc/containers/containers.conf", str(home / "containers/containers.conf")]
    files += [str(Path.home() / ".docker/config.json")] if kind is EngineKind.DOCKER else []
    variables = ("CONTAINERS_CONF", "CONTAINERS_CONF_OVERRIDE", "CONTAINERS_STORAGE_CONF", "CONTAINER_HOST",
                 "XDG_RUNTIME_DIR", "DOCKER_HOST", "DOCKER_CONTEXT")  # fmt: skip
    facts = {
        "files": [[file, *_stamp(file)] for file in files],
        "variables": {name: os.environ.get(name) for name in variables},
        "user": os.geteuid(),
        "limits": [resource.getrlimit(which)[1] for which in (resource.RLIMIT_NOFILE, resource.RLIMIT_NPROC)],
        "boot": Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        if Path("/proc/sys/kernel/random/boot_id").exists()
        else "",
    }
    plain: dict[str, Any] = json.loads(json.dumps(facts))
    return plain


def _stamp(file: str | None) -> list[int]:
    try:
        status = Path(file or "").stat() if file else None
    except OSError:
        return []
    return [status.st_mtime_ns, status.st_size] if status else []


def _daemon_listens() -> bool:
    """Tells in a moment whether something listens at docker's local socket; a remote one is trusted."""
    from ellip_lab.containers.probe import docker_host

    host = docker_host()
    if not host.startswith("unix://") or os.environ.get("DOCKER_CONTEXT"):
        return True
    with socket.socket(socket.AF_UNIX) as link:
        link.settimeout(1)
        try:
            link.connect(host.removeprefix("unix://"))
        except OSError:
            return False
    return True
