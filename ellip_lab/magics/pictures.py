"""How a run looks in a notebook: state, steps and progress while it lasts, then its outputs with pictures."""

from __future__ import annotations

import base64
import os
from collections.abc import Callable, Iterator
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from IPython.core.getipython import get_ipython

from ellip_lab.errors import EllipError
from ellip_lab.magics.shown import table_html
from ellip_lab.runs.contract import Output, OutputKind, QuicklookQuery, Run
from ellip_lab.tasks.contract import State
from ellip_lab.tasks.wording import size, tone, took

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

    from ellip_lab.runs.handle import RunHandle

PICTURES = 6
"""How many quicklooks are shown at the most."""
PICTURE_SIZE = 256
STEPS = 30
COLOURS = {
    "green": "var(--jp-success-color1, #388e3c)",
    "red": "var(--jp-error-color1, #d32f2f)",
    "blue": "var(--jp-brand-color1, #1976d2)",
    "yellow": "var(--jp-warn-color1, #f57c00)",
}
Draw = Callable[[QuicklookQuery], bytes]


class RunPicture:
    """Is a run as it stands, ready to be shown: HTML where there is a notebook, lines where there is none."""

    def __init__(self, run: Run, draw: Draw | None = None, line: str = "") -> None:
        self.run = run
        self.draw = draw
        self.line = line

    def _repr_html_(self) -> str:
        run = self.run
        parts = [
            f"<p>{state_html(run.state)} <b>{escape(run.name)}</b> "
            f"{escape(took(run.started or run.created, run.finished))} <small>{escape(run.id)}</small></p>"
        ]
        if run.failure:
            parts.append(failure_html(run))
        if run.state is State.QUEUED:
            parts.append(f"<p>waiting: {run.waiting or 0} before it in the queue</p>")
        elif not run.state.final and run.progress.total:
            done, total = run.progress.done or 0, run.progress.total
            parts.append(
                f'<p><progress value="{done:g}" max="{total:g}" aria-label="Progress of the run"></progress> '
                f"{done:g} of {total:g}</p>"
            )
        if run.steps and (not run.state.final or run.failure):
            parts.append(steps_html(run))
        if self.line and not run.state.final:
            parts.append(f"<pre>{escape(self.line)}</pre>")
        if run.outputs:
            parts.append(outputs_html(run.outputs))
            if self.draw:
                parts += pictures_html(run.outputs, self.draw)
        return "".join(parts)

    def __repr__(self) -> str:
        """Gives the run as lines."""
        return "\n".join(lines_of(self.run))


def lines_of(run: Run) -> list[str]:
    """Gives a run as lines: state, failed step, outputs."""
    lines = [f"{tone(run.state).mark} {run.state}  {run.name}  {took(run.started, run.finished)}  {run.id}"]
    if run.failure:
        lines += [f"  {run.failure.headline}", f"  {run.failure.explanation}"]
        lines += [f"  | {line}" for line in run.failure.tail]
        if run.failure.hint:
            lines.append(f"  hint: {run.failure.hint}")
    for output in run.outputs:
        places = [str(child.path or child.value) for child in output.children] if output.path is None else []
        lines.append(f"  {output.name}: {', '.join(places) or output.path or output.value}")
    return lines


def state_html(state: str) -> str:
    """Gives a state's mark and word, in its colour."""
    look = tone(state)
    colour = COLOURS.get(look.colour, "var(--jp-ui-font-color2, #757575)")
    return f'<span style="color:{colour}">{look.mark} {escape(str(state))}</span>'


def steps_html(run: Run) -> str:
    """Gives the steps as a table."""
    rows = [
        (
            state_html(step.state),
            escape(step.label or step.id),
            f"{step.done} of {step.total}" if step.total and step.total > 1 else "",
            escape(took(step.started, step.finished)),
            escape(size(step.memory)),
        )
        for step in run.steps[:STEPS]
    ]
    more = f"<p>and {len(run.steps) - STEPS} more</p>" if len(run.steps) > STEPS else ""
    return table_html(("State", "Step", "Items", "Took", "Memory"), rows) + more


def failure_html(run: Run) -> str:
    """Gives why a run failed, the answer first."""
    failure = run.failure
    if failure is None:
        return ""
    hint = f"<p>{escape(failure.hint)}</p>" if failure.hint else ""
    tail = f"<pre>{escape(chr(10).join(failure.tail))}</pre>" if failure.tail else ""
    return f"<p><b>{escape(failure.headline)}</b></p><p>{escape(failure.explanation)}</p>{hint}{tail}"


def outputs_html(outputs: tuple[Output, ...]) -> str:
    """Gives the outputs as a table, files as links."""
    rows = [(escape(output.name), place_html(output), escape(size(output.size))) for output in outputs]
    return table_html(("Output", "", "Size"), rows)


def place_html(output: Output) -> str:
    """Gives where an output is, as a link the Lab can open when it lies in the workspace."""
    if output.path is None:
        if output.children:
            return "<br>".join(place_html(child) for child in output.children[:20])
        return f"<code>{escape(str(output.value))}</code>"
    # The Lab resolves a relative link from the notebook's folder, which is the kernel's current one.
    relative = os.path.relpath(output.path, Path.cwd())
    text = f'<a href="{escape(quote(relative))}" target="_blank">{escape(relative)}</a>'
    if output.workspace_path is None:
        text = f"<code>{escape(output.path)}</code>"
    if output.kind is OutputKind.CATALOGUE:
        items = (output.catalogue or {}).get("items") or []
        text += f" <small>STAC catalog, {len(items)} item{'' if len(items) == 1 else 's'}</small>"
    return text + (" <small>not there any more</small>" if output.missing else "")


def pictures_html(outputs: tuple[Output, ...], draw: Draw) -> Iterator[str]:
    """Gives the quicklooks of the outputs that have one; one that cannot be drawn says why."""
    drawable = [output for output in everything(outputs) if output.picture and output.path]
    for output in drawable[:PICTURES]:
        caption = escape(output.name)
        try:
            picture = base64.b64encode(
                draw(QuicklookQuery(path=output.path or "", size=PICTURE_SIZE))
            ).decode()
        except EllipError as error:
            yield f"<p><small>{caption}: {escape(error.detail)}</small></p>"
            continue
        yield (
            f'<figure style="display:inline-block;margin:4px"><img alt="Quicklook of {caption}" '
            f'src="data:image/png;base64,{picture}"><figcaption><small>{caption}</small></figcaption></figure>'
        )


def everything(outputs: tuple[Output, ...]) -> Iterator[Output]:
    """Gives the outputs and all that is in them."""
    for output in outputs:
        yield output
        yield from everything(output.children)


just_shown: dict[str, int] = {}
"""The runs a display was made of, with the number of the cell: in that cell their handle need not repeat it."""


def register_formatters(ipython: InteractiveShell) -> None:
    """Lets a shell show handles of runs; the handle itself has never heard of IPython."""
    if ipython.display_formatter is None:
        return
    formatters = ipython.display_formatter.formatters
    formatters["text/html"].for_type_by_name("ellip_lab.runs.handle", "RunHandle", handle_html)
    formatters["text/plain"].for_type_by_name("ellip_lab.runs.handle", "RunHandle", handle_text)


def remember(id_: str) -> None:
    """Notes that the cell that is executed now shows a run."""
    just_shown[id_] = cell_number()


def stands_above(id_: str) -> bool:
    """Tells whether the cell that is executed now has shown a run already."""
    return just_shown.get(id_) == cell_number()


def cell_number() -> int:
    """Gives the number of the cell that is executed now."""
    shell = get_ipython()
    return shell.execution_count if shell else 0


def handle_html(handle: RunHandle) -> str | None:
    """Gives a handle as HTML; nothing when its run has just been shown."""
    if stands_above(handle.id):
        return None
    return RunPicture(handle.show(), drawer(handle))._repr_html_()


def handle_text(handle: RunHandle, printer: Any, _cycle: bool) -> None:
    """Prints a handle as text: a line when its run has just been shown, else all of it."""
    lines = lines_of(handle.show())
    printer.text(lines[0] if stands_above(handle.id) else "\n".join(lines))


def drawer(handle: RunHandle) -> Draw:
    """Gives what draws the quicklooks of a run."""
    from ellip_lab.lab import Lab

    return lambda query: Lab().runs.quicklook(handle.id, query)
