"""What a request asks for, with nothing left open: packages and channels, or every single package of a file."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ellip_lab.contract import JsonObject
from ellip_lab.errors import Conflict, Invalid, NotFound
from ellip_lab.toolboxes.channels import checked
from ellip_lab.toolboxes.contract import ToolboxClone, ToolboxRequest, ToolboxUpdate
from ellip_lab.toolboxes.home import LOCK, Record
from ellip_lab.toolboxes.wording import has_secret

if TYPE_CHECKING:
    from ellip_lab.toolboxes.catalogue import Catalogue
    from ellip_lab.toolboxes.home import Home

LARGEST = 64 << 20
"""Bytes of a file that are read."""
LONGEST = 200
"""The longest path of a toolbox: a binary has room for a path of 255 bytes, with what stands below it."""


@dataclass
class Wanted:
    """Is what a toolbox is to be made of, as JSON: a child reads it."""

    name: str
    prefix: str
    title: str
    channels: list[str] = field(default_factory=list)
    specs: list[str] = field(default_factory=list)
    lock: str | None = None
    """The text of a lock file; then nothing is solved."""
    explicit: str | None = None
    """The text of a list of URLs; then nothing is solved."""
    file: str = ""
    """The name of that file, for what is said of it."""
    base: str | None = None
    """The toolbox that is changed, or of which this is a copy."""
    update: bool = False
    upgrade: bool = True
    drop: list[str] = field(default_factory=list)
    add: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    """What to mind, a sentence each."""
    entry: str | None = None
    description: str = ""
    homepage: str | None = None
    licence: str | None = None
    proving: list[str] = field(default_factory=list)
    software: list[str] = field(default_factory=list)


class Wanting:
    """Understands requests."""

    def __init__(self, home: Home, catalogue: Catalogue, default: tuple[str, ...]) -> None:
        self._home = home
        self._catalogue = catalogue
        self._default = default

    def install(self, request: ToolboxRequest) -> Wanted:
        """Gives what an installation wants; raises what `ToolboxesService.plan` says."""
        self._name(request.name)
        if request.file is None and request.entry is None and not request.packages:
            raise Invalid(
                "nothing is asked for", hint="Choose an entry of the catalogue, packages, or a file."
            )
        wanted = self._new(request.name, request.title)
        if request.file is not None:
            if request.entry is not None or request.packages:
                raise Invalid("a file stands alone", hint="Leave out the entry and the packages.")
            self._of_file(wanted, request.file)
        else:
            self._of_entry(wanted, request)
        if request.channels:
            # an entry's own channels follow: it would not be found without them
            own = wanted.channels if request.entry or request.file else []
            wanted.channels = list(dict.fromkeys((*request.channels, *own)))
        checked(wanted.channels)
        return wanted

    def update(self, request: ToolboxUpdate) -> Wanted:
        """Gives what an update wants."""
        record = self._record(request.name)
        wanted = self._new(request.name, record.title)
        wanted.base, wanted.update, wanted.upgrade = request.name, True, request.upgrade
        wanted.channels = list(request.channels or record.channels)
        wanted.entry, wanted.description = record.entry, record.description
        wanted.homepage, wanted.licence = record.homepage, record.licence
        wanted.proving, wanted.software = list(record.proving), list(record.software)
        if request.file is not None:
            if request.add or request.drop:
                raise Invalid("a file stands alone", hint="Leave out the packages.")
            self._of_file(wanted, request.file)
            wanted.channels = list(request.channels) or wanted.channels
        else:
            wanted.specs, wanted.add = list(record.specs), list(request.add)
            wanted.drop = [name.lower() for name in request.drop]
        checked(wanted.channels)
        return wanted

    def clone(self, request: ToolboxClone) -> Wanted:
        """Gives what a copy wants: every build of the one there is."""
        record = self._record(request.name)
        self._name(request.to)
        wanted = self._new(
            request.to, request.title or (record.title if record.title != request.name else None)
        )
        lock = self._home.prefix(request.name) / LOCK
        try:
            wanted.lock = lock.read_text("utf-8")
        except OSError as error:
            raise NotFound(
                f"the lock file of {request.name} is gone",
                hint=f"Update {request.name}, which writes it anew.",
            ) from error
        wanted.file, wanted.base = lock.name, request.name
        wanted.channels, wanted.specs = list(record.channels), list(record.specs)
        wanted.entry, wanted.description = record.entry, record.description
        wanted.homepage, wanted.licence = record.homepage, record.licence
        wanted.proving, wanted.software = list(record.proving), list(record.software)
        return wanted

    # -- the parts

    def _record(self, name: str) -> Record:
        try:
            return self._home.record(name)
        except ValueError as error:
            raise Conflict(f"{name} is damaged: {error}", hint="Remove it, and install it again.") from error

    def _name(self, name: str) -> None:
        prefix = self._home.prefix(name)
        if prefix.exists() or prefix.is_symlink():
            raise Conflict(f"there is a toolbox {name} already", hint="Choose another name, or update it.")
        if len(str(prefix).encode()) > LONGEST:
            raise Invalid(
                f"the path of {prefix} is too long for a toolbox",
                hint="Choose a folder nearer to the root: EllipLabApp.toolboxes_dir, or ELLIP_LAB_TOOLBOXES.",
            )

    def _new(self, name: str, title: str | None) -> Wanted:
        return Wanted(name=name, prefix=str(self._home.prefix(name)), title=title or name)

    def _of_entry(self, wanted: Wanted, request: ToolboxRequest) -> None:
        if request.entry is not None:
            entry = self._catalogue.entry(request.entry)
            wanted.entry, wanted.title = entry.id, request.title or entry.title
            wanted.description, wanted.homepage, wanted.licence = (
                entry.description, entry.homepage, entry.licence,
            )  # fmt: skip
            wanted.proving, wanted.software = list(entry.commands), list(entry.software)
            wanted.channels, wanted.specs = list(entry.channels), list(entry.packages)
        wanted.specs += [spec for spec in request.packages if spec not in wanted.specs]
        if not wanted.channels:
            wanted.channels = list(self._default)

    def _of_file(self, wanted: Wanted, path: str) -> None:
        place = Path(path).expanduser().absolute()
        wanted.file = place.name
        try:
            if place.stat().st_size > LARGEST:
                raise Invalid(f"{place} is too large for a list of packages")
            text = place.read_text("utf-8")
        except FileNotFoundError as error:
            raise NotFound(f"there is no file {place}") from error
        except OSError as error:
            raise NotFound(f"{place} cannot be read: {error.strerror}") from error
        except UnicodeDecodeError as error:
            raise Invalid(f"{place} is not text") from error
        if has_secret(text):
            raise Invalid(
                f"{place} has URLs with secrets in them", hint="Take them out, and sign in to the host."
            )
        if any(line.strip() == "@EXPLICIT" for line in text.splitlines()):
            wanted.explicit = text
            wanted.channels = wanted.channels or list(self._default)
            return
        document = _yaml(place, text)
        if {"packages", "package"} & set(document) and "dependencies" not in document:
            wanted.lock = text
        else:
            self._of_environment(wanted, place, document)

    def _of_environment(self, wanted: Wanted, place: Path, document: JsonObject) -> None:
        """Reads what an `environment.yml` says."""
        dependencies = document.get("dependencies")
        if not isinstance(dependencies, list):
            raise Invalid(
                f"{place} is neither an environment nor a lock file",
                hint="An `environment.yml` has `dependencies`; a lock file `packages`; a list of URLs `@EXPLICIT`.",
            )
        wanted.specs = [one for one in dependencies if isinstance(one, str)]
        pip = [name for one in dependencies if isinstance(one, dict) for name in one.get("pip") or ()]
        if pip:
            wanted.notes.append(pip_note(pip))
        channels = [one for one in document.get("channels") or () if isinstance(one, str)]
        wanted.channels = [one for one in channels if one != "nodefaults"] or list(self._default)
        if not wanted.specs:
            raise Invalid(f"{place} asks for no package")


def pip_note(names: list[str]) -> str:
    """Says that some packages are left to pip."""
    shown = ", ".join(names[:5]) + (f" and {len(names) - 5} more" if names[5:] else "")
    return f"not installed, because only pip has them: {shown}; install them in its terminal"


def _yaml(place: Path, text: str) -> dict[str, Any]:
    import yaml

    try:
        document = yaml.load(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 - safe ones, both
    except yaml.YAMLError as error:
        line = getattr(getattr(error, "problem_mark", None), "line", None)
        at = f", line {line + 1}" if line is not None else ""
        raise Invalid(f"{place} is not YAML{at}: {getattr(error, 'problem', error)}") from error
    if not isinstance(document, dict):
        raise Invalid(f"{place} is neither an environment nor a lock file")
    return document
