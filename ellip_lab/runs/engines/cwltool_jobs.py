"""cwltool's jobs (one execution of a tool each), measured and with a log of their own.

What cwltool lacks here: the output of parallel jobs is not told apart, the memory it reports is wrong, it
waits a second at least for each container, and as root it passes podman an option that podman refuses.
"""

from __future__ import annotations

import os
import shlex
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from cwltool.docker import DockerCommandLineJob, PodmanCommandLineJob
from cwltool.job import CommandLineJob, JobBase

from ellip_lab.runs.engines import cwltool_images, cwltool_talk
from ellip_lab.runs.engines.record import Record, file_name
from ellip_lab.runs.usage import Container, Processes, Usage, watch

KILLED = 137
"""The exit code of a process that was killed by SIGKILL."""
PATIENCE = 60
"""Seconds that docker has for a small question."""
SHOWN = 600
"""Characters of a command that the log shows."""
HIDDEN = ("--mount=", "--cidfile=", "--env=", "--label=", "--name=", "--rm", "-i", "--read-only=", "--user=",
          "--workdir=", "--userns=", "--log-driver=")  # fmt: skip
"""Options of the container engine that say nothing to a person."""


class Recorded(JobBase):
    """Is what the three kinds of job have in common."""

    record: Record | None = None
    step = ""
    run_id = ""
    image: str | None = None
    runtime: tuple[str, ...] = ()

    def belongs(self, record: Record, step: str, run_id: str) -> None:
        """Tells the job where it belongs."""
        self.record, self.step, self.run_id = record, step, run_id
        self.usage = Usage()
        self.exit_code: int | None = None
        self.error: str | None = None
        self.started = 0.0

    @property
    def shown(self) -> str:
        """Gives the name the log shows: the step's, numbered where it has several jobs."""
        return str(self.name)

    def recorded(self, run: Callable[..., None], runtimeContext: Any, tmpdir_lock: Any) -> None:  # noqa: N803
        """Runs the job by cwltool's own `run`, recorded from its start to its end."""
        record = self.record
        if record is None:
            run(runtimeContext, tmpdir_lock)
            return
        self.started = time.monotonic()
        record.event(
            "job", step=self.step, job=self.name, log=file_name(self.name), image=self.wanted_image()
        )
        pump = record.pump(self.shown)
        cwltool_talk.here.job = self
        context = runtimeContext.copy()
        context.default_stdout = context.default_stderr = pump.stream
        collect, callback = self.collect_outputs, self.output_callback

        def collected(outdir: str, code: int) -> Any:
            self.exit_code = code
            pump.close()
            try:
                return collect(outdir, code)
            except Exception as error:
                self.error = cwltool_talk.calm(str(error))
                raise

        def ended(outputs: Any, status: str) -> None:
            self.tell_end(record, status)
            if callback:
                callback(outputs, status)

        self.collect_outputs = collected
        self.output_callback = ended
        told = False
        try:
            run(context, tmpdir_lock)
            told = True
        except Exception as error:
            self.error = cwltool_talk.calm(str(error))
            raise
        finally:
            cwltool_talk.here.job = None
            pump.close()
            if not told:
                self.tell_end(record, "permanentFail")

    def wanted_image(self) -> str | None:
        """Gives the image that the tool asks for, when the job runs in one."""
        return None

    def tell_end(self, record: Record, status: str) -> None:
        """Tells the end of the job: to the events, and in a line of the log."""
        usage = self.usage
        seconds = time.monotonic() - self.started
        record.event(
            "job-ended", step=self.step, job=self.name, status=status, exit_code=self.exit_code,
            memory=usage.memory, cpu=None if usage.cpu is None else round(usage.cpu, 3),
            limit=usage.limit or self.memory_limit(), killed=usage.killed, error=self.error,
        )  # fmt: skip
        size = f", {usage.memory / 1e6:.0f} MB" if usage.memory and usage.memory >= 1e6 else ""
        if status == "success":
            record.say(self.shown, f"done in {seconds:.1f} s{size}")
            return
        code = "" if self.exit_code in (None, 0) else f" with exit code {self.exit_code}"
        why = f": {self.error.strip().splitlines()[-1]}" if self.error and not code else ""
        record.note(self.shown, f"failed{code} after {seconds:.1f} s{size}{why}")

    def tell_command(self) -> None:
        """Tells the command line, when its process is about to be started."""
        record = self.record
        if record is None or not self.command_line:
            return
        quoted = [str(part) if self.shell() else shlex.quote(str(part)) for part in self.command_line]
        streams = "".join(
            f" {sign} {shlex.quote(str(name))}"
            for sign, name in (("<", self.stdin), (">", self.stdout), ("2>", self.stderr))
            if name
        )
        prefix = [*self.runtime, self.image] if self.image else []
        whole = " ".join([*(shlex.quote(str(part)) for part in prefix), *quoted]) + streams
        record.event("command", step=self.step, job=self.name, command=whole, image=self.image)
        short = [part for part in self.runtime if not part.startswith(HIDDEN)]
        line = " ".join([*short, *([self.image] if self.image else []), *quoted]) + streams
        record.note(self.shown, line if len(line) <= SHOWN else line[: SHOWN - 3] + "...")

    def shell(self) -> bool:
        """Tells whether the command line is for a shell, already quoted."""
        return self.get_requirement("ShellCommandRequirement")[0] is not None

    def memory_limit(self) -> int | None:
        """Gives the most memory the document grants (ResourceRequirement ramMax), in bytes, or None."""
        required = self.builder.get_requirement("ResourceRequirement")[0]
        if not required or "ramMax" not in required:
            return None
        return int(self.builder.resources["ram"]) * 2**20


class HostJob(CommandLineJob, Recorded):
    """Is a job without a container."""

    def run(self, runtimeContext: Any, tmpdir_lock: Any = None) -> None:  # noqa: N803
        """Runs the tool."""
        self.recorded(super().run, runtimeContext, tmpdir_lock)

    def prepare_environment(self, runtimeContext: Any, envVarReq: Any) -> None:  # noqa: N803
        """Makes the toolbox of the run active; what the document sets itself (EnvVarRequirement) stands."""
        super().prepare_environment(runtimeContext, envVarReq)
        toolbox = getattr(runtimeContext, "toolbox", None)
        if toolbox:
            for name, value in toolbox["env"].items():
                self.environment.setdefault(name, value)
            self.environment["PATH"] = os.pathsep.join((*toolbox["path"], self.environment["PATH"]))

    def process_monitor(self, sproc: subprocess.Popen[str]) -> None:
        """Measures the process until it ends."""
        watch(sproc, Processes(sproc.pid, self.usage), self.usage)

    def memory_limit(self) -> int | None:
        """Gives None: nothing limits a process outside a container."""
        return None


class ContainerJob(DockerCommandLineJob, Recorded):
    """Is a job in a container."""

    def run(self, runtimeContext: Any, tmpdir_lock: Any = None) -> None:  # noqa: N803
        """Runs the tool."""
        self.recorded(super().run, runtimeContext, tmpdir_lock)

    def wanted_image(self) -> str | None:
        """Gives the image that the tool asks for."""
        required = self.get_requirement("DockerRequirement")[0] or {}
        found = required.get("dockerImageId") or required.get("dockerPull")
        return str(found) if found else None

    def get_from_requirements(self, r: Any, pull_image: bool, force_pull: bool, *rest: Any) -> str | None:
        """Makes sure of the image and gives the name it is to be run by."""
        if self.record is None or {"dockerFile", "dockerLoad", "dockerImport"} & set(r):
            self.image = super().get_from_requirements(r, pull_image, force_pull, *rest)
        else:
            wanted = str(r.get("dockerImageId") or r.get("dockerPull"))
            try:
                self.image = cwltool_images.ready(
                    self.docker_exec, wanted, str(r.get("dockerPull") or wanted), self.record.directory / "pulled",
                    lambda line: self.record.note(self.shown, line) if self.record else None,
                )  # fmt: skip
            except cwltool_images.ImageMissing as error:
                self.record.event("image", step=self.step, job=self.name, image=wanted, kind=error.kind,
                                  message=str(error))  # fmt: skip
                raise
        return self.image

    def create_runtime(self, env: Any, runtimeContext: Any) -> tuple[list[str], str | None]:  # noqa: N803
        """Gives the engine's command, so that it works as root and the container can be found again."""
        runtime, cidfile = super().create_runtime(env, runtimeContext)
        if self.record is not None:
            own = [
                f"--label=ellip-lab.run={self.run_id}",
                f"--name={self.container_name()}",
            ]
            limit = self.memory_limit()
            if limit and not any(part.startswith("--memory=") for part in runtime):
                own.append(f"--memory={limit}b")
            runtime = runtime[:2] + own + [part for part in runtime[2:] if not self.refused(part)]
            self.runtime = tuple(runtime)
        return runtime, cidfile

    def container_name(self) -> str:
        """Gives the name the container is found by, even one half made, which has no label yet."""
        return f"ellip-{self.run_id}-{file_name(self.name)}"

    def refused(self, option: str) -> bool:
        """Tells whether the engine refuses an option that cwltool gives it."""
        return False

    def docker_monitor(
        self, cidfile: str, tmpdir_prefix: str, cleanup_cidfile: bool, docker_exe: str, process: Any
    ) -> None:
        """Measures the container until it ends, without cwltool's second of waiting."""
        watch(process, Container(Path(cidfile), self.usage), self.usage)
        if self.gone(process.returncode):
            Path(cidfile).unlink(missing_ok=True)  # the cleanup need not look for it

    def gone(self, code: int) -> bool:
        """Tells whether the container is removed: when its program was not killed, it has seen to that."""
        return code >= 0


class DockerJob(ContainerJob):
    """Is a job in a container of docker's.

    It is removed here and not by `--rm`: with that option docker's client gives exit code 0 for every
    command when it talks to podman's socket (seen with 28.2 and podman 4.3).
    """

    def refused(self, option: str) -> bool:
        """Tells of `--rm`."""
        return option == "--rm"

    def gone(self, code: int) -> bool:
        """Asks whether the container ran out of memory, and removes it."""
        name = self.container_name()
        if code == KILLED:
            self.usage.killed |= self._docker("inspect", "--format", "{{.State.OOMKilled}}", name) == "true"
        return bool(self._docker("rm", "--force", name))

    def _docker(self, *arguments: str) -> str:
        try:
            reply = subprocess.run(
                [self.docker_exec, *arguments], capture_output=True, stdin=subprocess.DEVNULL, text=True,
                errors="replace", timeout=PATIENCE, check=False,
            )  # fmt: skip
        except (OSError, subprocess.TimeoutExpired):
            return ""  # the cleanup at the end of the run tries again, and tells
        return reply.stdout.strip()


class PodmanJob(ContainerJob, PodmanCommandLineJob):
    """Is a job in a container of podman's."""

    def refused(self, option: str) -> bool:
        """Tells of `--userns=keep-id`, which podman refuses to root, for whom it is meaningless."""
        import os

        return option == "--userns=keep-id" and os.geteuid() == 0
