"""Whether two JSON values mean the same."""

from __future__ import annotations

import json
from datetime import datetime
from math import isclose
from pathlib import Path
from typing import Any

from ellip_lab.stac.service import LARGEST

UNORDERED = frozenset({"roles", "stac_extensions", "keywords", "instruments"})
"""Fields whose order says nothing."""
TIMES = frozenset({"datetime", "start_datetime", "end_datetime"})
"""Fields that say a time, which has many spellings."""
SHORT = 200
"""Characters of a value that are shown."""


def alike(left: Any, right: Any, name: str = "") -> bool:
    """Tells whether two JSON values mean the same: numbers but for rounding, roles and the like in any order."""
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if isinstance(left, int | float) and isinstance(right, int | float):
        return left == right or isclose(left, right, rel_tol=1e-9, abs_tol=1e-12) or left != left != right
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(alike(left[key], right[key], key) for key in left)
    if isinstance(left, list) and isinstance(right, list):
        if name in UNORDERED:
            left, right = sorted(left, key=canonical), sorted(right, key=canonical)
        return len(left) == len(right) and all(alike(*two) for two in zip(left, right, strict=True))
    if name in TIMES and isinstance(left, str) and isinstance(right, str):
        return _time(left) == _time(right)
    return type(left) is type(right) and bool(left == right)


def canonical(value: Any) -> str:
    """Gives a JSON value as a text that is the same for what is the same."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False)


def shortened(value: Any) -> str:
    """Gives a value as it is shown."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= SHORT else f"{text[: SHORT - 1]}…"


def read_json(path: Path) -> Any:
    """Gives what a JSON file says; None when it is none, or too large to be a document."""
    try:
        if path.suffix.lower() not in (".json", ".geojson") or path.stat().st_size > LARGEST:
            return None
        return json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return None


def _time(text: str) -> datetime | str:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return text
