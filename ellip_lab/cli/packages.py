"""`ellip packages`: EO Application Packages."""

from __future__ import annotations

import click

from ellip_lab.cli.compare import compare_engines
from ellip_lab.cli.exits import nearest
from ellip_lab.cli.package_rules import check, rules
from ellip_lab.cli.tooling import tool


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def packages() -> None:
    """Begin and check Earth-observation Application Packages, and the tools they are made of."""


package = packages
"""The same, as one says it of one package: `ellip package tool`, `ellip package check`, `ellip package compare`."""
for command in (check, compare_engines, rules, tool):
    packages.add_command(command)


@packages.command()
@click.argument("folder", default="water-bodies")
@click.option("--json", "as_json", is_flag=True, help="Print the record as JSON.")
def demo(folder: str, as_json: bool) -> None:
    """Copy the demo package into a folder, to read and to change.

    `ellip demo` does that and runs it, on the scene it comes with.
    """
    from ellip_lab.lab import Lab
    from ellip_lab.packages.contract import DemoRequest

    made = Lab().packages.demo(DemoRequest(folder=folder))
    if as_json:
        click.echo(made.model_dump_json(indent=2))
        return
    document, parameters = (nearest(place) for place in (made.document, made.parameters))
    click.echo(f"{document}\n{parameters}")
    click.echo(f"run it: ellip run {document} {parameters}", err=True)
