"""`ellip containers`: containers, and commands of images as programs."""

from __future__ import annotations

import os
import sys
import time

import click

from ellip_lab.cli.s3 import hall, json_option

FOLLOWING = 0.5
"""Seconds between two looks at what a container says."""


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def containers() -> None:
    """List, follow and stop containers; make commands of images programs. CONTAINER is a name or an id."""


@containers.command()
@json_option
def engine(as_json: bool) -> None:
    """Show the engine that is used: its version, its store, and what is in the way where none works."""
    from ellip_lab.cli.exits import FAILED, Ended
    from ellip_lab.tasks.wording import size

    found = hall().containers.engine()
    if as_json:
        click.echo(found.model_dump_json(indent=2))
    else:
        lines = [
            ("engine", f"{found.kind.value} {found.version}{' (rootless)' if found.rootless else ''}".strip()),
            ("service", found.address), ("runtime", found.runtime), ("cgroups", found.cgroups),
            ("store", f"{found.store} ({found.driver})" if found.store else ""),
            ("used", size(found.used)), ("free", size(found.free)),
        ]  # fmt: skip
        for name, value in lines:
            if value:
                click.echo(f"{name}\t{value}")
        if found.problem:
            click.echo(f"{click.style('error:', fg='red', bold=True)} {found.problem}", err=True)
        if found.hint:
            click.echo(f"{click.style('hint:', fg='cyan', bold=True)} {found.hint}", err=True)
    if found.problem:
        raise Ended(FAILED)


@containers.command()
@click.option("--running", is_flag=True, help="Only running ones.")
@click.option("--text", help="Only those whose name, id, image or run has this in it.")
@json_option
def ls(running: bool, text: str | None, as_json: bool) -> None:
    """List containers, newest first; those of a run carry its id."""
    from ellip_lab.cli.tables import table
    from ellip_lab.containers.contract import ContainersQuery

    found = hall().containers.containers(ContainersQuery(all=not running, text=text))
    if as_json:
        click.echo(found.model_dump_json(indent=2))
        return
    table(
        ("CONTAINER", "STATE", "STATUS", "IMAGE", "PORTS", "RUN"),
        (
            (
                one.name,
                "running" if one.running else one.state,
                one.status,
                one.image,
                ", ".join(f"{port.host}->{port.container}" for port in one.ports),
                f"{one.run} {one.step or ''}".strip() if one.run else "",
            )
            for one in found.containers
        ),
        empty="no containers",
    )


@containers.command()
@click.argument("container")
@json_option
def inspect(container: str, as_json: bool) -> None:
    """Show everything known of a container; values of secret-looking variables are left out."""
    from ellip_lab.containers.contract import ContainerQuery

    found = hall().containers.show_container(ContainerQuery(container=container))
    if as_json:
        click.echo(found.model_dump_json(indent=2))
        return
    for name, value in found.model_dump(mode="json").items():
        if value not in (None, "", [], {}):
            click.echo(f"{name}\t{value}")


@containers.command()
@click.argument("container")
@click.option("-f", "--follow", is_flag=True, help="Go on until it has ended.")
@click.option("-n", "--lines", type=click.IntRange(1, 10_000), default=1000, show_default=True)
def logs(container: str, follow: bool, lines: int) -> None:
    """Print what a container said."""
    from ellip_lab.containers.contract import ContainerLogQuery

    room = hall().containers
    since: str | None = None
    while True:
        found = room.container_log(ContainerLogQuery(container=container, since=since, lines=lines))
        sys.stdout.write(found.text)
        sys.stdout.flush()
        since = found.next
        if found.finished or not follow:
            return
        if not found.text:
            time.sleep(FOLLOWING)


def changed(names: tuple[str, ...], action: str, done: str, as_json: bool, *, force: bool = False) -> None:
    """Does one thing to several containers, and says what came of it."""
    from ellip_lab.cli.images import told
    from ellip_lab.containers.contract import ContainerAction, ContainersRequest

    request = ContainersRequest(containers=names, action=ContainerAction(action), force=force)
    told(hall().containers.change_containers(request), done, as_json)


several = click.argument("names", metavar="CONTAINER...", nargs=-1, required=True)


@containers.command()
@several
@json_option
def start(names: tuple[str, ...], as_json: bool) -> None:
    """Start stopped containers."""
    changed(names, "start", "started", as_json)


@containers.command()
@several
@json_option
def stop(names: tuple[str, ...], as_json: bool) -> None:
    """Stop containers; what has not ended after ten seconds is killed."""
    changed(names, "stop", "stopped", as_json)


@containers.command()
@several
@json_option
def kill(names: tuple[str, ...], as_json: bool) -> None:
    """Kill containers."""
    changed(names, "kill", "killed", as_json)


@containers.command()
@several
@click.option("-f", "--force", is_flag=True, help="Running ones too: they are killed first.")
@json_option
def rm(names: tuple[str, ...], force: bool, as_json: bool) -> None:
    """Remove containers."""
    changed(names, "remove", "removed", as_json, force=force)


@containers.command()
@json_option
def stats(as_json: bool) -> None:
    """Say what running containers use now."""
    from ellip_lab.cli.tables import table
    from ellip_lab.tasks.wording import size

    found = hall().containers.usages()
    if as_json:
        click.echo(found.model_dump_json(indent=2))
        return
    table(
        ("CONTAINER", "CORES", "MEMORY", "LIMIT", "READ", "WRITTEN", "RECEIVED", "SENT", "PROCESSES"),
        (
            (
                one.name, f"{one.cpu:.2f}", size(one.memory), size(one.memory_limit), size(one.read),
                size(one.written), size(one.received), size(one.sent), str(one.processes),
            )
            for one in found.usages
        ),
        empty="no container runs",
    )  # fmt: skip


@containers.command("exec", context_settings={"ignore_unknown_options": True})
@click.argument("container")
@click.argument("words", metavar="COMMAND...", nargs=-1, required=True, type=click.UNPROCESSED)
def exec_(container: str, words: tuple[str, ...]) -> None:
    """Run a command in a running container; its streams and its exit code are the command's."""
    room = hall().containers
    engine = room.find(room_preference())
    if engine.command is None or not engine.works:
        from ellip_lab.errors import Unavailable

        raise Unavailable(engine.problem or "no container engine works here", hint=engine.hint)
    terminal = ("--tty",) if all(os.isatty(number) for number in (0, 1, 2)) else ()
    argv = [engine.command, "exec", "--interactive", *terminal, container, *words]
    os.execvpe(argv[0], argv, {**os.environ, **engine.env})  # noqa: S606 - a list of arguments, no shell


def room_preference() -> str:
    """Gives the engine that a person has chosen; who runs without containers may still look into one."""
    from ellip_lab.settings import Settings

    chosen = Settings().container
    return "auto" if chosen == "none" else chosen


@containers.command()
@click.argument("name", metavar="CONTAINER|IMAGE")
@click.option("--image", is_flag=True, help="NAME is an image: a new container, with this folder mounted.")
def shell(name: str, image: bool) -> None:
    """Open a shell in a running container, or in a new one of an image."""
    from ellip_lab.containers.contract import TerminalRequest

    request = TerminalRequest(image=name) if image else TerminalRequest(container=name)
    found = hall().containers.terminal(request)
    os.execvpe(found.argv[0], list(found.argv), os.environ)  # noqa: S606 - a list of arguments, no shell


@containers.command()
@click.argument("image")
@click.argument("commands", nargs=-1, required=True)
@click.option("--replace", is_flag=True, help="Also those that are exposed of another image.")
@click.option("--network", is_flag=True, help="They may reach the network.")
@json_option
def expose(image: str, commands: tuple[str, ...], replace: bool, network: bool, as_json: bool) -> None:
    """Make COMMANDS of IMAGE programs of yours: `gdalinfo scene.tif` then works in a terminal."""
    from ellip_lab.containers.contract import ExposeRequest

    found = hall().containers.expose(
        ExposeRequest(image=image, commands=commands, replace=replace, network=network)
    )
    if as_json:
        click.echo(found.model_dump_json(indent=2))
        return
    for one in found.exposed:
        if one.command in commands:
            click.echo(one.path)
            if one.shadowed:
                click.echo(f"warning: {one.shadowed} comes first on your PATH", err=True)
    if found.hint:
        click.echo(f"{click.style('hint:', fg='cyan', bold=True)} {found.hint}", err=True)


@containers.command()
@json_option
def exposed(as_json: bool) -> None:
    """List the programs that run a command of an image."""
    from ellip_lab.cli.tables import table

    found = hall().containers.exposed()
    if as_json:
        click.echo(found.model_dump_json(indent=2))
        return
    table(
        ("COMMAND", "IMAGE", "HERE", "FILE"),
        ((one.command, one.image, "yes" if one.present else "no", one.path) for one in found.exposed),
        empty="nothing is exposed: ellip containers expose IMAGE COMMAND...",
    )


@containers.command()
@click.argument("commands", nargs=-1, required=True)
def unexpose(commands: tuple[str, ...]) -> None:
    """Remove programs that run a command of an image."""
    from ellip_lab.containers.contract import UnexposeRequest

    hall().containers.unexpose(UnexposeRequest(commands=commands))
    for name in commands:
        click.echo(f"removed: {name}")
