"""`ellip runs`: the runs of every door, listed, followed, stopped, repeated, removed."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ellip_lab.cli.compare import compare_runs
from ellip_lab.cli.tables import table
from ellip_lab.cli.usage import how, line, usage
from ellip_lab.cli.used import used
from ellip_lab.runs.contract import Run, RunLogQuery
from ellip_lab.tasks.contract import LogChunk, State
from ellip_lab.tasks.wording import age, progress, size, tone, took

if TYPE_CHECKING:
    from ellip_lab.lab import Lab

PATIENCE = 30.0
"""Seconds one call waits for more of a log."""
TAIL = 65_536
"""Bytes of a log shown when not all of it is asked for."""


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def runs() -> None:
    """List, follow, stop, repeat and remove runs.

    RUN is an id, a beginning or an end of one that no other run has, or `last`.
    """


runs.add_command(compare_runs)
runs.add_command(usage)
runs.add_command(used)


def hall() -> Lab:
    """Gives the hall, for the current folder."""
    from ellip_lab.lab import Lab

    return Lab()


def meant(lab: Lab, word: str) -> str:
    """Gives the id of the run that a word means."""
    from ellip_lab.tasks.find import find

    return find(lab.tasks.root, word, "runs")


json_option = click.option("--json", "as_json", is_flag=True, help="Print the record as JSON.")


@runs.command("list")
@click.option("--state", type=click.Choice([state.value for state in State]), help="Only runs in this state.")
@click.option("--text", help="Only runs whose name or id has this in it.")
@click.option("-n", "--limit", type=click.IntRange(1, 500), default=20, show_default=True, help="How many.")
@click.option("--before", metavar="RUN", help="Only runs older than this one.")
@json_option
def list_(state: str | None, text: str | None, limit: int, before: str | None, as_json: bool) -> None:
    """List runs, newest first."""
    from ellip_lab.runs.contract import RunQuery

    lab = hall()
    page = lab.runs.list(
        RunQuery(
            state=State(state) if state else None,
            text=text,
            limit=limit,
            before=meant(lab, before) if before else None,
        )
    )
    if as_json:
        click.echo(page.model_dump_json(indent=2))
        return
    table(
        ("RUN", "STATE", "NAME", "AGE", "TOOK", "PROGRESS"),
        (
            (
                run.id,
                run.state.value,
                run.name,
                age(run.created),
                took(run.started, run.finished),
                f"failed at {run.failed_step}"
                if run.failed_step
                else progress(run.state, run.progress, run.waiting),
            )
            for run in page.runs
        ),
        empty="no runs" if state or text or before else "no runs yet: ellip run DOC starts one",
        state=1,
    )
    if page.next and sys.stdout.isatty():
        click.echo(f"older ones: ellip runs list --before {page.next}", err=True)


@runs.command()
@click.argument("run")
@json_option
def show(run: str, as_json: bool) -> None:
    """Show everything known of a run."""
    lab = hall()
    record = lab.runs.show(meant(lab, run))
    if as_json:
        click.echo(record.model_dump_json(indent=2))
        return
    used_ = lab.runs.usage(record.id)
    cpu, memory = line(used_)
    if sys.stdout.isatty():
        from rich.console import Console

        from ellip_lab.cli.live import picture

        Console().print(picture(record))
        if cpu or memory:
            click.echo(f"  {cpu or 'unknown'} CPU hours, {memory or 'unknown'} GB hours {how(used_)}")
    else:
        click.echo("\n".join([*told(record), f"usage\t{cpu}\t{memory}\t{how(used_)}"]))
    if record.failure:
        from ellip_lab.cli.foreground import why

        click.echo(why(record, with_log=True))


def told(run: Run) -> list[str]:
    """Gives a run as plain lines."""
    lines = [
        f"run\t{run.id}",
        f"name\t{run.name}",
        f"state\t{run.state}",
        f"document\t{run.document}{f'#{run.entry}' if run.entry else ''}",
        f"container\t{run.container or ''}",
        f"created\t{run.created.isoformat()}",
        f"took\t{took(run.started, run.finished)}",
        f"outdir\t{run.outdir}",
    ]
    lines += [
        f"step\t{step.id}\t{tone(step.state).mark} {step.state}\t"
        f"{step.done} of {step.total or 1}\t{took(step.started, step.finished)}\t{size(step.memory)}"
        for step in run.steps
    ]
    for output in run.outputs:
        where = output.path or ("" if output.children else str(output.value))
        lines.append(f"output\t{output.name}\t{output.kind}\t{where}\t{size(output.size)}")
    return lines


@runs.command()
@click.argument("run")
@click.option("-f", "--follow", is_flag=True, help="Go on until the run has ended.")
@click.option("--job", help="The log of one job (crop_2) instead of the whole.")
@click.option("--all", "whole", is_flag=True, help="From the start, however long it is.")
@json_option
def log(run: str, follow: bool, job: str | None, whole: bool, as_json: bool) -> None:
    """Print the end of a run's log, or all of it.

    With --json: one record a line, with the byte offsets.
    """
    lab = hall()
    id_ = meant(lab, run)
    offset = 0 if whole else None
    while True:
        wait = PATIENCE if follow and offset is not None else 0
        chunk = lab.runs.log(id_, RunLogQuery(offset=offset, job=job, wait=wait, limit=TAIL))
        say(chunk, as_json)
        offset = chunk.next
        if chunk.finished or (not follow and (not whole or chunk.next >= chunk.size)):
            return


def say(chunk: LogChunk, as_json: bool) -> None:
    """Prints a stretch of a log."""
    if as_json:
        click.echo(chunk.model_dump_json())
    elif chunk.text:
        click.echo(chunk.text, nl=False)
        sys.stdout.flush()


@runs.command()
@click.argument("run")
@json_option
def stop(run: str, as_json: bool) -> None:
    """Stop a run: its processes and its containers."""
    lab = hall()
    id_ = meant(lab, run)
    lab.runs.stop(id_)
    lab.tasks.wait(id_, PATIENCE)
    record = lab.runs.show(id_)
    click.echo(record.model_dump_json(indent=2) if as_json else f"{record.state}: {id_}")


@runs.command()
@click.argument("run")
@click.argument("parameters", metavar="[PARAMS]", required=False, type=click.Path(path_type=Path))
@click.option(
    "-i", "--input", "pairs", multiple=True, metavar="NAME=VALUE", help="An input that is different."
)
@click.option("--engine", type=click.Choice(["cwltool", "calrissian"]), help="The engine.")
@click.option(
    "--container", type=click.Choice(["auto", "podman", "docker", "none"]), help="What runs containers."
)
@click.option(
    "--outdir", type=click.Path(file_okay=False, path_type=Path), help="The folder for the outputs."
)
@click.option("--name", help="What the new run is called.")
@click.option("-d", "--detach", is_flag=True, help="Print the id and leave the run running.")
@click.option("-q", "--quiet", is_flag=True, help="Say nothing but errors and the output object.")
@json_option
def rerun(
    run: str,
    parameters: Path | None,
    pairs: tuple[str, ...],
    engine: str | None,
    container: str | None,
    outdir: Path | None,
    name: str | None,
    detach: bool,
    quiet: bool,
    as_json: bool,
) -> None:
    """Run again what a run ran, with the same inputs or edited ones."""
    from ellip_lab.cli.foreground import attended_again
    from ellip_lab.runs.contract import ContainerChoice, RerunRequest

    lab = hall()
    id_ = meant(lab, run)
    inputs = edited(lab, id_, parameters, pairs) if parameters or pairs else None
    request = RerunRequest(
        inputs=inputs,
        engine=engine,
        container=ContainerChoice(container) if container else None,
        outdir=str(outdir.absolute()) if outdir else None,
        name=name,
    )
    handle = lab.runs.rerun(id_, request)
    if detach:
        click.echo(handle.show().model_dump_json(indent=2) if as_json else handle.id)
    else:
        attended_again(lab, handle, quiet=quiet, as_json=as_json)


def edited(lab: Lab, id_: str, parameters: Path | None, pairs: tuple[str, ...]) -> dict[str, object]:
    """Gives the inputs of a run with what is different; a parameters file replaces them all."""
    from ellip_lab.cwl.arguments import read_pairs, typed
    from ellip_lab.cwl.contract import DocumentQuery
    from ellip_lab.cwl.parameters import anchored, read_parameters

    before = lab.runs.show(id_).request
    inputs = dict(before.inputs)
    if parameters is not None:
        inputs = anchored(read_parameters(parameters.absolute()).inputs, parameters.absolute().parent)
    if pairs:
        form = lab.cwl.form(DocumentQuery(path=before.document, entry=before.entry))
        inputs |= typed(form, read_pairs(pairs), Path.cwd())
    return inputs


@runs.command()
@click.argument("names", metavar="RUN...", nargs=-1, required=True)
@click.option(
    "--outputs", is_flag=True, help="The output folders too, when they lie in the workspace's results."
)
@json_option
def remove(names: tuple[str, ...], outputs: bool, as_json: bool) -> None:
    """Remove the records of ended runs; their outputs stay unless asked for."""
    from ellip_lab.runs.contract import RemoveQuery

    lab = hall()
    for id_ in [meant(lab, name) for name in names]:
        gone = lab.runs.remove(id_, RemoveQuery(outputs=outputs))
        click.echo(gone.model_dump_json() if as_json else f"removed: {gone.id}")


@runs.command()
@click.argument("run")
@click.option("--shell", "language", flag_value="shell", default=True, help="As a command line.  [default]")
@click.option("--python", "language", flag_value="python", help="As Python.")
@json_option
def script(run: str, language: str, as_json: bool) -> None:
    """Say a run again, ready to paste."""
    from ellip_lab.runs.contract import ScriptLanguage, ScriptQuery

    lab = hall()
    said = lab.runs.script(meant(lab, run), ScriptQuery(language=ScriptLanguage(language)))
    click.echo(said.model_dump_json(indent=2) if as_json else said.text.rstrip("\n"))
