"""Connections that are found: the profiles of `~/.aws` and the environment of the server.

Files and variables are read, nobody is asked: the role of a machine (instance metadata) shows when it is used.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

from ellip_lab.s3.contract import Auth, Connection, Source, Style

ENVIRONMENT = "environment"
VARIABLES = (
    "AWS_ACCESS_KEY_ID", "AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3",
)  # fmt: skip
"""Variables by which somebody has said which store is meant."""
VENDOR = Path("/sys/class/dmi/id/sys_vendor")


def said() -> bool:
    """Tells whether the variables of this process say which store is meant."""
    return any(os.environ.get(variable) for variable in VARIABLES)


def offered() -> bool:
    """Tells whether the environment is worth a line in a list: it says something, or this machine may have a role."""
    if said():
        return True
    try:
        return VENDOR.read_text().startswith("Amazon")
    except OSError:
        return False


def environment() -> Connection:
    """Gives what botocore finds by itself: variables, web identity, the role of this machine."""
    return Connection(
        name=ENVIRONMENT, title="Environment of the server", source=Source.ENVIRONMENT, auth=Auth.CHAIN,
        endpoint=os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL") or None,
        region=os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION") or None,
        has_keys=bool(os.environ.get("AWS_ACCESS_KEY_ID")),
    )  # fmt: skip


def profiles(home: Path, taken: set[str]) -> tuple[tuple[Connection, ...], list[str]]:
    """Gives a connection for each profile of `~/.aws`, and what could not be read; `taken` are names in use."""
    from ellip_lab.s3 import boto_sessions

    found, problems = boto_sessions.profiles(home)
    names = set(taken)
    connections = []
    for profile, shown in found.items():
        name = _name(profile, names)
        names.add(name)
        connections.append(_connection(name, profile, shown))
    return tuple(connections), problems


def _name(profile: str, taken: set[str]) -> str:
    """Gives a name that can stand in an address: the profile's own where it can."""
    clean = re.sub(r"[^A-Za-z0-9_.+-]", "-", profile).lstrip(".+-")[:48] or "profile"
    name = clean
    number = 1
    while name in taken:
        name = f"aws-{clean}" if number == 1 else f"aws-{clean}-{number}"
        number += 1
    return name


def _connection(name: str, profile: str, shown: dict[str, Any]) -> Connection:
    style = shown.get("style")
    return Connection(
        name=name, title=f"Profile {profile}"[:200], source=Source.PROFILE, auth=Auth.PROFILE, profile=profile[:200],
        endpoint=_short(shown.get("endpoint_url"), 2000), region=_short(shown.get("region"), 100),
        role_arn=_short(shown.get("role_arn"), 2000), ca_bundle=_short(shown.get("ca_bundle"), 4096),
        style=Style(style) if style in (Style.PATH, Style.VIRTUAL) else Style.AUTO, has_keys="keys" in shown,
    )  # fmt: skip


def _short(value: str | None, length: int) -> str | None:
    """Leaves away what no connection could hold: a file of AWS may have anything in it."""
    return value if value and len(value) <= length else None
