"""What a toolbox has, as the text of a file that makes it again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ellip_lab.errors import Conflict, NotFound
from ellip_lab.toolboxes.contract import LockForm, LockQuery, LockText
from ellip_lab.toolboxes.home import LOCK, meta
from ellip_lab.toolboxes.wording import channel_word, said

if TYPE_CHECKING:
    from ellip_lab.toolboxes.home import Home

FILES = {
    LockForm.LOCK: "pixi.lock",
    LockForm.EXPLICIT: "{name}-explicit.txt",
    LockForm.ENVIRONMENT: "environment.yml",
}


def text(home: Home, query: LockQuery) -> LockText:
    """Gives a toolbox in one of the forms; `NotFound` without it, `Conflict` when it is damaged."""
    forms = {
        LockForm.LOCK: _lock,
        LockForm.EXPLICIT: _explicit,
        LockForm.ENVIRONMENT: _environment,
    }
    written = forms[query.form](home, query.name)
    file = FILES[query.form].replace("{name}", query.name)
    return LockText(name=query.name, form=query.form, file=file, text=written)


def _lock(home: Home, name: str) -> str:
    _record(home, name)
    try:
        return (home.prefix(name) / LOCK).read_text("utf-8")
    except OSError as error:
        raise NotFound(
            f"the lock file of {name} is gone", hint="Update the toolbox, which writes it anew."
        ) from error


def _explicit(home: Home, name: str) -> str:
    _record(home, name)
    lines = [f"# platform: {home.platform}", "@EXPLICIT"]
    for place in sorted((home.prefix(name) / "conda-meta").glob("*.json")):
        if place.name == "ellip.json":
            continue
        try:
            found = meta(place)
            digest = f"#{found['md5']}" if found.get("md5") else ""
            lines.append(f"{said(found['url'])}{digest}")
        except (OSError, ValueError, KeyError) as error:
            raise Conflict(
                f"{name} is damaged: {place.name}", hint="Update it, or install it anew."
            ) from error
    return "\n".join(lines) + "\n"


def _environment(home: Home, name: str) -> str:
    import yaml

    specs, channels = _record(home, name)
    document = {
        "name": name,
        "channels": [channel_word(channel) for channel in channels],
        "dependencies": list(specs),
    }
    return str(yaml.safe_dump(document, sort_keys=False, allow_unicode=True))


def _record(home: Home, name: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    try:
        record = home.record(name)
    except ValueError as error:
        raise Conflict(f"{name} is damaged: {error}", hint="Remove it, and install it again.") from error
    return record.specs, record.channels
