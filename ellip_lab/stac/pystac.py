"""The wrapper of pystac: reading and checking catalogues without a network."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from ellip_lab.errors import Invalid, NotFound, Problem
from ellip_lab.stac.contract import Asset, Catalogue, Item

if TYPE_CHECKING:
    import pystac

SCHEMAS = Path(__file__).parent / "schemas"
"""Schemas of extensions, written here from their texts, each under the URI in its `$id`."""


def open_catalogue(path: Path) -> pystac.Catalog:
    """Gives the catalogue of a folder or file as pystac's own object, its links absolute."""
    import pystac

    from ellip_lab.stac.service import catalogue_file

    if not path.exists():
        raise NotFound(f"{path} does not exist")
    place = catalogue_file(path)
    if place is None:
        raise Invalid(f"{path} is no STAC catalogue", hint="A catalogue is a folder with a catalog.json.")
    try:
        return pystac.Catalog.from_file(str(place.absolute()), stac_io=_local())
    except Exception as error:
        raise Invalid(f"{place} cannot be read as STAC: {_reason(error)}") from error


def read(path: Path, limit: int) -> Catalogue:
    """Reads a catalogue and at most `limit` of its Items, those of its children too."""
    catalogue = open_catalogue(path)
    try:
        found = list(islice(catalogue.get_items(recursive=True), limit + 1))
    except Exception as error:
        raise Invalid(f"an Item of {path} cannot be read: {_reason(error)}") from error
    return Catalogue(
        path=_own_path(catalogue),
        id=catalogue.id,
        title=catalogue.title,
        description=catalogue.description or "",
        items=tuple(_item(item) for item in found[:limit]),
        more=len(found) > limit,
    )


def validate(path: Path) -> tuple[Problem, ...]:
    """Checks a catalogue, its children, its Items and the assets on this disk."""
    return tuple(_problems(open_catalogue(path), frozenset()))


def _problems(catalogue: pystac.Catalog, above: frozenset[str]) -> Iterator[Problem]:
    """Gives the problems of a catalogue and of what it links to; `above` are those it is a child of."""
    import pystac

    place = _own_path(catalogue)
    if place in above:
        yield Problem(message="the catalogue is a child of itself", file=place)
        return
    yield from _check(catalogue)
    for link in (*catalogue.get_item_links(), *catalogue.get_child_links()):
        target = str(link.get_absolute_href())
        try:
            thing = link.resolve_stac_object(root=catalogue.get_root()).target
        except Exception as error:  # noqa: BLE001 - pystac trusts a document's shape: a bad one raises anything
            yield Problem(message=f"it cannot be read: {_reason(error)}", file=target)
            continue
        if isinstance(thing, pystac.Catalog):
            yield from _problems(thing, above | {place})
        elif isinstance(thing, pystac.Item):
            yield from _check(thing)
            yield from _missing_assets(thing)


def _reason(error: BaseException) -> str:
    """Gives what is wrong and what it began with: pystac wraps the reason in sentences of its own."""
    said = str(error)
    while error.__cause__ is not None:
        error = error.__cause__
    return said if str(error) in said else f"{said} ({error})"


def _check(thing: pystac.STACObject) -> list[Problem]:
    """Checks one object against the core schema and those extensions' whose schema is at hand."""
    from pystac.errors import STACValidationError

    place = _own_path(thing)
    validator = _validator()
    known = [uri for uri in thing.stac_extensions if uri in validator.schema_cache]
    problems = [
        Problem(
            message=f"the schema of {uri} is not at hand: not checked", file=place, severity="information"
        )
        for uri in thing.stac_extensions
        if uri not in validator.schema_cache
    ]
    try:
        thing_as_read = thing.to_dict(include_self_link=False, transform_hrefs=False)
        validator.validate(thing_as_read, thing.STAC_OBJECT_TYPE, "1.1.0", known, place)
    except STACValidationError as error:
        for fault in error.source or ():
            where = ".".join(str(part) for part in fault.absolute_path) or None
            problems.append(Problem(message=str(fault.message)[:500], file=place, field=where))
    return problems


def _missing_assets(item: pystac.Item) -> list[Problem]:
    problems = []
    for key, asset in item.assets.items():
        place = asset.get_absolute_href() or asset.href
        if not urlsplit(place).scheme and not Path(place).exists():
            problems.append(
                Problem(message=f"the asset is not there: {place}", file=_own_path(item), field=key)
            )
    return problems


def _item(item: pystac.Item) -> Item:
    when = item.properties.get("datetime") or item.properties.get("start_datetime")
    return Item(
        id=item.id,
        path=_own_path(item),
        datetime=when,
        bbox=tuple(item.bbox) if item.bbox else None,
        collection=item.collection_id,
        assets=tuple(
            Asset(
                key=key,
                href=asset.get_absolute_href() or asset.href,
                title=asset.title,
                media_type=asset.media_type,
                roles=tuple(asset.roles or ()),
            )
            for key, asset in item.assets.items()
        ),
    )


def _own_path(thing: pystac.STACObject) -> str:
    return str(thing.get_self_href() or thing.id)


@cache
def _local() -> Any:
    """Gives pystac's reader, kept to this disk: reading a result must never open a connection."""
    from pystac.stac_io import DefaultStacIO

    class Local(DefaultStacIO):
        def read_text_from_href(self, href: str) -> str:
            if urlsplit(href).scheme not in ("", "file"):
                raise ValueError(f"{href} is on the network, which is not read here")
            return super().read_text_from_href(href)

    return Local()


@cache
def _validator() -> Any:
    """Gives pystac's validator with the schemas at hand: the core ones it ships, and ours."""
    import logging

    from pystac.validation.stac_validator import JsonSchemaSTACValidator

    # It logs what it raises; the problem is told once.
    logging.getLogger("pystac.validation.stac_validator").setLevel(logging.CRITICAL)
    validator = JsonSchemaSTACValidator()
    for file in sorted(SCHEMAS.glob("*.json")):
        schema = json.loads(file.read_bytes())
        validator.schema_cache[schema["$id"]] = schema
    return validator
