"""Why an installation or a removal failed: from what pip, npm and the compiler say. Standard library only."""

from __future__ import annotations

import re

TYPE_CHECKING = False  # typing is heavy for a process that must start at once, and only mypy needs it
if TYPE_CHECKING:
    from typing import Any

SHOWN = 12
"""Lines of what it said last that a failure shows."""

RULES: tuple[tuple[re.Pattern[str], str, str | None], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE | re.MULTILINE), headline, hint)
    for pattern, headline, hint in (
        (
            r"^Error: it runs$",
            "it runs",
            "Stop it first, in every server that has started it.",
        ),
        (
            r"No space left on device|ENOSPC|Disk quota exceeded",
            "the disk is full",
            "Make room; nothing half-installed was left.",
        ),
        (
            r"Name or service not known|name resolution|ENOTFOUND|EAI_AGAIN|ECONNREFUSED|Connection refused|ETIMEDOUT"
            r"|ENETUNREACH|Network is unreachable|ERR_SOCKET_TIMEOUT|ConnectTimeoutError|Max retries exceeded",
            "the packages cannot be reached",
            "Is this machine on the network? A mirror is set for pip by PIP_INDEX_URL, for npm by npm_config_registry.",
        ),
        (
            r"CERTIFICATE_VERIFY_FAILED|SELF_SIGNED_CERT|unable to get local issuer certificate",
            "the certificate of the packages' server is not trusted",
            "An own authority is named to pip by PIP_CERT, to npm by NODE_EXTRA_CA_CERTS.",
        ),
        (
            r"No matching distribution found for (\S+)|notarget No matching version found for (\S+)|404\s+Not Found - GET \S+/(\S+)",
            "there is no {1} to be had",
            "The index may lack it, or have none for this machine and this Python.",
        ),
        (
            r"fatal error: (\S+): No such file|Package (\S+) was not found in the pkg-config search path",
            "what is built here needs {1}, which is not on this machine",
            "Only an administrator can add the package that has it.",
        ),
        (
            r"ensurepip is not available|No module named '?(venv|ensurepip|pip)'?",
            "this Python cannot make environments",
            "apt-get install python3-venv (Debian, Ubuntu), for an administrator.",
        ),
        (
            r"JavaScript heap out of memory|Cannot allocate memory|Killed signal terminated program|MemoryError",
            "there was not enough memory to build it",
            "Close something else, or ask for more memory.",
        ),
    )
)  # fmt: skip


def explain(title: str, kind: str, step: str, lines: list[str], code: int) -> dict[str, Any]:
    """Says why a step of an installation or a removal failed; `code` is its command's, negative for a signal."""
    lost = f"{title} was not {'removed' if kind == 'uninstall' else 'installed'}"
    said = "\n".join(lines)
    tail = [line[:2000] for line in lines[-SHOWN:]]
    for pattern, headline, hint in RULES:
        if found := pattern.search(said):
            one = next((part for part in found.groups() if part), "") if found.groups() else ""
            return {
                "headline": f"{lost}: {headline.replace('{1}', one)}", "step": step,
                "lines": tail, "hint": hint,
            }  # fmt: skip
    ended = f"was killed by signal {-code}" if code < 0 else f"ended with exit code {code}"
    headline = f"{lost}: the step `{step}` {ended}"
    return {"headline": headline, "step": step, "lines": tail, "hint": "What it said last is below."}
