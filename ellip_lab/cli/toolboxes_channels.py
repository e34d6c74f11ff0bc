"""`ellip toolbox channels|login|logout|cache`: where packages come from, and what is kept of them."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from ellip_lab.cli.s3 import hall, json_option

if TYPE_CHECKING:
    from ellip_lab.toolboxes.contract import Channels


@click.command()
@click.option("--default", "default", multiple=True, metavar="CHANNEL", help="The channels of toolboxes that name none.")  # fmt: skip
@click.option("--mirror", "mirrors", multiple=True, metavar="URL=MIRROR", help="What is asked instead of a URL; several times for several.")  # fmt: skip
@click.option("--no-mirrors", is_flag=True, help="Forget every mirror.")
@click.option("--priority", type=click.Choice(["strict", "disabled"]), help="The first channel that has a package is the only one, or not.")  # fmt: skip
@click.option("--offline/--online", default=None, help="Use only what is in the cache.")
@json_option
def channels(
    default: tuple[str, ...],
    mirrors: tuple[str, ...],
    no_mirrors: bool,
    priority: str | None,
    offline: bool | None,
    as_json: bool,
) -> None:
    """Show where packages come from; with an option, say it from now on."""
    from ellip_lab.toolboxes.contract import ChannelPriority, ChannelsRequest

    lab = hall()
    found = lab.toolboxes.channels()
    kept = {} if no_mirrors else dict(found.mirrors)
    asked = ChannelsRequest(
        default=default or found.default,
        mirrors={**kept, **grouped(mirrors)},
        priority=ChannelPriority(priority) if priority else found.priority,
        offline=found.offline if offline is None else offline,
    )
    if default or mirrors or no_mirrors or priority or offline is not None:
        found = lab.toolboxes.save_channels(asked)
    click.echo(found.model_dump_json(indent=2) if as_json else "\n".join(lines(found)))


def grouped(words: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    """Reads URL=MIRROR; several of one URL are asked one after the other."""
    found: dict[str, tuple[str, ...]] = {}
    for word in words:
        url, equal, mirror = word.partition("=")
        if not equal or not url or not mirror:
            raise click.UsageError(f"--mirror wants URL=MIRROR, not {word!r}")
        found[url] = (*found.get(url, ()), mirror)
    return found


def lines(found: Channels) -> list[str]:
    """Gives where packages come from, line by line."""
    logins = (f"signed in  {one.host}{f' as {one.username}' if one.username else ''}" for one in found.logins)
    return [
        f"default    {', '.join(found.default)}",
        f"priority   {found.priority.value}",
        f"offline    {'yes' if found.offline else 'no'}",
        *(f"mirror     {url} -> {', '.join(to)}" for url, to in found.mirrors.items()),
        *logins,
    ]


@click.command()
@click.argument("host")
@click.option("-u", "--user", "username", help="Who signs in, with a password.")
@click.option("--kind", type=click.Choice(["basic", "bearer", "conda"]), help="A password, a bearer's token, or a token of anaconda.org.  [default: basic with --user, else bearer]")  # fmt: skip
@click.option("--secret-stdin", is_flag=True, help="Read the password or the token from standard input.")
def login(host: str, username: str | None, kind: str | None, secret_stdin: bool) -> None:
    """Sign in to the channels of HOST; the secret is kept in a file that only you can read."""
    from pydantic import SecretStr

    from ellip_lab.toolboxes.contract import ChannelLoginRequest, LoginKind

    if secret_stdin:
        secret = sys.stdin.readline().rstrip("\r\n")
    elif sys.stdin.isatty():
        secret = click.prompt("Password or token", hide_input=True, err=True)
    else:
        raise click.UsageError("Nobody can be asked here: give --secret-stdin.")
    asked = ChannelLoginRequest(
        host=host, kind=LoginKind(kind or ("basic" if username else "bearer")), username=username,
        secret=SecretStr(secret),
    )  # fmt: skip
    hall().toolboxes.login(asked)
    click.echo(f"signed in to {host}")


@click.command()
@click.argument("host")
def logout(host: str) -> None:
    """Sign out of HOST."""
    from ellip_lab.toolboxes.contract import ChannelHostQuery

    hall().toolboxes.logout(ChannelHostQuery(host=host))
    click.echo(f"signed out of {host}")


@click.command()
@json_option
def cache(as_json: bool) -> None:
    """Show what is kept of what was downloaded; `ellip toolbox clean` takes it away."""
    from ellip_lab.tasks.wording import size

    found = hall().toolboxes.cache()
    if as_json:
        click.echo(found.model_dump_json(indent=2))
        return
    click.echo(f"{found.path}")
    click.echo(
        f"{found.packages} packages, {size(found.size)}; {found.unused} unused, {size(found.unused_size)}"
    )
    click.echo(f"lists of packages, {size(found.index_size)}; {size(found.free)} free on the disk")
