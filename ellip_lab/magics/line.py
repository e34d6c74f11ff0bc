"""`%ellip`: the verbs of the line magic; each gives a value that the notebook shows and code can use."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from ellip_lab.errors import Invalid

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

    from ellip_lab.contract import JsonObject
    from ellip_lab.lab import Lab
    from ellip_lab.magics.shown import Shown
    from ellip_lab.runs.handle import RunHandle

HELP = {"help_option_names": ["-h", "--help"]}


def hall() -> Lab:
    """Gives the hall, for the notebook's current folder."""
    from ellip_lab.lab import Lab

    return Lab()


@click.group(context_settings=HELP)
def ellip() -> None:
    """Run CWL documents, and look at runs.

    RUN is an id, a beginning or an end of one that no other run has, or `last`. Variables of the notebook
    are written $name or {expression}.
    """


def run_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Gives a command the options of a run, the same as those of the command line."""
    options = [
        click.option("-i", "--input", "pairs", multiple=True, metavar="NAME=VALUE", help="An input."),
        click.option(
            "--inputs", "variable", metavar="DICT", help="A dictionary of the notebook with inputs."
        ),
        click.option("--outdir", type=click.Path(file_okay=False), help="The folder that takes the outputs."),
        click.option("--container", type=click.Choice(["auto", "podman", "docker", "none"])),
        click.option("--no-container", "container", flag_value="none"),
        click.option("--network", type=click.Choice(["auto", "default", "host"]), default="auto"),
        click.option("--parallel/--no-parallel", default=True),
        click.option("-d", "--detach", is_flag=True, help="Do not wait: give the handle at once."),
        click.option("--name", help="What the run is called."),
        click.option(
            "--toolbox", metavar="NAME", help="The toolbox that is active for tools without a container."
        ),
    ]
    for option in reversed(options):
        command = option(command)
    return command


@ellip.command(context_settings={"ignore_unknown_options": True, **HELP})
@click.argument(
    "words",
    nargs=-1,
    required=True,
    type=click.UNPROCESSED,
    metavar="DOC[#id] [PARAMS] [--<input> VALUE ...]",
)
@run_options
@click.pass_obj
def run(shell: InteractiveShell, /, words: tuple[str, ...], **options: Any) -> RunHandle:
    """Run a document, show it while it lasts, and give its handle."""
    return started(shell, words, **options)


def started(
    shell: InteractiveShell,
    words: tuple[str, ...],
    *,
    pairs: tuple[str, ...],
    variable: str | None,
    outdir: str | None,
    container: str | None,
    network: str,
    parallel: bool,
    detach: bool,
    name: str | None,
    toolbox: str | None,
) -> RunHandle:
    """Starts a run; unless it is detached, shows it until its end."""
    from pathlib import Path

    from ellip_lab.cwl.asking import asked
    from ellip_lab.magics.watching import watched
    from ellip_lab.runs.contract import ContainerChoice, Network, RunRequest

    lab = hall()
    meant = asked(lab.cwl, words, pairs, further=variable_of(shell, variable))
    handle = lab.runs.start(
        RunRequest(
            document=meant.document,
            entry=meant.entry,
            inputs=meant.inputs,
            base=str(meant.base),
            container=ContainerChoice(container) if container else None,
            network=Network(network),
            parallel=parallel,
            outdir=str(Path(outdir).absolute()) if outdir else None,
            name=name,
            toolbox=toolbox,
        )
    )
    if not detach:
        watched(lab, handle, live=hasattr(shell, "kernel"))
    return handle


def variable_of(shell: InteractiveShell, name: str | None) -> JsonObject | None:
    """Gives the inputs that stand in a dictionary of the notebook."""
    if name is None:
        return None
    value = shell.user_ns.get(name)
    if not isinstance(value, dict):
        raise Invalid(
            f"--inputs {name}: there is no dictionary of this name",
            hint=f"{name} = {{'input': value}} makes one.",
        )
    return dict(value)


@ellip.command()
@click.argument("count", type=click.IntRange(1, 500), default=20)
@click.option("--state", help="Only runs in this state.")
@click.option("--text", help="Only runs whose name or id has this in it.")
def runs(count: int, state: str | None, text: str | None) -> Shown:
    """List runs, newest first."""
    from ellip_lab.magics.shown import runs_shown
    from ellip_lab.runs.contract import RunQuery
    from ellip_lab.tasks.contract import State

    if state is not None and state not in list(State):
        raise click.BadParameter(f"{state!r} is not one of {', '.join(State)}")
    return runs_shown(
        hall().runs.list(RunQuery(limit=count, state=State(state) if state else None, text=text))
    )


def meant_run(lab: Lab, word: str) -> RunHandle:
    """Gives the handle of the run that a word means."""
    from ellip_lab.tasks.find import find

    return lab.runs.handle(find(lab.tasks.root, word, "runs"))


@ellip.command()
@click.argument("run", default="last")
def show(run: str) -> RunHandle:
    """Give a run's handle: it shows its steps and outputs."""
    return meant_run(hall(), run)


@ellip.command()
@click.argument("run", default="last")
@click.pass_obj
def watch(shell: InteractiveShell, /, run: str) -> RunHandle:
    """Show a run while it lasts."""
    from ellip_lab.magics.watching import watched

    lab = hall()
    handle = meant_run(lab, run)
    watched(lab, handle, live=hasattr(shell, "kernel"))
    return handle


@ellip.command()
@click.argument("run", default="last")
@click.option("--job", help="The log of one job (crop_2) instead of the whole.")
def log(run: str, job: str | None) -> Shown:
    """Show the end of a run's log."""
    from ellip_lab.magics.shown import log_shown
    from ellip_lab.runs.contract import RunLogQuery

    lab = hall()
    return log_shown(lab.runs.log(meant_run(lab, run).id, RunLogQuery(job=job)))


@ellip.command()
@click.argument("run", default="last")
def stop(run: str) -> RunHandle:
    """Stop a run: its processes and its containers."""
    handle = meant_run(hall(), run)
    handle.stop()
    handle.wait(30)
    return handle


@ellip.command()
@click.argument("left", metavar="RUN")
@click.argument("right", metavar="RUN")
def compare(left: str, right: str) -> Shown:
    """Compare what two runs have given: by content, STAC catalogues by what they say."""
    from ellip_lab.magics.shown import comparison_shown
    from ellip_lab.runs.comparison import CompareQuery

    lab = hall()
    query = CompareQuery(other=meant_run(lab, right).id)
    return comparison_shown(lab.runs.compare(meant_run(lab, left).id, query))


@ellip.command()
@click.argument("document", metavar="DOC")
@click.option(
    "--profile",
    type=click.Choice(["cwl", "best-practice", "scheduler"]),
    help="Hold it to the rules of the Best Practice (OGC 20-089r1) too.",
)
def check(document: str, profile: str | None) -> Shown:
    """Check a document, without running it."""
    from ellip_lab.cwl.asking import place_and_entry
    from ellip_lab.cwl.contract import DocumentQuery
    from ellip_lab.magics.shown import check_shown, report_shown

    path, entry = place_and_entry(document)
    if profile is not None:
        from ellip_lab.packages.contract import PackageQuery, Profile

        query = PackageQuery(path=path, entry=entry, profile=Profile(profile))
        return report_shown(hall().packages.check(query))
    return check_shown(hall().cwl.check(DocumentQuery(path=path, entry=entry)))


@ellip.command()
@click.argument("document", metavar="DOC[#id]")
def form(document: str) -> Shown:
    """Show what a document asks for."""
    from ellip_lab.cwl.asking import place_and_entry
    from ellip_lab.cwl.contract import DocumentQuery
    from ellip_lab.magics.shown import form_shown

    path, entry = place_and_entry(document)
    return form_shown(hall().cwl.form(DocumentQuery(path=path, entry=entry)))


@ellip.command()
def engines() -> Shown:
    """Show which container engines work here."""
    from ellip_lab.magics.shown import engines_shown

    return engines_shown(hall().runs.engines())
