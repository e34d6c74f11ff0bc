"""`ellip apps`: applications that the Lab opens in a tab."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ellip_lab.cli.exits import FAILED, Ended
from ellip_lab.cli.interrupting import delivered_later, waited
from ellip_lab.cli.s3 import hall, json_option

if TYPE_CHECKING:
    from ellip_lab.apps.contract import App, AppFailure, AppInstance, AppWork, AppWorkFailure
    from ellip_lab.cli.apps_server import Server
    from ellip_lab.lab import Lab

PATIENCE = 25.0
"""Seconds one call waits for more of a log."""
LOOK = 1.0
"""Seconds a call waits for more of a log of one that comes up."""
STOPPING = 60.0
"""Seconds to wait for a work that was told to stop."""


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def apps() -> None:
    """List, install, start and stop applications: Code Server, Theia, RStudio, Shiny, Streamlit, Panel.

    An app runs in a Jupyter server, is reached through it with its token, and ends with it.
    """


def server_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Gives a command the option that says which server."""
    return click.option(
        "--server", metavar="URL", help="The server.  [default: the one of this terminal or folder]"
    )(command)


@apps.command()
@server_option
@json_option
def ls(server: str | None, as_json: bool) -> None:
    """List apps: which are here, which run, and what is missing."""
    from ellip_lab.apps.contract import Apps
    from ellip_lab.cli.apps_server import running
    from ellip_lab.cli.tables import table

    asked = running(server)
    found = asked.get("/apps/apps", Apps) if asked else hall().apps.list()
    if as_json:
        click.echo(found.model_dump_json(indent=2))
        return
    rows: list[tuple[str, ...]] = []
    for app in found.apps:
        rows.append((app.name, app.version or ("yes" if app.installed else ""), *_stands(app)))
        rows += [(f"  {one.id}", "", one.state.value, one.file or one.folder or "") for one in app.instances]
    table(("APP", "VERSION", "STATE", ""), rows, empty="no apps", state=2)
    for problem in found.problems:
        click.echo(f"{click.style('warning:', fg='yellow', bold=True)} {problem}", err=True)
    if asked is None:
        click.echo("no Jupyter server of yours is running", err=True)


def _stands(app: App) -> tuple[str, str]:
    """Gives where an app stands, and what there is to say of it."""
    if app.work:
        return "working", app.work
    if app.installed:
        return "", app.found or ""
    if app.install is None or app.install.missing:
        return "", (app.install and app.install.missing) or app.missing or ""
    return "", f"{app.missing}: ellip apps install {app.name} ({app.install.size / 1e6:.0f} MB)"


@apps.command()
@click.argument("app")
@click.argument("path", required=False, type=click.Path(exists=True))
@click.option("-d", "--detach", is_flag=True, help="Do not wait until it answers.")
@click.option(
    "--token", is_flag=True, help="Print its address with the server's token: whoever has that, has you."
)
@server_option
@json_option
def start(app: str, path: str | None, detach: bool, token: bool, server: str | None, as_json: bool) -> None:
    """Start APP in the running Jupyter server, and print its address.

    PATH is the folder that it opens, or the file that it serves. What it says while it comes up goes to standard
    error; Ctrl-C leaves it coming up.
    """
    from ellip_lab.apps.contract import AppInstance, StartAppRequest
    from ellip_lab.cli.apps_server import needed

    asked = needed(server)
    place = None if path is None else asked.place(path)
    request = (
        StartAppRequest(app=app, file=place)
        if path is not None and Path(path).is_file()
        else StartAppRequest(app=app, folder=place or None)
    )
    one = asked.post("/apps/start", request, AppInstance)
    came_up(asked, one.id, detach=detach, token=token, as_json=as_json)


@apps.command()
@click.argument("instance")
@click.option("-d", "--detach", is_flag=True, help="Do not wait until it answers.")
@click.option("--token", is_flag=True, help="Print its address with the server's token.")
@server_option
@json_option
def restart(instance: str, detach: bool, token: bool, server: str | None, as_json: bool) -> None:
    """Stop INSTANCE and start it again."""
    from ellip_lab.apps.contract import AppInstance, InstanceRequest
    from ellip_lab.cli.apps_server import needed

    asked = needed(server)
    one = asked.post("/apps/restart", InstanceRequest(instance=instance), AppInstance)
    came_up(asked, one.id, detach=detach, token=token, as_json=as_json)


def came_up(server: Server, instance: str, *, detach: bool, token: bool, as_json: bool) -> None:
    """Shows what an instance says until it answers, and prints its address; one that fails ends the command."""
    from ellip_lab.apps.contract import AppLogQuery, AppState
    from ellip_lab.tasks.contract import LogChunk

    offset = 0
    one = shown(server, instance)
    while one.state is AppState.STARTING and not detach:
        query = AppLogQuery(instance=instance, offset=offset, wait=LOOK)
        chunk = server.get("/apps/log", LogChunk, query)
        click.echo(chunk.text, err=True, nl=False)
        offset = chunk.next
        one = shown(server, instance)
    if as_json:
        click.echo(one.model_dump_json(indent=2))
    if one.failure is not None:
        if not as_json:
            explain(one.failure, () if offset else one.failure.lines)
        raise Ended(FAILED)
    if not as_json:
        click.echo(server.address(one.path, token=token))


def shown(server: Server, instance: str) -> AppInstance:
    """Gives an instance as it is now."""
    from ellip_lab.apps.contract import Apps
    from ellip_lab.errors import NotFound

    for app in server.get("/apps/apps", Apps).apps:
        for one in app.instances:
            if one.id == instance:
                return one
    raise NotFound(f"{instance} does not run", hint="ellip apps ls")


def explain(failure: AppFailure | AppWorkFailure, lines: tuple[str, ...]) -> None:
    """Says why something failed, and what to do."""
    for line in lines:
        click.echo(f"  {line}", err=True)
    click.echo(f"{click.style('error:', fg='red', bold=True)} {failure.headline}", err=True)
    if failure.hint:
        click.echo(f"{click.style('hint:', fg='cyan', bold=True)} {failure.hint}", err=True)


@apps.command()
@click.argument("instance")
@server_option
@json_option
def stop(instance: str, server: str | None, as_json: bool) -> None:
    """Stop INSTANCE; no process of it is left."""
    from ellip_lab.apps.contract import AppInstance, InstanceRequest
    from ellip_lab.cli.apps_server import needed

    one = needed(server).post("/apps/stop", InstanceRequest(instance=instance), AppInstance)
    click.echo(one.model_dump_json(indent=2) if as_json else f"stopped: {one.id}")


@apps.command()
@click.argument("instance")
@click.option("-f", "--follow", is_flag=True, help="Go on until it ends. Ctrl-C leaves it running.")
@server_option
def log(instance: str, follow: bool, server: str | None) -> None:
    """Print what INSTANCE has said; what looks like a secret is masked."""
    from ellip_lab.apps.contract import AppLogQuery
    from ellip_lab.cli.apps_server import needed
    from ellip_lab.tasks.contract import LogChunk

    asked = needed(server)
    offset = 0
    while True:
        query = AppLogQuery(instance=instance, offset=offset, wait=PATIENCE if follow else 0)
        chunk = asked.get("/apps/log", LogChunk, query)
        click.echo(chunk.text, nl=False)
        offset = chunk.next
        if chunk.finished or (not follow and not chunk.text):
            return


@apps.command()
@click.argument("app")
@click.option("-d", "--detach", is_flag=True, help="Print the id and leave it running.")
@click.option("-q", "--quiet", is_flag=True, help="Say nothing but errors.")
@json_option
def install(app: str, **how: bool) -> None:
    """Install APP into a folder of its own, without root, with its log as it comes. Ctrl-C stops it."""
    from ellip_lab.apps.contract import InstallAppRequest

    attended(hall(), lambda lab: lab.apps.install(InstallAppRequest(app=app)), **how)


@apps.command()
@click.argument("app")
@click.option("-d", "--detach", is_flag=True, help="Print the id and leave it running.")
@click.option("-q", "--quiet", is_flag=True, help="Say nothing but errors.")
@json_option
def uninstall(app: str, **how: bool) -> None:
    """Remove APP, when it was installed by `ellip apps install`."""
    from ellip_lab.apps.contract import UninstallAppRequest

    attended(hall(), lambda lab: lab.apps.uninstall(UninstallAppRequest(app=app)), **how)


def attended(lab: Lab, begin: Callable[[Lab], AppWork], *, detach: bool, quiet: bool, as_json: bool) -> None:
    """Starts a work, copies its log to standard error until its end, and ends with its exit code."""
    from ellip_lab.tasks.contract import LogQuery, State

    with delivered_later() as deliver:
        work = begin(lab)
    if detach:
        click.echo(work.model_dump_json(indent=2) if as_json else work.id)
        return

    def show() -> None:
        deliver()
        if quiet or as_json:
            lab.tasks.wait(work.id, None)
            return
        offset, finished = 0, False
        while not finished:
            chunk = lab.apps.work_log(work.id, LogQuery(offset=offset, wait=PATIENCE))
            sys.stderr.write(chunk.text)
            sys.stderr.flush()
            offset, finished = chunk.next, chunk.finished

    def stopped() -> None:
        click.echo("stopping ...", err=True)
        lab.apps.stop_work(work.id)
        click.echo(f"{lab.tasks.wait(work.id, STOPPING).state}: {work.id}", err=True)

    waited(show, stopped)
    ended = lab.apps.show_work(work.id)
    if as_json:
        click.echo(ended.model_dump_json(indent=2))
    elif ended.state is State.DONE and not quiet:
        click.echo(f"{ended.app} {ended.result}" if ended.result else f"removed: {ended.app}")
    if ended.state is not State.DONE:
        if ended.failure is not None and not as_json:
            explain(ended.failure, ended.failure.lines if quiet else ())
        raise Ended(FAILED)
