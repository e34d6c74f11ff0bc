"""Why an app did not come up, or ended by itself: from what its keeper tells and from its last lines."""

from __future__ import annotations

import re
import signal
from typing import Any

from ellip_lab.apps.contract import AppFailure

SHOWN = 12
"""Lines of what it said last that a failure shows."""
BYTES = 64 * 1024
"""Bytes at the end of a log that are looked at."""

RULES: tuple[tuple[re.Pattern[str], str, str | None], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), headline, hint)
    for pattern, headline, hint in (
        (
            r"No space left on device|ENOSPC(?!.*watchers)|Disk quota exceeded",
            "{title}: the disk is full",
            "Make room, and start it again.",
        ),
        (
            r"ENOSPC.*watchers",
            "{title} cannot watch more files",
            "An administrator can raise fs.inotify.max_user_watches.",
        ),
        (
            r"ModuleNotFoundError: No module named '([\w.]+)'",
            "{title}: the Python module {1} is not installed in its environment",
            "{program} -m pip install {1}",
        ),
        (
            r"there is no package called .(\w+).",
            "{title}: the R package {1} is not installed",
            'install.packages("{1}") in R.',
        ),
        (
            r"SyntaxError: (.*)",
            "{title}: its script is no Python: {1}",
            "Correct it, and start it again.",
        ),
        (
            r"unrecognized (?:option|argument)s?:? '?([^\s']+)|No such option:? '?([^\s']+)|Unknown option '?([^\s']+)",
            "{title} does not know the option {1}",
            "It may be of another version than this was made for: install it from here, or correct its arguments.",
        ),
        (
            r"Cannot find module '([^']+)'",
            "{title} is not whole: {1} is missing",
            "Install it again.",
        ),
        (
            r"JavaScript heap out of memory|MemoryError|Cannot allocate memory|Out of memory",
            "{title} has run out of memory",
            "Close something else, or ask for more memory.",
        ),
    )
)


def explain(title: str, program: str, told: dict[str, Any], timeout: float, said: str) -> AppFailure:
    """Says why an instance failed; `told` is what its keeper has written, `said` the end of its log."""
    lines = [line for line in said.replace("\r", "\n").splitlines() if line.strip()]
    tail = tuple(line[:2000] for line in lines[-SHOWN:])
    code = told.get("code")
    why = told.get("why")
    headline, hint = _known(title, program, "\n".join(lines[-200:]))
    if why == "start":
        headline = f"{title} cannot be started: {told.get('said') or 'nobody knows why'}"
        hint = "Install it again, or choose another program in its settings."
    elif why == "timeout":
        headline = headline or f"{title} has not answered in {timeout:g} s"
        hint = (
            hint or "If what it said last looks as if it were coming up, give it more time in its settings."
        )
    elif why == "ended":
        ended = f"was killed ({_signal(code)})" if code and code < 0 else f"ended with exit code {code}"
        headline = headline or f"{title} {ended}"
        hint = hint or "What it said last is below; its log has everything."
    else:
        headline = headline or f"{title} was lost: the process that looked after it is gone"
        hint = hint or "Start it again. If it happens again, the machine may be short of memory."
    return AppFailure(
        headline=headline, lines=tail, hint=hint, exit_code=code if why == "ended" else None,
        timed_out=why == "timeout",
    )  # fmt: skip


def _known(title: str, program: str, said: str) -> tuple[str | None, str | None]:
    for pattern, headline, hint in RULES:
        if found := pattern.search(said):
            one = next((part for part in found.groups() if part), "") if found.groups() else ""
            fill = {"title": title, "program": program, "1": one.strip()}
            return _filled(headline, fill), hint and _filled(hint, fill)
    return None, None


def _filled(text: str, fill: dict[str, str]) -> str:
    return re.sub(r"\{(\w+)\}", lambda hole: fill.get(hole.group(1), ""), text)


def _signal(code: int) -> str:
    try:
        return signal.Signals(-code).name
    except ValueError:
        return f"signal {-code}"
