"""The clean-up of a work: `python -m ellip_lab.containers.work_cleaning`, in the folder of its task.

Run at every end of the task, by its supervisor or by whoever finds that one dead. It ends what still runs of the
engine's client, and takes away what only a client that ended by itself takes away: of a build the container of its
step and the working containers, and of whatever writes images the one that is half written. Idempotent; standard
library only.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

from ellip_lab.containers import half_written
from ellip_lab.containers.building import MARK
from ellip_lab.containers.work_child import OWN_MARK
from ellip_lab.shell import read_json
from ellip_lab.tasks.identity import kill, stat
from ellip_lab.tasks.recovery import SHARED, carries

TYPE_CHECKING = False  # typing is heavy for a process that must start at once, and only mypy needs it
if TYPE_CHECKING:
    from typing import Any

GENTLE = 5.0
"""Seconds that a build whose step has been killed has to take down its container and its network."""
POLITE = 2.0
"""Seconds that it has after it was asked to end."""
NOTED = 3.0
"""Seconds within which a living build writes down what a new working container is for."""
ASKED = 20.0
"""Seconds that the engine has for each question."""
WRITERS = frozenset({"build", "pull", "load"})
"""The works that add images to the store."""


class Cleaning:
    """Is the clean-up of one work."""

    def __init__(self, task: Path) -> None:
        self.task = task
        self.mark = f"{OWN_MARK}={task.name}".encode()
        self.name = task.name
        self.begun = (task / "work.json").stat().st_mtime
        self.kept: dict[str, Any] = read_json(task / "work.json")
        self.scratch = Path(self.kept.get("scratch") or task / "work")

    def run(self) -> None:
        """Leaves nothing of the work."""
        build = self.kept["kind"] == "build"
        if build and self.clients():
            self.end_gently()
        self.end()
        if build and self.kept["engine"] == "podman":
            self.remove_containers()
        if self.kept["kind"] in WRITERS and self.kept["engine"] == "podman" and not self.is_done():
            half_written.remove(self.kept["program"])
        if part := self.kept.get("part"):
            Path(part).unlink(missing_ok=True)
        self.remove_scratch()

    # -- processes

    def marked(self) -> list[int]:
        """Gives the processes that carry the mark of this work: the client and what it has started itself."""
        found = (pid for pid in _numbers() if carries(pid, self.mark))
        return [pid for pid in found if (known := stat(pid)) and known.name not in SHARED]

    def clients(self) -> list[int]:
        """Gives the client itself: without privileges it is two processes, one that has entered its namespaces."""
        return [pid for pid in self.marked() if _words(pid)[1:2] == [b"build"]]

    def end_gently(self) -> None:
        """Kills the step of a build and lets the client see to the rest, as it does when a step fails.

        What runs in the step's container has the environment of the image; the client's own children, which take
        the container down, carry the mark.
        """
        until = time.monotonic() + GENTLE
        clients, killed = self.clients(), False
        while clients and time.monotonic() < until:
            below = _descendants(clients) - set(self.marked())
            if not below and not killed:
                break  # no step runs: it copies, writes or pulls, and would go on with the next one
            killed = True
            for pid in below:
                _kill(pid)
            time.sleep(0.02)
            clients = self.clients()
        for pid in self.clients():
            _ask(pid)
        until = time.monotonic() + POLITE
        while self.clients() and time.monotonic() < until:
            time.sleep(0.02)

    def end(self) -> None:
        """Kills everything of this work."""
        for _ in range(100):
            left = self.marked()
            for pid in _descendants(left):
                _kill(pid)
            if not left:
                return
            time.sleep(0.02)

    # -- what a killed build leaves

    def remove_containers(self) -> None:
        """Removes the container of a step and the working containers of this build, if it has left any."""
        for bundle in self.scratch.glob("buildah*"):
            self.end_step(bundle.name)
        ids = [one["Id"] for one in self.working() if self.is_mine(one)]
        if ids:
            self.ask("rm", "--force", *ids)

    def end_step(self, bundle: str) -> None:
        """Kills the container of a step, which carries the name of its bundle, and forgets it."""
        inside = f"buildah-{bundle}"
        for pid in _numbers():
            if inside in _text(f"/proc/{pid}/cgroup"):
                _kill(pid)
        runtime = self.fact("{{.Host.OCIRuntime.Path}}")
        if runtime:
            # fails when the runtime knows it no more, and that is as it should be
            subprocess.run(
                [runtime, "delete", "--force", inside], capture_output=True, timeout=ASKED, check=False
            )

    def working(self) -> list[dict[str, Any]]:
        """Gives the working containers of every build there is."""
        reply = self.ask("ps", "--all", "--external", "--no-trunc", "--format", "json")
        found: list[dict[str, Any]] = json.loads(reply or "[]")
        return [one for one in found if one.get("State") == "storage" or one.get("Command") == ["buildah"]]

    def is_mine(self, container: dict[str, Any]) -> bool:
        """Tells whether a working container belongs to this build, by the secret that is noted with it.

        A build that was killed while it made or removed one has noted nothing, or nothing any more; a build that
        lives notes it at once. So one that was made since this work began, and stays without a note, is left over.
        """
        graph = self.fact("{{.Store.GraphRoot}}/{{.Store.GraphDriverName}}-containers")
        note = Path(graph) / container["Id"] / "userdata" / "buildah.json"
        if container.get("Created", 0) < self.begun - 1:
            return False
        until = time.monotonic() + NOTED
        while not (text := _text(str(note))) and time.monotonic() < until:
            time.sleep(0.05)
        return f"{MARK}{self.name}," in text or not text

    def is_done(self) -> bool:
        """Tells whether the client has ended well: the process of the work says so last."""
        try:
            return "result" in read_json(self.task / "steps.json")
        except (OSError, ValueError):
            return False

    def fact(self, form: str) -> str:
        """Asks podman for something about itself, once."""
        facts = self.__dict__.setdefault("_facts", {})
        if form not in facts:
            facts[form] = self.ask("info", "--format", form).strip()
        return str(facts[form])

    def ask(self, *words: str) -> str:
        """Runs the engine's client for an answer; what it complains of is told in the log."""
        reply = subprocess.run(
            [*self.kept["program"], *words], capture_output=True, text=True, timeout=ASKED, check=False
        )
        if reply.returncode:
            sys.stderr.write(f"[ellip] {words[0]}: {reply.stderr.strip()}\n")
        return reply.stdout if reply.returncode == 0 else ""

    def remove_scratch(self) -> None:
        """Removes the temporary files of the client; nothing that is mounted there is followed."""
        if not self.scratch.is_dir():
            return
        for line in reversed(_text("/proc/self/mountinfo").splitlines()):
            place = line.split()[4].encode().decode("unicode_escape")
            if place.startswith(f"{self.scratch}/"):
                subprocess.run(["umount", "-l", place], capture_output=True, timeout=ASKED, check=False)
                if os.path.ismount(place):
                    sys.stderr.write(f"[ellip] {place} is still mounted\n")
                    return
        shutil.rmtree(self.scratch, ignore_errors=True)
        if self.scratch.is_dir() and os.geteuid() and self.kept["engine"] == "podman":
            # what a container has left belongs to one of the user's other numbers
            self.ask("unshare", "rm", "-rf", "--one-file-system", str(self.scratch))


def _numbers() -> list[int]:
    return [int(name) for name in os.listdir("/proc") if name.isdigit() and int(name) != os.getpid()]  # noqa: PTH208


def _text(path: str) -> str:
    try:
        return Path(path).read_text(errors="replace")
    except OSError:
        return ""


def _words(pid: int) -> list[bytes]:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return []


def _descendants(tops: list[int]) -> set[int]:
    """Gives processes and all that stem from them."""
    parents: dict[int, list[int]] = {}
    for pid in _numbers():
        after = _text(f"/proc/{pid}/stat").rpartition(")")[2].split()
        if after:
            parents.setdefault(int(after[1]), []).append(pid)
    found, ahead = set(tops), list(tops)
    while ahead:
        for child in parents.get(ahead.pop(), ()):
            if child not in found:
                found.add(child)
                ahead.append(child)
    return found


def _kill(pid: int) -> None:
    found = stat(pid)
    if found and found.name not in SHARED:
        kill(pid, found.start)


def _ask(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGTERM)
    except ProcessLookupError:
        return  # it has ended by itself


def main() -> None:
    """Cleans up after the work of this folder."""
    Cleaning(Path.cwd()).run()


if __name__ == "__main__":
    main()
