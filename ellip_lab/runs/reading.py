"""Reads a run: its task, its request, and what the engine's process has left in the task's directory."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from ellip_lab.contract import JsonObject
from ellip_lab.errors import NotFound
from ellip_lab.runs.contract import Run, RunRequest, RunSummary
from ellip_lab.runs.events import Events
from ellip_lab.runs.failure import failure
from ellip_lab.runs.outputs import Outputs
from ellip_lab.runs.publishing import published_root
from ellip_lab.runs.steps import failed_step, steps
from ellip_lab.settings import Settings, within
from ellip_lab.shell import read_json
from ellip_lab.tasks.contract import State, Task

if TYPE_CHECKING:
    from ellip_lab.runs.reckoning import RunUsage
    from ellip_lab.stac.service import StacService
    from ellip_lab.tasks.service import TasksService

END = 8192
"""Bytes at the end of the events that hold the last one."""


class Reading:
    """Makes runs of tasks."""

    def __init__(self, settings: Settings, tasks: TasksService, stac: StacService) -> None:
        self._root = settings.root
        self._tasks = tasks
        self._outputs = Outputs(settings.root, stac)
        self._events = Events()

    def request(self, id: str) -> RunRequest:  # noqa: A002 - the word of the contract
        """Gives what was asked for."""
        request = self._tasks.data(id).get("request")
        if request is None:
            raise NotFound(f"the request of run {id} is damaged")
        return RunRequest.model_validate(request)

    def summary(self, task: Task) -> RunSummary:
        """Gives one line of the list; it opens no more than it needs."""
        data = self.data(task)
        step = self._failed_step(task) if task.state is State.FAILED else None
        return RunSummary(**self._line(task, data), failed_step=step)

    def run(self, task: Task) -> Run:
        """Gives everything known of a run."""
        data = self.data(task)
        directory = self._tasks.directory(task.id)
        events = self._events.of(directory)
        outputs = self.output_object(task)
        outdir = self.outdir(task.id, data)
        published = published_root(directory) if task.state is State.DONE else None
        request = RunRequest.model_validate(data["request"])
        return Run(
            **self._line(task, data),
            failed_step=failed_step(events)[0] if task.state is State.FAILED else None,
            inputs=request.inputs,
            outdir=str(outdir),
            outdir_workspace=within(self._root, outdir),
            steps=steps(events, task.state, data.get("outline") or [], task.finished),
            outputs=self._outputs.tree(outputs or {}, outdir, published),
            output_object=outputs,
            published=published,
            failure=failure(directory, task, data["name"], Path(data["document"]), events, self._root),
            exit_code=task.exit_code,
            detail=task.detail,
            request=request,
            namespace=next((one["namespace"] for one in events if one["event"] == "submitted"), None),
            versions=self._versions(directory, data),
            rerun_of=request.rerun_of,
        )

    def usage(self, task: Task) -> RunUsage:
        """Gives what a run has used, step by step."""
        from ellip_lab.runs.reckoning import usage

        return usage(self.run(task), self._events.of(self._tasks.directory(task.id)))

    def output_object(self, task: Task) -> JsonObject | None:
        """Gives the CWL output object of a run that is done, or that has ended while it published what it gave."""
        directory = self._tasks.directory(task.id)
        if task.state is not State.DONE and not (
            task.state.final and self.data(task)["request"].get("publish")
        ):
            return None
        try:
            found = read_json(directory / "stdout")
        except (FileNotFoundError, ValueError):
            return None
        return found if isinstance(found, dict) else None

    def data(self, task: Task) -> JsonObject:
        """Gives what this room has kept of a run; one damaged record must not hide all the others."""
        try:
            data = self._tasks.data(task.id)
        except NotFound:
            data = {}
        if {"request", "name", "document", "outdir"} <= set(data):
            return data
        return {
            "request": {"document": "damaged"}, "name": task.title, "document": "damaged", "entry": None,
            "container": None, "outdir": str(self._root), "own_folder": False,
        }  # fmt: skip

    @staticmethod
    def outdir(id: str, data: JsonObject) -> Path:  # noqa: A002
        """Gives the folder of a run's outputs."""
        return Path(data["outdir"], id) if data["own_folder"] else Path(data["outdir"])

    def _line(self, task: Task, data: JsonObject) -> dict[str, Any]:
        document = data["document"]
        return {
            "id": task.id,
            "name": data["name"],
            "state": task.state,
            "document": within(self._root, Path(document)) or document,
            "entry": data["entry"],
            "engine": data["request"].get("engine", "cwltool"),
            "container": data["container"],
            "created": task.created,
            "started": task.started,
            "finished": task.finished,
            "progress": task.progress,
            "waiting": task.waiting,
        }

    def _failed_step(self, task: Task) -> str | None:
        """Gives the step that failed, as the last event tells it."""
        try:
            with (self._tasks.directory(task.id) / "events.jsonl").open("rb") as stream:
                size = stream.seek(0, 2)
                stream.seek(max(0, size - END))
                last = stream.read().rstrip(b"\n").rpartition(b"\n")[2]
        except FileNotFoundError:
            return None
        from json import loads

        try:
            event = loads(last)
        except ValueError:
            return None
        return event.get("step") if isinstance(event, dict) and event.get("event") == "ended" else None

    @staticmethod
    def _versions(directory: Path, data: JsonObject) -> dict[str, str]:
        try:
            found = read_json(directory / "versions.json")
        except (FileNotFoundError, ValueError):
            found = {}
        if data["container"] not in (None, "none") and data.get("container_version"):
            found[data["container"]] = data["container_version"]
        return {str(name): str(value) for name, value in found.items()}
