"""`ellip check`, `ellip form`, `ellip template`: what a document is, and what it asks for."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from ellip_lab.cli.exits import FAILED, Ended, problem_lines
from ellip_lab.cli.tables import table

if TYPE_CHECKING:
    from ellip_lab.contract import JsonObject
    from ellip_lab.cwl.contract import DocumentQuery
    from ellip_lab.lab import Lab

json_option = click.option("--json", "as_json", is_flag=True, help="Print the record as JSON.")
document_argument = click.argument("document", metavar="DOC[#id]")


def hall() -> Lab:
    """Gives the hall, for the current folder."""
    from ellip_lab.lab import Lab

    return Lab()


def query(document: str) -> DocumentQuery:
    """Gives the question about a document that `DOC#id` names."""
    from ellip_lab.cwl.asking import place_and_entry
    from ellip_lab.cwl.contract import DocumentQuery

    path, entry = place_and_entry(document)
    return DocumentQuery(path=path, entry=entry)


@click.command()
@document_argument
@json_option
def check(document: str, as_json: bool) -> None:
    """Check a CWL document, without running it.

    Problems go to standard output as `file:line:column: message`; the exit code is 1 when one of them is
    an error.
    """
    known = hall().cwl.check(query(document))
    if as_json:
        click.echo(known.model_dump_json(indent=2))
    else:
        for problem in known.problems:
            click.echo("\n".join(line.removeprefix("  ") for line in problem_lines(problem)))
        errors = sum(problem.severity == "error" for problem in known.problems)
        if known.valid:
            mark = click.style("valid", fg="green")
            runnable = ", ".join(f"{entry.id or known.path} ({entry.kind})" for entry in known.entries)
            click.echo(f"{mark}: CWL {known.version}: {runnable}", err=True)
        else:
            mark = click.style("not valid", fg="red")
            click.echo(f"{mark}: {errors} error{'' if errors == 1 else 's'}", err=True)
    if not known.valid:
        raise Ended(FAILED)


@click.command()
@document_argument
@json_option
def form(document: str, as_json: bool) -> None:
    """Show what a document asks for: its inputs, with type, default and meaning."""
    asked = hall().cwl.form(query(document))
    if as_json:
        click.echo(asked.model_dump_json(indent=2))
        return
    required = set(asked.json_schema.get("required", ()))
    properties = asked.json_schema.get("properties", {})
    title = asked.entry.label or asked.entry.id
    if title:
        click.echo(title, err=True)
    table(
        ("INPUT", "TYPE", "DEFAULT", "MEANING"),
        (
            (
                name,
                type_words(schema),
                json.dumps(asked.defaults[name])
                if name in asked.defaults
                else ("required" if name in required else "optional"),
                " ".join(str(schema.get("description") or schema.get("title") or "").split()),
            )
            for name, schema in properties.items()
        ),
        empty="it asks for nothing",
    )


def type_words(schema: JsonObject) -> str:
    """Says the type of an input as an author writes it, an enum by its symbols."""
    from ellip_lab.cwl.arguments import alternatives

    kinds = list(alternatives(schema))
    if len(kinds) == 1 and "enum" in kinds[0]:
        return " | ".join(map(str, kinds[0]["enum"]))
    return str(schema.get("x-cwl-type", ""))


@click.command()
@document_argument
@json_option
def template(document: str, as_json: bool) -> None:
    """Write a parameters file to fill in: `ellip template DOC > params.yml`."""
    made = hall().cwl.template(query(document))
    click.echo(made.model_dump_json(indent=2) if as_json else made.text, nl=as_json)
