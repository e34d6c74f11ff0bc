"""`%toolbox`: EO toolboxes in a notebook; each verb gives a value that the notebook shows and code can use."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from IPython.core.error import UsageError
from IPython.display import display

from ellip_lab.magics.container import shown
from ellip_lab.magics.line import HELP, hall
from ellip_lab.magics.shown import Shown, marked
from ellip_lab.tasks.contract import State
from ellip_lab.tasks.wording import age, size
from ellip_lab.toolboxes.asking import asked, counted
from ellip_lab.toolboxes.contract import (
    CatalogueQuery,
    LockForm,
    LockQuery,
    ToolboxClone,
    ToolboxPlan,
    ToolboxQuery,
    ToolboxRemoval,
    ToolboxUpdate,
    ToolboxWork,
)

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

    from ellip_lab.lab import Lab

BEAT = 0.5
"""Seconds between two looks at a work."""
STOPPING = 30.0
"""Seconds to wait for a work that was told to stop."""


class WorkShown(Shown):
    """Is an installation, update, copy or removal, and how far it is."""

    def __init__(self, now: ToolboxWork) -> None:
        rows = [
            (marked(one.state.value), one.name.value, _far(one.done, one.total), one.text)
            for one in now.steps
        ]
        super().__init__(now, ("State", "Step", "", ""), rows, f"{now.title}: {now.state.value}")
        self.id = now.id


def _far(done: int | None, total: int | None) -> str:
    return "" if not total else f"{100 * (done or 0) // total} %"


@click.group(context_settings=HELP)
def toolbox() -> None:
    """Install and use EO toolboxes: conda environments, each with a kernel of its own.

    NAME is a toolbox, ENTRY one of the catalogue. Variables of the notebook are written $name or {expression}.
    """


def source_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Gives a command the options of what a toolbox is made of, the same as those of the command line."""
    options = [
        click.option("-n", "--name", help="The toolbox's name."),
        click.option("-p", "--package", "packages", multiple=True, metavar="SPEC", help="A package."),
        click.option("-c", "--channel", "channels", multiple=True, help="A channel, the first goes first."),
        click.option("-f", "--file", help="An environment.yml or a lock file."),
        click.option("--title", help="What it is called in the launcher."),
    ]
    for option in reversed(options):
        command = option(command)
    return command


detach_option = click.option("-d", "--detach", is_flag=True, help="Do not wait for its end.")


@toolbox.command()
@click.argument("text", required=False)
def catalogue(text: str | None) -> Shown:
    """List what can be installed by its id."""
    found = hall().toolboxes.catalogue(CatalogueQuery(text=text))
    rows = [
        (one.id, one.title, ", ".join(one.channels), ", ".join(one.installed), one.description)
        for one in found.entries
    ]
    return Shown(found, ("Id", "Title", "Channels", "Installed", ""), rows, "\n".join(found.problems))


@toolbox.command()
def ls() -> Shown:
    """List the toolboxes."""
    found = hall().toolboxes.list()
    rows = [
        (one.name, one.reason or one.state.value, one.version or "", str(one.packages), size(one.size),
         age(one.changed) if one.changed else "", one.title)
        for one in found.toolboxes
    ]  # fmt: skip
    note = found.problem or (
        "" if rows else "There are no toolboxes: `%toolbox catalogue` lists what there is."
    )
    return Shown(found, ("Name", "State", "Version", "Packages", "Size", "Changed", "Title"), rows, note)


@toolbox.command()
@click.argument("name")
def show(name: str) -> Shown:
    """Show the packages of a toolbox."""
    found = hall().toolboxes.show(ToolboxQuery(name=name))
    rows = [(one.name, one.version, one.build, one.channel, "asked for" if one.requested else "") for one in found.contents]  # fmt: skip
    note = f"{found.title}: {found.reason or found.state.value}, {found.prefix}"
    return Shown(found, ("Package", "Version", "Build", "Channel", ""), rows, note)


@toolbox.command()
@click.argument("what", metavar="ENTRY|NAME")
@source_options
def plan(what: str, **source: Any) -> Shown:
    """Show what an installation would bring."""
    lab = hall()
    return plan_shown(lab.toolboxes.plan(asked(lab.toolboxes, what, **source)))


def plan_shown(found: ToolboxPlan) -> Shown:
    """Shows a plan, what is in its way first."""
    rows = [
        (one.kind.value, one.name, one.before or "", one.version, one.channel, "cached" if one.cached else size(one.size))
        for one in found.changes
    ]  # fmt: skip
    takes = f"{size(found.download)} to download, about {size(found.disk)} on the disk"
    whole = f"{counted(len(found.changes), 'change')}, {found.kept} kept; {takes}"
    note = "\n".join((*found.problems, found.explanation or "", found.hint or "")).strip()
    return Shown(found, ("", "Package", "Now", "Version", "Channel", "Size"), rows, note if not rows else f"{note}\n{whole}".strip())  # fmt: skip


@toolbox.command()
@click.argument("what", metavar="ENTRY|NAME")
@source_options
@detach_option
@click.pass_obj
def install(shell: InteractiveShell, /, what: str, detach: bool, **source: Any) -> WorkShown | None:
    """Install a toolbox, and show how far it is; interrupting the kernel stops it."""
    lab = hall()
    return watched(shell, lab, lab.toolboxes.install(asked(lab.toolboxes, what, **source)), detach=detach)


@toolbox.command()
@click.argument("name")
@click.option("-p", "--package", "packages", multiple=True, metavar="SPEC", help="A package besides, or in another version.")  # fmt: skip
@click.option("--drop", multiple=True, metavar="PACKAGE", help="A package that is no longer wanted.")
@click.option("--minimal", is_flag=True, help="Change no more than must be.")
@click.option("--dry-run", is_flag=True, help="Show what would change, and change nothing.")
@detach_option
@click.pass_obj
def update(
    shell: InteractiveShell,
    /,
    name: str,
    packages: tuple[str, ...],
    drop: tuple[str, ...],
    minimal: bool,
    dry_run: bool,
    detach: bool,
) -> Shown | None:
    """Bring a toolbox up to date, or change what is asked of it."""
    lab = hall()
    request = ToolboxUpdate(name=name, add=packages, drop=drop, upgrade=not minimal)
    if dry_run:
        return plan_shown(lab.toolboxes.plan_update(request))
    return watched(shell, lab, lab.toolboxes.update(request), detach=detach)


@toolbox.command()
@click.argument("name")
@click.argument("to")
@detach_option
@click.pass_obj
def clone(shell: InteractiveShell, /, name: str, to: str, detach: bool) -> WorkShown | None:
    """Make a second toolbox of the same builds."""
    lab = hall()
    return watched(shell, lab, lab.toolboxes.clone(ToolboxClone(name=name, to=to)), detach=detach)


@toolbox.command()
@click.argument("name")
@detach_option
@click.pass_obj
def remove(shell: InteractiveShell, /, name: str, detach: bool) -> WorkShown | None:
    """Remove a toolbox."""
    lab = hall()
    return watched(shell, lab, lab.toolboxes.remove(ToolboxRemoval(name=name)), detach=detach)


@toolbox.command()
@click.argument("name")
@click.option("--form", type=click.Choice([form.value for form in LockForm]), default="lock")
def lock(name: str, form: str) -> str:
    """Give the text of the file that makes a toolbox again."""
    return hall().toolboxes.lock(LockQuery(name=name, form=LockForm(form))).text


@toolbox.command(context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False, **HELP})
@click.argument("name")
@click.argument("words", metavar="COMMAND [ARGUMENT]...", nargs=-1, required=True, type=click.UNPROCESSED)
def run(name: str, words: tuple[str, ...]) -> None:
    """Run a command with a toolbox active; what it says appears as it says it."""
    from ellip_lab.toolboxes.activating import environment

    env = environment(hall().toolboxes.activation(name), dict(os.environ))
    words = words[1:] if words[0] == "--" else words
    program = shutil.which(words[0], path=env["PATH"]) if words else None
    if program is None:
        raise UsageError(f"{name} has no command {' '.join(words[:1])}")
    # a session of its own: an interrupt reaches this process first, which ends the command
    process = subprocess.Popen(
        [program, *words[1:]], env=env, cwd=Path.cwd(), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, start_new_session=True,
    )  # fmt: skip
    try:
        with process:
            shown(process)
            code = process.wait()
    except BaseException:
        _end(process.pid)
        raise
    if code:
        raise UsageError(f"{words[0]} ended with exit code {code}")


def _end(group: int) -> None:
    """Ends a command with everything that it has started."""
    import signal

    try:
        os.killpg(group, signal.SIGKILL)
    except ProcessLookupError:
        return  # it has ended by itself


def watched(shell: InteractiveShell, lab: Lab, work: ToolboxWork, *, detach: bool) -> WorkShown | None:
    """Shows a work until its end, unless it is detached; gives it where nothing could be shown meanwhile."""
    if detach:
        return WorkShown(work)
    live = hasattr(shell, "kernel")
    drawn = display(WorkShown(work), display_id=True) if live else None  # type: ignore[no-untyped-call]
    try:
        while not lab.tasks.wait(work.id, BEAT).state.final:
            if drawn is not None:
                drawn.update(WorkShown(lab.toolboxes.show_work(work.id)))
    except KeyboardInterrupt:
        lab.toolboxes.stop_work(work.id)
        lab.tasks.wait(work.id, STOPPING)
        raise UsageError(f"interrupted: the work is {lab.toolboxes.show_work(work.id).state}") from None
    now = lab.toolboxes.show_work(work.id)
    if drawn is not None:
        drawn.update(WorkShown(now))
    if now.state is not State.DONE:
        why = [now.failure.headline if now.failure else f"the work is {now.state}"]
        why += [f"  {line}" for line in (now.failure.lines if now.failure else ())]
        why += [f"hint: {now.failure.hint}"] if now.failure and now.failure.hint else []
        raise UsageError("\n".join(why))
    return None if drawn is not None else WorkShown(now)
