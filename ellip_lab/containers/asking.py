"""Which programs an image has, and how they are run here: asked by the script that will run them."""

from __future__ import annotations

import secrets
import subprocess
import tarfile
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from ellip_lab.containers import program
from ellip_lab.containers.contract import ContainerEngine, EngineKind, ExposeRequest
from ellip_lab.containers.lookup import Stored
from ellip_lab.containers.program import Program
from ellip_lab.errors import Unavailable
from ellip_lab.shell import run

if TYPE_CHECKING:
    from ellip_lab.containers.serving import Serving
    from ellip_lab.settings import Settings

PATIENCE = 60.0
"""Seconds that an image may take to say what programs it has."""
HUNG = 124
"""The exit code that stands for a container which did not end."""
BEGINNING = "ellip-lab-programs"
LISTING = (
    f'echo {BEGINNING}; IFS=:; for d in $PATH; do for f in "$d"/*; do '
    '[ -f "$f" ] && [ -x "$f" ] && echo "${f##*/}"; done; done; true'
)
"""What the shell of an image is asked: every program on its PATH, an entry point having set that."""


class Asking:
    """Asks images what they have."""

    def __init__(self, settings: Settings, serving: Serving) -> None:
        self._settings = settings
        self._serving = serving

    def asked(
        self, request: ExposeRequest, engine: ContainerEngine, image: Stored
    ) -> tuple[Program, set[str]]:
        """Gives how commands of an image are run here, and the names of its programs."""
        tried = Program(
            command="sh",
            image=request.image,
            network=request.network,
            root=str(self._settings.root),
            init=True,
            entrypoint=True,
            user=self._user(engine),
        )
        while True:
            reply = self._run(tried, engine)
            out = reply.stdout.decode(errors="replace")
            if f"{BEGINNING}\n" in out:
                return tried, set(out.partition(f"{BEGINNING}\n")[2].splitlines())
            said = last_line(reply.stderr.decode(errors="replace"))
            simpler = without(tried, said) if reply.returncode == 125 else None
            if simpler is not None:
                tried = simpler
            elif reply.returncode == 125:
                raise Unavailable(
                    f"{request.image} cannot be started: {said}",
                    hint="`ellip engines` says whether the container engine works.",
                )
            # The image's entry point comes first: it may be what finds the command. One that runs something else is
            # passed over.
            elif tried.entrypoint and image.entrypoint:
                tried = replace(tried, entrypoint=False)
            elif reply.returncode == HUNG:
                raise Unavailable(
                    f"{request.image} did not say in {PATIENCE:g} s which commands it has",
                    hint="Try again when the machine has less to do.",
                )
            else:
                return replace(tried, entrypoint=False), self._unpacked(engine, request.image, image)

    def _user(self, engine: ContainerEngine) -> str:
        if engine.kind is EngineKind.PODMAN:
            return "--userns=keep-id" if engine.rootless else "--user=0:0"
        argv = self._serving.command("info", "--format", "{{.SecurityOptions}}")
        rootless = b"rootless" in run(argv, timeout=PATIENCE, env=self._serving.env()).stdout
        return "--user=0:0" if rootless else "own"

    def _run(self, attempt: Program, engine: ContainerEngine) -> subprocess.CompletedProcess[bytes]:
        """Runs the listing by the script itself; a container that does not end is removed, and counts as failed."""
        label = f"ellip-lab.asked={secrets.token_hex(8)}"
        text = program.text_of(attempt, engine, f"--label={label}")
        folder = self._settings.root if self._settings.root.is_dir() else Path("/")
        with tempfile.TemporaryDirectory(prefix="ellip-expose-") as scratch:
            script = Path(scratch) / "sh"
            script.write_text(text, errors="surrogateescape")
            env = {**self._serving.env(), "TMPDIR": scratch}
            try:
                return run(
                    ["/bin/sh", str(script), "-c", LISTING], timeout=PATIENCE, env=env, cwd=folder, stdin=b""
                )
            except Unavailable:
                found = run(
                    self._serving.command("ps", "--all", "--quiet", "--filter", f"label={label}"),
                    timeout=PATIENCE, env=env,
                )  # fmt: skip
                remove = self._serving.command("rm", "--force", *found.stdout.decode().split())
                run(remove, timeout=PATIENCE, env=env)
        return subprocess.CompletedProcess([], HUNG, b"", b"")

    def _unpacked(self, engine: ContainerEngine, name: str, image: Stored) -> set[str]:
        """Gives the programs of an image without a shell, from the list of its files."""
        env = self._serving.env()
        made = run(self._serving.command("create", "--pull=never", "--network=none", name, "x"),
                   timeout=PATIENCE, env=env)  # fmt: skip
        if made.returncode != 0:
            said = last_line(made.stderr.decode(errors="replace"))
            raise Unavailable(f"{name} cannot be looked into: {said}")
        container = made.stdout.decode().split()[-1]
        path = image.env.get("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin")
        folders = {entry.strip("/") for entry in path.split(":")}
        found: set[str] = set()
        try:
            with subprocess.Popen(
                self._serving.command("export", container), env=env, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
            ) as process, tarfile.open(fileobj=process.stdout, mode="r|") as archive:  # fmt: skip
                for member in archive:
                    where, _, file = member.name.removeprefix("./").rpartition("/")
                    if where in folders and (member.issym() or (member.isreg() and member.mode & 0o111)):
                        found.add(file)
        except tarfile.TarError as error:
            raise Unavailable(f"{name} cannot be looked into: {error}") from error
        finally:
            run(self._serving.command("rm", "--force", container), timeout=PATIENCE, env=env)
        return found


def without(tried: Program, said: str) -> Program | None:
    """Gives a way to run an image that does without what the engine complains of; None when there is no other."""
    if tried.init and "init" in said:
        return replace(tried, init=False)
    if "keep-id" in tried.user and "keep-id" in said:
        # a user without a range of further ids is root inside, which is that user outside
        return replace(tried, user="--user=0:0")
    return None


def last_line(said: str) -> str:
    """Gives the last line of what an engine said."""
    lines = [line for line in said.splitlines() if line.strip()]
    return lines[-1].removeprefix("Error: ").strip() if lines else "it said nothing"
