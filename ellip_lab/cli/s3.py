"""`ellip s3`: object storage. Every command lives in a module of its own kind and is imported when it is named."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from ellip_lab.lab import Lab

COMMANDS = {
    "ls": ("s3_objects", "ls", "List buckets, or what is below an address."),
    "cat": ("s3_objects", "cat", "Write an object's bytes to standard output."),
    "cp": ("s3_transfers", "cp", "Copy files and objects."),
    "mv": ("s3_transfers", "mv", "Move files and objects."),
    "sync": ("s3_transfers", "sync", "Copy what is missing or differs."),
    "rm": ("s3_transfers", "rm", "Delete objects."),
    "transfers": ("s3_transfers", "transfers", "List transfers."),
    "resume": ("s3_transfers", "resume", "Go on with a transfer that stopped or failed."),
    "presign": ("s3_objects", "presign", "Make a URL that anybody may use for a while."),
    "versions": ("s3_objects", "versions", "List the versions of an object."),
    "restore": ("s3_objects", "restore", "Make an older version of an object the newest again."),
    "mb": ("s3_objects", "mb", "Make a bucket."),
    "rb": ("s3_objects", "rb", "Remove an empty bucket."),
    "connections": ("s3_connections", "connections", "List connections."),
    "presets": ("s3_connections", "presets", "List the services that are known beforehand."),
    "add": ("s3_connections", "add", "Save a connection."),
    "test": ("s3_connections", "test", "Try a connection step by step."),
    "use": ("s3_connections", "use", "Make a connection the default."),
    "env": ("s3_connections", "env", "Print what makes a shell use a connection."),
    "forget": ("s3_connections", "forget", "Forget a saved connection and its keys."),
    "start": ("s3_store", "start", "Start the store on this machine."),
    "show": ("s3_store", "show", "Show where the store on this machine is."),
    "stop": ("s3_store", "stop", "Stop the store on this machine."),
}
"""Each command: its module, its name there, and its line in the help."""

SERVICE = re.compile(r"s3://(?:([A-Za-z0-9_][A-Za-z0-9_.+-]{0,63})@)?/?")
"""An address without a bucket: the whole service."""

json_option = click.option("--json", "as_json", is_flag=True, help="Print the record as JSON.")
yes_option = click.option("-y", "--yes", is_flag=True, help="Do not ask.")


class StorageGroup(click.Group):
    """Is the group of commands, each imported when it is named."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Gives the names, in the order a person needs them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Imports the module of a command and gives it."""
        if cmd_name not in COMMANDS:
            return None
        from importlib import import_module

        module, name, _ = COMMANDS[cmd_name]
        command = getattr(import_module(f"ellip_lab.cli.{module}"), name)
        if not isinstance(command, click.Command):
            raise TypeError(f"{cmd_name} is not a command")
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Writes the list of commands from the table, so that the help imports none of them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, _, line) in COMMANDS.items()])


@click.group(cls=StorageGroup, context_settings={"help_option_names": ["-h", "--help"]})
def s3() -> None:
    """Browse, copy and manage objects in object stores.

    An ADDRESS is s3://bucket/key for the default connection, or s3://NAME@bucket/key. One that ends in / means
    everything below it.
    """


def hall() -> Lab:
    """Gives the hall, for the current folder."""
    from ellip_lab.lab import Lab

    return Lab()


def confirmed(question: str, *, yes: bool) -> None:
    """Asks before what cannot be undone; where nobody can answer, `--yes` has to be given."""
    import sys

    if yes:
        return
    if not sys.stdin.isatty():
        raise click.UsageError(f"{question} Nobody can be asked here: give --yes.")
    click.confirm(question, abort=True, err=True)
