"""Containers: listed, shown, started and ended; what they said and what they use; a shell in them."""

from __future__ import annotations

import builtins
import re
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from ellip_lab.containers import contract as words
from ellip_lab.containers import stock
from ellip_lab.containers.podman import quoted
from ellip_lab.containers.refusals import is_hung
from ellip_lab.containers.stock import moment
from ellip_lab.containers.usage import Measured
from ellip_lab.errors import Conflict, EllipError, Internal, NotFound

if TYPE_CHECKING:
    from ellip_lab.containers.podman import Api
    from ellip_lab.containers.serving import Serving
    from ellip_lab.settings import Settings

RUN = "ellip-lab.run"
"""The label of every container of a run, with the run's id."""
SECRET = re.compile(r"KEY|TOKEN|PASSW|PASSPHRASE|SECRET|CREDENTIAL", re.IGNORECASE)
GRACE = 10
"""Seconds that a container has to end by itself when it is stopped."""
AT_ONCE = 4
"""How many containers are changed at the same time: each may take its grace."""
RUNNING = {"running", "paused", "restarting", "stopping"}


class Running:
    """Answers for the containers of the engine."""

    def __init__(self, settings: Settings, serving: Serving) -> None:
        self._settings = settings
        self._serving = serving
        self._measured = Measured()

    def list(self, query: words.ContainersQuery) -> words.Containers:
        """Lists containers, newest first; those of a run say which, and of which of its steps."""
        api = self._serving.api()
        found = [_listed(raw) for raw in api.get("containers/json", {"all": query.all}) or ()]
        text = (query.text or "").lower()
        kept = [one for one in found if any(text in field.lower() for field in _fields(one))]
        kept.sort(key=lambda one: (one.created, one.id), reverse=True)
        return words.Containers(containers=tuple(kept))

    def show(self, query: words.ContainerQuery) -> words.ContainerDetails:
        """Gives everything known of a container, values of secret variables left out."""
        return _details(_inspected(self._serving.api(), query.container))

    def log(self, query: words.ContainerLogQuery) -> words.ContainerLog:
        """Gives what a container said since a place, or its last lines; answers at once, with nothing too."""
        from ellip_lab.containers.container_log import stretch

        api = self._serving.api()
        return stretch(api, _inspected(api, query.container), query)

    def change(self, request: words.ContainersRequest) -> words.Changed:
        """Does one thing to each of several containers, and tells of each that would not why."""
        names = tuple(dict.fromkeys(request.containers))
        change = _change(request)

        silent: builtins.list[EllipError] = []

        def one(name: str) -> EllipError | None:
            if silent:  # the others would wait as long for nothing
                return silent[0]
            try:
                change(self._serving.api(), name)
            except Internal:
                raise
            except EllipError as error:
                if is_hung(error):
                    silent.append(error)
                return error
            return None

        with ThreadPoolExecutor(min(AT_ONCE, len(names)), thread_name_prefix="containers") as pool:
            results = builtins.list(zip(names, pool.map(one, names), strict=True))
        return words.Changed(
            done=tuple(name for name, error in results if error is None),
            kept=tuple(
                words.Kept(name=name, message=error.detail, hint=error.hint)
                for name, error in results
                if error is not None
            ),
        )

    def usages(self) -> words.Usages:
        """Says what running containers use: of the processor since it was last asked, or since they began."""
        return words.Usages(usages=self._measured.now(self._serving.api()))

    def terminal(self, request: words.TerminalRequest) -> words.Terminal:
        """Gives the command that opens a shell in a running container, or in a new one of an image."""
        from ellip_lab.containers import terminals

        return terminals.command(self._settings, self._serving, request)


def _change(request: words.ContainersRequest) -> Callable[[Api, str], None]:
    """Gives what does the thing to one container."""

    def start(api: Api, name: str) -> None:
        api.post(f"containers/{quoted(name)}/start")

    def stop(api: Api, name: str) -> None:
        api.post(
            f"containers/{quoted(name)}/stop", {"timeout" if api.libpod else "t": GRACE}, timeout=GRACE + 45
        )

    def kill(api: Api, name: str) -> None:
        api.post(f"containers/{quoted(name)}/kill", {"signal": "SIGKILL"})

    def remove(api: Api, name: str) -> None:
        asked: dict[str, Any] = {"force": request.force}
        if request.force and api.libpod:
            asked["timeout"] = 0  # killed, not stopped
        reply = api.delete(f"containers/{quoted(name)}", asked)
        problems = [one["Err"] for one in reply if one.get("Err")] if isinstance(reply, builtins.list) else []
        if problems:
            raise Conflict(str(problems[0]))

    actions = {
        words.ContainerAction.START: start,
        words.ContainerAction.STOP: stop,
        words.ContainerAction.KILL: kill,
        words.ContainerAction.REMOVE: remove,
    }
    return actions[request.action]


def _inspected(api: Api, name: str) -> dict[str, Any]:
    try:
        told: dict[str, Any] = api.get(f"containers/{quoted(name)}/json")
    except NotFound as error:
        raise NotFound(
            f"there is no container {name}",
            hint="It may have been removed meanwhile; list the containers again.",
        ) from error
    return told


def _fields(one: words.Container) -> tuple[str, ...]:
    return (one.name, one.id, one.image, one.run or "", one.step or "")


def _listed(raw: dict[str, Any]) -> words.Container:
    name = next(iter(raw.get("Names") or ()), raw["Id"][:12]).lstrip("/")
    state = str(raw.get("State") or "").lower()
    said = str(raw.get("Status") or "")
    code = raw.get("ExitCode")
    if code is None and (found := re.match(r"Exited \((-?\d+)\)", said)):
        code = int(found[1])
    started, finished = moment(raw.get("StartedAt")), moment(raw.get("ExitedAt"))
    running = state in RUNNING
    ended = not running and (finished is not None or said.startswith("Exited"))
    run, step = _run_of(raw.get("Labels") or {}, name)
    command = raw.get("Command") or ""
    return words.Container(
        id=raw["Id"],
        name=name,
        image=str(raw.get("Image") or ""),
        state=state,
        running=running,
        status=said or _status(state, code, started, finished),
        exit_code=code if ended else None,
        created=moment(raw.get("Created")) or datetime.fromtimestamp(0, UTC),
        started=started,
        finished=finished if not running else None,
        command=command if isinstance(command, str) else " ".join(command),
        ports=_ports(raw.get("Ports") or ()),
        run=run,
        step=step,
    )


def _details(told: dict[str, Any]) -> words.ContainerDetails:
    state, config, host = told.get("State") or {}, told.get("Config") or {}, told.get("HostConfig") or {}
    name = str(told.get("Name") or "").lstrip("/")
    status = str(state.get("Status") or "").lower()
    running = status in RUNNING
    started, finished = moment(state.get("StartedAt")), moment(state.get("FinishedAt"))
    ended = not running and finished is not None
    code = state.get("ExitCode") if ended else None
    run, step = _run_of(config.get("Labels") or {}, name)
    command = [str(told.get("Path") or ""), *(told.get("Args") or ())]
    networks = (told.get("NetworkSettings") or {}).get("Networks") or {}
    return words.ContainerDetails(
        id=told["Id"],
        name=name,
        # podman has the name beside the id, docker in the configuration
        image=str(told.get("ImageName") or config.get("Image") or stock.bare(told.get("Image") or "")),
        state=status,
        running=running,
        status=_status(status, code, started, finished),
        exit_code=code,
        created=moment(told.get("Created")) or datetime.fromtimestamp(0, UTC),
        started=started,
        finished=finished if ended else None,
        command=" ".join(part for part in command if part),
        ports=_bindings((told.get("NetworkSettings") or {}).get("Ports") or {}),
        run=run,
        step=step,
        env=_environment(config.get("Env") or ()),
        labels=config.get("Labels") or {},
        mounts=tuple(
            words.Mount(
                source=str(mount.get("Source") or ""),
                target=str(mount.get("Destination") or ""),
                writable=bool(mount.get("RW", True)),
            )
            for mount in told.get("Mounts") or ()
        ),
        network=", ".join(networks) or str(host.get("NetworkMode") or ""),
        folder=config.get("WorkingDir") or "",
        user=config.get("User") or "",
        memory_limit=host.get("Memory") or None,
        cpu_limit=_cpus(host),
        restarts=int(told.get("RestartCount") or 0),
        oom_killed=bool(state.get("OOMKilled")),
    )


def _run_of(labels: dict[str, str], name: str) -> tuple[str | None, str | None]:
    """Gives the run of a container, and the step: its name is made of both."""
    run = labels.get(RUN)
    if not run:
        return None, None
    return run, name.removeprefix(f"ellip-{run}-") if name.startswith(f"ellip-{run}-") else None


def _environment(lines: Sequence[str]) -> dict[str, str]:
    pairs = (line.partition("=") for line in lines)
    return {name: "" if SECRET.search(name) else value for name, _, value in pairs}


def _cpus(host: dict[str, Any]) -> float | None:
    if host.get("NanoCpus"):
        return float(host["NanoCpus"]) / 1e9
    quota, period = host.get("CpuQuota") or 0, host.get("CpuPeriod") or 0
    return quota / period if quota > 0 and period > 0 else None


def _ports(raw: Sequence[dict[str, Any]]) -> tuple[words.Port, ...]:
    """Reads the ports of a list; podman gives ranges, docker each one, also those that nobody outside reaches."""
    found = []
    for port in raw:
        inner = port.get("container_port") or port.get("PrivatePort")
        outer = port.get("host_port") or port.get("PublicPort")
        if not inner or not outer:
            continue
        found += [
            words.Port(
                container=inner + number,
                host=outer + number,
                address=port.get("host_ip") or port.get("IP") or "",
                protocol=port.get("protocol") or port.get("Type") or "tcp",
            )
            for number in range(port.get("range") or 1)
        ]
    return tuple(found)


def _bindings(ports: dict[str, Any]) -> tuple[words.Port, ...]:
    found = []
    for inner, bindings in ports.items():
        number, _, protocol = inner.partition("/")
        found += [
            words.Port(container=int(number), host=int(one["HostPort"]), address=one.get("HostIp") or "", protocol=protocol or "tcp")
            for one in bindings or ()
            if one.get("HostPort")
        ]  # fmt: skip
    return tuple(found)


def _status(state: str, code: int | None, started: datetime | None, finished: datetime | None) -> str:
    """Says how a container stands, as docker does: podman leaves that to whoever asks."""
    now = datetime.now(UTC)
    if state in RUNNING and started:
        return f"Up {_span((now - started).total_seconds())}{' (paused)' if state == 'paused' else ''}"
    if finished and state not in RUNNING:
        return f"Exited ({code or 0}) {_span((now - finished).total_seconds())} ago"
    return state.capitalize()


def _span(seconds: float) -> str:
    for size, unit in ((86_400, "day"), (3_600, "hour"), (60, "minute"), (1, "second")):
        count = int(seconds // size)
        if count >= 1:
            return f"{count} {unit}{'s' if count > 1 else ''}"
    return "less than a second"
