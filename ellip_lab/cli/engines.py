"""`ellip engines`: which container engines work here, and what would mend those that do not."""

from __future__ import annotations

import click

from ellip_lab.cli.tables import table


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print the record as JSON.")
def engines(as_json: bool) -> None:
    """Show which container engines work here."""
    from ellip_lab.lab import Lab

    known = Lab().runs.engines()
    if as_json:
        click.echo(known.model_dump_json(indent=2))
        return
    table(
        ("ENGINE", "STATE", "VERSION", "WHAT TO DO"),
        (
            (
                engine.container.value,
                "works" if engine.works else "does not work",
                engine.version or "",
                "chosen by auto"
                if engine.container == known.chosen
                else " ".join(part for part in (engine.problem, engine.hint) if part),
            )
            for engine in known.engines
        ),
        empty="no engine",
    )
