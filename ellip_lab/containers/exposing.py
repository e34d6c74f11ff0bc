"""Commands of an image as programs of the user's: made, listed, removed.

Only files that say that they are ours are touched. Whether the image has the command is asked of the image itself,
by the same script that will run it.
"""

from __future__ import annotations

import builtins
import os
import shutil
from collections.abc import Iterable
from dataclasses import replace
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

from ellip_lab.containers import program
from ellip_lab.containers.asking import Asking
from ellip_lab.containers.contract import Exposed, ExposedList, ExposeRequest, UnexposeRequest
from ellip_lab.containers.lookup import stored
from ellip_lab.errors import Conflict, EllipError, NotFound, Unavailable
from ellip_lab.shell import write_atomic

if TYPE_CHECKING:
    from ellip_lab.containers.serving import Serving
    from ellip_lab.settings import Settings


class Exposing:
    """Makes commands of images programs of the user's."""

    def __init__(self, settings: Settings, serving: Serving) -> None:
        self._settings = settings
        self._serving = serving

    def list(self) -> ExposedList:
        """Lists the programs; an engine that does not work is in nobody's way here."""
        folder = folder_of()
        known = {file: one for file in files_of(folder) if (one := program.read(file))}
        here = self._here({one.image for one in known.values()})
        path = os.environ.get("PATH", "")
        on_path = any(entry and same(Path(entry), folder) for entry in path.split(os.pathsep))
        return ExposedList(
            exposed=tuple(
                Exposed(
                    command=file.name,
                    image=one.image,
                    path=str(file),
                    network=one.network,
                    present=one.image in here,
                    shadowed=shadow(file),
                )
                for file, one in known.items()
            ),
            folder=str(folder),
            on_path=on_path,
            hint=None if on_path else hint_of(folder),
        )

    def expose(self, request: ExposeRequest) -> ExposedList:
        """Makes programs, all that were asked for or none.

        Raises
        ------
        NotFound
            The image is not here, or has no such command.
        Conflict
            Another program of that name is in the folder, or one of another image's and `replace` is not said.
        Unavailable
            No engine works here, or it is one of another machine, where no folder of this one can be mounted.

        """
        folder = folder_of()
        for name in request.commands:
            self._free(folder / name, request)
        engine = self._serving.chosen()
        if self._serving.engine().remote:
            raise Unavailable(
                "the container engine is on another machine, where no folder of this one can be mounted",
                hint="Unset CONTAINER_HOST and DOCKER_HOST to use one of this machine.",
            )
        image = stored(self._serving.api(), request.image)
        if image is None:
            raise NotFound(
                f"the image {request.image} is not here", hint=f"ellip images pull {request.image}"
            )
        wanted, names = Asking(self._settings, self._serving).asked(request, engine, image)
        missing = [name for name in request.commands if name not in names]
        if missing:
            raise lacking(request.image, missing, names)
        folder.mkdir(parents=True, exist_ok=True)
        for name in request.commands:
            place = folder / name
            text = program.text_of(replace(wanted, command=name), engine)
            write_atomic(place, text.encode("utf-8", "surrogateescape"), 0o755)
        return self.list()

    def unexpose(self, request: UnexposeRequest) -> ExposedList:
        """Removes programs, all that are named or none; `NotFound`, or `Conflict` for a file that is not ours."""
        places = [folder_of() / name for name in request.commands]
        for place in places:
            if not os.path.lexists(place):
                raise NotFound(
                    f"{place.name} is no exposed command", hint="`ellip containers exposed` lists them."
                )
            if program.read(place) is None:
                raise Conflict(
                    f"{place} is another program, not an exposed command", hint="It stays as it is."
                )
        for place in places:
            place.unlink(missing_ok=True)
        return self.list()

    def _free(self, place: Path, request: ExposeRequest) -> None:
        """Makes sure that a program may be written."""
        if not os.path.lexists(place):
            return
        there = program.read(place)
        if there is None:
            raise Conflict(
                f"{place} is there already, and is another program",
                hint="Remove or rename it first, or set ELLIP_LAB_BIN to another folder of your PATH.",
            )
        if there.image != request.image and not request.replace:
            raise Conflict(
                f"{place.name} is exposed already, of the image {there.image}",
                hint="Say that it is to be replaced (--replace), or remove it first.",
            )

    def _here(self, images: set[str]) -> set[str]:
        """Gives those images that are here; all of them where nothing can be asked."""
        if not images:
            return set()
        try:
            api = self._serving.api()
            return {image for image in images if stored(api, image)}
        except EllipError:
            return images


def folder_of() -> Path:
    """Gives the folder of the programs: `ELLIP_LAB_BIN`, else the one in every user's home."""
    own = os.environ.get("ELLIP_LAB_BIN")
    return Path(own).expanduser().absolute() if own else Path.home() / ".local" / "bin"


def files_of(folder: Path) -> builtins.list[Path]:
    """Gives the files of a folder that may not be there, in the order of their names."""
    try:
        return sorted(folder.iterdir())
    except (FileNotFoundError, NotADirectoryError):
        return []


def hint_of(folder: Path) -> str:
    """Says what puts the folder on PATH."""
    home = str(Path.home())
    said = f"$HOME{str(folder)[len(home) :]}" if str(folder).startswith(f"{home}/") else str(folder)
    return f'Put this into ~/.profile, and open a new terminal: export PATH="{said}:$PATH"'


def shadow(file: Path) -> str | None:
    """Gives the program that a shell finds instead of a file."""
    found = shutil.which(file.name)
    return None if found is None or same(Path(found), file) else found


def same(one: Path, other: Path) -> bool:
    """Tells whether two paths are one place."""
    return os.path.realpath(one) == os.path.realpath(other)


def lacking(image: str, missing: Iterable[str], names: Iterable[str]) -> NotFound:
    """Gives the error for commands that an image does not have; the hint names those that look like them."""
    known = sorted(names)
    near = {
        other
        for name in missing
        for other in [*get_close_matches(name, known, 3), *(one for one in known if one.startswith(name))][:5]
    }
    return NotFound(
        f"{image} has no command {', '.join(missing)}",
        hint=f"It has {', '.join(sorted(near))}." if near else f"It has {len(known)} others on its PATH.",
    )
