"""What a person chooses about apps: `apps.toml` in the state folder, which only the user can read."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from ellip_lab.apps.contract import AppSettings
from ellip_lab.apps.masking import NAMES
from ellip_lab.errors import Unavailable
from ellip_lab.shell import write_atomic


class Chosen:
    """Keeps the settings of apps."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def of(self, app: str) -> AppSettings:
        """Gives the settings of an app, with the values of its variables."""
        found = self._read().get(app, {})
        try:
            return AppSettings.model_validate(found)
        except ValueError as error:
            raise self._wrong(f"{app}: {wrong(error)}") from error

    def shown(self, app: str) -> AppSettings:
        """Gives the settings of an app as they may be shown: without secret values."""
        chosen = self.of(app)
        shown = {name: None if NAMES.search(name) else value for name, value in chosen.environment.items()}
        return chosen.model_copy(update={"environment": shown})

    def save(self, app: str, asked: AppSettings) -> None:
        """Saves the settings of an app; a value that is null stays as it was saved."""
        before = self.of(app).environment
        environment = {
            name: before.get(name) if value is None else value for name, value in asked.environment.items()
        }
        kept: dict[str, Any] = {
            "timeout": asked.timeout,
            "program": asked.program,
            "environment": {name: value for name, value in environment.items() if value is not None},
            "arguments": list(asked.arguments),
        }
        everything = self._read()
        everything[app] = {name: value for name, value in kept.items() if value}
        if not everything[app]:
            del everything[app]
        import tomli_w

        try:
            self._file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            write_atomic(self._file, tomli_w.dumps(everything).encode(), 0o600)
        except OSError as error:
            raise Unavailable(f"the settings of apps cannot be saved: {error.strerror}") from error

    def _read(self) -> dict[str, Any]:
        try:
            return tomllib.loads(self._file.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        except (OSError, ValueError) as error:
            raise self._wrong(str(error)) from error

    def _wrong(self, why: str) -> Unavailable:
        return Unavailable(
            f"the settings of apps cannot be read: {why}", hint=f"Correct or remove {self._file}."
        )


def wrong(error: ValueError) -> str:
    """Gives what is wrong with settings, by the first of their fields that cannot be."""
    from pydantic import ValidationError

    if not isinstance(error, ValidationError):
        return str(error)
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"])
    return f"{where}: {first['msg']}" if where else str(first["msg"])
