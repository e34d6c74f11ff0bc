"""`ellip toolbox`: EO toolboxes of conda packages, installed without conda, and used from a terminal."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ellip_lab.cli.s3 import hall, json_option

if TYPE_CHECKING:
    from ellip_lab.toolboxes.contract import Toolbox

COMMANDS = {
    "catalogue": ("ellip_lab.cli.toolboxes", "List what can be installed by its id."),
    "plan": ("ellip_lab.cli.toolboxes_works", "Show what an installation would bring."),
    "install": ("ellip_lab.cli.toolboxes_works", "Install a toolbox."),
    "ls": ("ellip_lab.cli.toolboxes", "List the toolboxes."),
    "show": ("ellip_lab.cli.toolboxes", "Show everything of a toolbox."),
    "run": ("ellip_lab.cli.toolboxes", "Run a command with a toolbox active."),
    "shell": ("ellip_lab.cli.toolboxes", "Open a shell with a toolbox active."),
    "update": ("ellip_lab.cli.toolboxes_works", "Bring a toolbox up to date, or change it."),
    "clone": ("ellip_lab.cli.toolboxes_works", "Make a second toolbox of the same builds."),
    "lock": ("ellip_lab.cli.toolboxes", "Write the file that makes a toolbox again."),
    "remove": ("ellip_lab.cli.toolboxes_works", "Remove a toolbox."),
    "works": ("ellip_lab.cli.toolboxes_works", "List installations, updates and their like."),
    "channels": ("ellip_lab.cli.toolboxes_channels", "Show or say where packages come from."),
    "login": ("ellip_lab.cli.toolboxes_channels", "Sign in to the channels of a host."),
    "logout": ("ellip_lab.cli.toolboxes_channels", "Sign out of a host."),
    "cache": ("ellip_lab.cli.toolboxes_channels", "Show what is kept of what was downloaded."),
    "clean": ("ellip_lab.cli.toolboxes_works", "Take packages from the cache."),
}
"""Each command: the module that has it under its own name, and its line in the help."""


class ToolboxGroup(click.Group):
    """Is the group of commands, each imported when it is named."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Gives the names, in the order a person needs them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Imports the module of a command and gives it."""
        if cmd_name not in COMMANDS:
            return None
        from importlib import import_module

        command = getattr(import_module(COMMANDS[cmd_name][0]), cmd_name)
        if not isinstance(command, click.Command):
            raise TypeError(f"{cmd_name} is not a command")
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Writes the list of commands from the table, so that the help imports none of them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])


@click.group(cls=ToolboxGroup, context_settings={"help_option_names": ["-h", "--help"]})
def toolbox() -> None:
    """Install and use EO toolboxes: GDAL, Orfeo ToolBox, SNAP, ISCE, MintPy, or packages of your choice.

    NAME is a toolbox; each is a conda environment of its own, with a kernel in the Lab.
    """


@click.command()
@click.argument("text", default="")
@json_option
def catalogue(text: str, as_json: bool) -> None:
    """List what can be installed by its id; with TEXT, what has it in its name, packages or description."""
    from ellip_lab.cli.tables import table
    from ellip_lab.tasks.wording import size
    from ellip_lab.toolboxes.contract import CatalogueQuery

    found = hall().toolboxes.catalogue(CatalogueQuery(text=text or None))
    if as_json:
        click.echo(found.model_dump_json(indent=2))
        return
    table(
        ("ID", "TITLE", "CHANNELS", "SIZE", "CHECKED", "INSTALLED", "DESCRIPTION"),
        (
            (
                one.id,
                one.title,
                ", ".join(one.channels),
                f"about {size(one.size)}" if one.size else "",
                str(one.checked or "never") if one.here else "not for this machine",
                ", ".join(one.installed),
                one.description,
            )
            for one in found.entries
        ),
        empty="nothing in the catalogue has it",
    )
    for problem in found.problems:
        click.echo(f"{click.style('warning:', fg='yellow')} {problem}", err=True)


@click.command()
@json_option
def ls(as_json: bool) -> None:
    """List the toolboxes."""
    from ellip_lab.cli.tables import table
    from ellip_lab.tasks.wording import age, size

    found = hall().toolboxes.list()
    if as_json:
        click.echo(found.model_dump_json(indent=2))
        return
    table(
        ("NAME", "STATE", "VERSION", "PACKAGES", "SIZE", "CHANGED", "TITLE"),
        (
            (
                one.name,
                one.state.value if one.reason is None else f"{one.state.value}: {one.reason}",
                one.version or "",
                str(one.packages),
                size(one.size),
                age(one.changed) if one.changed else "",
                one.title,
            )
            for one in found.toolboxes
        ),
        empty="no toolboxes: `ellip toolbox catalogue` lists what there is",
    )
    if found.problem:
        click.echo(f"{click.style('warning:', fg='yellow')} {found.problem}: {found.hint}", err=True)


@click.command()
@click.argument("name")
@json_option
def show(name: str, as_json: bool) -> None:
    """Show everything of toolbox NAME: its packages, commands and variables."""
    from ellip_lab.toolboxes.contract import ToolboxQuery

    found = hall().toolboxes.show(ToolboxQuery(name=name))
    if as_json:
        click.echo(found.model_dump_json(indent=2))
        return
    for word, value in facts(found):
        if value:
            click.echo(f"{click.style(f'{word:10}', dim=True)} {value}")
    for proof in found.proofs:
        mark = click.style("passed", fg="green") if proof.passed else click.style("failed", fg="red")
        click.echo(f"{click.style('proof     ', dim=True)} {mark} {proof.command}")
    click.echo()
    for package in found.contents:
        star = "*" if package.requested else " "
        click.echo(f"{star} {package.name}\t{package.version}\t{package.build}\t{package.channel}")


def facts(found: Toolbox) -> list[tuple[str, str]]:
    """Gives what a person asks of a toolbox, line by line."""
    from ellip_lab.tasks.wording import size

    state = f"{found.state.value}: {found.reason}" if found.reason else found.state.value
    shown = ", ".join(found.commands[:10])
    more = f" and {found.command_count - 10} more" if found.command_count > 10 else ""
    return [
        ("name", found.name),
        ("title", found.title),
        ("state", state),
        ("asked for", ", ".join(found.specs)),
        ("channels", ", ".join(found.channels)),
        ("size", size(found.size)),
        ("prefix", found.prefix),
        ("kernel", f"{found.kernel_title} ({found.kernel})" if found.kernel else ""),
        ("commands", f"{shown}{more}"),
        ("lock file", found.lock or ""),
    ]


@click.command()
@click.argument("name")
@click.option("--form", type=click.Choice(["lock", "explicit", "environment"]), default="lock", show_default=True, help="Every build; the same as a list of URLs; or what was asked for.")  # fmt: skip
@click.option("-o", "--output", type=click.Path(dir_okay=False), help="The file.  [default: standard output]")
def lock(name: str, form: str, output: str | None) -> None:
    """Write the file that makes toolbox NAME again, with `ellip toolbox install OTHER -f FILE`."""
    from ellip_lab.shell import write_atomic
    from ellip_lab.toolboxes.contract import LockForm, LockQuery

    found = hall().toolboxes.lock(LockQuery(name=name, form=LockForm(form)))
    if output is None:
        click.echo(found.text, nl=False)
        return
    write_atomic(Path(output).absolute(), found.text.encode())
    click.echo(output)


@click.command(context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False})
@click.argument("name")
@click.argument("words", metavar="[--] COMMAND [ARGUMENT]...", nargs=-1, required=True, type=click.UNPROCESSED)  # fmt: skip
def run(name: str, words: tuple[str, ...]) -> None:
    """Run a command with toolbox NAME active; its exit code is this one's."""
    import shutil

    from ellip_lab.cli.exits import Ended
    from ellip_lab.toolboxes.activating import environment

    words = words[1:] if words[0] == "--" else words
    if not words:
        raise click.UsageError("Missing argument 'COMMAND'.")
    env = environment(hall().toolboxes.activation(name), dict(os.environ))
    program = shutil.which(words[0], path=env["PATH"])
    if program is None:
        click.echo(f"{click.style('error:', fg='red', bold=True)} {name} has no command {words[0]}", err=True)
        raise Ended(127)
    sys.stdout.flush()
    os.execve(program, words, env)  # noqa: S606 - no shell is wanted


@click.command()
@click.argument("name")
def shell(name: str) -> None:
    """Open a shell with toolbox NAME active; `exit` leaves it."""
    from ellip_lab.toolboxes.contract import ToolboxTerminalRequest

    argv = hall().toolboxes.terminal(ToolboxTerminalRequest(name=name)).argv
    sys.stdout.flush()
    os.execvp(argv[0], argv)  # noqa: S606 - it is one
