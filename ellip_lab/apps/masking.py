"""What looks like a secret does not get into a log. Standard library only: the keeper of an app writes with this."""

from __future__ import annotations

import os
import re

TYPE_CHECKING = False  # typing is heavy for a process that must start at once, and only mypy needs it
if TYPE_CHECKING:
    from collections.abc import Mapping

MASK = b"***"
SHORTEST = 6
"""Characters that the value of a secret variable must have to be looked for: shorter ones are words of any line."""
NAMES = re.compile(r"KEY|TOKEN|PASSW|PASSPHRASE|SECRET|CREDENTIAL", re.IGNORECASE)
"""What in the name of a variable says that its value is secret."""

RULES: tuple[tuple[re.Pattern[bytes], bytes], ...] = (
    # https://user:password@host
    (re.compile(rb"(\w://[^\s:/@]*:)[^\s/@]+(?=@)"), rb"\1***"),
    # Authorization: Bearer ...
    (re.compile(rb"(?i)\b((?:bearer|basic|token)\s+)[A-Za-z0-9._~+/=-]{8,}"), rb"\1***"),
    # password = ..., "api_key": "...", --token=..., ?token=...
    (
        re.compile(
            rb"""(?ix)
            ( [\w.-]* (?: token | passw(?:or)?d | passphrase | secret | api[_-]?key | access[_-]?key | private[_-]?key
                        | credentials? ) [\w.-]* ["']? \s*[:=]\s* ["']? )
            (?!\s) [^\s"'&,;<>]+"""
        ),
        rb"\1***",
    ),
    # the forms that well-known services give their keys
    (
        re.compile(
            rb"\b(?:gh[pousr]_[A-Za-z0-9]{20,}|github_pat_\w{20,}|glpat-[\w-]{20,}|AKIA[A-Z0-9]{16}|sk-[\w-]{20,}"
            rb"|xox[abprs]-[\w-]{10,}|hf_[A-Za-z0-9]{20,}|eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*)"
        ),
        MASK,
    ),
)
KEY_BEGINS = re.compile(rb"-----BEGIN [A-Z ]*PRIVATE KEY-----")
KEY_ENDS = re.compile(rb"-----END [A-Z ]*PRIVATE KEY-----")


def is_place(value: str) -> bool:
    """Tells whether a value is the path of what is there: of a key, say; a word may be called like a file here."""
    return value.startswith("/") and os.path.exists(value)  # noqa: PTH110 - a value may be any text


class Masking:
    """Masks line by line: a private key goes over several."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        values = {
            value.encode("utf-8", "surrogateescape")
            for name, value in environment.items()
            if NAMES.search(name) and len(value) >= SHORTEST and not is_place(value)
        }
        # longest first: one may be the beginning of another
        self._values = sorted(values, key=len, reverse=True)
        self._in_key = False

    def line(self, line: bytes) -> bytes:
        """Gives a line without what looks like a secret."""
        if self._in_key:
            if KEY_ENDS.search(line):
                self._in_key = False
                return line
            return MASK + line[len(line.rstrip(b"\r\n")) :]
        if KEY_BEGINS.search(line) and not KEY_ENDS.search(line):
            self._in_key = True
            return line
        for value in self._values:
            line = line.replace(value, MASK)
        for pattern, instead in RULES:
            line = pattern.sub(instead, line)
        return line
