"""What makes a kernel or a terminal use a connection: variables without a secret, and the files they lead to.

Keys stay where they are: in `<state>/s3/credentials`, which only the user can read, or behind a
`credential_process` that asks the keyring. `<state>/s3/config` is made anew at every use.
"""

from __future__ import annotations

import configparser
import io
import os
import shlex
import sys
from pathlib import Path
from urllib.parse import urlsplit

from ellip_lab.s3 import boto
from ellip_lab.s3.boto_sessions import CONFIG, CREDENTIALS, amazon, aws_files, loopback
from ellip_lab.s3.connections import Connections, Known
from ellip_lab.s3.contract import Auth, Connection, Source, Style, Surroundings
from ellip_lab.shell import write_atomic

KEYS = (
    "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN",
    "AWS_CREDENTIAL_EXPIRATION",
)  # fmt: skip
"""Variables that hold keys, and would go before a profile."""
OTHERS = (
    "AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_ROLE_ARN", "AWS_ROLE_SESSION_NAME", "AWS_PROFILE", "AWS_DEFAULT_PROFILE",
    CONFIG, CREDENTIALS, "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
    "AWS_REGION", "AWS_DEFAULT_REGION", "AWS_REQUEST_CHECKSUM_CALCULATION", "AWS_RESPONSE_CHECKSUM_VALIDATION",
    "AWS_S3_ENDPOINT", "AWS_HTTPS", "AWS_VIRTUAL_HOSTING", "AWS_NO_SIGN_REQUEST", "AWS_REQUEST_PAYER",
    "AWS_CA_BUNDLE", "AWS_STS_ENDPOINT", "CPL_AWS_CREDENTIALS_FILE", "GDAL_CURL_CA_BUNDLE", "FSSPEC_S3_ANON",
    "FSSPEC_S3_REQUESTER_PAYS",
)  # fmt: skip
"""Variables that would lead elsewhere where they are not ours."""
OF_CHAIN = (
    "AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_ROLE_ARN", "AWS_ROLE_SESSION_NAME", "AWS_PROFILE", "AWS_DEFAULT_PROFILE",
    CONFIG, CREDENTIALS,
)  # fmt: skip
"""Variables by which the environment of the server finds its credentials; none of them is one."""


def surroundings(connections: Connections, name: str | None) -> Surroundings:
    """Gives the variables by which boto3, s3fs and GDAL use a connection, and those that must go.

    For the environment of the server the variables that hold keys are left as they are: whoever has unset them for
    another connection puts them back.
    """
    known = connections.get(name)
    reach = boto.reach_of(known)
    values = _reaching(known, reach)
    unset = {*KEYS, *OTHERS}
    if _of_chain(known):
        unset -= set(KEYS)
        values |= {variable: os.environ[variable] for variable in OF_CHAIN if os.environ.get(variable)}
        if (ours := values.get(CONFIG)) and Path(ours).parent == known.home:
            for variable in (CONFIG, CREDENTIALS, "AWS_PROFILE"):
                values.pop(variable, None)
    elif _of_profile(known):
        config, credentials = (str(place) for place in aws_files(known.home))
        values |= {
            "AWS_PROFILE": str(known.connection.profile), CONFIG: config, CREDENTIALS: credentials,
            "CPL_AWS_CREDENTIALS_FILE": credentials,
        }  # fmt: skip
    else:
        config, credentials = (str(place) for place in _write(connections, known))
        values |= {
            "AWS_PROFILE": known.name, CONFIG: config, CREDENTIALS: credentials,
            "CPL_AWS_CREDENTIALS_FILE": credentials,
        }  # fmt: skip
    return Surroundings(connection=known.name, set=values, unset=tuple(sorted(unset - set(values))))


def _reaching(known: Known, reach: boto.Reach) -> dict[str, str]:
    """Gives the variables that say where the store is: boto3's and s3fs's, then GDAL's."""
    parts = urlsplit(reach.endpoint)
    values = {
        "AWS_REGION": reach.region, "AWS_DEFAULT_REGION": reach.region,
        "AWS_HTTPS": "YES" if parts.scheme == "https" else "NO",
        "AWS_VIRTUAL_HOSTING": "TRUE" if reach.virtual else "FALSE",
    }  # fmt: skip
    own = not amazon(reach.endpoint)
    if own:
        values |= {
            "AWS_ENDPOINT_URL_S3": reach.endpoint,
            "AWS_S3_ENDPOINT": (parts.netloc + parts.path).rstrip("/"),
            "AWS_REQUEST_CHECKSUM_CALCULATION": "when_required",
            "AWS_RESPONSE_CHECKSUM_VALIDATION": "when_required",
        }
        if known.connection.role_arn:
            values["AWS_STS_ENDPOINT"] = parts.netloc
    if known.connection.ca_bundle:
        bundle = str(Path(known.connection.ca_bundle).expanduser())
        values |= {"AWS_CA_BUNDLE": bundle, "GDAL_CURL_CA_BUNDLE": bundle}
    elif os.environ.get("AWS_CA_BUNDLE"):
        # That of the machine, not of the connection that was used before.
        values["AWS_CA_BUNDLE"] = os.environ["AWS_CA_BUNDLE"]
    if reach.anonymous:
        values |= {"AWS_NO_SIGN_REQUEST": "YES", "FSSPEC_S3_ANON": "true"}
    if reach.requester_pays:
        values |= {"AWS_REQUEST_PAYER": "requester", "FSSPEC_S3_REQUESTER_PAYS": "true"}
    if loopback(reach.endpoint) and (os.environ.get("HTTP_PROXY") or os.environ.get("http_proxy")):
        before = os.environ.get("no_proxy") or os.environ.get("NO_PROXY")
        values["no_proxy"] = values["NO_PROXY"] = ",".join(filter(None, (before, parts.hostname)))
    return values


def _of_chain(known: Known) -> bool:
    """Tells whether botocore finds everything by itself in a kernel as it does in the server."""
    return known.connection.auth is Auth.CHAIN and not _needs_process(known.connection)


def _of_profile(known: Known) -> bool:
    """Tells whether a profile of the user's own says everything."""
    return known.connection.auth is Auth.PROFILE and not _needs_process(known.connection)


def _needs_process(connection: Connection) -> bool:
    """Tells whether a saved connection has what variables cannot say: a role, or the bucket in the host name."""
    said = bool(connection.role_arn) or (
        connection.style is Style.VIRTUAL and connection.endpoint is not None
    )
    return connection.source is Source.SAVED and said


def _write(connections: Connections, known: Known) -> tuple[Path, Path]:
    """Writes the profiles of AWS's form that lead to every saved connection and to this one."""
    keeping = connections.keeping
    with keeping.locked():
        every = {one.name: one for one in connections.list().connections if one.source is Source.SAVED} | {
            known.name: known.connection
        }
        parser = configparser.RawConfigParser(default_section="\x00", interpolation=None)
        for connection in every.values():
            parser[f"profile {connection.name}"] = _profile(connection, known.home)
        if known.connection.source is Source.EMBEDDED:
            keeping.write_keys(known.name, known.keys)
        text = io.StringIO()
        text.write("# Made by ellip-lab at every use of a connection: changes are lost.\n")
        parser.write(text)
        config = keeping.folder / "config"
        write_atomic(config, text.getvalue().encode(), 0o600)
    return config, keeping.credentials


def _profile(connection: Connection, home: Path) -> dict[str, str]:
    """Gives the settings of one profile; none of them is a secret."""
    values: dict[str, str] = {}
    if connection.region:
        values["region"] = connection.region
    if connection.endpoint:
        values["endpoint_url"] = connection.endpoint
        if not amazon(connection.endpoint):
            values |= {
                "request_checksum_calculation": "when_required",
                "response_checksum_validation": "when_required",
            }
    if connection.ca_bundle:
        values["ca_bundle"] = str(Path(connection.ca_bundle).expanduser())
    if connection.style is not Style.AUTO:
        values["s3"] = f"\naddressing_style = {connection.style.value}"
    if connection.role_arn and connection.kept_in == "file":
        # botocore and GDAL take the role themselves, with the keys that stand under the same name.
        values |= {
            "role_arn": connection.role_arn,
            "source_profile": connection.name,
            "role_session_name": "ellip-lab",
        }
        if connection.external_id:
            values["external_id"] = connection.external_id
    elif connection.kept_in == "keyring" or _needs_process(connection):
        values["credential_process"] = shlex.join(_process(connection.name, home))
    return values


def _process(name: str, home: Path) -> list[str]:
    """Gives the command that hands credentials over; a kernel may have another PATH and another state folder."""
    config, credentials = aws_files(home)
    return [
        sys.executable, "-m", "ellip_lab.s3.credentials_child", name, "--state", str(home.parent),
        "--config", str(config), "--credentials", str(credentials),
    ]  # fmt: skip
