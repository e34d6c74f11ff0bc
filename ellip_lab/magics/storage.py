"""`%s3`: object storage in a notebook; each verb gives a value that the notebook shows and code can use."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
from IPython.core.error import UsageError
from IPython.display import display

from ellip_lab.errors import Invalid
from ellip_lab.magics.line import HELP, hall
from ellip_lab.magics.stored import (
    BytesShown,
    TransferShown,
    buckets_shown,
    connections_shown,
    page_shown,
    use_shown,
)
from ellip_lab.s3.addresses import located, parse
from ellip_lab.s3.contract import (
    Action,
    ConnectionQuery,
    ContentQuery,
    ObjectPage,
    ObjectsQuery,
    Policy,
    Transfer,
    TransferRequest,
)
from ellip_lab.tasks.contract import State

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

    from ellip_lab.lab import Lab
    from ellip_lab.magics.shown import Shown

BEAT = 0.5
"""Seconds between two looks at a transfer."""
STOPPING = 30.0
"""Seconds to wait for a transfer that was told to stop."""
SHOWN = 2**20
"""Bytes of an object that are shown at the most."""


@click.group(context_settings=HELP)
def s3() -> None:
    """Use object storage.

    An ADDRESS is s3://bucket/key for the default connection, or s3://NAME@bucket/key. Variables of the notebook
    are written $name or {expression}.
    """


@s3.command()
@click.argument("name", required=False)
def use(name: str | None) -> Shown:
    """Give the notebook a connection: boto3, s3fs, GDAL and rasterio use it, with no key in the notebook."""
    from ellip_lab.magics.using import used

    return use_shown(used(hall().s3, name))


@s3.command()
def connections() -> Shown:
    """List connections; nothing is connected for it."""
    return connections_shown(hall().s3.connections())


@s3.command()
@click.argument("address", default="s3://")
@click.option("-r", "--recursive", is_flag=True, help="Everything below, not only the next level.")
@click.option("--all", "whole", is_flag=True, help="Every page, however many there are.")
@click.option(
    "-n", "--limit", type=click.IntRange(1, 1000), default=200, show_default=True, help="Of a page."
)
def ls(address: str, recursive: bool, whole: bool, limit: int) -> Shown:
    """List buckets, or a page of what is below an address."""
    import re

    room = hall().s3
    service = re.fullmatch(r"s3://(?:([^@/]+)@)?/?", address)
    if service:
        return buckets_shown(room.buckets(ConnectionQuery(connection=service[1])))
    place = parse(address)
    query = ObjectsQuery(
        connection=place.connection, bucket=place.bucket, prefix=place.key, flat=recursive, limit=limit
    )
    page = room.objects(query)
    while whole and page.next:
        more = room.objects(query.model_copy(update={"after": page.next}))
        page = joined(page, more)
    return page_shown(page)


def joined(page: ObjectPage, more: ObjectPage) -> ObjectPage:
    """Gives two pages as one."""
    return more.model_copy(
        update={"folders": (*page.folders, *more.folders), "objects": (*page.objects, *more.objects)}
    )


@s3.command()
@click.argument("address")
@click.option("--version", help="Not the newest version.")
def cat(address: str, version: str | None) -> BytesShown:
    """Show an object that is text, at most its first mebibyte; `.data` has the bytes."""
    place = parse(address)
    if not place.key:
        raise Invalid(f"{address} is a bucket, not an object", hint="Name an object: s3://bucket/key.")
    content = hall().s3.read(
        ContentQuery(connection=place.connection, bucket=place.bucket, key=place.key, version=version)
    )
    data = b""
    try:
        for piece in content:
            data += piece[: SHOWN - len(data)]
            if len(data) >= SHOWN:
                break
    finally:
        content.close()
    return BytesShown(address, data, content.size)


@s3.command()
@click.argument("sources", metavar="SOURCE...", nargs=-1, required=True)
@click.argument("target")
@click.option("--skip", "policy", flag_value="skip", help="What exists already stays.")
@click.option("--replace", "policy", flag_value="replace", help="What exists already is replaced.")
@click.option("--newer", "policy", flag_value="newer", help="It is replaced when the source is newer.")
@click.option("-d", "--detach", is_flag=True, help="Do not wait for its end.")
@click.pass_obj
def cp(
    shell: InteractiveShell, /, sources: tuple[str, ...], target: str, policy: str | None, detach: bool
) -> TransferShown | None:
    """Copy files and objects, and show how far it is; interrupting the kernel stops it.

    A SOURCE that ends in / is what is below it; a TARGET that ends in / takes what is copied into it.
    """
    lab = hall()
    request = TransferRequest(
        action=Action.COPY,
        sources=tuple(located(source) for source in sources),
        target=located(target),
        policy=Policy(policy) if policy else Policy.ASK,
    )
    transfer = lab.s3.transfer(request)
    if detach:
        return TransferShown(transfer)
    return watched(lab, transfer, live=hasattr(shell, "kernel"))


def watched(lab: Lab, transfer: Transfer, *, live: bool) -> TransferShown | None:
    """Shows a transfer until its end; gives it where nothing could be shown meanwhile."""
    shown = display(TransferShown(transfer), display_id=True) if live else None  # type: ignore[no-untyped-call]
    try:
        while not lab.tasks.wait(transfer.id, BEAT).state.final:
            if shown is not None:
                shown.update(TransferShown(lab.s3.show_transfer(transfer.id)))
    except KeyboardInterrupt:
        lab.s3.stop_transfer(transfer.id)
        lab.tasks.wait(transfer.id, STOPPING)
        now = lab.s3.show_transfer(transfer.id)
        if shown is not None:
            shown.update(TransferShown(now))
        raise UsageError(
            f"interrupted: the transfer is {now.state}; ellip s3 resume {now.id} goes on"
        ) from None
    now = lab.s3.show_transfer(transfer.id)
    if shown is not None:
        shown.update(TransferShown(now))
    if now.state is not State.DONE or now.failed:
        why = [f"the transfer is {now.state}{f': {now.detail}' if now.detail else ''}"]
        why += [f"  {failure.source}: {failure.message}" for failure in now.failures[:10]]
        raise UsageError("\n".join(why))
    return None if shown is not None else TransferShown(now)
