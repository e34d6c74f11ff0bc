"""`ellip registry`: who is signed in to registries, how they are reached, and what they have."""

from __future__ import annotations

import sys

import click

from ellip_lab.cli.s3 import hall, json_option


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def registry() -> None:
    """Sign in to registries, and list what they have. HOST is a registry's name, with its port where it has one."""


@registry.command()
@json_option
def ls(as_json: bool) -> None:
    """List registries: signed in to, saved, and known beforehand."""
    from ellip_lab.cli.tables import table

    found = hall().containers.registries()
    if as_json:
        click.echo(found.model_dump_json(indent=2))
        return
    table(
        ("REGISTRY", "USER", "REACHED BY", "TITLE"),
        (
            (
                one.host,
                one.user or "",
                "plain HTTP" if one.insecure else f"CA {one.ca}" if one.ca else "",
                one.title,
            )
            for one in found.registries
        ),
        empty="no registries",
    )


@registry.command()
@click.argument("host")
@click.option("-u", "--user", "--username", help="Who signs in; asked for without.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
def login(host: str, user: str | None, password_stdin: bool) -> None:
    """Sign in to a registry; podman keeps the password in its own file."""
    from pydantic import SecretStr

    from ellip_lab.containers.contract import LoginRequest

    if not user:
        if password_stdin or not sys.stdin.isatty():
            raise click.UsageError("Nobody can be asked here: give --user.")
        user = click.prompt("User", err=True)
    if password_stdin:
        password = sys.stdin.readline().rstrip("\r\n")
    elif sys.stdin.isatty():
        password = click.prompt("Password", hide_input=True, err=True)
    else:
        raise click.UsageError("Nobody can be asked here: give --password-stdin.")
    found = hall().containers.login(LoginRequest(host=host, user=str(user), password=SecretStr(password)))
    click.echo(f"{found.user} is signed in to {found.host}")


@registry.command()
@click.argument("host")
def logout(host: str) -> None:
    """Sign out of a registry."""
    from ellip_lab.containers.contract import HostQuery

    click.echo(f"signed out of {hall().containers.logout(HostQuery(host=host)).host}")


@registry.command()
@click.argument("repository", metavar="HOST/REPOSITORY")
@click.option(
    "-n", "--limit", type=click.IntRange(1, 1000), default=100, show_default=True, help="Of a page."
)
@click.option("--after", help="Only the tags after this one.")
@json_option
def tags(repository: str, limit: int, after: str | None, as_json: bool) -> None:
    """List the tags of a repository."""
    from ellip_lab.containers.contract import TagsQuery

    found = hall().containers.tags(TagsQuery(repository=repository, limit=limit, after=after))
    if as_json:
        click.echo(found.model_dump_json(indent=2))
        return
    for tag in found.tags:
        click.echo(tag)
    if found.next:
        click.echo(f"more: --after {found.next}", err=True)


@registry.command()
@click.argument("host")
@click.argument("text")
@click.option("-n", "--limit", type=click.IntRange(1, 100), default=25, show_default=True)
@json_option
def search(host: str, text: str, limit: int, as_json: bool) -> None:
    """Search a registry for repositories, where it allows that."""
    from ellip_lab.cli.tables import table
    from ellip_lab.containers.contract import SearchQuery

    found = hall().containers.search(SearchQuery(host=host, text=text, limit=limit))
    if as_json:
        click.echo(found.model_dump_json(indent=2))
        return
    table(
        ("REPOSITORY", "STARS", "DESCRIPTION"),
        (
            (one.name, "" if one.stars is None else str(one.stars), one.description)
            for one in found.images
        ),
        empty="nothing found",
    )  # fmt: skip


@registry.command()
@click.argument("host")
@click.option(
    "--plain-http", "insecure", is_flag=True, help="By HTTP, or without a check of its certificate."
)
@click.option(
    "--ca", type=click.Path(exists=True, dir_okay=False), help="The certificate that signs for it (PEM)."
)
def add(host: str, insecure: bool, ca: str | None) -> None:
    """Save how a registry is reached; `podman` in a terminal knows it too."""
    from pathlib import Path

    from ellip_lab.containers.contract import RegistryRequest

    request = RegistryRequest(host=host, insecure=insecure, ca=str(Path(ca).absolute()) if ca else None)
    click.echo(f"saved: {hall().containers.save_registry(request).host}")


@registry.command()
@click.argument("host")
def forget(host: str) -> None:
    """Forget how a registry is reached; who is signed in to it stays."""
    from ellip_lab.containers.contract import HostQuery

    hall().containers.forget_registry(HostQuery(host=host))
    click.echo(f"forgotten: {host}")
