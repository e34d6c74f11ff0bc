"""Human tables: aligned and coloured on a terminal, one tab-separated line a record in a pipe."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence

import click

from ellip_lab.tasks.wording import tone

Cell = str


def table(
    heads: Sequence[str], rows: Iterable[Sequence[Cell]], *, empty: str, state: int | None = None
) -> None:
    """Prints rows; column `state` is a state's word, shown with its mark and colour.

    On a terminal the columns are fitted to its width; in a pipe every cell is whole, without heads, so
    that `cut -f1` works. `empty` is said on standard error when there are no rows.
    """
    listed = [list(row) for row in rows]
    if not listed:
        click.echo(empty, err=True)
        return
    if not sys.stdout.isatty():
        for row in listed:
            click.echo("\t".join(cell.replace("\t", " ").replace("\n", " ") for cell in row))
        return
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    drawn = Table(box=None, pad_edge=False, header_style="dim", padding=(0, 2, 0, 0))
    for number, head in enumerate(heads):
        drawn.add_column(head, no_wrap=number in (0, state), overflow="ellipsis" if number else "fold")
    for row in listed:
        cells = [Text(cell) for cell in row]
        if state is not None:
            look = tone(row[state])
            cells[state] = Text(f"{look.mark} {row[state]}", style=look.colour)
        drawn.add_row(*cells)
    Console().print(drawn)
