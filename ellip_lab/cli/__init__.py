"""The command line: `ellip`, a door that turns words into one call on a room.

Every subcommand lives in its own module and is imported when it is named: `ellip run` must not pay for
what `ellip runs list` needs (tables, colours), and `ellip --help` imports none of them.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

import click

COMMANDS = {
    "run": ("ellip_lab.cli.run", "Run a CWL document (the cwl-runner command line)."),
    "runs": ("ellip_lab.cli.runs", "List, follow, stop, repeat and remove runs."),
    "check": ("ellip_lab.cli.cwl", "Check a CWL document."),
    "form": ("ellip_lab.cli.cwl", "Show what a document asks for."),
    "template": ("ellip_lab.cli.cwl", "Write a parameters file to fill in."),
    "graph": ("ellip_lab.cli.graph", "Show a document as a graph."),
    "engines": ("ellip_lab.cli.engines", "Show which container engines work here."),
    "engine": ("ellip_lab.cli.engine", "Set the cluster that runs can go to, and try it."),
    "tasks": ("ellip_lab.cli.tasks", "List, follow, stop and remove whatever takes time."),
    "packages": (
        "ellip_lab.cli.packages",
        "Begin Earth-observation Application Packages; tools of commands.",
    ),
    "package": ("ellip_lab.cli.packages", "The same as `packages`."),
    "s3": ("ellip_lab.cli.s3", "Browse, copy and manage objects in object stores."),
    "images": ("ellip_lab.cli.images", "List, build, pull, tag, push and remove images."),
    "containers": (
        "ellip_lab.cli.containers",
        "List, follow and stop containers; expose their commands.",
    ),
    "registry": ("ellip_lab.cli.registry", "Sign in to registries, and list what they have."),
    "toolbox": ("ellip_lab.cli.toolboxes", "Install and use EO toolboxes of conda packages."),
    "apps": ("ellip_lab.cli.apps", "Start Code Server, Streamlit and their like in the Lab."),
    "lsp": ("ellip_lab.cli.lsp", "Serve CWL to an editor (the Language Server Protocol)."),
    "demo": ("ellip_lab.cli.demo", "Copy the demo package into a folder, and run it."),
}
"""Each subcommand: the module that has it under its own name, and its line in the help."""


class LazyGroup(click.Group):
    """Is the group of subcommands, each imported when it is named."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Gives the names, in the order a person needs them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Imports the module of a subcommand and gives it."""
        if cmd_name not in COMMANDS:
            return None
        from importlib import import_module

        command = getattr(import_module(COMMANDS[cmd_name][0]), cmd_name)
        if not isinstance(command, click.Command):
            raise TypeError(f"{cmd_name} is not a command")
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Writes the list of subcommands from the table, so that the help imports none of them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])


def show_version(ctx: click.Context, _parameter: click.Parameter, value: bool) -> None:
    """Prints the versions of this program and of its engine, and ends."""
    if value and not ctx.resilient_parsing:
        from importlib.metadata import version

        click.echo(f"ellip {version('ellip-lab')} (cwltool {version('cwltool')})")
        ctx.exit()


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=show_version,
    help="Show the version and exit.",
)
def ellip() -> None:
    """Write, run, package and ship Earth-observation Application Packages."""


def main(words: Sequence[str] | None = None) -> None:
    """Runs the command line and ends the process with its exit code."""
    from ellip_lab.cli.exits import carried_out

    sys.exit(carried_out(ellip, words))


def program() -> None:
    """Is the program `ellip`: runs the command line, and ends without taking apart what the process ends with anyway."""
    import gc
    import os

    # What a command loads stays, and a command is short: garbage is looked for seldom.
    gc.set_threshold(50_000, 20, 20)
    try:
        main()
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 1
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except BrokenPipeError:
            pass  # the reader (`head`, a pager) has what it wanted
        except OSError as error:
            os.write(2, f"error: the output could not be written: {error.strerror}\n".encode())
            code = code or 1
    os._exit(code)
