"""Makes the tree of outputs of a CWL output object: by the object, never by names that may collide."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from ellip_lab.contract import JsonObject
from ellip_lab.errors import EllipError
from ellip_lab.runs.contract import Output, OutputKind
from ellip_lab.settings import within
from ellip_lab.stac.service import StacService

SHOWN = 200
"""How many children of a directory or an array are shown."""
MEDIA = {
    ".tif": "image/tiff", ".tiff": "image/tiff", ".jp2": "image/jp2", ".json": "application/json",
    ".geojson": "application/geo+json", ".nc": "application/x-netcdf", ".zip": "application/zip",
    ".gz": "application/gzip", ".yml": "application/yaml", ".yaml": "application/yaml", ".md": "text/markdown",
    ".parquet": "application/vnd.apache.parquet", ".gpkg": "application/geopackage+sqlite3",
}  # fmt: skip
"""The files of Earth observation that the standard table knows not, or not everywhere."""


class Outputs:
    """Reads outputs as they lie on the disk now."""

    def __init__(self, root: Path, stac: StacService) -> None:
        self._root = root
        self._stac = stac

    def tree(
        self, outputs: JsonObject, outdir: Path | None = None, published: str | None = None
    ) -> tuple[Output, ...]:
        """Gives one `Output` a name of the object; `published` is where those of `outdir` are published to."""
        found = tuple(self._value(name, value) for name, value in outputs.items())
        if outdir is None or published is None:
            return found
        return tuple(_published(output, outdir, published) for output in found)

    def _value(self, name: str, value: Any) -> Output:
        kind = value.get("class") if isinstance(value, dict) else None
        if kind == "File":
            return self._file(name, value)
        if kind == "Directory":
            return self._directory(name, value)
        if holds_files(value):
            items = list(value.items()) if isinstance(value, dict) else list(enumerate(value))
            children = tuple(self._value(_child(key, item), item) for key, item in items[:SHOWN])
            return Output(name=name, kind=OutputKind.VALUE, children=children, count=len(items))
        return Output(name=name, kind=OutputKind.VALUE, value=value)

    def _file(self, name: str, value: JsonObject) -> Output:
        path = place(value)
        if path is None:
            return Output(
                name=name, kind=OutputKind.FILE, size=value.get("size"), checksum=value.get("checksum")
            )
        children = tuple(
            self._value(_child(number, item), item)
            for number, item in enumerate(value.get("secondaryFiles") or ())
        )
        return Output(
            name=name,
            kind=OutputKind.FILE,
            path=str(path),
            workspace_path=within(self._root, path),
            size=value.get("size"),
            checksum=value.get("checksum"),
            media_type=media_type(path),
            picture=self._stac.has_quicklook(path),
            missing=not path.exists(),
            children=children,
        )

    def _directory(self, name: str, value: JsonObject) -> Output:
        path = place(value)
        if path is None:
            return Output(name=name, kind=OutputKind.DIRECTORY)
        files = sorted(walk(path))
        size = sum(size for _, size in files)
        children = tuple(self._below(path, file, size) for file, size in files[:SHOWN])
        catalogue = self._catalogue(path)
        return Output(
            name=name,
            kind=OutputKind.DIRECTORY if catalogue is None else OutputKind.CATALOGUE,
            path=str(path),
            workspace_path=within(self._root, path),
            size=size,
            missing=not path.is_dir(),
            children=children,
            count=len(files),
            catalogue=catalogue,
        )

    def _below(self, folder: Path, file: Path, size: int) -> Output:
        return Output(
            name=file.relative_to(folder).as_posix(),
            kind=OutputKind.FILE,
            path=str(file),
            workspace_path=within(self._root, file),
            size=size,
            media_type=media_type(file),
            picture=self._stac.has_quicklook(file),
        )

    def _catalogue(self, path: Path) -> JsonObject | None:
        if not self._stac.is_catalogue(path):
            return None
        try:
            found = self._stac.read(path, SHOWN)
        except EllipError as error:  # a catalogue that is wrong is still one: the person sees why
            return {"problem": error.detail, "items": []}
        return {
            "id": found.id,
            "title": found.title,
            "description": found.description,
            "more": found.more,
            "items": [
                {"id": item.id, "datetime": item.datetime, "bbox": list(item.bbox) if item.bbox else None}
                for item in found.items
            ],
        }


def _published(output: Output, outdir: Path, root: str) -> Output:
    """Gives an output, and what is below it, with its address."""
    address = None
    if output.path is not None:
        place = Path(output.path)
        own = place.relative_to(outdir).as_posix() if place.is_relative_to(outdir) else place.name
        address = f"{root}{own}{'' if output.kind is OutputKind.FILE else '/'}"
    children = tuple(
        child.model_copy(update={"published": f"{address}{child.name}"})
        if output.kind in (OutputKind.DIRECTORY, OutputKind.CATALOGUE)
        else _published(child, outdir, root)
        for child in output.children
    )
    return output.model_copy(update={"published": address, "children": children})


def places(value: Any) -> Iterator[Path]:
    """Gives the place of every File and Directory of an output object, those below others too."""
    if isinstance(value, dict):
        if value.get("class") in ("File", "Directory"):
            path = place(value)
            if path is not None:
                yield path
        for item in value.values():
            yield from places(item)
    elif isinstance(value, list):
        for item in value:
            yield from places(item)


def place(value: JsonObject) -> Path | None:
    """Gives where a File or Directory lies; None when it is not on this disk."""
    if isinstance(value.get("path"), str):
        return Path(value["path"])
    parts = urlsplit(str(value.get("location", "")))
    return Path(unquote(parts.path)) if parts.scheme in ("", "file") and parts.path else None


def holds_files(value: Any) -> bool:
    """Tells whether a value is, or holds, a File or Directory."""
    return next(places(value), None) is not None


def walk(folder: Path) -> Iterator[tuple[Path, int]]:
    """Gives every file below a folder and its size; links are not followed."""
    for parent, _, names in os.walk(folder):
        for name in names:
            file = Path(parent, name)
            try:
                yield file, file.lstat().st_size
            except FileNotFoundError:
                continue  # removed meanwhile


def media_type(path: Path) -> str | None:
    """Gives what kind of file it is, by its name."""
    import mimetypes

    return MEDIA.get(path.suffix.lower()) or mimetypes.guess_type(path.name)[0]


def _child(key: Any, value: Any) -> str:
    """Names a child: by its own name where it has one, else by its place."""
    if isinstance(key, str):
        return key
    basename = value.get("basename") if isinstance(value, dict) else None
    return str(basename or key + 1)
