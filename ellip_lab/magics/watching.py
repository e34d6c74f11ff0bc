"""Showing a run while it lasts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from IPython.core.error import UsageError
from IPython.display import display

from ellip_lab.magics.pictures import RunPicture, drawer, remember
from ellip_lab.runs.contract import RunLogQuery

if TYPE_CHECKING:
    from ellip_lab.lab import Lab
    from ellip_lab.runs.handle import RunHandle

BEAT = 0.5
"""Seconds between two looks at a run; a display that has not changed is not sent again."""
STOPPING = 30.0
"""Seconds to wait for a run that was told to stop."""


def watched(lab: Lab, handle: RunHandle, *, live: bool) -> None:
    """Shows a run until its end; interrupting the kernel stops the run, as Ctrl-C in a terminal does.

    `live`: what is shown can be changed afterwards. Without it only the end is shown.
    """
    shown = display(RunPicture(handle.show()), display_id=True) if live else None  # type: ignore[no-untyped-call]
    before = ""
    try:
        while not (run := handle.show()).state.final:
            picture = RunPicture(run, line=last_line(lab, handle.id))
            if shown is not None and (html := picture._repr_html_()) != before:
                before = html
                shown.update(picture)
            lab.tasks.wait(handle.id, BEAT)
    except KeyboardInterrupt:
        handle.stop()
        lab.tasks.wait(handle.id, STOPPING)
        if shown is not None:
            shown.update(RunPicture(handle.show()))
        raise UsageError(f"interrupted: the run {handle.id} is {handle.show().state}") from None
    final = RunPicture(run, drawer(handle))
    if shown is not None:
        shown.update(final)
    else:
        display(final)  # type: ignore[no-untyped-call]
    remember(handle.id)


def last_line(lab: Lab, id_: str) -> str:
    """Gives the last line of a run's log that says something."""
    said = lab.runs.log(id_, RunLogQuery(limit=4096)).text.splitlines()
    return next((line.strip() for line in reversed(said) if line.strip()), "")
