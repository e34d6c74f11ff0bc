"""Runs one document on a cluster: submits its Job, or takes up one that runs already, and sees it to its end."""

from __future__ import annotations

import re
import shutil
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import Any

from ellip_lab.runs.cluster import Cluster
from ellip_lab.runs.engines import calrissian_inputs as inputs
from ellip_lab.runs.engines import calrissian_manifests as manifests
from ellip_lab.runs.engines import calrissian_outputs as outputs
from ellip_lab.runs.engines.calrissian_lines import Lines, Names
from ellip_lab.runs.engines.calrissian_pods import AGAIN, REFUSED, UNREACHABLE, Pods
from ellip_lab.runs.engines.calrissian_troubles import (
    Trouble,
    claim_trouble,
    job_failed,
    job_trouble,
    lifeless,
)
from ellip_lab.runs.engines.calrissian_volume import Carried, Mounted, Volume
from ellip_lab.runs.engines.cwltool_talk import calm
from ellip_lab.runs.engines.kubernetes_client import ClusterError, Kubernetes
from ellip_lab.runs.engines.record import Record
from ellip_lab.shell import read_json, write_json

Json = dict[str, Any]
NOTE = "cluster.json"
"""The file of a run's directory that says what is on the cluster; who finds it takes the run up."""
LOOK = 5.0
"""Seconds between two looks at the Job."""
STUCK = 5.0
"""Seconds for calrissian to end by itself after an error that, as far as is known, makes it wait for ever."""
UNSEEN = 30.0
"""Seconds for the pod of a Job that has failed to be told ended."""
READING = 20.0
"""Seconds until the next of the last lines of a tool."""
CUT = re.compile(r"the connection was cut|the cluster does not answer(?!: Handshake status 4(?!29))")
"""What is said of a connection that may be made again; not of a pod that is gone, or of what is forbidden."""


class RunFailedError(Exception):
    """The run has failed; `event` is its end."""

    def __init__(self, kind: str, message: str, **more: Any) -> None:
        super().__init__(message)
        self.event = {"kind": kind, "message": message, **more}


class OnCluster:
    """Is one run on the cluster."""

    def __init__(self, asked: Json, directory: Path, record: Record) -> None:
        self._asked = asked
        self._directory = directory
        self._record = record
        self._id = directory.name
        self._cluster = Cluster.model_validate(asked["cluster"])
        self._folder = manifests.folder_of(self._cluster, self._id)
        self._looked = 0.0
        self._refused = False
        self._failed = 0.0
        self._claim: Future[Json] | None = None
        self.beside = ThreadPoolExecutor(2, "ellip-beside")
        """Does what need not be waited for."""

    @cached_property
    def _kubernetes(self) -> Kubernetes:
        return Kubernetes(self._cluster)

    def connect(self) -> None:
        """Begins to look at the claim, beside the loading of the document; what is wrong is told by `submit`."""
        self._claim = self.beside.submit(lambda: self._kubernetes.claim(self._cluster.claim))

    def pin(self) -> None:
        """Writes down which cluster this is, for whoever takes the run up or sweeps it: the choice may change."""
        place = self._directory / "run.json"
        kept = read_json(place)
        write_json(place, {**kept, "cluster": {**kept["cluster"], **self._kubernetes.pinned}}, 0o600)

    def submit(
        self,
        package: Json,
        parameters: Json,
        entry: str | None,
        files: list[tuple[str, str]],
        stage_out: str | None,
    ) -> None:
        """Makes the ConfigMap and the Job; the claim is looked at first, for what it says is clearer."""
        try:
            claim = self._claim.result() if self._claim else self._kubernetes.claim(self._cluster.claim)
        except ClusterError as error:
            if error.status == 404:
                wrong = Trouble(
                    "ClaimMissing", f"there is no claim {self._cluster.claim}", self._cluster.claim
                )
                raise _failed(wrong) from error
            raise
        if wrong_ := claim_trouble(claim):
            raise _failed(wrong_)
        along = None if self._cluster.mounted_at else inputs.archived(files)
        config, large = manifests.config(self._cluster, self._id, package, parameters, along or b"")
        if large:
            along = None
        for name, text in large.items():
            (self._directory / "work" / name).write_bytes(text)
        note = {"files": files, "large": sorted(large), "stage_out": stage_out}
        write_json(self._directory / NOTE, note)
        job = manifests.job(self._cluster, self._id, set(large), entry, along)
        if self._cluster.mounted_at:
            self._put(self._mounted())
        elif along is not None:
            (self._directory / "work" / "staged").touch()
        self._make(self._kubernetes.create_config, config)
        made = self._make(self._kubernetes.create_job, job)
        self._kubernetes.own_config(config["metadata"]["name"], made)
        write_json(self._directory / NOTE, {**note, "submitted": True})
        self._record.event("submitted", job=job["metadata"]["name"], namespace=self._kubernetes.namespace)
        self._record.say(
            "cluster", f"{job['metadata']['name']} in {self._kubernetes.namespace} ({self._kubernetes.where})"
        )

    def see_through(self, outline: list[Json], done: set[str]) -> Json:
        """Follows the run to its end, and gives the output object; `RunFailedError` for one that has failed."""
        names = Names(outline)
        lines = Lines(names, self._record)
        heard = self._directory / "calrissian.log"
        if heard.exists():  # by a program before this one
            lines.remember(heard.read_text(errors="replace").splitlines())
        pods = Pods(self._kubernetes, self._id, self._record, names, lines.take)
        pods.done = done
        pods.start()
        told = ""
        try:
            while lines.ended is None and "terminated" not in pods.runner_state():
                pods.changed.wait(0.5)
                pods.changed.clear()
                self._judge(pods, lines)
                if (
                    not self._cluster.mounted_at
                    and not self._staged
                    and "running" in pods.runner_state(manifests.FILES)
                ):
                    self._carry(pods, lambda: self._put(self._volume(pods)), lambda: self._arrived(pods))
                told = self._tell(pods, told)
            if lines.ended is None:
                pods.join_runner(READING)
            for job in pods.read(READING):
                self._record.say(job, "the last lines of its log were not read in time, and are left out")
            _heard(pods)
            if pods.gone is not None and not self._within_reach(lines):
                self._removed_by(pods)
            return self._conclude(pods, lines, names)
        finally:
            pods.stop()

    def leave(self) -> None:
        """Removes the Job and the folder, for this program has more to do; the cleanup removes what is left."""
        with suppress(ClusterError, OSError):
            self._left.remove()
            (self._directory / "work" / "removed").touch()
            self._kubernetes.delete_job(manifests.name_of(self._id))

    @property
    def _staged(self) -> bool:
        return (self._directory / "work" / "staged").exists()

    def _put(self, volume: Volume) -> None:
        note = read_json(self._directory / NOTE)
        texts = {f"in/{name}": (self._directory / "work" / name).read_bytes() for name in note["large"]}
        files = [(source, name) for source, name in note["files"]]
        if files:
            self._record.say("cluster", f"carrying {len(files)} inputs to the volume")
        try:
            volume.put(files, texts, "in/.ready")
        except OSError as error:
            raise RunFailedError(
                "cluster", f"the inputs could not be put on the volume: {error}", reason="Volume"
            ) from error
        (self._directory / "work" / "staged").touch()

    def _carry(self, pods: Pods, carry: Callable[[], object], again: Callable[[], object]) -> None:
        """Carries files; where the connection was cut once more, from the beginning, as long as the watch waits.

        `again` empties the place first, or tells that everything is there.
        """
        cut = 0.0
        while True:
            try:
                if not (cut and again()):
                    carry()
            except ClusterError as error:
                cut = cut or time.monotonic()
                late = time.monotonic() - cut > UNREACHABLE
                if late or pods.error or error.reason != "Unreachable" or not CUT.match(error.message):
                    raise
                self._record.say("cluster", f"{error.message}; files are carried again")
                self._look(pods)  # raises when the pod or its Job is gone
                time.sleep(AGAIN)
            else:
                return

    def _arrived(self, pods: Pods) -> bool:
        """Tells whether the inputs are all there, though that was not heard; takes away what came of them if not."""
        # calrissian reads them as soon as they are there
        program = 'test -e "$1/.ready" || { rm -rf "$1"; exit 3; }'
        argv = ["sh", "-c", program, "ellip", f"{self._folder}/in"]
        code, _ = self._kubernetes.execute(pods.runner_name, manifests.FILES, argv)
        if code == 0:
            (self._directory / "work" / "staged").touch()
        return code == 0

    def _mounted(self) -> Mounted:
        return Mounted(Path(str(self._cluster.mounted_at), self._id))

    def _volume(self, pods: Pods) -> Volume:
        return (
            self._mounted()
            if self._cluster.mounted_at
            else Carried(self._kubernetes, pods.runner_name, self._folder)
        )

    def _make(self, create: Any, body: Json) -> Json:
        """Makes something; it may be there already, when this program was killed after it had made it."""
        try:
            made: Json = create(body)
        except ClusterError as error:
            if error.status != 409:
                raise
            if body["kind"] == "Job":
                return self._kubernetes.jobs(manifests.selector(self._id))[0]
            return body
        return made

    def _judge(self, pods: Pods, lines: Lines) -> None:
        """Raises when the run cannot come to a good end."""
        _heard(pods)
        idle = all(tool.ended for tool in list(pods.tools.values()))
        if (
            lines.stuck
            and idle
            and time.monotonic() - lines.stuck > STUCK
            and "running" in pods.runner_state()
        ):
            raise RunFailedError("workflow", calm("\n".join(lines.error)), reason="ExpressionLoop")
        waits = [*pods.troubles()]
        waiting = pods.runner and ("running" not in pods.runner_state() or lifeless(pods.runner))
        if pods.runner and waiting and (wrong := _trouble(pods.runner)):
            waits.append((wrong, time.monotonic() - self._began))
        for wrong, seconds in waits:
            if wrong.final or seconds > self._cluster.patience:
                pods.fail(wrong.pod, wrong)
                raise _failed(wrong)
        if pods.gone is not None or time.monotonic() - self._looked > LOOK:
            self._looked = time.monotonic()
            self._look(pods)

    def _within_reach(self, lines: Lines) -> bool:
        """Tells whether the outputs are there without the pod of calrissian: they are here, or on a volume seen here."""
        whole = (self._directory / "work" / "whole").exists()
        return whole or (self._cluster.mounted_at is not None and lines.ended is not None)

    def _removed_by(self, pods: Pods) -> None:
        """Raises with what has removed the pod of calrissian; the Job may tell a moment later."""
        gone = pods.gone or pods.runner_name
        pods.gone = None
        until = time.monotonic() + LOOK
        while time.monotonic() < until:
            self._look(pods)
            time.sleep(0.3)
        pods.gone = gone
        self._look(pods)

    @cached_property
    def _began(self) -> float:
        return time.monotonic()

    def _look(self, pods: Pods) -> None:
        """Looks whether the Job is there and well; a pod that was deleted has a reason there, or none."""
        try:
            jobs = self._kubernetes.jobs(manifests.selector(self._id))
        except ClusterError as error:
            again, self._refused = self._refused, error.status in REFUSED
            if error.status == 404 or (again and self._refused):
                raise
            return  # a server that is upgraded answers 500 for a while; the watch tells when that lasts too long
        self._refused = False
        if not jobs or jobs[0]["metadata"].get("deletionTimestamp"):
            raise RunFailedError(
                "cluster",
                "its Job is not on the cluster any more: somebody has deleted it",
                reason="JobVanished",
            )
        if wrong := job_trouble(jobs[0]):
            raise _failed(wrong)
        if pods.gone is not None:
            evicted = _trouble(pods.runner or {}) if pods.runner else None
            raise _failed(evicted or Trouble("PodDeleted", "it was deleted before it had ended", pods.gone))
        if (wrong := job_failed(jobs[0])) and "terminated" not in pods.runner_state():
            # an end of its pod says more, and is told a moment later
            self._failed = self._failed or time.monotonic()
            if time.monotonic() - self._failed > UNSEEN:
                raise _failed(wrong)
        if time.monotonic() - self._began > min(30, self._cluster.patience):
            if pods.runner is None:
                self._podless(jobs[0]["metadata"]["name"])
            elif "running" not in pods.runner_state():
                self._stuck(pods)

    def _podless(self, job: str) -> None:
        """Tells why a Job gets no pod; room in a quota may come in time, what is forbidden stays so."""
        try:
            found = [
                str(one.get("message"))
                for one in self._kubernetes.happened(job)
                if one.get("reason") == "FailedCreate"
            ]
        except ClusterError:
            return
        if found and (
            "exceeded quota" not in found[-1] or time.monotonic() - self._began > self._cluster.patience
        ):
            raise _failed(Trouble("FailedCreate", found[-1], job))

    def _stuck(self, pods: Pods) -> None:
        """Tells why a pod does not start, where only the cluster's events say so (a volume that cannot be mounted)."""
        try:
            found = [
                one for one in self._kubernetes.happened(pods.runner_name) if one.get("type") == "Warning"
            ]
        except ClusterError:
            return
        found = [
            one
            for one in found
            if one.get("reason") in ("FailedMount", "FailedAttachVolume", "FailedCreatePodSandBox")
        ]
        if found and time.monotonic() - self._began > self._cluster.patience:
            raise _failed(Trouble(found[-1]["reason"], str(found[-1].get("message")), pods.runner_name))

    def _tell(self, pods: Pods, before: str) -> str:
        """Tells what the pod of calrissian waits for, until it runs."""
        if "running" in pods.runner_state():
            return before
        wrong = _trouble(pods.runner) if pods.runner else None
        text = (
            f"waiting for the cluster: {wrong.reason}: {wrong.message}"
            if wrong
            else "waiting for the cluster"
        )
        if text != before:
            self._record.event("cluster", text=text)
            if wrong:
                self._record.say("cluster", text)
        return text

    def _conclude(self, pods: Pods, lines: Lines, names: Names) -> Json:
        """Brings everything back."""
        ended = pods.runner_state().get("terminated") or {}
        code = ended.get("exitCode") if lines.ended is None else lines.ended
        fetched = self._directory / "work" / "fetched"
        volume = self._volume(pods)
        good = code == 0
        if self._cluster.mounted_at or "running" in pods.runner_state(manifests.FILES):
            # the pods of the tools may go when that is done: what they wrote has been read
            wanted = ("logs", "out") if good else ("logs",)
            self._carry(
                pods,
                lambda: volume.fetch(wanted, fetched, "logs/.read"),
                lambda: shutil.rmtree(fetched, ignore_errors=True),
            )
        self._usage(fetched / "logs" / "report.json", names)
        if not good:
            if str(ended.get("reason")) == "OOMKilled":
                limit = self._cluster.runner_memory_limit
                raise _failed(
                    Trouble(
                        "RunnerMemory", f"calrissian itself reached its limit of {limit}", pods.runner_name
                    )
                )
            failed = any(tool.ended and not tool.good for tool in pods.tools.values())
            if wrong := (pods.runner and _trouble(pods.runner)):
                raise _failed(wrong)
            if lines.ended is None and pods.runner and pods.runner["metadata"].get("deletionTimestamp"):
                self._removed_by(pods)
            message = calm("\n".join(lines.error)) or f"calrissian ended with exit code {code}"
            raise RunFailedError(
                "workflow" if failed else _kind(message, code),
                message,
                exit_code=code,
            )
        try:
            found: Json = read_json(fetched / "logs" / "output.json")
        except ValueError as error:
            raise RunFailedError(
                "cluster", f"what calrissian says of the outputs cannot be read: {error}", reason="Volume"
            ) from error
        outdir = Path(self._asked["outdir"])
        outputs.place(self._record, fetched / "out", outdir)
        (self._directory / "work" / "whole").touch()  # nothing on the volume is needed any more
        self._left = volume
        result: Json = outputs.told(found, f"{self._folder}/out", outdir)
        return result

    def _usage(self, report: Path, names: Names) -> None:
        """Tells what the steps have used, by calrissian's report."""
        try:
            found = read_json(report)
        except (OSError, ValueError):
            return
        write_json(self._directory / "report.json", found)
        hours: dict[str, list[float]] = {}
        for one in found.get("children") or ():
            step = names.used(str(one.get("name")))
            if step:
                used = hours.setdefault(step, [0.0, 0.0])
                used[0] += one.get("cpu_hours") or 0.0
                used[1] += (one.get("ram_megabyte_hours") or 0.0) / 1000
        for step_, (cpu, memory) in hours.items():
            self._record.event("usage", step=step_, cpu_hours=round(cpu, 6), memory_hours=round(memory, 6))


def _trouble(pod: Json) -> Trouble | None:
    from ellip_lab.runs.engines.calrissian_troubles import trouble

    return trouble(pod)


def _heard(pods: Pods) -> None:
    """Raises what has ended the following of a run: what the cluster has said, or this machine's full disk."""
    if isinstance(pods.error, OSError):
        raise RunFailedError(
            "cluster", f"what the run says could not be written down: {pods.error}", reason="Following"
        ) from pods.error
    if pods.error:
        raise pods.error


def _failed(wrong: Trouble) -> RunFailedError:
    return RunFailedError(
        "cluster", wrong.message or wrong.reason, reason=wrong.reason, pod=wrong.pod, image=wrong.image
    )


def _kind(message: str, code: int | None) -> str:
    if code == 33 or "UnsupportedRequirement" in message or "is not supported" in message:
        return "unsupported"
    if "failed validation" in message:
        return "document"
    return "inputs" if "job input record" in message or "Input object failed" in message else "workflow"
