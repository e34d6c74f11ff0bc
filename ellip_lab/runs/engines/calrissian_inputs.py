"""What a run needs on the volume: the document in one piece, and every file that it or its inputs name."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urlsplit

Json = dict[str, Any]
FILES = ("File", "Directory")
SMALL = 400_000
"""Bytes of inputs that come along with the document; a ConfigMap holds a million altogether."""


class Mapping:
    """Gives each file a place in the folder of the run, once."""

    def __init__(self, folder: str) -> None:
        self._folder = folder
        self._known: dict[str, str] = {}
        self.files: list[tuple[str, str]] = []

    def take(self, value: Any) -> None:
        """Says, in everything below a value that is a file here, where it will be there."""
        for one in _objects(value):
            self._locate(one)

    def beside(self, value: Any, patterns: list[str]) -> None:
        """Takes along what lies beside the files of an input, where it is there (`secondaryFiles`)."""
        for one in _objects(value):
            source = local(one.get("location"))
            if one.get("class") != "File" or source is None or one.get("secondaryFiles"):
                continue
            found = [f for f in (secondary(source, pattern) for pattern in patterns) if Path(f).exists()]
            if found:
                one["secondaryFiles"] = [
                    {"class": "Directory" if Path(file).is_dir() else "File", "location": Path(file).as_uri(),
                     "basename": Path(file).name}
                    for file in found
                ]  # fmt: skip

    def _locate(self, one: Json, number: str | None = None) -> None:
        one.pop("path", None)
        source = local(one.get("location"))
        if source is None:
            return
        # secondary files lie beside theirs
        key = f"{number or ''}:{source}"
        if key not in self._known:
            number = number or str(len(self._known))
            name = f"in/{number}/{one.get('basename') or Path(source).name}"
            self._known[key] = name
            self.files.append((source, name))
        name = self._known[key]
        one["location"] = f"file://{quote(f'{self._folder}/{name}')}"
        for field in ("dirname", "nameroot", "nameext"):
            one.pop(field, None)
        for other in one.get("secondaryFiles") or ():
            self._locate(other, name.split("/")[1])


def archived(files: list[tuple[str, str]]) -> bytes | None:
    """Gives files in one archive that can go with the document; None when they are too large for that."""
    import io

    from ellip_lab.runs.engines.calrissian_volume import packed

    if not files:
        return b""
    if sum(sizes(Path(source)) for source, _ in files) > SMALL:
        return None
    stream = io.BytesIO()
    packed(stream, files, {})
    found = stream.getvalue()
    return found if len(found) <= SMALL else None


def sizes(place: Path) -> int:
    """Gives the bytes of a file, or of all in a folder; of a large folder only that it is one."""
    if not place.is_dir():
        return place.stat().st_size
    found = 0
    for parent, _, names in os.walk(place, followlinks=True):
        for name in names:
            found += Path(parent, name).stat().st_size + 512
            if found > SMALL:
                return found
    return found


def local(location: object) -> str | None:
    """Gives the place of a location on this machine; None for what is elsewhere, or mapped already."""
    if not isinstance(location, str):
        return None
    parts = urlsplit(location)
    return unquote(parts.path) if parts.scheme == "file" else None


def secondary(source: str, pattern: str) -> str:
    """Gives what a pattern makes of a place: each `^` takes an ending away, the rest is added."""
    while pattern.startswith("^"):
        pattern = pattern[1:]
        source = str(Path(source).with_suffix(""))
    return source + pattern


def patterns_of(port: Json) -> list[str]:
    """Gives the patterns of an input that are no expressions."""
    found = port.get("secondaryFiles") or []
    every = found if isinstance(found, list) else [found]
    texts = [one.get("pattern") if isinstance(one, dict) else one for one in every]
    return [text.rstrip("?") for text in texts if isinstance(text, str) and "$" not in text]


def package_of(packed: Json, document: Path) -> Json:
    """Gives the document in one piece, as calrissian can load it.

    cwltool's packing leaves a reference that nobody can follow where a step has the name of an output; such a
    document goes as it is written, when it is one piece already. Schemas are only for the check of formats, and
    a pod may have no network.
    """
    text = json.dumps(packed, default=str)
    if '"$import"' in text and document.suffix != ".json":
        import yaml

        written = yaml.safe_load(document.read_text("utf-8"))
        if alone(written):
            packed, text = written, json.dumps(written, default=str)
    whole: Json = json.loads(text)
    whole.pop("$schemas", None)
    return whole


def alone(written: Any) -> bool:
    """Tells whether a document refers to no other."""
    if isinstance(written, dict):
        run = written.get("run")
        if {"$import", "$include", "$mixin"} & set(written) or (
            isinstance(run, str) and not run.startswith("#")
        ):
            return False
        return all(alone(value) for value in written.values())
    return all(alone(value) for value in written) if isinstance(written, list) else True


def _objects(value: Any) -> Iterator[Json]:
    """Gives the files of a value, not those within them."""
    if isinstance(value, dict):
        if value.get("class") in FILES:
            yield value
            return
        for one in value.values():
            yield from _objects(one)
    elif isinstance(value, list):
        for one in value:
            yield from _objects(one)
