"""`ellip s3 start|show|stop`: the store on this machine."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from ellip_lab.cli.s3 import hall, json_option

if TYPE_CHECKING:
    from ellip_lab.s3.contract import Store


@click.command()
@json_option
def start(as_json: bool) -> None:
    """Start the store unless it runs; it goes on until it is stopped."""
    told(hall().s3.start_store(by_hand=True), as_json)


@click.command()
@json_option
def show(as_json: bool) -> None:
    """Show where the store is; exit code 3 when it does not run."""
    told(hall().s3.show_store(), as_json)


@click.command()
def stop() -> None:
    """Stop the store; its data stay."""
    click.echo("stopped" if hall().s3.stop_store() else "it was not running", err=True)


def told(store: Store, as_json: bool) -> None:
    """Prints the record of the store, or its address."""
    click.echo(store.model_dump_json(indent=2) if as_json else store.endpoint)
