"""An exposed command against `podman run` of the same command: what the script around it costs."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.measure import Line, Result, Skipped, command, paired

if TYPE_CHECKING:
    from ellip_lab.containers.contract import ContainerEngine
    from ellip_lab.containers.service import ContainersService

ROOT = Path(__file__).parent.parent
SCENE = ROOT / "ellip_lab" / "packages" / "water-bodies" / "data" / "green.tif"
GDAL = "docker.io/osgeo/gdal"
TARGET = 0.15


def measure() -> list[Result]:
    """Measures whole commands, from process start to end: GDAL where its image can be made, and busybox."""
    name = "an exposed command"
    if not (shutil.which("podman") and shutil.which("busybox")):
        return [Skipped(name, "podman and busybox are not installed")]
    sys.path.insert(0, str(ROOT / "tests"))
    from podman_store import add_busybox, private_store

    from ellip_lab.containers.service import ContainersService
    from ellip_lab.errors import Unavailable
    from ellip_lab.settings import Settings

    kept = dict(os.environ)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as made:
        folder = Path(made)
        root = folder / "root"
        root.mkdir()
        with private_store(folder / "store") as own:
            os.environ.update({**own, "HOME": str(folder), "ELLIP_LAB_BIN": str(folder / "bin")})
            rooms = ContainersService(Settings(state=folder / "state", root=root))
            try:
                engine = rooms.find("podman")
                if not engine.works:
                    return [Skipped(name, engine.problem or "podman does not work here")]
                lines: list[Result] = [
                    against(rooms, engine, root, add_busybox(own, folder), ("head", "-c", "1", "scene.tif"))
                ]
                try:
                    rooms.image_from_debian(engine, GDAL, ("gdal-bin",), lambda _: None)
                except Unavailable as error:
                    lines.append(Skipped("gdalinfo", error.detail))
                else:
                    lines.append(against(rooms, engine, root, GDAL, ("gdalinfo", "scene.tif")))
                return lines
            finally:
                rooms._serving.stop()
                os.environ.clear()
                os.environ.update(kept)


def against(
    rooms: ContainersService, engine: ContainerEngine, root: Path, image: str, words: tuple[str, ...]
) -> Result:
    """Measures one command; on the other side is what a person would write."""
    from ellip_lab.containers.contract import ExposeRequest

    shutil.copy(SCENE, root / "scene.tif")
    (program,) = [
        one.path
        for one in rooms.expose(ExposeRequest(image=image, commands=words[:1])).exposed
        if one.command == words[0]
    ]
    plain = [
        str(engine.command),
        "run",
        "--rm",
        "-i",
        "--network=none",
        f"--volume={root}:{root}",
        f"--workdir={root}",
    ]
    env = {**os.environ, **engine.env}
    ours, other = paired(
        command([program, *words[1:]], root, env), command([*plain, image, *words], root, env)
    )
    return Line(
        f"{words[0]}, exposed", f"{ours:.3f} s", f"podman run {other:.3f} s", ours - other, TARGET, "s"
    )
