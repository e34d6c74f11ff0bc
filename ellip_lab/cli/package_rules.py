"""`ellip package check`, `ellip package rules`: how a document stands to the Best Practice, for people and for CI."""

from __future__ import annotations

from pathlib import Path

import click

from ellip_lab.cli.cwl import document_argument, hall, json_option
from ellip_lab.cli.exits import FAILED, Ended
from ellip_lab.cli.tables import table

PROFILES = ("cwl", "best-practice", "scheduler")
FORMATS = ("text", "json", "sarif", "junit")


@click.command()
@document_argument
@click.option(
    "--profile",
    type=click.Choice(PROFILES),
    default="best-practice",
    show_default=True,
    help="What the document is held to; each includes the one before.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(FORMATS),
    default="text",
    show_default=True,
    help="How the report is written.",
)
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the report to a file; a line that sums it up goes to standard error.",
)
def check(document: str, profile: str, form: str, output: Path | None) -> None:
    """Hold a document to the Best Practice for EO Application Packages (OGC 20-089r1).

    The exit code is 0 when it conforms, 1 when it does not, 2 when the command line is wrong, 3 when there is no such
    document. Only what has severity `error` keeps a document from conforming.
    """
    from ellip_lab.cwl.asking import place_and_entry
    from ellip_lab.packages.contract import PackageQuery, Profile
    from ellip_lab.packages.reporting import summary, written
    from ellip_lab.shell import write_atomic

    path, entry = place_and_entry(document)
    report = hall().packages.check(PackageQuery(path=path, entry=entry, profile=Profile(profile)))
    made = written(report, form, Path.cwd())
    if output is None:
        click.echo(made, nl=False)
    else:
        write_atomic(output, made.encode())
    if output is not None or form != "text":
        click.echo(summary(report), err=True)
    if not report.conforms:
        raise Ended(FAILED)


@click.command()
@json_option
def rules(as_json: bool) -> None:
    """List the rules that `ellip package check` knows, and from which profile on."""
    known = hall().packages.rules()
    if as_json:
        click.echo(known.model_dump_json(indent=2))
        return
    table(
        ("NUMBER", "RULE", "SEVERITY", "PROFILE", "TITLE"),
        ((rule.number, rule.id, rule.severity, rule.profile.value, rule.title) for rule in known.rules),
        empty="there are no rules",
    )
