"""The wrapper of keyring: keys of connections in the system's keyring, where there is one that works."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ellip_lab.errors import Denied
from ellip_lab.s3.keeping import Keys

PATIENCE = 60.0
"""Seconds to wait for a keyring, which may ask its user for a password on the screen."""

_known: dict[tuple[Path, str], tuple[str, Keys]] = {}


def keep(home: Path, name: str, keys: Keys) -> bool:
    """Puts keys into the keyring; tells whether they are there now. False when there is none that works."""
    text = json.dumps([keys.access, keys.secret, keys.token])

    def work(backend: Any) -> bool:
        backend.set_password(_service(home), name, text)
        return bool(backend.get_password(_service(home), name) == text)

    return _asked(work) is True


def find(home: Path, name: str, mark: str) -> Keys:
    """Reads keys from the keyring; `Denied` when it does not give them.

    They are asked for once in a process, and again when `mark`, which every saving changes, is another.
    """
    known = _known.get((home, name))
    if known and known[0] == mark:
        return known[1]
    text = _asked(lambda backend: backend.get_password(_service(home), name))
    try:
        access, secret, token = json.loads(text)
    except (TypeError, ValueError):
        raise Denied(
            f"the keyring does not give the keys of connection {name!r}",
            hint="Unlock the keyring of this machine, or save the keys again.",
        ) from None
    keys = Keys(access, secret, token)
    _known[home, name] = (mark, keys)
    return keys


def forget(home: Path, name: str) -> None:
    """Removes keys from the keyring; that there are none is all right."""
    _asked(lambda backend: backend.delete_password(_service(home), name))


def backend() -> Any:
    """Gives the backend of this machine when it is a real one, else None; nothing is unlocked for it."""
    try:
        import keyring
        from keyring.backends import chainer, fail, null
    except ImportError:
        return None
    found = keyring.get_keyring()
    if isinstance(found, fail.Keyring | null.Keyring) or found.priority < 1:
        return None
    if isinstance(found, chainer.ChainerBackend) and not found.backends:
        return None
    return found


def _service(home: Path) -> str:
    # Two state folders have connections of the same name.
    return f"ellip-lab {home}"


def _asked(work: Callable[[Any], Any]) -> Any:
    """Asks the keyring, for a bounded time; None when it fails, whatever the reason.

    A backend may wait for ever for a person who is not there, and each has exceptions of its own.
    """
    answer: list[Any] = []

    def ask() -> None:
        try:
            found = backend()
            answer.append(work(found) if found else None)
        except Exception:  # noqa: BLE001 - see above; its text may repeat what it was given
            answer.append(None)

    thread = threading.Thread(target=ask, name="keyring", daemon=True)
    thread.start()
    thread.join(PATIENCE)
    return answer[0] if answer else None
