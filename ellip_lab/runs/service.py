"""The verbs of room `runs`."""

from __future__ import annotations

import os
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ellip_lab.contract import Acknowledged, JsonObject
from ellip_lab.errors import NotFound, Unavailable
from ellip_lab.runs.contract import (
    ContainerChoice,
    Engines,
    EngineState,
    QuicklookQuery,
    RemoveQuery,
    RerunRequest,
    Run,
    RunLogQuery,
    RunPage,
    RunQuery,
    RunRequest,
    Script,
    ScriptQuery,
    Used,
    UsedQuery,
)
from ellip_lab.runs.engines import cwltool
from ellip_lab.runs.handle import RunHandle
from ellip_lab.runs.request import Resolved, lasting, made, names_url, resolve
from ellip_lab.runs.toolbox import Activate, FindSoftware, Software, chosen, no_toolbox, refuse_elsewhere
from ellip_lab.settings import Settings
from ellip_lab.shell import node_directory, write_json
from ellip_lab.tasks.contract import LogChunk, LogQuery, State, TaskQuery, TaskSpec

if TYPE_CHECKING:
    from ellip_lab.containers.contract import ContainerEngine
    from ellip_lab.containers.service import ContainersService
    from ellip_lab.cwl.editing import Graph
    from ellip_lab.cwl.service import CwlService
    from ellip_lab.runs.cluster import Cluster, EngineCheck
    from ellip_lab.runs.comparison import CompareQuery, Comparison
    from ellip_lab.runs.reading import Reading
    from ellip_lab.runs.reckoning import RunUsage
    from ellip_lab.s3.service import S3Service
    from ellip_lab.stac.service import StacService
    from ellip_lab.tasks.service import TasksService

ROOM = "runs"


class RunsService:
    """Runs CWL documents, and knows what has become of them."""

    def __init__(
        self,
        settings: Settings,
        tasks: TasksService,
        cwl: CwlService,
        stac: StacService,
        containers: ContainersService,
        s3: S3Service,
        activate: Activate | None = None,
        software: FindSoftware = lambda _document: Software(),
    ) -> None:
        """Takes the rooms it uses; `activate` and `software` know toolboxes, which is the hall's to introduce."""
        self._settings = settings
        self._tasks = tasks
        self._cwl = cwl
        self._stac = stac
        self._containers = containers
        self._s3 = s3
        self._activate = activate or no_toolbox
        self._software = software

    @cached_property
    def _reading(self) -> Reading:
        """Gives what understands the records of runs: whoever starts one does not wait for it to be loaded."""
        from ellip_lab.runs.reading import Reading

        return Reading(self._settings, self._tasks, self._stac)

    def start(
        self,
        document: RunRequest | str | Path,
        inputs: JsonObject | None = None,
        *,
        check: bool = True,
        **options: Any,
    ) -> RunHandle:
        """Starts a run of a document and gives it in hand; it waits in the queue while others run.

        `document` is a path (with `#entry`, if you like) or a whole request; `options` are the other fields of
        `RunRequest`. Document, inputs and container engine are checked before anything is written; without
        `check` the engine finds out itself, which is faster, and the run fails when something is wrong.

        Raises
        ------
        NotFound
            When there is no such document.
        Invalid
            When the document or the inputs are wrong, or an input or the place to publish to is not there,
            with the problems.
        Unavailable
            When the container engine asked for does not work, or nothing can be written.

        """
        request = document if isinstance(document, RunRequest) else made(document, inputs, options)
        resolved = resolve(request, self._settings)
        outline: tuple[JsonObject, ...] = ()
        if check:
            resolved, outline = self._checked(resolved)
        request, outline = self._in_stores(request, outline)
        uses_store = self._use_store(resolved)
        plan, container, version = self._planned(resolved)
        data = {
            "request": lasting(request, resolved).model_dump(mode="json", exclude_defaults=True),
            "name": resolved.name,
            "document": str(resolved.document),
            "entry": resolved.entry,
            "container": container,
            "container_version": version,
            "outdir": str(resolved.outdir),
            "own_folder": resolved.own_folder,
            "outline": list(outline),
        }

        state, root = str(self._settings.state.absolute()), str(self._settings.root.absolute())

        def prepare(directory: Path) -> None:
            outdir = resolved.outdir / directory.name if resolved.own_folder else resolved.outdir
            ours = {"outdir": str(outdir), "publish": request.publish, "uses_store": uses_store}
            ours |= {"state": state, "root": root}
            write_json(directory / "run.json", {**plan.run, **ours}, 0o600)

        spec = TaskSpec(room=ROOM, title=resolved.name, command=plan.command, cleanup=plan.cleanup, data=data)
        return RunHandle(self, self._tasks.start(spec, prepare).id)

    def handle(self, id: str) -> RunHandle:  # noqa: A002 - the word of the contract
        """Gives a run in hand; `NotFound` when there is none."""
        self._mine(id)
        return RunHandle(self, id)

    def show(self, id: str) -> Run:  # noqa: A002
        """Gives everything known of a run."""
        return self._reading.run(self._tasks.show(self._mine(id)))

    def list(self, query: RunQuery) -> RunPage:
        """Gives a page of runs, newest first."""
        page = self._tasks.list(TaskQuery(room=ROOM, **query.model_dump()))
        return RunPage(runs=tuple(self._reading.summary(task) for task in page.tasks), next=page.next)

    def log(self, id: str, query: RunLogQuery) -> LogChunk:  # noqa: A002
        """Reads a stretch of a run's log, or of one of its jobs'."""
        from ellip_lab.runs.engines.record import file_name

        self._mine(id)
        name = "log" if query.job is None else f"steps/{file_name(query.job)}.log"
        return self._tasks.log(id, LogQuery(**query.model_dump(exclude={"job"})), name)

    def wait(self, id: str, timeout: float | None = None) -> State:  # noqa: A002
        """Waits for the end of a run, `timeout` seconds at the most, and gives the state it is in then."""
        return self._tasks.wait(self._mine(id), timeout).state

    def stop(self, id: str) -> Run:  # noqa: A002
        """Stops a run, its processes and its containers; an ended one stays as it is."""
        return self._reading.run(self._tasks.stop(self._mine(id)))

    def rerun(self, id: str, request: RerunRequest) -> RunHandle:  # noqa: A002
        """Starts a run again, with what the request says is different."""
        before = self._reading.request(self._mine(id))
        changes = {
            name: value for name in RerunRequest.model_fields if (value := getattr(request, name)) is not None
        }
        # An empty text says that the outputs are not published this time.
        publish = changes.get("publish", before.publish) or None
        return self.start(before.model_copy(update={**changes, "publish": publish, "rerun_of": id}))

    def remove(self, id: str, query: RemoveQuery) -> Acknowledged:  # noqa: A002
        """Removes the record of an ended run, and its outputs when asked.

        `Conflict` while it has not ended; `Denied` when its outputs do not lie in the workspace's results;
        `Unavailable` while a store keeps what the run has left half published.
        """
        from ellip_lab.runs import removing
        from ellip_lab.runs.publishing import take_back_left

        task = self._tasks.show(self._mine(id))
        outputs = (
            removing.outputs(self._settings, self._reading, task, self._reading.data(task))
            if query.outputs
            else None
        )
        if task.state.final:
            take_back_left(self._s3, self._tasks.directory(id))
        gone = self._tasks.remove(id)
        if outputs is not None:
            outputs.remove()
        return gone

    def quicklook(self, id: str, query: QuicklookQuery) -> bytes:  # noqa: A002
        """Draws an output of a run, as PNG; `Denied` for a file that is none of its outputs."""
        from ellip_lab.runs.quicklook import draw

        self._mine(id)
        return draw(self._tasks.directory(id), self.output_object(id) or {}, query, self._stac)

    def script(self, id: str, query: ScriptQuery) -> Script:  # noqa: A002
        """Says a run again, as a command line or as Python."""
        from ellip_lab.runs.script import script

        return script(self._reading.request(self._mine(id)), query.language)

    def graph(self, id: str) -> Graph:  # noqa: A002
        """Gives the document of a run, as it was then, as a graph whose steps are the run's."""
        from ellip_lab.runs.graph import graph_of

        return graph_of(self._cwl, self._tasks.directory(self._mine(id)))

    def used(self, query: UsedQuery) -> Used:
        """Gives what the tools of a document have used in the runs that are kept, and what they should ask for."""
        from ellip_lab.runs.used import used_of

        return used_of(self._cwl, self._tasks, self._reading, query)

    def usage(self, id: str) -> RunUsage:  # noqa: A002
        """Gives what a run has used, step by step and in all: reserved on a cluster, measured on this machine."""
        return self._reading.usage(self._tasks.show(self._mine(id)))

    def compare(self, id: str, query: CompareQuery) -> Comparison:  # noqa: A002
        """Compares what a run has given with what another has: by content, catalogues by what they say.

        Every byte of the outputs is read. `Conflict` when one of the two is not done.
        """
        from ellip_lab.runs.comparing import compare

        return compare(self.show(id), self.show(query.other), self._stac)

    def engines(self) -> Engines:
        """Says which container engines work here, and what would mend those that do not."""
        chosen = self._containers.find(self._settings.container)
        return Engines(
            chosen=ContainerChoice(chosen.kind.value),
            engines=tuple(
                EngineState(
                    container=ContainerChoice(engine.kind.value),
                    works=engine.works,
                    version=engine.version or None,
                    problem=engine.problem,
                    hint=engine.hint,
                )
                for engine in self._containers.list()
            ),
        )

    def cluster(self) -> Cluster:
        """Gives the settings of the cluster that the engine calrissian runs on."""
        from ellip_lab.runs import cluster

        return cluster.read(self._settings.state)

    def save_cluster(self, settings: Cluster) -> Cluster:
        """Keeps other settings of the cluster; runs that are on their way keep theirs."""
        from ellip_lab.runs import cluster

        first = not cluster.place(self._settings.state).exists()
        cluster.save(self._settings.state, settings)
        if first:
            self._tasks.renew_warm()  # it has not loaded the client
        return settings

    def check_engine(self) -> EngineCheck:
        """Tries the cluster that is set: what is missing for a run, and how to mend it; it takes some seconds."""
        from ellip_lab.runs import cluster_check

        return cluster_check.check(self.cluster())

    def output_object(self, id: str) -> JsonObject | None:  # noqa: A002
        """Gives the CWL output object of a run that is done; None for another."""
        return self._reading.output_object(self._tasks.show(self._mine(id)))

    def catalogue(self, folder: Path) -> Any:
        """Gives a folder as `pystac.Catalog` when it is a STAC catalogue, else as it is."""
        if not self._stac.is_catalogue(folder):
            return folder
        from ellip_lab.stac.pystac import open_catalogue

        return open_catalogue(folder)

    def _mine(self, id: str) -> str:  # noqa: A002
        """Gives an id back when it is a run's."""
        if f"-{ROOM}-" not in id:
            raise NotFound(f"there is no run {id[:80]!r}", hint="List the runs to see their ids.")
        return id

    def _checked(self, resolved: Resolved) -> tuple[Resolved, tuple[JsonObject, ...]]:
        """Checks document and inputs, decides the entry, and gives the steps as they are known already."""
        from dataclasses import replace

        from ellip_lab.cwl.contract import DocumentQuery

        form = self._cwl.form(DocumentQuery(path=str(resolved.document), entry=resolved.entry))
        self._cwl.validate_inputs(form, resolved.inputs, resolved.base)
        outline = tuple(step.model_dump(mode="json") for step in form.steps)
        return replace(resolved, entry=form.entry.id or None), outline

    def _in_stores(
        self, request: RunRequest, outline: tuple[JsonObject, ...]
    ) -> tuple[RunRequest, tuple[JsonObject, ...]]:
        """Checks what of a run is in object stores; gives the request with its connection, and all steps.

        This is done even when the engine is to find out everything else: only who asks can mend it at once.
        """
        from ellip_lab.runs.remote import remotes

        fetches = next(remotes(request.inputs), None) is not None
        if not fetches and request.publish is None:
            return request, outline
        from ellip_lab.runs import publishing, staging
        from ellip_lab.runs.engines.stages import with_own_steps

        if fetches:
            staging.check(self._s3, request.inputs)
        if request.publish is not None:
            request = request.model_copy(update={"publish": publishing.check(self._s3, request.publish)})
        if outline:
            outline = tuple(with_own_steps(list(outline), fetches, request.publish is not None))
        return request, outline

    def _use_store(self, resolved: Resolved) -> bool:
        """Starts the store on this machine when a tool is to read from it by a URL; tells whether it is."""
        endpoint = self._s3.kept_endpoint()
        if endpoint is None or not names_url(resolved.inputs, resolved.base, endpoint):
            return False
        self._s3.start_store()
        return True

    def _planned(self, resolved: Resolved) -> tuple[cwltool.Plan, str, str | None]:
        """Gives the plan of a run with its engine, what runs its containers, and the version of that."""
        cache, node = self._settings.state / "cache", node_directory()
        if resolved.request.engine == "calrissian":
            from ellip_lab.runs.engines import calrissian

            refuse_elsewhere(resolved)
            return calrissian.plan(resolved, self.cluster(), cache, node, os.environ), "kubernetes", None
        container = self._engine(resolved.container)
        toolbox, lacking = chosen(resolved, container, self._activate, self._software)
        told = {"toolbox": toolbox.told() if toolbox else None, "software": lacking}
        plan = cwltool.plan(resolved, container, cache, node, os.environ, told)
        return plan, str(plan.run["container"]), container.version

    def _engine(self, choice: ContainerChoice) -> ContainerEngine:
        engine = self._containers.find(choice.value)
        if not engine.works:
            raise Unavailable(engine.problem or f"{choice.value} does not work here", hint=engine.hint)
        return engine
