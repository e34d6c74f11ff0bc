"""Keeps the schemas of the CWL versions ready to use, so that loading a document does not parse the standard.

schema-salad builds a version's schema from 30 YAML files: 0.2 s a version, twice a run (v1.0 is always needed
as well), which is half of what a short run costs. The result is a plain object graph; it is kept as a pickle
in the user's own state folder, beside nothing that came from elsewhere, as Python keeps its bytecode.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import os
import pickle
import sys
from pathlib import Path
from typing import Any

from ellip_lab.shell import write_atomic

VERSIONS = ("v1.0", "v1.1", "v1.2", "v1.3.0-dev1")
"""The last is the one that cwltool brings every document to: a step's tool is looked at with its schema."""


def ready(folder: Path) -> None:
    """Gives cwltool its schemas: the kept ones, or new ones that are kept for the next process.

    To be called before any document is loaded: what a document leaves in a schema must not be kept. A disk
    that is full or a folder that cannot be written costs the next process half a second, no more.
    """
    from cwltool.process import SCHEMA_CACHE, get_schema

    if all(version in SCHEMA_CACHE for version in VERSIONS):
        return  # this process is a fork of one that has them
    place = _place(folder)
    try:
        kept = pickle.loads(place.read_bytes())  # noqa: S301 - written below, in a folder of this user alone
    except FileNotFoundError:
        kept = None
    except Exception:  # noqa: BLE001 - whatever a damaged pickle raises: it is a cache, and is made again
        kept = None
        with contextlib.suppress(OSError):  # a state folder that cannot be used is told by who needs it
            place.unlink(missing_ok=True)
    if kept is not None:
        SCHEMA_CACHE.update(kept)
        return
    stream = io.BytesIO()
    _Pickler(stream, pickle.HIGHEST_PROTOCOL).dump({version: get_schema(version) for version in VERSIONS})
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_atomic(place, stream.getvalue(), 0o600)
    except OSError:
        return


def _place(folder: Path) -> Path:
    """Gives the file for these very libraries: another version of any of them reads another file."""
    from importlib.metadata import version

    # a schema remembers where its documents are cached
    parts = [sys.version, *VERSIONS, os.environ.get("HOME", "")]
    parts += [version(name) for name in ("cwltool", "schema-salad", "ruamel.yaml", "rdflib", "requests")]
    return folder / f"schemas-{hashlib.sha256('|'.join(parts).encode()).hexdigest()[:16]}.pickle"


def _index(items: list[tuple[str, Any]]) -> Any:
    """Makes a document index again; it cannot be unpickled by itself."""
    from schema_salad.ref_resolver import Loader

    index = Loader({}).idx
    for key, value in items:
        index[key] = value
    return index


class _Pickler(pickle.Pickler):
    def reducer_override(self, value: Any) -> Any:
        from schema_salad.ref_resolver import NormDict

        return (_index, (list(value.items()),)) if type(value) is NormDict else NotImplemented
