"""STAC documents as they are published: a catalogue that holds together wherever it is read.

Links between the documents of a catalogue, and from an Item to its files, are relative; the links `self` are
the `s3://` address of the document. What leads out of what is published stays as it is.
"""

from __future__ import annotations

import json
import os
import posixpath
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from ellip_lab.stac.service import LARGEST

KINDS = ("Catalog", "Collection", "Feature")


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


def rewritten(
    document: dict[str, Any], path: Path, files: Mapping[str, str], root: str, *, entry: bool
) -> dict[str, Any]:
    """Gives a document as it is published.

    `files` gives for every published file, by its absolute place, its key below `root`, the address that ends
    in `/`. With `entry`, for the catalogue that a person opens, a link `self` is added where there is none.
    """
    own = files[os.path.realpath(path)]
    links = []
    has_self = False
    for link in document.get("links") or ():
        if not isinstance(link, dict) or not isinstance(link.get("href"), str):
            links.append(link)
        elif link.get("rel") == "self":
            has_self = True
            links.append({**link, "href": f"{root}{own}"})
        else:
            links.append({**link, "href": _relative(link["href"], path, own, files)})
    if entry and not has_self:
        links.insert(0, {"rel": "self", "href": f"{root}{own}", "type": "application/json"})
    new = {**document, "links": links}
    for key in ("assets", "item_assets"):
        if isinstance(document.get(key), dict):
            new[key] = {
                name: {**asset, "href": _relative(asset["href"], path, own, files)}
                if isinstance(asset, dict) and isinstance(asset.get("href"), str)
                else asset
                for name, asset in document[key].items()
            }
    return new


def _relative(href: str, path: Path, own: str, files: Mapping[str, str]) -> str:
    """Gives a reference to a published file relative to the document that has it; another stays as it is."""
    parts = urlsplit(href)
    absolute = parts.scheme == "file" or (not parts.scheme and parts.path.startswith("/"))
    if not absolute or parts.netloc not in ("", "localhost"):
        return href  # what is relative here is so there too: the files lie to one another as they do here
    key = files.get(os.path.realpath(unquote(parts.path) if parts.scheme else parts.path))
    if key is None:
        return href
    relative = posixpath.relpath(key, posixpath.dirname(own) or ".")
    return relative if relative.startswith("../") else f"./{relative}"
