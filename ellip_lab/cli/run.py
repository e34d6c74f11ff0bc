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
    from ellip_lab.contract import JsonObject
    from ellip_lab.lab import Lab
    from ellip_lab.runs.contract import RunRequest

NO_PARAMETERS = "-"
"""As the parameters file: standard input."""


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
    "--engine", type=click.Choice(["cwltool"]), default="cwltool", show_default=True, help="The engine."
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
    as_json: bool,
    basedir: Path | None,
) -> None:
    """Run a CWL document.

    The output object goes to standard output, the log to standard error. The exit code is 0 when the run is
    done, 1 when it failed, 33 when the document needs what the engine does not support, 130 when stopped by
    Ctrl-C (docs/cli.md has them all).
    """
    from ellip_lab.lab import Lab
    from ellip_lab.runs.contract import ContainerChoice, Network, RunRequest

    lab = Lab()
    document, entry, inputs, base = asked(lab, words, pairs, basedir)
    request = RunRequest(
        document=document,
        entry=entry,
        inputs=inputs,
        base=str(base),
        engine=engine,
        container=ContainerChoice(container) if container else None,
        network=Network(network),
        parallel=parallel,
        outdir=str(outdir.absolute()),
        name=name,
    )
    if detach:
        detached(lab, request, as_json)
    else:
        from ellip_lab.cli.foreground import attended

        attended(lab, request, quiet=quiet, as_json=as_json)


def asked(
    lab: Lab, words: tuple[str, ...], pairs: tuple[str, ...], basedir: Path | None
) -> tuple[str, str | None, JsonObject, Path]:
    """Gives the document, its entry, the inputs, and the folder their relative paths count from.

    Inputs said in words win over those of the parameters file; their paths count from here.
    """
    from ellip_lab.cwl.arguments import read_pairs, read_words, typed
    from ellip_lab.cwl.parameters import names_its_document, read_parameters

    said = read_words(words)
    document, entry = fragment(said.document)
    parameters = said.parameters
    here = Path.cwd()
    inputs: JsonObject = {}
    base = basedir.absolute() if basedir else here
    if parameters is None and entry is None and names_its_document(Path(document)):
        parameters = document
    if parameters == NO_PARAMETERS:
        inputs = read_standard_input()
    elif parameters is not None:
        place = Path(parameters).absolute()
        held = read_parameters(place)
        inputs = held.inputs
        base = basedir.absolute() if basedir else place.parent
        if str(place) == document and held.tool:
            document, entry = fragment(held.tool, place.parent)
    spoken = (*said.said, *read_pairs(pairs))
    if spoken:
        from ellip_lab.cwl.contract import DocumentQuery

        form = lab.cwl.form(DocumentQuery(path=document, entry=entry))
        inputs = {**inputs, **typed(form, spoken, here)}
        lab.cwl.validate_inputs(form, inputs, base)
    return document, entry, inputs, base


def fragment(word: str, base: Path | None = None) -> tuple[str, str | None]:
    """Splits `DOC#id` into the absolute path (or URL) and the id; a path that holds `#` itself is left whole.

    `NotFound` when the document does not exist on this machine.
    """
    from ellip_lab.errors import Invalid, NotFound

    if word == "-":
        raise Invalid("a document cannot be read from standard input", hint="Save it as a .cwl file first.")
    plain = word.removeprefix("file://")
    if "://" in plain:
        url, _, entry = plain.partition("#")
        return url, entry or None
    whole = (base or Path.cwd()) / plain
    entry = ""
    if "#" in plain and not whole.exists():
        path, _, entry = plain.rpartition("#")
        whole = (base or Path.cwd()) / path
    if not whole.exists():
        raise NotFound(f"the document {whole} does not exist", hint="Paths count from the current folder.")
    return str(whole), entry or None


def read_standard_input() -> JsonObject:
    """Reads the input object from standard input."""
    import sys

    from ellip_lab.cwl.parameters import parse_parameters
    from ellip_lab.errors import Invalid

    if sys.stdin.isatty():
        raise Invalid("no parameters on standard input", hint="ellip run DOC - < params.yml")
    return parse_parameters(sys.stdin.read(), Path("standard input")).inputs


def detached(lab: Lab, request: RunRequest, as_json: bool) -> None:
    """Starts a run, checked first, and prints its id."""
    handle = lab.runs.start(request)
    click.echo(handle.show().model_dump_json(indent=2) if as_json else handle.id)
