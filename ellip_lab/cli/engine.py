"""`ellip engine`: the cluster that the engine calrissian runs on: what is set, and whether it works."""

from __future__ import annotations

import click

from ellip_lab.cli.tables import table


@click.group()
def engine() -> None:
    """Set the cluster that runs can go to, and try it."""


@engine.command()
@click.option("--json", "as_json", is_flag=True, help="Print the record as JSON.")
def check(as_json: bool) -> None:
    """Try the cluster: rights, volume, image; say what is missing and how to mend it.

    The exit code is 0 when runs can go there, 1 when something is missing.
    """
    from ellip_lab.cli.exits import DONE, FAILED, Ended
    from ellip_lab.lab import Lab

    found = Lab().runs.check_engine()
    if as_json:
        click.echo(found.model_dump_json(indent=2))
    else:
        table(
            ("WHAT", "STATE", "FOUND", "WHAT TO DO"),
            (
                (one.name, "works" if one.works else "missing", one.message, one.hint or "")
                for one in found.findings
            ),
            empty="nothing was tried",
        )
    raise Ended(DONE if found.works else FAILED)


@engine.command("show")
def show() -> None:
    """Show what is set, as JSON."""
    from ellip_lab.lab import Lab

    click.echo(Lab().runs.cluster().model_dump_json(indent=2))


@engine.command("set")
@click.argument("pairs", nargs=-1, required=True, metavar="NAME=VALUE ...")
def set_(pairs: tuple[str, ...]) -> None:
    """Set fields (`namespace=ellip image=...`); an empty value is the default's.

    Fields that are tables or lists are said as JSON: 'node_selector={"disk": "ssd"}'.
    """
    import json

    from ellip_lab.errors import Invalid
    from ellip_lab.lab import Lab
    from ellip_lab.runs.cluster import Cluster, made

    runs = Lab().runs
    fields = runs.cluster().model_dump(mode="json", exclude_defaults=True)
    for pair in pairs:
        name, equals, text = pair.partition("=")
        if not equals:
            raise Invalid(f"{pair} sets nothing", hint="ellip engine set namespace=ellip")
        if not text:
            fields.pop(name, None)
            continue
        try:
            value = json.loads(text)
        except ValueError:
            value = text
        # `max_cores=4` is a quantity, which is text
        field = Cluster.model_fields.get(name)
        quantity = field is not None and "int" not in str(field.annotation) and isinstance(value, int | float)
        fields[name] = text if quantity else value
    click.echo(runs.save_cluster(made(fields, "settings")).model_dump_json(indent=2, exclude_defaults=True))
