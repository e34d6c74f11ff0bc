"""The display of a run on a terminal: its steps, a bar, the last line of its log, and then its outputs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Console, Group
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from ellip_lab.cli.foreground import begun
from ellip_lab.runs.contract import Output, OutputKind, Run, RunLogQuery, Step
from ellip_lab.tasks.contract import State
from ellip_lab.tasks.wording import size, tone, took

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ellip_lab.lab import Lab
    from ellip_lab.runs.handle import RunHandle

BEAT = 0.25
"""Seconds between two looks at the run."""
STEPS_SHOWN = 20
"""How many steps are listed; further ones are counted."""


def displayed(lab: Lab, handle: RunHandle) -> None:
    """Shows a run on standard error until it has ended, and leaves its last picture there."""
    console = Console(stderr=True)
    log = LastLine(lab, handle.id)
    with Live(console=console, auto_refresh=False, redirect_stdout=False, redirect_stderr=False) as live:
        while True:
            run = handle.show()
            if run.state is State.FAILED and not begun(run):
                live.update("", refresh=True)  # it never was a run: the error says all there is to say
                return
            live.update(picture(run, log.read() if not run.state.final else ""), refresh=True)
            if run.state.final:
                return
            # A task's end is noticed at once; the display itself is redrawn at each beat.
            lab.tasks.wait(handle.id, BEAT)


def displayed_together(lab: Lab, handles: Sequence[RunHandle]) -> None:
    """Shows several runs on standard error, one below the other, until all have ended or one has failed."""
    logs = {handle.id: LastLine(lab, handle.id) for handle in handles}
    with Live(
        console=Console(stderr=True), auto_refresh=False, redirect_stdout=False, redirect_stderr=False
    ) as live:
        while True:
            runs = [handle.show() for handle in handles]
            pictures = [picture(run, "" if run.state.final else logs[run.id].read()) for run in runs]
            live.update(Group(*pictures), refresh=True)
            going = [run for run in runs if not run.state.final]
            if not going or any(run.state.final and run.state is not State.DONE for run in runs):
                return
            lab.tasks.wait(going[0].id, BEAT)


class LastLine:
    """Follows the end of a log, and gives the last line that says something."""

    def __init__(self, lab: Lab, id_: str) -> None:
        self.lab = lab
        self.id = id_
        self.offset: int | None = None
        self.line = ""

    def read(self) -> str:
        """Gives the last line as of now."""
        chunk = self.lab.runs.log(self.id, RunLogQuery(offset=self.offset))
        self.offset = chunk.next
        said = [line for line in chunk.text.splitlines() if line.strip()]
        if said:
            self.line = said[-1].strip()
        return self.line


def picture(run: Run, line: str = "") -> Group:
    """Draws a run: one line of state, its steps, and what it has or has come to."""
    look = tone(run.state)
    head = Text.assemble(
        (f"{look.mark} {run.state}", look.colour),
        "  ",
        (run.name, "bold"),
        f"  {took(run.started or run.created, run.finished)}",
        (f"  {run.container}" if run.container else "", "dim"),
        (f"  {run.id}", "dim"),
        overflow="ellipsis",
        no_wrap=True,
    )
    parts: list[Text | Table] = [head]
    if run.steps:
        parts.append(steps_table(run.steps))
    if run.state is State.QUEUED:
        parts.append(Text(f"waiting: {run.waiting or 0} before it in the queue", style="dim"))
    elif not run.state.final:
        if run.progress.total:
            parts.append(bar(run.progress.done or 0, run.progress.total))
        parts.append(Text(line or run.progress.text, style="dim", overflow="ellipsis", no_wrap=True))
    elif run.outputs:
        parts.append(outputs_table(run.outputs))
    return Group(*parts)


def bar(done: float, total: float) -> Table:
    """Draws how far a run is."""
    row = Table.grid(padding=(0, 1))
    row.add_row(ProgressBar(total=total, completed=done, width=30), f"{done:g} of {total:g}")
    return row


def steps_table(steps: tuple[Step, ...]) -> Table:
    """Draws the steps: state, name, items of a scatter, time, peak memory."""
    table = Table.grid(padding=(0, 2))
    for column in range(5):
        table.add_column(no_wrap=True, overflow="ellipsis", justify="right" if column > 1 else "left")
    for step in steps[:STEPS_SHOWN]:
        look = tone(step.state)
        table.add_row(
            Text(f"  {look.mark} {step.state}", style=look.colour),
            Text(step.label or step.id),
            f"{step.done} of {step.total}" if step.total and step.total > 1 else "",
            took(step.started, step.finished),
            Text(size(step.memory), style="dim"),
        )
    if len(steps) > STEPS_SHOWN:
        table.add_row("", Text(f"and {len(steps) - STEPS_SHOWN} more", style="dim"))
    return table


def outputs_table(outputs: tuple[Output, ...]) -> Table:
    """Draws the outputs: name, what it is, where, how large."""
    table = Table.grid(padding=(0, 2))
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    table.add_column(no_wrap=True, justify="right", style="dim")
    for output in outputs:
        table.add_row(f"  {output.name}", place(output), size(output.size))
    return table


def place(output: Output) -> Text:
    """Says where an output is, or what it is."""
    if output.kind is OutputKind.VALUE and not output.children:
        return Text(str(output.value))
    if output.path is None:
        return Text(f"{output.count if output.count is not None else len(output.children)} of them")
    text = Text(output.path, style=f"link file://{output.path}")
    if output.kind is OutputKind.CATALOGUE:
        items = (output.catalogue or {}).get("items") or []
        text.append(f"  STAC catalog, {len(items)} item{'' if len(items) == 1 else 's'}", style="dim")
    if output.missing:
        text.append("  not there any more", style="red")
    return text
