"""`ellip package tool`: the CommandLineTool of a command."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ellip_lab.cli.exits import FAILED, INTERRUPTED, TERMINATED, Ended, Terminated, nearest

if TYPE_CHECKING:
    from ellip_lab.packages.contract import ToolDraft

QUIET = 1.0
"""Seconds after which a trial shows that it goes on."""


@click.command(context_settings={"ignore_unknown_options": False})
@click.argument("words", metavar="-- COMMAND...", nargs=-1, required=True)
@click.option("--run", is_flag=True, help="Run it once, on copies of its inputs, to see what it writes.")
@click.option("--image", help="The image that has the command; with --run it runs there, without a network.")
@click.option("--id", "id_", help="The id of the tool.  [default: the command's name]")
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the tool here, not to the terminal.",
)
@click.option(
    "-p",
    "--parameters",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the values of the command here.",
)
@click.option("-f", "--force", is_flag=True, help="Replace files that are there.")
@click.option(
    "--limit",
    type=click.FloatRange(0.1, 604_800),
    default=3600,
    show_default=True,
    help="Seconds the trial may take.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the record as JSON.")
def tool(
    words: tuple[str, ...],
    run: bool,
    image: str | None,
    id_: str | None,
    output: Path | None,
    parameters: Path | None,
    force: bool,
    limit: float,
    as_json: bool,
) -> None:
    """Write the CommandLineTool of a command.

    The command stands behind `--`, as it would be typed; one word in quotes is read as a shell reads it, with `>` and
    `<`. What it reads and writes is recognised by the files that are there, or, with --run, by what it writes: it runs
    in an empty folder, on copies, so that nothing of yours is written to.

    \b
    ellip package tool -- gdal_translate -of COG in.tif out.tif > translate.cwl
    ellip package tool --run -o sort.cwl -p sort.yml 'sort -r in.txt > sorted.txt'
    """
    from ellip_lab.errors import Conflict
    from ellip_lab.lab import Lab
    from ellip_lab.packages.contract import ToolRequest

    for file in filter(None, (output, parameters)):
        if file.exists() and not force:
            raise Conflict(f"{file} is there already", hint="--force replaces it.")
    target = (output or parameters or Path("x")).absolute().parent
    request = ToolRequest(
        argv=words, folder=str(Path.cwd()), target=str(target), run=run, limit=limit, id=id_, image=image
    )
    with _going_on(words) as say:
        draft = Lab().packages.tool(request, say)
    if draft.problem is not None:
        click.echo(f"{click.style('warning:', fg='yellow', bold=True)} {_trouble(draft)}", err=True)
    if output is not None:
        _write(output, draft.text)
    if parameters is not None:
        _write(parameters, _anchored(draft.parameters, target, parameters))
    if as_json:
        click.echo(draft.model_dump_json(indent=2))
    elif output is None:
        click.echo(draft.text, nl=False)
    else:
        for line in _told(draft):
            click.echo(line, err=True)
        click.echo(nearest(str(output.absolute())))
    if draft.problem is not None:
        raise Ended(FAILED)


def _trouble(draft: ToolDraft) -> str:
    lines = [f"the trial tells nothing, the outputs are guessed: {draft.problem}"]
    last = draft.log.strip().splitlines()[-8:]
    return "\n".join([*lines, *(f"  {line}" for line in last)])


def _told(draft: ToolDraft) -> list[str]:
    """Gives what was recognised, a line each."""
    ports = [("input", port) for port in draft.inputs] + [("output", port) for port in draft.outputs]
    return [
        f"{which}\t{port.id}\t{port.type}\t{'' if port.value is None else port.value}\t{port.why}"
        for which, port in ports
    ]


def _anchored(text: str, target: Path, file: Path) -> str:
    """Gives the parameters for a file; one in another folder than the tool names whole paths."""
    if file.absolute().parent == target:
        return text
    from ellip_lab.cwl.parameters import anchored, parse_parameters
    from ellip_lab.packages.tooling_writing import as_yaml

    return as_yaml(anchored(parse_parameters(text, file).inputs, target))


def _write(file: Path, text: str) -> None:
    from ellip_lab.shell import write_atomic

    write_atomic(file.absolute(), text.encode())


@contextmanager
def _going_on(words: tuple[str, ...]) -> Iterator[Callable[[str], None]]:
    """Shows that a trial goes on once it has for a second; Ctrl-C and SIGTERM stop it, and so end the command."""
    from shutil import get_terminal_size

    from ellip_lab.cli.interrupting import delivered_later

    began = time.monotonic()
    name = words[0].split()[0] if words[0].split() else words[0]
    shown = False
    terminal = sys.stderr.isatty()

    def say(line: str) -> None:
        nonlocal shown
        seconds = time.monotonic() - began
        if seconds < QUIET:
            return
        if terminal:
            text = f"running {name} for {seconds:.0f} s, Ctrl-C stops it  {line}"
            width = get_terminal_size().columns
            click.echo(f"\r\x1b[K{text[: max(20, width - 1)]}", err=True, nl=False)
        elif not shown:
            click.echo(f"running {name}; Ctrl-C stops it", err=True)
        shown = True

    try:
        with delivered_later():
            pass
        yield say
    except (KeyboardInterrupt, Terminated) as interruption:
        if shown and terminal:
            click.echo("\r\x1b[K", err=True, nl=False)
        click.echo("stopped: nothing was written", err=True)
        raise Ended(TERMINATED if isinstance(interruption, Terminated) else INTERRUPTED) from None
    finally:
        if shown and terminal:
            click.echo("\r\x1b[K", err=True, nl=False)
