"""`ellip images`: images of the container engine, and those that CWL documents name."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from ellip_lab.cli import images_works
from ellip_lab.cli.s3 import confirmed, hall, json_option, yes_option

if TYPE_CHECKING:
    from ellip_lab.containers.contract import Changed, Image, PrunePlan

SORTS = ("name", "size", "created", "used")
MARKS = {"present": "✓", "missing": "✗", "differs": "≠", "unknown": "?"}
"""How an image of a document stands."""


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def images() -> None:
    """List, build, pull, tag, push and remove images.

    IMAGE is a name (registry/repository:tag), a digest or an id.
    """


@images.command()
@click.option("--text", help="Only those whose name, id or digest has this in it.")
@click.option("--dangling/--named", default=None, help="Only those without a name, or with one.")
@click.option("--sort", type=click.Choice(SORTS), default="created", show_default=True)
@click.option("--ascending", is_flag=True, help="The other way round.")
@click.option("-n", "--limit", type=click.IntRange(1, 1000), default=200, show_default=True)
@json_option
def ls(
    text: str | None, dangling: bool | None, sort: str, ascending: bool, limit: int, as_json: bool
) -> None:
    """List images: name, id, size, age, and what uses them."""
    from ellip_lab.cli.tables import table
    from ellip_lab.containers.contract import ImageQuery, ImageSort
    from ellip_lab.tasks.wording import age, size

    page = hall().containers.images(
        ImageQuery(text=text, dangling=dangling, sort=ImageSort(sort), descending=not ascending, limit=limit)
    )
    if as_json:
        click.echo(page.model_dump_json(indent=2))
        return
    table(
        ("IMAGE", "ID", "SIZE", "AGE", "USED BY"),
        ((named(one), one.id[:12], size(one.size), age(one.created), used(one)) for one in page.images),
        empty="no images: ellip images pull IMAGE, or ellip images build FOLDER",
    )
    if page.next is not None:
        click.echo(f"{page.total - len(page.images):,} more: --limit, --text", err=True)


def named(image: Image) -> str:
    """Gives the names of an image; a dangling one has none."""
    return ", ".join(image.names) or "<dangling>"


def used(image: Image) -> str:
    """Says what uses an image, in a few words."""
    first = ", ".join(user.name for user in image.users[:2])
    return f"{first} and {len(image.users) - 2} more" if len(image.users) > 2 else first


@images.command()
@click.argument("image")
@json_option
def inspect(image: str, as_json: bool) -> None:
    """Show everything known of an image: digests, layers, environment, labels."""
    from ellip_lab.containers.contract import ImageNameQuery
    from ellip_lab.tasks.wording import age, size

    found = hall().containers.show_image(ImageNameQuery(name=image))
    if as_json:
        click.echo(found.model_dump_json(indent=2))
        return
    lines = [
        ("names", ", ".join(found.names)), ("id", found.id), ("digests", ", ".join(found.digests)),
        ("size", size(found.size)), ("created", age(found.created)),
        ("platform", f"{found.os}/{found.architecture}"), ("entry point", " ".join(found.entrypoint)),
        ("command", " ".join(found.command)), ("user", found.user), ("folder", found.folder),
        ("ports", ", ".join(found.ports)),
        *((f"env {name}", value) for name, value in found.env.items()),
        *((f"label {name}", value) for name, value in found.labels.items()),
        *((f"used by {user.kind}", user.name) for user in found.users),
    ]  # fmt: skip
    for name, value in lines:
        if value:
            click.echo(f"{name}\t{value}")
    for layer in found.layers:
        click.echo(f"layer\t{'-' if layer.empty else size(layer.size)}\t{layer.command}")


@images.command()
@click.argument("image")
@click.argument("name")
def tag(image: str, name: str) -> None:
    """Give IMAGE one more name."""
    from ellip_lab.containers.contract import TagRequest

    found = hall().containers.tag_image(TagRequest(image=image, name=name))
    click.echo("\n".join(found.names))


@images.command()
@click.argument("name")
def untag(name: str) -> None:
    """Take a name from its image; the image stays."""
    from ellip_lab.containers.contract import UntagRequest

    found = hall().containers.untag_image(UntagRequest(name=name))
    click.echo("\n".join(found.names) or f"{found.id[:12]} has no name any more")


@images.command()
@click.argument("names", metavar="IMAGE...", nargs=-1, required=True)
@click.option("-f", "--force", is_flag=True, help="Also those that stopped containers hold; they go too.")
@json_option
def rm(names: tuple[str, ...], force: bool, as_json: bool) -> None:
    """Remove images; one that has other names loses the one that is given."""
    from ellip_lab.containers.contract import RemoveImagesRequest

    told(hall().containers.remove_images(RemoveImagesRequest(images=names, force=force)), "removed", as_json)


def told(changed: Changed, done: str, as_json: bool) -> None:
    """Says what was done to each of several things; what was not ends the command with exit code 1."""
    from ellip_lab.cli.exits import FAILED, Ended

    if as_json:
        click.echo(changed.model_dump_json(indent=2))
    else:
        for name in changed.done:
            click.echo(f"{done}: {name}")
        for one in changed.kept:
            click.echo(f"{click.style('error:', fg='red', bold=True)} {one.name}: {one.message}", err=True)
            if one.hint:
                click.echo(f"{click.style('hint:', fg='cyan', bold=True)} {one.hint}", err=True)
    if changed.kept:
        raise Ended(FAILED)


@images.command()
@click.option(
    "--all", "all_", is_flag=True, help="Every image that no container uses, not only dangling ones."
)
@click.option("--containers", is_flag=True, help="Stopped containers first.")
@click.option("--cache", is_flag=True, help="What builds have kept.")
@click.option("-n", "--dry-run", is_flag=True, help="Only say what would go.")
@yes_option
@images_works.going_options
def prune(all_: bool, containers: bool, cache: bool, dry_run: bool, yes: bool, **how: bool) -> None:
    """Clean up: say what would go and how much that frees, ask, and remove it."""
    from ellip_lab.containers.contract import PruneQuery, PruneRequest

    query = PruneQuery(all=all_, containers=containers, cache=cache)
    lab = hall()
    plan = lab.containers.plan_prune(query)
    if dry_run and how["as_json"]:
        click.echo(plan.model_dump_json(indent=2))
        return
    if not how["as_json"]:
        click.echo("\n".join(previewed(plan)), err=not dry_run)
    if dry_run or not (plan.images or plan.containers or plan.frees):
        return
    confirmed("Remove them?", yes=yes)
    images_works.attended(
        lab, lambda lab: lab.containers.prune(PruneRequest(**query.model_dump())), live=False, **how
    )


def previewed(plan: PrunePlan) -> list[str]:
    """Says what a clean-up would take."""
    from ellip_lab.tasks.wording import size

    lines = [f"image\t{named(one)}\t{one.id[:12]}\t{size(one.size)}" for one in plan.images]
    lines += [f"container\t{name}" for name in plan.containers]
    lines += [f"warning: {caution}" for caution in plan.cautions]
    count = len(plan.images)
    return [*lines, f"{count} image{'' if count == 1 else 's'}, frees {size(plan.frees)}"]


@images.command()
@click.argument("document", type=click.Path(exists=True, dir_okay=False))
@click.option(
    "--registry", is_flag=True, help="Ask the registries too, whether they have another one by now."
)
@json_option
def document(document: str, registry: bool, as_json: bool) -> None:
    """Say of every image that a CWL DOCUMENT names how it stands; exit code 1 when one is missing."""
    from pathlib import Path

    from ellip_lab.cli.exits import FAILED, Ended
    from ellip_lab.containers.contract import DocumentImagesQuery, ImageState
    from ellip_lab.tasks.wording import size

    found = hall().containers.document_images(
        DocumentImagesQuery(path=str(Path(document).absolute()), registry=registry)
    )
    if as_json:
        click.echo(found.model_dump_json(indent=2))
    else:
        for one in found.images:
            places = ", ".join(f"{Path(place.path).name}:{place.line}" for place in one.places)
            built = f"built by {one.containerfile}" if one.containerfile else ""
            words = (
                MARKS[one.state.value], one.state.value, one.image, size(one.size), places, built,
                one.newer or "", one.problem or "",
            )  # fmt: skip
            click.echo("\t".join(words).rstrip("\t"))
        if not found.images:
            click.echo("it names no image", err=True)
    if any(one.state is ImageState.MISSING for one in found.images):
        raise Ended(FAILED)


@images.command()
@click.argument("document", type=click.Path(exists=True, dir_okay=False))
@click.argument("image")
@json_option
def pin(document: str, image: str, as_json: bool) -> None:
    """Replace the tag of IMAGE by its digest, everywhere the CWL DOCUMENT names it."""
    from pathlib import Path

    from ellip_lab.containers.contract import PinRequest

    found = hall().containers.pin_image(PinRequest(path=str(Path(document).absolute()), image=image))
    if as_json:
        click.echo(found.model_dump_json(indent=2))
        return
    click.echo(f"{found.image} in {found.places} place{'' if found.places == 1 else 's'}")


for command in (
    images_works.pull, images_works.build, images_works.push, images_works.save, images_works.load,
    images_works.works,
):  # fmt: skip
    images.add_command(command)
