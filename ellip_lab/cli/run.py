"""`ellip run`: the cwl-runner command line of the CWL specification, and what Ellip adds to it.

The foreground path is measured against plain `cwltool` (docs/benchmarks.md), so what it imports at the
top is all it needs to start a run; everything else is imported while the run is on its way.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from ellip_lab.cli import show_version

if TYPE_CHECKING:
    from ellip_lab.lab import Lab
    from ellip_lab.runs.contract import RunRequest


@click.command(
    "run",
    context_settings={"ignore_unknown_options": True, "help_option_names": ["-h", "--help"]},
    options_metavar="[OPTIONS]",
    epilog="Inputs after the document are typed by it: files are paths from here, arrays are said by "
    "repetition or as JSON. An input with the name of an option is said by --input.",
)
@click.argument(
    "words",
    nargs=-1,
    required=True,
    type=click.UNPROCESSED,
    metavar="DOC[#id] [PARAMS] [--<input> VALUE ...]",
)
@click.option(
    "-i", "--input", "pairs", multiple=True, metavar="NAME=VALUE", help="An input. Repeat it for more."
)
@click.option(
    "--outdir",
    default=".",
    show_default="here",
    type=click.Path(file_okay=False, path_type=Path),
    help="The folder that takes the outputs.",
)
@click.option("-q", "--quiet", is_flag=True, help="Say nothing but errors and the output object.")
@click.option(
    "--engine",
    type=click.Choice(["cwltool", "calrissian"]),
    default="cwltool",
    show_default=True,
    help="The engine.",
)
@click.option(
    "--container",
    type=click.Choice(["auto", "podman", "docker", "none"]),
    help="What runs containers.  [default: auto: the first that works]",
)
@click.option("--no-container", "container", flag_value="none", help="The same as --container none.")
@click.option(
    "--network",
    type=click.Choice(["auto", "default", "host"]),
    default="auto",
    show_default=True,
    help="The network of tools with NetworkAccess.",
)
@click.option(
    "--parallel/--no-parallel",
    default=True,
    show_default=True,
    help="Run independent steps at the same time.",
)
@click.option("-d", "--detach", is_flag=True, help="Print the id of the run and leave it running.")
@click.option("--name", help="What the run is called.  [default: from the document]")
@click.option(
    "--publish",
    metavar="s3://[NAME@]BUCKET/PREFIX/",
    help="Where in an object store the outputs go as well, in a folder with the run's id.",
)
@click.option("--toolbox", metavar="NAME", help="The toolbox that is active for tools without a container.")
@click.option("--json", "as_json", is_flag=True, help="Print the whole record instead of the output object.")
@click.option(
    "--basedir",
    type=click.Path(file_okay=False, path_type=Path),
    help="The folder that relative paths count from.  [default: that of the parameters file]",
)
# cwltool's callers pass these; a run keeps its temporaries in its own directory, and cleans it.
@click.option("--tmpdir-prefix", "--tmp-outdir-prefix", expose_value=False, hidden=True)
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=show_version,
    help="Show the version.",
)
def run(
    words: tuple[str, ...],
    pairs: tuple[str, ...],
    outdir: Path,
    quiet: bool,
    engine: str,
    container: str | None,
    network: str,
    parallel: bool,
    detach: bool,
    name: str | None,
    publish: str | None,
    toolbox: str | None,
    as_json: bool,
    basedir: Path | None,
) -> None:
    """Run a CWL document.

    The output object goes to standard output, the log to standard error. The exit code is 0 when the run is
    done, 1 when it failed, 33 when the document needs what the engine does not support, 130 when stopped by
    Ctrl-C (docs/cli.md has them all).
    """
    from ellip_lab.cwl.asking import asked
    from ellip_lab.lab import Lab
    from ellip_lab.runs.contract import ContainerChoice, Network, RunRequest

    lab = Lab()
    meant = asked(lab.cwl, words, pairs, base=basedir, standard_input=piped)
    request = RunRequest(
        document=meant.document,
        entry=meant.entry,
        inputs=meant.inputs,
        base=str(meant.base),
        engine=engine,
        container=ContainerChoice(container) if container else None,
        network=Network(network),
        parallel=parallel,
        outdir=str(outdir.absolute()),
        name=name,
        publish=publish,
        toolbox=toolbox,
    )
    if detach:
        detached(lab, request, as_json)
    else:
        from ellip_lab.cli.foreground import attended

        attended(lab, request, quiet=quiet, as_json=as_json)


def piped() -> str:
    """Reads standard input; `Invalid` when it is a terminal, where a person would wait for nothing."""
    import sys

    from ellip_lab.errors import Invalid

    if sys.stdin.isatty():
        raise Invalid("no parameters on standard input", hint="ellip run DOC - < params.yml")
    return sys.stdin.read()


def detached(lab: Lab, request: RunRequest, as_json: bool) -> None:
    """Starts a run, checked first, and prints its id."""
    handle = lab.runs.start(request)
    click.echo(handle.show().model_dump_json(indent=2) if as_json else handle.id)
