"""The list of 200 images against `podman images`, in a store that is made for it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.measure import Line, Result, Skipped, command, paired, ratio

COUNT = 200
TARGET = 1.2


def measure() -> list[Result]:
    """Makes a store with so many images, and asks the room and podman for them in turn."""
    if not shutil.which("podman") or not shutil.which("busybox"):
        return [Skipped(f"list of {COUNT} images", "podman or busybox is not installed")]
    sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
    from podman_store import add_busybox, private_store

    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as made:
        folder = Path(made)
        kept = dict(os.environ)
        with private_store(folder / "store") as env:
            add_busybox(env, folder)
            os.environ.update(env)
            try:
                fill(folder, env)
                return listed(folder)
            finally:
                os.environ.clear()
                os.environ.update(kept)


def fill(folder: Path, env: dict[str, str]) -> None:
    """Builds the images; each has a layer of its own."""
    for number in range(COUNT - 1):
        layer = folder / "layer"
        layer.mkdir(exist_ok=True)
        (layer / "number").write_text(f"{number}\n")
        with subprocess.Popen(["tar", "-C", str(layer), "-c", "."], stdout=subprocess.PIPE) as tar:
            done = subprocess.run(
                ["podman", "import", "-q", "-", f"localhost/ellip/bench-{number}:1"],
                stdin=tar.stdout, env={**os.environ, **env}, capture_output=True, text=True, check=False,
            )  # fmt: skip
        if done.returncode:
            raise SystemExit(f"podman import: {done.stderr}")


def listed(folder: Path) -> list[Result]:
    """Measures the list, with the server of the engine at work, as it is while a panel is open."""
    from ellip_lab.containers.contract import ImageQuery
    from ellip_lab.containers.inventory import Images
    from ellip_lab.containers.service import ContainersService
    from ellip_lab.containers.serving import Serving
    from ellip_lab.settings import Settings

    settings = Settings(state=folder / "state", root=folder)
    serving = Serving(settings, ContainersService(settings).find)
    images = Images(serving, dict)

    def ours() -> None:
        page = images.list(ImageQuery(limit=COUNT))
        if page.total != COUNT or not page.model_dump_json():
            raise SystemExit(f"{page.total} images are listed")

    try:
        took, theirs = paired(ours, command(["podman", "images"], folder))
    finally:
        serving.stop()
    result: Line = ratio(f"list of {COUNT} images", took, theirs, TARGET, "podman images")
    return [result]
