"""`ellip s3 ls|cat|presign|versions|restore|mb|rb`."""

from __future__ import annotations

import re
import shlex
import sys
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING

import click

from ellip_lab.cli.s3 import SERVICE, hall, json_option
from ellip_lab.cli.tables import table
from ellip_lab.errors import Invalid
from ellip_lab.s3.addresses import Place, parse
from ellip_lab.s3.contract import (
    BucketRequest,
    ConnectionQuery,
    ContentQuery,
    ObjectPage,
    ObjectQuery,
    ObjectsQuery,
    PresignRequest,
)
from ellip_lab.tasks.wording import size

if TYPE_CHECKING:
    from ellip_lab.s3.service import S3Service

UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}


def object_of(address: str) -> Place:
    """Reads the address of one object."""
    place = parse(address)
    if not place.key:
        raise Invalid(f"{address} is a bucket, not an object", hint="Name an object: s3://bucket/key.")
    return place


def query_of(address: str, version: str | None = None) -> ObjectQuery:
    """Gives what names an object to the room."""
    place = object_of(address)
    return ObjectQuery(connection=place.connection, bucket=place.bucket, key=place.key, version=version)


def bucket_of(address: str) -> BucketRequest:
    """Gives what names a bucket to the room; `s3://` may be left out."""
    place = parse(address if address.startswith("s3://") else f"s3://{address}")
    if place.key:
        raise Invalid(f"{address} is not a bucket", hint="A bucket is s3://bucket or s3://NAME@bucket.")
    return BucketRequest(connection=place.connection, bucket=place.bucket)


@click.command()
@click.argument("address", default="s3://")
@click.option("-l", "--long", "long", is_flag=True, help="With size, date and storage class.")
@click.option("-r", "--recursive", is_flag=True, help="Everything below, not only the next level.")
@click.option("--all", "whole", is_flag=True, help="Every page, however many there are.")
@click.option(
    "-n", "--limit", type=click.IntRange(1, 1000), default=1000, show_default=True, help="Of a page."
)
@click.option("--after", help="Go on where a page ended.")
@json_option
def ls(
    address: str, long: bool, recursive: bool, whole: bool, limit: int, after: str | None, as_json: bool
) -> None:
    """List buckets, or what is below an address: one page, unless --all is given.

    `ellip s3 ls` lists the buckets of the default connection, `ellip s3 ls s3://NAME@` those of another.
    With --json and --all: one page a line.
    """
    s3 = hall().s3
    if service := SERVICE.fullmatch(address):
        list_buckets(s3, service[1], long, as_json)
        return
    place = parse(address)
    query = ObjectsQuery(
        connection=place.connection, bucket=place.bucket, prefix=place.key, flat=recursive, limit=limit, after=after
    )  # fmt: skip
    if recursive and whole and not long and not as_json and not after:
        walk(s3, query, address)
        return
    some = False
    for page in pages(s3, query, whole):
        some = some or bool(page.folders or page.objects)
        if as_json:
            click.echo(page.model_dump_json(indent=None if whole else 2))
        else:
            show(page, long)
            if page.next and not whole:
                click.echo(f"more: --all, or --after {shlex.quote(page.next)}", err=True)
    if not some and not as_json:
        click.echo(f"nothing below {address}", err=True)


def walk(s3: S3Service, query: ObjectsQuery, address: str) -> None:
    """Prints every key below a prefix, as fast as the store tells them."""
    base = len(query.prefix.rpartition("/")[0]) + 1 if "/" in query.prefix else 0
    found = (shown(one.name[base:]) for one in s3.walk(query))
    some = False
    while names := list(islice(found, 1_000)):
        some = True
        say(names)
    if not some:
        click.echo(f"nothing below {address}", err=True)


def pages(s3: S3Service, query: ObjectsQuery, whole: bool) -> Iterator[ObjectPage]:
    """Gives the pages that are asked for, each when it is there."""
    while True:
        page = s3.objects(query)
        yield page
        if not whole or not page.next:
            return
        query = query.model_copy(update={"after": page.next})


def list_buckets(s3: S3Service, connection: str | None, long: bool, as_json: bool) -> None:
    """Lists the buckets of a connection."""
    found = s3.buckets(ConnectionQuery(connection=connection))
    if as_json:
        click.echo(found.model_dump_json(indent=2))
        return
    at = f"{connection}@" if connection else ""
    if not found.listed:
        click.echo("the buckets may not be listed: these are the ones the connection names", err=True)
    rows = ((f"s3://{at}{one.name}/", *((day(one.created),) if long else ())) for one in found.buckets)
    table(("BUCKET", "MADE")[: 1 + long], rows, empty=f"no buckets: ellip s3 mb s3://{at}BUCKET makes one")


def show(page: ObjectPage, long: bool) -> None:
    """Prints a page, names as they are below the last `/` of the prefix."""
    base = len(page.prefix.rpartition("/")[0]) + 1 if "/" in page.prefix else 0
    names = [(folder[base:], "", "", "") for folder in page.folders]
    names += [
        (one.key[base:], size(one.size), day(one.modified), one.storage_class or "") for one in page.objects
    ]
    if not names:
        return
    if long:
        rows = ((volume, made, kind, shown(name)) for name, volume, made, kind in names)
        table(("SIZE", "CHANGED", "CLASS", "NAME"), rows, empty="")
    else:
        say(shown(name) for name, *_ in names)


def say(lines: Iterable[str]) -> None:
    """Prints lines at once: a terminal is slow."""
    click.echo("\n".join(lines))


def shown(name: str) -> str:
    """Gives a key in one line; control characters, which could move a terminal's cursor, as escapes."""
    return re.sub(r"[\x00-\x1f\x7f-\x9f]", lambda found: f"\\x{ord(found[0]):02x}", name) or "."


def day(moment: datetime | None) -> str:
    """Gives a moment to the minute, in local time."""
    return moment.astimezone().strftime("%Y-%m-%d %H:%M") if moment else ""


@click.command()
@click.argument("addresses", metavar="ADDRESS...", nargs=-1, required=True)
@click.option("--version", help="Not the newest version.")
def cat(addresses: tuple[str, ...], version: str | None) -> None:
    """Write the bytes of objects to standard output, while they are read."""
    s3 = hall().s3
    queries = [query_of(address, version) for address in addresses]
    for query in queries:
        content = s3.read(ContentQuery(**query.model_dump()))
        try:
            for piece in content:
                sys.stdout.buffer.write(piece)
        finally:
            content.close()
    sys.stdout.buffer.flush()


@click.command()
@click.argument("address")
@click.option(
    "--expires", default="1h", show_default=True, metavar="TIME", help="30s, 15m, 12h, 7d at the most."
)
@click.option("--put", is_flag=True, help="For writing the object, not for reading it.")
@json_option
def presign(address: str, expires: str, put: bool, as_json: bool) -> None:
    """Make a URL that anybody may use until it expires."""
    query = query_of(address)
    found = hall().s3.presign(
        PresignRequest(**query.model_dump(), method="PUT" if put else "GET", expires=seconds(expires))
    )
    click.echo(found.model_dump_json(indent=2) if as_json else found.url)


def seconds(text: str) -> int:
    """Reads a time: `90`, `90s`, `15m`, `12h`, `7d`, `1w`."""
    found = re.fullmatch(r"(\d{1,9})([smhdw]?)", text)
    if found is None:
        raise click.BadParameter(f"{text!r} is not a time; say 30s, 15m, 12h or 7d.")
    return int(found[1]) * UNITS[found[2] or "s"]


@click.command()
@click.argument("address")
@json_option
def versions(address: str, as_json: bool) -> None:
    """List the versions of an object, newest first."""
    found = hall().s3.versions(query_of(address))
    if as_json:
        click.echo(found.model_dump_json(indent=2))
        return
    rows = (
        (
            one.version,
            "latest" if one.latest else "",
            "deleted" if one.deleted else size(one.size),
            day(one.modified),
        )
        for one in found.versions
    )
    table(("VERSION", "", "SIZE", "CHANGED"), rows, empty="no versions")
    if not found.enabled:
        click.echo("the bucket does not keep versions", err=True)


@click.command()
@click.argument("address")
@click.argument("version")
@json_option
def restore(address: str, version: str, as_json: bool) -> None:
    """Make an older version of an object the newest again."""
    written = hall().s3.restore_version(query_of(address, version))
    click.echo(written.model_dump_json(indent=2) if as_json else f"restored: {written.address}")


@click.command()
@click.argument("bucket")
@json_option
def mb(bucket: str, as_json: bool) -> None:
    """Make a bucket: s3://bucket or s3://NAME@bucket."""
    made = hall().s3.make_bucket(bucket_of(bucket))
    click.echo(made.model_dump_json(indent=2) if as_json else f"made: {made.name}")


@click.command()
@click.argument("bucket")
@json_option
def rb(bucket: str, as_json: bool) -> None:
    """Remove an empty bucket."""
    gone = hall().s3.remove_bucket(bucket_of(bucket))
    click.echo(gone.model_dump_json() if as_json else f"removed: {gone.id}")
