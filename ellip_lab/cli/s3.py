"""`ellip s3`: the embedded object store."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from ellip_lab.s3.contract import Store


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def s3() -> None:
    """Start, show and stop the embedded object store."""


@s3.command()
@click.option("--json", "as_json", is_flag=True, help="Print the record as JSON.")
def start(as_json: bool) -> None:
    """Start the store unless it runs; it goes on until it is stopped."""
    from ellip_lab.lab import Lab

    told(Lab().s3.start_store(), as_json)


@s3.command()
@click.option("--json", "as_json", is_flag=True, help="Print the record as JSON.")
def show(as_json: bool) -> None:
    """Show where the store is; exit code 3 when it does not run."""
    from ellip_lab.lab import Lab

    told(Lab().s3.show_store(), as_json)


@s3.command()
def stop() -> None:
    """Stop the store; its data stay."""
    from ellip_lab.lab import Lab

    click.echo("stopped" if Lab().s3.stop_store() else "it was not running", err=True)


def told(store: Store, as_json: bool) -> None:
    """Prints the record of the store, or its address."""
    click.echo(store.model_dump_json(indent=2) if as_json else store.endpoint)
