"""The demo package `water-bodies`: its files, its scene in the object store, its image."""

from __future__ import annotations

import hashlib
import re
import shlex
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from ellip_lab.errors import Conflict, EllipError, Unavailable
from ellip_lab.shell import write_atomic

if TYPE_CHECKING:
    from ellip_lab.containers.contract import ContainerEngine
    from ellip_lab.containers.service import ContainersService
    from ellip_lab.s3.service import S3Service

SHIPPED = Path(__file__).parent / "water-bodies"
DOCUMENT = "water-bodies.cwl"
PARAMETERS = "olinda.yml"
ITEM = "L7_ETM_OLINDA.json"
IMAGE = "localhost/ellip/water-bodies:1.0"
BUCKET, PREFIX = "demo", "olinda"
RESULTS = "results"
"""The bucket that is there to publish outputs to."""
DIGEST = "ellip.source"
"""The label that tells what an image was made from: a changed program makes a new one."""

OWN_URL = re.compile(rf"^item: http://127\.0\.0\.1:\d+/{BUCKET}/{PREFIX}/{re.escape(ITEM)}$", re.MULTILINE)
"""The line of the parameters that names the scene in an embedded store, of whatever port."""

Say = Callable[[str], None]


def files() -> list[str]:
    """Gives the files of the package, relative to its folder."""
    found = (file.relative_to(SHIPPED) for file in SHIPPED.rglob("*") if file.is_file())
    return sorted(str(file) for file in found if "__pycache__" not in file.parts)


def copy(folder: Path, item: str) -> None:
    """Completes the package in a folder: what is missing is put there, what was edited stays.

    The parameters name the scene at the URL `item`; when they name it in an earlier embedded store, that one
    line is renewed. `Conflict` when something else than a folder is in the way.
    """
    if folder.exists() and not folder.is_dir():
        raise Conflict(f"{folder} is in the way: it is no folder", hint="Choose another folder.")
    for name in files():
        target = folder / name
        if not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(SHIPPED / name, target)
    parameters = folder / PARAMETERS
    before = parameters.read_text()
    after = OWN_URL.sub(lambda _: f"item: {item}", before)
    if after != before:
        write_atomic(parameters, after.encode())


def publish(s3: S3Service) -> str:
    """Puts the scene into the embedded object store, started if need be; gives the URL of its Item.

    A bucket for results is made too, so that there is a place to publish outputs to.
    """
    s3.keep_bucket(RESULTS)
    scene = tuple(sorted(file for file in (SHIPPED / "data").iterdir() if file.is_file()))
    stored = s3.put(BUCKET, PREFIX, scene, public=True)
    return next(found.url for found in stored if found.key.endswith(ITEM))


def ready_image(containers: ContainersService, engine: ContainerEngine, folder: Path, say: Say) -> bool:
    """Makes the package's image unless the engine has one of this very source; tells whether it was made.

    It is built from the Containerfile, on its public base; where no registry answers, of the Debian packages
    that the Containerfile names. `Unavailable` when neither can be done, for both reasons.
    """
    digest = source_digest(folder)
    if containers.image_label(engine, IMAGE, DIGEST) == digest:
        return False
    labels = {DIGEST: digest}
    try:
        containers.build_image(engine, folder, IMAGE, say, labels)
    except Unavailable as public:
        say(f"the image cannot be built from its public base: {public.detail.splitlines()[-1]}")
        say("making it of Debian packages")
        packages, programs = recipe(folder)
        try:
            containers.image_from_debian(engine, IMAGE, packages, say, programs, labels)
        except EllipError as error:
            raise Unavailable(f"{public.detail}\n{error.detail}", hint=error.hint) from error
    return True


def source_digest(folder: Path) -> str:
    """Gives a checksum of what the image is made from: the Containerfile and the programs it copies."""
    _, programs = recipe(folder)
    total = hashlib.sha256()
    for file in (folder / "Containerfile", *programs.values()):
        total.update(file.read_bytes())
    return total.hexdigest()


def recipe(folder: Path) -> tuple[list[str], dict[str, Path]]:
    """Reads a Containerfile of the demo's shape: the packages apt installs, the files that are copied where."""
    text = (folder / "Containerfile").read_text().replace("\\\n", " ")
    packages: list[str] = []
    programs: dict[str, Path] = {}
    for line in text.splitlines():
        words = shlex.split(line, comments=True)
        if words[:1] == ["COPY"]:
            source, target = (word for word in words[1:] if not word.startswith("--"))
            programs[target] = folder / source
        for position, word in enumerate(words):
            if word == "install" and words[position - 1] == "apt-get":
                rest = words[position + 1 :]
                end = rest.index("&&") if "&&" in rest else len(rest)
                packages += [name for name in rest[:end] if not name.startswith("-")]
    return packages, programs
