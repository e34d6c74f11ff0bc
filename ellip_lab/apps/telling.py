"""An app as it is told: what its data file says, what was found of it, and what runs."""

from __future__ import annotations

import importlib.util
import shutil
from pathlib import Path

from ellip_lab.apps import contract as words
from ellip_lab.apps.entries import Entry, Install, Need, icon
from ellip_lab.apps.finding import Found


def app(
    entry: Entry,
    found: Found,
    chosen: words.AppSettings,
    instances: tuple[words.AppInstance, ...],
    work: str | None,
    folder: Path,
) -> words.App:
    """Gives an app in the words of the contract."""
    plan = install_plan(entry.install, folder) if entry.install else None
    missing = not found.installed
    return words.App(
        name=entry.name,
        title=entry.title,
        description=entry.description,
        icon=icon(entry),
        homepage=entry.homepage,
        licence=entry.licence,
        rank=entry.rank,
        uses=words.FileUse.NONE if entry.serve is None else words.FileUse.ONE,
        suffixes=entry.serve.suffixes if entry.serve else (),
        installed=found.installed,
        version=found.version,
        program=" ".join(found.words) or None,
        found=found.how,
        own=found.own,
        missing=(found.missing or entry.find.missing) if missing else None,
        hint=entry.find.hint if missing and (plan is None or plan.missing) else None,
        install=plan,
        work=work,
        timeout=chosen.timeout or entry.start.timeout,
        settings=chosen,
        instances=instances,
    )


def install_plan(install: Install, folder: Path) -> words.InstallPlan:
    """Says how an app can be installed, and what is missing for that."""
    wanted = [need for need in install.needs if not there(need)]
    missing = hint = None
    if wanted:
        missing = f"the installation needs {_enumerated([need.what for need in wanted])}"
        packages = " ".join(need.package for need in wanted)
        hint = f"Only an administrator can add that: apt-get install {packages} (Debian, Ubuntu)."
    elif importlib.util.find_spec("pip") is None:
        missing = "the installation needs pip in the environment of the Jupyter server"
        hint = "python -m ensurepip"
    return words.InstallPlan(
        how=install.how,
        what=install.what,
        seconds=install.seconds,
        size=install.megabytes * 10**6,
        folder=str(folder),
        missing=missing,
        hint=hint,
    )


def there(need: Need) -> bool:
    """Tells whether something that an installation needs is on this machine."""
    return any(shutil.which(program) for program in need.programs) or any(
        next(Path("/").glob(place.lstrip("/")), None) for place in need.files
    )


def _enumerated(things: list[str]) -> str:
    *before, last = things
    return f"{', '.join(before)} and {last}" if before else last
