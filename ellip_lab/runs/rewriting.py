"""STAC documents as they are published: a catalogue that holds together wherever it is read.

Links between the documents of a catalogue, and from an Item to its files, are relative; the links `self` are
the `s3://` address of the document. What leads out of what is published stays as it is.
"""

from __future__ import annotations

import json
import os
import posixpath
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from ellip_lab.stac.service import LARGEST

KINDS = ("Catalog", "Collection", "Feature")


@dataclass(frozen=True)
class Published:
    """Is what is published, and where."""

    root: str
    """The address that ends in `/`."""
    by_place: dict[str, str]
    """The key of each file below the root, by its absolute place."""
    keys: frozenset[str]


def stac_document(path: Path) -> dict[str, Any] | None:
    """Gives a STAC Catalog, Collection or Item as JSON; None when a file is none."""
    try:
        if path.suffix.lower() not in (".json", ".geojson") or path.stat().st_size > LARGEST:
            return None
        found = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return None
    good = isinstance(found, dict) and found.get("type") in KINDS and "stac_version" in found
    return found if good else None


def rewritten(document: dict[str, Any], path: Path, published: Published, *, entry: bool) -> dict[str, Any]:
    """Gives a document as it is published.

    With `entry`, for the catalogue that a person opens, a link `self` is added where there is none.
    """
    root, own = published.root, published.by_place[os.path.realpath(path)]
    links = []
    has_self = False
    for link in document.get("links") or ():
        if not isinstance(link, dict) or not isinstance(link.get("href"), str):
            links.append(link)
        elif link.get("rel") == "self":
            has_self = True
            links.append({**link, "href": f"{root}{own}"})
        else:
            links.append({**link, "href": _relative(link["href"], own, published)})
    if entry and not has_self:
        links.insert(0, {"rel": "self", "href": f"{root}{own}", "type": "application/json"})
    new = {**document, "links": links}
    for key in ("assets", "item_assets"):
        if isinstance(document.get(key), dict):
            new[key] = {
                name: {**asset, "href": _relative(asset["href"], own, published)}
                if isinstance(asset, dict) and isinstance(asset.get("href"), str)
                else asset
                for name, asset in document[key].items()
            }
    return new


def _relative(href: str, own: str, published: Published) -> str:
    """Gives a reference to a published file relative to the document that has it; another stays as it is."""
    parts = urlsplit(href)
    absolute = parts.scheme == "file" or (not parts.scheme and parts.path.startswith("/"))
    if not absolute or parts.netloc not in ("", "localhost"):
        return href  # what is relative here is so there too: the files lie to one another as they do here
    place = unquote(parts.path) if parts.scheme else parts.path
    key = published.by_place.get(os.path.realpath(place)) or _where_written(place, published.keys)
    if key is None:
        return href
    relative = posixpath.relpath(key, posixpath.dirname(own) or ".")
    return relative if relative.startswith("../") else f"./{relative}"


def _where_written(place: str, keys: frozenset[str]) -> str | None:
    """Gives the key of a file by where its tool had it: in a folder of its own, gone now, or in a container.

    Outputs lie to one another as they did there, so that its path ends as its key does; a bare name says too little.
    """
    parts = [part for part in place.split("/") if part]
    ends = ("/".join(parts[start:]) for start in range(len(parts) - 1))
    return next((end for end in ends if end in keys), None)
