"""cwltool's processes, with one thing added: each tells the record what it does.

Made by `construct_tool_object`, the hook cwltool has for this; what happens is cwltool's own code throughout.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import Any, cast

from cwltool.command_line_tool import CommandLineTool, ExpressionTool
from cwltool.context import LoadingContext, RuntimeContext
from cwltool.errors import WorkflowException
from cwltool.process import Process, shortname
from cwltool.utils import aslist
from cwltool.workflow import Workflow, WorkflowStep, default_make_tool
from cwltool.workflow_job import WorkflowJob, WorkflowJobStep, crossproduct_size, object_from_state

from ellip_lab.runs.engines.cwltool_jobs import DockerJob, HostJob, PodmanJob
from ellip_lab.runs.engines.record import Record

DOCKER = "DockerRequirement"


class Context(RuntimeContext):
    """Is cwltool's context, and where in the run it stands."""

    def __init__(self, kwargs: dict[str, Any], record: Record) -> None:
        self.record = record
        self.path: tuple[str, ...] = ()
        """The step that is being made, from the outermost in."""
        self.run_id = ""
        self.engine_problem: str | None = None
        """Why there is no container engine, when one was looked for."""
        self.toolbox: dict[str, Any] | None = None
        """The toolbox that is active for tools without a container: its `name`, `path` and `env`."""
        super().__init__(kwargs)

    def at(self, step: str) -> Context:
        """Gives a copy that stands in a step of the present place."""
        inner = cast(Context, self.copy())
        inner.path = (*self.path, step)
        return inner

    @property
    def step(self) -> str:
        """Gives the place as one word."""
        return "/".join(self.path)


class Builder:
    """Makes the processes; `bare` runs tools without the container they require (the person has asked so)."""

    def __init__(self, *, bare: bool) -> None:
        self._bare = bare

    def __call__(self, document: Any, loading: LoadingContext) -> Process:
        """Makes the process of a loaded document."""
        match document.get("class") if hasattr(document, "get") else None:
            case "CommandLineTool":
                tool = Tool(document, loading)
                if self._bare:
                    required = [one for one in tool.requirements if one["class"] == DOCKER]
                    tool.requirements = [one for one in tool.requirements if one["class"] != DOCKER]
                    tool.hints = [*tool.hints, *required]
                return tool
            case "ExpressionTool":
                return Expression(document, loading)
            case "Workflow":
                return Flow(document, loading)
            case _:
                return default_make_tool(document, loading)


class Tool(CommandLineTool):
    """Is a command-line tool whose jobs are recorded."""

    def make_job_runner(self, runtimeContext: Any) -> Any:  # noqa: N803 - cwltool's word
        """Gives the class of the jobs, which cwltool chooses; only the recorded one of it."""
        required = self.get_requirement(DOCKER)
        if runtimeContext.engine_problem and required[1] and not runtimeContext.use_container:
            raise EngineMissing(runtimeContext.engine_problem)
        name = super().make_job_runner(runtimeContext).__name__
        return {"PodmanCommandLineJob": PodmanJob, "DockerCommandLineJob": DockerJob}.get(name, HostJob)

    def job(
        self,
        job_order: Any,
        output_callbacks: Any,
        runtimeContext: Any,  # noqa: N803
    ) -> Generator[Any, None, None]:
        """Makes the jobs, each told where it belongs."""
        record, step = runtimeContext.record, runtimeContext.step
        try:
            for job in super().job(job_order, output_callbacks, runtimeContext):
                if isinstance(job, (PodmanJob, DockerJob, HostJob)):
                    job.belongs(record, step, runtimeContext.run_id)
                yield job
        except Exception as error:
            record.event("step-error", step=step, message=str(error), kind=type(error).__name__)
            raise


class Expression(ExpressionTool):
    """Is an expression tool whose evaluations are recorded."""

    def job(
        self,
        job_order: Any,
        output_callbacks: Any,
        runtimeContext: Any,  # noqa: N803
    ) -> Generator[Any, None, None]:
        """Makes the job, told at its start and its end."""
        record, step = runtimeContext.record, runtimeContext.step
        name = step or shortname(self.tool.get("id", "expression"))

        def ended(outputs: Any, status: str) -> None:
            record.event("job-ended", step=step, job=name, status=status, expression=True)
            output_callbacks(outputs, status)

        for job in super().job(job_order, ended, runtimeContext):
            record.event("job", step=step, job=name, expression=True)
            yield job


class Flow(Workflow):
    """Is a workflow whose steps are recorded."""

    def make_workflow_step(self, *arguments: Any) -> WorkflowStep:
        """Makes a step."""
        return FlowStep(*arguments)

    def job(
        self,
        job_order: Any,
        output_callbacks: Any,
        runtimeContext: Any,  # noqa: N803
    ) -> Generator[Any, None, None]:
        """Makes the jobs of the steps, as cwltool does, by a recorded workflow job."""
        builder = self._init_job(job_order, runtimeContext)
        job = FlowJob(self, runtimeContext)
        yield job
        inner = runtimeContext.copy()
        inner.part_of = f"workflow {job.name}"
        inner.toplevel = False
        yield from job.job(builder.job, output_callbacks, inner)


class FlowStep(WorkflowStep):
    """Is a step that knows its place."""

    def job(
        self,
        job_order: Any,
        output_callbacks: Any,
        runtimeContext: Any,  # noqa: N803
    ) -> Generator[Any, None, None]:
        """Makes the jobs of one item of the step, in the step's place."""
        inner = runtimeContext.at(shortname(self.id))

        def ended(outputs: Any, status: str) -> None:
            inner.record.event("item-ended", step=inner.step, status=status)
            output_callbacks(outputs, status)

        nested = self.embedded_tool.tool["class"] == "Workflow"
        yield from super().job(job_order, ended if nested else output_callbacks, inner)


class FlowJob(WorkflowJob):
    """Is a workflow on its way: it knows how many items a scatter has, and when a step has ended."""

    def job(
        self,
        joborder: Any,
        output_callback: Any,
        runtimeContext: Any,  # noqa: N803
    ) -> Generator[Any, None, None]:
        """Runs the steps, in the place of the context."""
        self._context = runtimeContext
        yield from super().job(joborder, output_callback, runtimeContext)

    def try_make_job(
        self,
        step: WorkflowJobStep,
        final_output_callback: Any,
        runtimeContext: Any,  # noqa: N803
    ) -> Generator[Any, None, None]:
        """Makes the jobs of a step once its inputs are there, and tells then how many they are."""
        place = runtimeContext.at(shortname(step.id)).step
        if not step.submitted:
            total = self._size(step)
            if total is not None:
                runtimeContext.record.event("expand", step=place, total=total)
        try:
            yield from super().try_make_job(step, final_output_callback, runtimeContext)
        except WorkflowException as error:
            runtimeContext.record.event(
                "step-error", step=place, message=str(error), kind=type(error).__name__
            )
            raise

    def _size(self, step: WorkflowJobStep) -> int | None:
        """Gives how many jobs a step has, or None while what it waits for is not there."""
        multiple = bool(self.workflow.get_requirement("MultipleInputFeatureRequirement")[0])
        try:
            inputs = object_from_state(self.state, step.tool["inputs"], False, multiple, "source")
        except WorkflowException:
            return None  # cwltool says so itself, next
        if inputs is None:
            return None
        if "scatter" not in step.tool:
            return 1
        keys = aslist(step.tool["scatter"])
        if not all(isinstance(inputs[key], list) for key in keys):
            return None
        if step.tool.get("scatterMethod") in ("nested_crossproduct", "flat_crossproduct"):
            return int(crossproduct_size(inputs, keys))
        return len(cast(list[Any], inputs[keys[0]]))

    def receive_output(
        self, step: WorkflowJobStep, outputparms: Any, final_output_callback: Any, jobout: Any, processStatus: str  # noqa: N803
    ) -> None:  # fmt: skip
        """Takes the outputs of a step, and tells its end."""
        self._context.record.event(
            "step-ended", step=self._context.at(shortname(step.id)).step, status=processStatus
        )
        super().receive_output(step, outputparms, final_output_callback, jobout, processStatus)


class EngineMissing(WorkflowException):
    """The tool requires a container, and there is nothing to run one with."""
