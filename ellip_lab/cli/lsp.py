"""`ellip lsp`: the language server, for an editor to start."""

from __future__ import annotations

import os
import sys

import click


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--stdio", is_flag=True, help="Speak on standard input and output (the default, and all there is)."
)
def lsp(stdio: bool) -> None:
    """Serve CWL to an editor by the Language Server Protocol.

    An editor starts it; see the page "Editors" of the documentation.
    """
    if sys.stdin.isatty():
        click.echo("waiting for an editor on standard input; Ctrl-C ends it", err=True)
    # The server is a door of its own: this process becomes it.
    os.execv(sys.executable, [sys.executable, "-m", "ellip_lab.lsp"])  # noqa: S606 - there is no shell
