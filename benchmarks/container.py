"""`ellip run` against plain `cwltool`: a crop in podman, with GDAL where its image can be had, else with busybox."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.measure import COLD, SCRIPTS, Result, Skipped, command, paired, ratio, warmed

if TYPE_CHECKING:
    from ellip_lab.containers.contract import ContainerEngine

ROOT = Path(__file__).parent.parent
SCENE = ROOT / "ellip_lab" / "packages" / "water-bodies"
GDAL = "docker.io/osgeo/gdal"
TARGET = 1.15
WARM = 0.7
DOCUMENT = """cwlVersion: v1.2
class: CommandLineTool
requirements:
  DockerRequirement: {dockerPull: IMAGE}
baseCommand: COMMAND
inputs:
  raster: {type: File, inputBinding: {position: 1}}
outputs:
  cropped: {type: File, outputBinding: {glob: cropped.tif}}
OUTPUT
"""
CROPS = {
    "gdal": (
        "[gdal_translate, -srcwin, '0', '0', '100', '100']",
        "arguments: [{position: 2, valueFrom: cropped.tif}]",
    ),
    "busybox": ("[head, -c, '100000']", "stdout: cropped.tif"),
}


def measure() -> list[Result]:
    """Measures the whole command, with the same engine, the same store and the same image on both sides."""
    from ellip_lab.containers.service import ContainersService
    from ellip_lab.settings import Settings

    name = "ellip run, a crop in podman"
    rasters = sorted(SCENE.rglob("*.tif"))
    if not rasters:
        return [Skipped(name, "the demo package's scene is not there")]
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        engine = ContainersService(Settings(state=folder / "state")).find("podman")
        if not engine.works or engine.command is None:
            return [Skipped(name, engine.problem or "podman does not work here")]
        env = {**os.environ, **engine.env, "ELLIP_LAB_STATE": str(folder / "state")}
        with image(engine, env, folder) as (kind, tag, more):
            env |= more
            program, output = CROPS[kind]
            text = DOCUMENT.replace("IMAGE", tag).replace("COMMAND", program).replace("OUTPUT", output)
            (folder / "crop.cwl").write_text(text)
            (folder / "params.yml").write_text(f"raster: {{class: File, path: {rasters[0]}}}\n")
            plain = {**env, "PATH": f"{wrapper(engine.command, folder)}{os.pathsep}{env['PATH']}"}
            rest = ["--quiet", "--outdir", str(folder / "out"), "crop.cwl", "params.yml"]
            other = command([str(SCRIPTS / "cwltool"), "--podman", *rest], folder, plain)
            ours = [str(SCRIPTS / "ellip"), "run", "--container", "podman", *rest]
            cold = paired(command(ours, folder, env | COLD), other)
            with warmed() as way:
                warm = paired(command(ours, folder, env | way), other)
    return [
        ratio(f"{name} ({kind}), cold", *cold, TARGET, "cwltool"),
        ratio("the same with the warm process", *warm, WARM, "cwltool"),
    ]


@contextmanager
def image(
    engine: ContainerEngine, env: dict[str, str], folder: Path
) -> Iterator[tuple[str, str, dict[str, str]]]:
    """Gives an image to crop with: the machine's GDAL, one of Debian's packages, or busybox in a store of our own."""
    podman = str(engine.command)
    if subprocess.run([podman, "image", "exists", GDAL], env=env, check=False).returncode == 0:
        yield "gdal", GDAL, {}
        return
    sys.path.insert(0, str(ROOT / "tests"))
    from podman_store import add_busybox, private_store

    from ellip_lab.errors import Unavailable
    from ellip_lab.lab import Lab
    from ellip_lab.settings import Settings

    with private_store(folder / "store") as own:
        private = engine.model_copy(update={"env": {**engine.env, **own}})
        rooms = Lab(Settings(state=folder / "state", root=folder))
        try:
            rooms.containers.image_from_debian(private, GDAL, ("gdal-bin",), lambda _: None)
        except Unavailable:
            yield "busybox", add_busybox(own, folder), own
        else:
            yield "gdal", GDAL, own


def wrapper(podman: str, folder: Path) -> Path:
    """Makes the folder of a `podman` that plain cwltool can use as root: podman 4.3 refuses keep-id there."""
    own = folder / "bin"
    own.mkdir()
    if os.geteuid() != 0:
        shutil.copy(podman, own / "podman")
        return own
    script = own / "podman"
    script.write_text(
        '#!/bin/sh\nfor word do shift; [ "$word" = --userns=keep-id ] || set -- "$@" "$word"; done\n'
        f'exec {podman} "$@"\n'
    )
    script.chmod(0o755)
    return own
