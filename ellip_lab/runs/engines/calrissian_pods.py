"""Follows the pods of a run: what state they are in, and every line they write, while they write it."""

from __future__ import annotations

import json
import os
import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from ellip_lab.runs.engines.calrissian_lines import Names
from ellip_lab.runs.engines.calrissian_manifests import FILES, PART, RUNNER, selector
from ellip_lab.runs.engines.calrissian_troubles import Trouble, container_state, lifeless, trouble
from ellip_lab.runs.engines.kubernetes_client import ClusterError, Kubernetes
from ellip_lab.runs.engines.record import COLOURS, Record, file_name

Json = dict[str, Any]
AGAIN = 1.0
"""Seconds until a connection that was cut is made again."""
UNREACHABLE = 300.0
"""Seconds that the cluster may be out of reach before the run is given up."""
LONGEST = 600.0
"""Seconds that the last lines of a run may take, however many there are."""
FORBIDDEN = 403
REFUSED = (401, FORBIDDEN)
"""What the cluster answers to who may not ask; told twice in a row it is meant."""
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
"""How a line of a log begins when its time is asked for."""


@dataclass
class Tool:
    """Is the pod of a tool."""

    pod: str
    step: str
    job: str
    seen: float = field(default_factory=time.monotonic)
    last: Json = field(default_factory=dict)
    """The pod as it was last told."""
    reason: str = ""
    """Why it waits, as was told last."""
    reader: threading.Thread | None = None
    over: threading.Event = field(default_factory=threading.Event)
    ended: float = 0.0
    """When its end was told."""
    good: bool = False
    moved: float = 0.0
    """When a line of it came last."""


class Pods:
    """Watches the pods with the label of a run, in threads of its own."""

    def __init__(
        self, kubernetes: Kubernetes, run: str, record: Record, names: Names, take: Callable[[str], None]
    ) -> None:
        self._kubernetes = kubernetes
        self._selector = selector(run)
        self._record = record
        self._names = names
        self._take = take
        self._marks = record.directory / "work" / "seen"
        self._marks.mkdir(parents=True, exist_ok=True)
        self._stop = threading.Event()
        self.changed = threading.Event()
        self.tools: dict[str, Tool] = {}
        self.done: set[str] = set()
        """The pods whose end was told by a program before this one."""
        self.runner: Json | None = None
        self.gone: str | None = None
        """The pod of calrissian that was deleted by somebody."""
        begun = self._marks.parent / "begun"
        self.begun = begun.read_text().strip() if begun.exists() else ""
        """The pod of calrissian that has begun the run, which ends with it; also told by a program before this one."""
        self.lost_since: float | None = None
        self.error: Exception | None = None
        """What has ended a thread of this: the run cannot be followed any more."""
        self._reader: threading.Thread | None = None
        self._moved = 0.0
        """When a line of calrissian came last."""
        self._lock = threading.RLock()
        self._nameless: dict[str, Json] = {}
        """Pods that may be of several steps, until calrissian says more."""
        self._watcher = threading.Thread(
            target=self._told, args=(self._watch,), name="ellip-watch", daemon=True
        )

    def start(self) -> None:
        """Begins to watch."""
        self._watcher.start()

    def stop(self) -> None:
        """Stops watching; readers end by themselves."""
        self._stop.set()

    @property
    def runner_name(self) -> str:
        """Gives the name of calrissian's pod."""
        return str(self.runner["metadata"]["name"]) if self.runner else ""

    def runner_state(self, container: str = RUNNER) -> Json:
        """Gives the state of a container of calrissian's pod."""
        return container_state(self.runner, container) if self.runner else {}

    def read(self, patience: float) -> list[str]:
        """Waits until what the tools have written is read; gives the jobs of which it was not.

        A tool that has ended is read as long as more of it comes, one that goes on for as long as is said.
        """
        began = time.monotonic()
        self._complete()
        for tool in list(self.tools.values()):
            if tool.reader:
                _joined(tool.reader, began, patience, partial(_moved, tool, began))
        return [tool.job for tool in self.tools.values() if tool.reader and tool.reader.is_alive()]

    def join_runner(self, patience: float) -> None:
        """Waits for the end of calrissian's own log, as long as more of it comes."""
        if self._reader:
            _joined(self._reader, time.monotonic(), patience, lambda: self._moved)

    def fail(self, name: str, wrong: Trouble) -> None:
        """Tells the end of a tool whose pod will not run."""
        tool = self.tools.get(name)
        if tool and not tool.ended:
            self._tell_end(tool, wrong)

    def troubles(self) -> list[tuple[Trouble, float]]:
        """Gives what is wrong with pods, and for how many seconds they have waited.

        calrissian waits for ever for one that has failed without a container that ended.
        """
        now = time.monotonic()
        return [
            (wrong, now - tool.seen)
            for tool in list(self.tools.values())
            if (not tool.ended or lifeless(tool.last)) and (wrong := trouble(tool.last))
        ]

    def _told(self, follow: Callable[..., None], *arguments: Any) -> None:
        """Follows something in a thread of its own; who waits for the run is told what has ended that too early."""
        try:
            follow(*arguments)
        except Exception as error:  # noqa: BLE001 - a full disk, say: nobody else would see it
            self.error = self.error or error
            self.changed.set()

    def _watch(self) -> None:
        refused = False
        while not self._stop.is_set():
            try:
                pods, version = self._kubernetes.pods(self._selector)
                self.lost_since = None
                here = {pod["metadata"]["name"] for pod in pods}
                for tool in list(self.tools.values()):
                    if tool.pod not in here:
                        self._deleted(tool.pod)
                if self.runner and self.runner_name not in here:
                    self._deleted(self.runner_name)
                for pod in sorted(pods, key=_born):
                    self._handle("ADDED", pod)
                for kind, pod in self._kubernetes.watch_pods(self._selector, version):
                    refused = False
                    self._handle(kind, pod)
                    if self._stop.is_set():
                        return
                refused = False
            except json.JSONDecodeError:
                self._stop.wait(AGAIN)  # a connection that was cut within a line
            except ClusterError as error:
                self.lost_since = self.lost_since or time.monotonic()
                again, refused = refused, error.status in REFUSED
                if (again and refused) or time.monotonic() - self.lost_since > UNREACHABLE:
                    self.error = error
                    self.changed.set()
                    return
                self._stop.wait(AGAIN)

    def _complete(self) -> None:
        """Sees to it that every pod is known, also one of which no watch has told yet."""
        try:
            pods = self._kubernetes.pods(self._selector)[0]
        except ClusterError:
            pods = []  # the watch tells when that lasts
        for pod in sorted(pods, key=_born):
            part, name = pod["metadata"]["labels"].get(PART), pod["metadata"]["name"]
            if (part == "tool" and name not in self.tools) or (part == "runner" and self.runner is None):
                self._handle("ADDED", pod)
        self._name(final=True)

    def _name(self, *, final: bool = False) -> None:
        """Looks whether the steps of pods are known by now."""
        with self._lock:
            for pod in list(self._nameless.values()):
                self._tool(pod, final=final)

    def _handle(self, kind: str, pod: Json) -> None:
        part, name = pod["metadata"]["labels"].get(PART), pod["metadata"]["name"]
        with self._lock:
            if kind == "DELETED":
                self._deleted(name, pod)
            elif part == "runner":
                self._runner(pod)
            elif part == "tool" and name not in self.done:
                self._tool(pod)
        self.changed.set()

    def _runner(self, pod: Json) -> None:
        if self.runner and pod["metadata"]["name"] != self.runner_name:
            # a Job makes another pod for one that was deleted: this run has ended with its first one
            if "terminated" not in self.runner_state():
                self.gone = self.runner_name
            return
        name = str(pod["metadata"]["name"])
        if self.begun not in ("", name):
            self.gone = self.begun  # it was deleted while nobody watched
            return
        self.runner = pod
        state = self.runner_state()
        if not self.begun and {"running", "terminated"} & {*state, *self.runner_state(FILES)}:
            # there may be something on the volume from now on
            (self._marks.parent / "begun").write_text(name)
            self.begun = name
        if self._reader is None and ("running" in state or "terminated" in state):
            reader = threading.Thread(
                target=self._told,
                args=(self._follow, name, RUNNER, self._line, lambda: "terminated" in self.runner_state()),
                name="ellip-log", daemon=True,
            )  # fmt: skip
            reader.start()
            self._reader = reader  # others join what they find here: it has to be started

    def _line(self, line: bytes) -> None:
        self._moved = time.monotonic()
        text = COLOURS.sub("", line.decode(errors="replace").rstrip("\n"))
        with (self._record.directory / "calrissian.log").open("a") as stream:
            stream.write(f"{text}\n")
        self._take(text)
        self._name()
        self.changed.set()

    def _deleted(self, name: str, pod: Json | None = None) -> None:
        if name == self.runner_name:
            self.runner = pod or self.runner
            if "terminated" not in self.runner_state():
                self.gone = name
        tool = self.tools.get(name)
        if tool:
            tool.last = pod or tool.last
            tool.over.set()
            if tool.reader is None and not tool.ended:
                self._tell_end(tool)
        self.changed.set()

    def _tool(self, pod: Json, *, final: bool = False) -> None:
        name = pod["metadata"]["name"]
        tool = self.tools.get(name)
        if tool is None:
            found = self._names.job(name, final=final)
            if found is None:
                self._nameless[name] = pod
                return
            self._nameless.pop(name, None)
            tool = self.tools[name] = Tool(name, *found)
        tool.last = pod
        state = container_state(pod)
        if "terminated" in state or (pod.get("status") or {}).get("phase") in ("Failed", "Succeeded"):
            tool.over.set()
        if tool.reader is not None or tool.ended:
            return
        if "running" in state or "terminated" in state:
            self._begin(tool)
        elif tool.over.is_set():
            self._tell_end(tool)  # evicted before it ran
        else:
            self._waits(tool)

    def _waits(self, tool: Tool) -> None:
        wrong = trouble(tool.last)
        reason = f"{wrong.reason}: {wrong.message}" if wrong else "Pending"
        if reason != tool.reason:
            self._record.event(
                "pending", step=tool.step, job=tool.job, reason=reason, pod=tool.pod, log=file_name(tool.job)
            )
            if wrong:
                self._record.note(tool.job, reason)
            tool.reason = reason

    def _begin(self, tool: Tool) -> None:
        container = tool.last["spec"]["containers"][0]
        about = {"step": tool.step, "job": tool.job, "pod": tool.pod, "image": container.get("image")}
        asked = (container.get("resources") or {}).get("requests") or {}
        reserved = {"cores": cores_of(asked.get("cpu")), "ram": bytes_of(asked.get("memory"))}
        self._record.event("job", **about, **reserved, log=file_name(tool.job))
        command = " ".join(container.get("args") or ())
        self._record.event("command", **about, command=command)
        self._record.note(tool.job, f"{command[:600]}   (pod {tool.pod})")
        reader = threading.Thread(
            target=self._told, args=(self._attend, tool), name=f"ellip-{tool.job}", daemon=True
        )
        reader.start()
        tool.reader = reader

    def _attend(self, tool: Tool) -> None:
        pump = self._record.pump(tool.job)

        def write(line: bytes) -> None:
            pump.stream.write(line)
            tool.moved = time.monotonic()

        try:
            self._follow(tool.pod, None, write, tool.over.is_set)
        finally:
            pump.close()
        while not tool.over.wait(1) and not self._stop.is_set():
            pass
        self._tell_end(tool)
        self.changed.set()

    def _tell_end(self, tool: Tool, wrong: Trouble | None = None) -> None:
        ended = container_state(tool.last).get("terminated") or {}
        code, reason = ended.get("exitCode"), str(ended.get("reason") or "")
        wrong = wrong or trouble(tool.last)
        error = None
        if wrong or code is None:
            told = f"{wrong.reason}: {wrong.message}" if wrong else "its pod was deleted before it had ended"
            error = f"pod {tool.pod}: {told}"
        limits = (tool.last["spec"]["containers"][0].get("resources") or {}).get("limits") or {}
        tool.good = code == 0
        tool.ended = time.monotonic()
        self._record.event(
            "job-ended", step=tool.step, job=tool.job, pod=tool.pod, status="success" if tool.good else "permanentFail",
            exit_code=code, memory=None, cpu=None, limit=bytes_of(limits.get("memory")),
            killed=reason == "OOMKilled", error=error, reason=wrong.reason if wrong else reason or None,
        )  # fmt: skip
        if tool.good:
            self._record.say(tool.job, "done")
        else:
            why = f": {error}" if error else f" ({reason})" if reason not in ("", "Error") else ""
            self._record.note(tool.job, f"failed{f' with exit code {code}' if code else ''}{why}")

    def _follow(
        self, pod: str, container: str | None, write: Callable[[bytes], Any], over: Callable[[], bool]
    ) -> None:
        """Gives every line of a log to a function, once, until its container has ended.

        The time of the last line is kept, so that a connection made again, or a program started again, goes on there.
        """
        mark = self._marks / pod
        last = mark.read_text().strip() if mark.exists() else ""
        attempts = 0
        refused = False
        while True:
            ended = over()
            try:
                for whole in self._kubernetes.log(pod, container, last or None):
                    at, _, line = whole.partition(b" ")
                    time_ = at.decode(errors="replace")
                    # what has no time is the node's word and not the container's: `rpc error: ...` of one that is gone
                    if not MOMENT.fullmatch(time_) or ordered(time_) <= ordered(last):
                        continue
                    write(line)
                    last = time_
                    _mark(mark, last)
                refused = False
            except ClusterError as error:
                attempts += 1
                again, refused = refused, error.status == FORBIDDEN
                if again and refused:
                    raise
                if error.status == 404 or (error.status == 400 and ended) or (ended and attempts > 5):
                    return
            if ended or self._stop.is_set():
                return
            # the container may have ended just now: its log is read once more when that is known
            until = time.monotonic() + AGAIN
            while time.monotonic() < until and not over():
                time.sleep(0.05)


def ordered(moment: str) -> str:
    """Gives a time of a log so that later ones sort behind earlier ones: their fractions differ in length."""
    whole, _, fraction = moment.rstrip("Z").partition(".")
    return f"{whole}.{fraction.ljust(9, '0')}" if whole else ""


def bytes_of(quantity: str | None) -> int | None:
    """Gives a quantity of memory (`512Mi`) in bytes."""
    if not quantity:
        return None
    units = {
        "Ki": 2**10,
        "Mi": 2**20,
        "Gi": 2**30,
        "Ti": 2**40,
        "k": 10**3,
        "M": 10**6,
        "G": 10**9,
        "T": 10**12,
    }
    for unit, factor in units.items():
        if quantity.endswith(unit):
            return int(float(quantity.removesuffix(unit)) * factor)
    return int(float(quantity)) if quantity.replace(".", "").isdigit() else None


def cores_of(quantity: str | None) -> float | None:
    """Gives a quantity of processors (`100m`) in cores."""
    number, thousandth, rest = (quantity or "").partition("m")
    if rest or not number.replace(".", "", 1).isdigit():
        return None
    return float(number) / (1000 if thousandth else 1)


def _moved(tool: Tool, began: float) -> float:
    """Gives when more of the log of a tool was read last; of one that goes on, when that was begun."""
    return tool.moved if tool.over.is_set() else began


def _joined(reader: threading.Thread, began: float, patience: float, moved: Callable[[], float]) -> None:
    """Waits for the end of a thread that reads, as long as it gets on."""
    while reader.is_alive():
        now = time.monotonic()
        left = min(max(began, moved()) + patience, began + LONGEST) - now
        if left <= 0:
            return
        reader.join(min(left, 1.0))


def _born(pod: Json) -> str:
    """Sorts pods: the one that has begun a run is to be known before one that was made for it later."""
    return str(pod["metadata"].get("creationTimestamp"))


def _mark(file: Path, moment: str) -> None:
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT, 0o600)
    try:
        os.write(descriptor, moment.ljust(35).encode())
    finally:
        os.close(descriptor)
