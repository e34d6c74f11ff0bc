"""How channels, sizes and secrets are said."""

from __future__ import annotations

import re

ALIAS = "https://conda.anaconda.org/"
"""Where a channel is that has only a name."""
SECRET = re.compile(r"(?<=/t/)[^/\s]+(?=/)|(?<=://)(?<!ssh://)[^/\s@]+(?=@)|(?<=ssh://)[^/\s:]*:[^/\s]*(?=@)")
"""A token in the path of a URL, what stands before its host: a user and a password, or a token alone.

With ssh, a user alone is no secret (`git+ssh://git@github.com`): one signs in with a key.
"""


def channel_word(channel: str) -> str:
    """Gives a channel as a person names it, without any secret."""
    return said(channel).removeprefix(ALIAS).rstrip("/")


def said(text: str) -> str:
    """Gives a text with the secrets that a URL may carry taken out."""
    return SECRET.sub("…", text)


def has_secret(text: str) -> bool:
    """Tells whether a URL of a text carries a secret."""
    return SECRET.search(text) is not None


def megabytes(done: int, total: int) -> str:
    """Says how much of something there is, in the unit of the whole."""
    for unit, name in ((10**9, "GB"), (10**6, "MB"), (10**3, "kB")):
        if total >= unit:
            return f"{done / unit:.1f} of {total / unit:.1f} {name}"
    return f"{done} of {total} bytes"
