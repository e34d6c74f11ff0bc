"""Which engine images and containers are asked of, and where its service listens.

The service is the one that `CONTAINER_HOST` (or `DOCKER_HOST`, for docker) names; else one of this program's own
where the engine needs an environment that nobody else's service has; else the one that runs for this user already;
else one of our own. A person's own service is asked first, so that rootless stays rootless.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from ellip_lab.containers import contract as words
from ellip_lab.containers.contract import ContainerEngine, EngineKind
from ellip_lab.containers.sizes import Sizes
from ellip_lab.errors import EllipError, Unavailable
from ellip_lab.settings import Settings
from ellip_lab.tasks.identity import SERVER_SECRETS

if TYPE_CHECKING:
    from ellip_lab.containers.daemon import Daemon
    from ellip_lab.containers.podman import Api

FRESH = 10.0
"""Seconds that the facts of an engine are good for: asking takes up to a second."""


@dataclass(frozen=True)
class Place:
    """Is where a service listens; `daemon` is what starts it when it is one of ours."""

    address: str
    daemon: Daemon | None = None


class Serving:
    """Knows the engine, its program and its service.

    `find` gives an engine by preference, as `ContainersService.find` does. `compatible` speaks the API that podman
    and docker have in common even to podman.
    """

    def __init__(
        self, settings: Settings, find: Callable[[str], ContainerEngine], *, compatible: bool = False
    ) -> None:
        self._settings = settings
        self._find = find
        self._compatible = compatible
        self._of_thread = threading.local()
        self._telling = threading.Lock()
        self._told: tuple[float, str, words.Engine] | None = None
        self.sizes = Sizes()

    # -- the engine and its program

    def chosen(self) -> ContainerEngine:
        """Gives the engine that is used; `Unavailable` with what is in its way when none works.

        A person whose runs are to use no containers may still look at images: `none` counts as `auto` here.
        """
        wanted = self._settings.container
        engine = self._find("auto" if wanted == "none" else wanted)
        if engine.kind is EngineKind.NONE or engine.command is None or not engine.works:
            raise Unavailable(engine.problem or "no container engine works here", hint=engine.hint)
        return engine

    def command(self, *args: str) -> list[str]:
        """Gives the argv that runs the engine's own program; its environment is `env`."""
        return [str(self.chosen().command), *args]

    def env(self) -> dict[str, str]:
        """Gives the environment of the engine's program: this one's, without the keys of a server, and its needs."""
        kept = {name: value for name, value in os.environ.items() if name not in SERVER_SECRETS}
        return kept | self.chosen().env

    # -- its service

    def api(self) -> Api:
        """Gives this thread's client of the service, which is started when it is one of ours and does not run.

        `Unavailable` when it does not start or answer, `Denied` when its socket is another user's.
        """
        from ellip_lab.containers.podman import Api

        engine = self.chosen()
        place = self._place(engine)
        kept: Api | None = getattr(self._of_thread, "api", None)
        if kept is not None and kept.address == place.address:
            return kept
        if kept is not None:
            kept.close()
            self._of_thread.api = None
        revive = place.daemon.ensure if place.daemon else None
        if revive:
            revive()
        made = Api(place.address, engine.kind.value, compatible=self._compatible, revive=revive)
        self._of_thread.api = made
        return made

    def stop(self) -> bool:
        """Ends the service if it is one of ours, and tells whether it ran; the next request starts it again."""
        place = self._place(self.chosen())
        return place.daemon.stop() if place.daemon else False

    def _place(self, engine: ContainerEngine) -> Place:
        if engine.kind is EngineKind.DOCKER:
            return Place(_docker_address(engine))
        named = os.environ.get("CONTAINER_HOST")
        if named:
            return Place(named)
        from ellip_lab.containers.daemon import Daemon, listens

        settings = [name for name in os.environ if name.startswith("CONTAINERS_")]
        running = _socket_of_user()
        if not engine.env and not settings and running is not None and listens(running):
            return Place(f"unix://{running}")
        log = self._settings.state / "containers" / "service.log"
        daemon = Daemon(str(engine.command), self.env(), log)
        return Place(daemon.address, daemon)

    # -- its facts

    def engine(self) -> words.Engine:
        """Gives what a panel shows of the engine; where none works it says why, and what would mend it."""
        try:
            engine = self.chosen()
            place = self._place(engine)
            api = self.api()
        except EllipError as error:
            return words.Engine(
                kind=EngineKind.NONE, problem=error.detail, hint=error.hint, choices=self._choices()
            )
        with self._telling:
            told = self._told
            if told and told[0] > time.monotonic() - FRESH and told[1] == place.address:
                return told[2]
            from ellip_lab.containers import facts

            about = words.Engine(
                kind=engine.kind,
                version=engine.version,
                rootless=engine.rootless,
                remote=not place.address.startswith("unix://"),
                address=without_secrets(place.address),
                choices=self._choices(),
            )
            try:
                whole = facts.told(api, about, self.sizes)
            except EllipError as error:
                return about.model_copy(update={"problem": error.detail, "hint": error.hint})
            self._told = (time.monotonic(), place.address, whole)
            return whole

    def _choices(self) -> tuple[ContainerEngine, ...]:
        return tuple(self._find(kind.value) for kind in EngineKind)


def without_secrets(address: str) -> str:
    """Gives an address without the password it may carry."""
    parts = urlsplit(address)
    if parts.password is None:
        return address
    return parts._replace(netloc=f"{parts.username}@{parts.netloc.rpartition('@')[2]}").geturl()


def _socket_of_user() -> Path | None:
    """Gives where this user's own service listens when one runs, as podman's packages set it up."""
    user = os.geteuid()
    if user == 0:
        return Path("/run/podman/podman.sock")
    runtime = os.environ.get("XDG_RUNTIME_DIR") or f"/run/user/{user}"
    place = Path(runtime) / "podman" / "podman.sock"
    try:
        return place if place.stat().st_uid == user else None
    except OSError:
        return None


def _docker_address(engine: ContainerEngine) -> str:
    """Gives where docker's daemon listens, as its client would say: variable, context, then the usual place."""
    from ellip_lab.containers.probe import docker_host
    from ellip_lab.shell import run

    if os.environ.get("DOCKER_HOST") or not (
        os.environ.get("DOCKER_CONTEXT") or (Path.home() / ".docker" / "config.json").exists()
    ):
        return docker_host()
    argv = [str(engine.command), "context", "inspect", "--format", "{{.Endpoints.docker.Host}}"]
    reply = run(argv, timeout=20)
    said = reply.stdout.decode(errors="replace").strip()
    return said if reply.returncode == 0 and said else docker_host()
