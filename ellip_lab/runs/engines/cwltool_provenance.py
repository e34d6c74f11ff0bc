"""Keeps what a run was made of: the document in one piece, and the versions of the programs."""

from __future__ import annotations

import json
import platform
import shutil
import subprocess
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from cwltool.context import LoadingContext
from cwltool.pack import pack
from cwltool.process import Process

from ellip_lab.shell import read_json, write_json


def keep(loading: LoadingContext, tool: Process, directory: Path, cache: Path) -> None:
    """Writes `document.json` and `versions.json` into the directory of a run."""
    try:
        packed = pack(loading, tool.tool["id"])
    except Exception as error:  # noqa: BLE001 - some documents cannot be packed: the record says so
        packed = {"problem": f"this document could not be packed: {error}"}
    write_json(directory / "document.json", json.loads(json.dumps(packed, default=str)))
    write_json(directory / "versions.json", versions(cache))


def versions(cache: Path) -> dict[str, str]:
    """Gives the versions of everything that took part."""
    found = {"python": platform.python_version()}
    for name in ("ellip-lab", "cwltool", "schema-salad"):
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue  # this program runs from its source, not installed
    node = shutil.which("node") or shutil.which("nodejs")
    if node:
        found["node"] = _node(node, cache / "node.json")
    return found


def _node(program: str, kept: Path) -> str:
    """Asks node for its version, once for each program: it takes as long as a short run."""
    stamp = [program, Path(program).stat().st_mtime_ns]
    try:
        known = read_json(kept)
        if known["stamp"] == stamp:
            return str(known["version"])
    except (OSError, ValueError, KeyError, TypeError):
        pass  # never asked
    try:
        reply = subprocess.run(
            [program, "--version"], capture_output=True, text=True, timeout=10, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return "unknown"
    said = reply.stdout.strip().removeprefix("v")
    try:
        write_json(kept, {"stamp": stamp, "version": said})
    except OSError:
        return said
    return said
