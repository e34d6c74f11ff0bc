"""The wrapper of botocore's sessions: who signs, and what AWS's own files and variables say."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn
from urllib.parse import urlsplit

from ellip_lab.errors import Denied, Invalid
from ellip_lab.s3.contract import Auth, Source

if TYPE_CHECKING:
    from ellip_lab.s3.connections import Known

CONFIG, CREDENTIALS = "AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"


def session_of(known: Known) -> Any:
    """Gives a botocore session that has the credentials of a connection, or finds them when they are needed."""
    import botocore.session

    connection = known.connection
    session: Any
    if isolated(known):
        # Keys of our own: neither AWS's files nor its variables have a say.
        nothing = {
            "profile": (None, None, None, None),
            "config_file": (None, None, os.devnull, None),
            "credentials_file": (None, None, os.devnull, None),
        }
        session = botocore.session.Session(session_vars=nothing)
        if known.keys:
            session.set_credentials(known.keys.access, known.keys.secret, known.keys.token)
        elif connection.auth is Auth.KEYS:
            raise no_credentials(known.name)
    else:
        session = botocore.session.Session(profile=connection.profile)
        if connection.source is not Source.ENVIRONMENT:
            config, credentials = aws_files(known.home)
            session.set_config_variable("config_file", str(config))
            session.set_config_variable("credentials_file", str(credentials))
        # Nobody sits at a server's terminal to type a number.
        session.get_component("credential_provider").get_provider("assume-role")._prompter = _no_prompt
    # The description of S3 is read once for all sessions: it is what takes longest.
    session.register_component("data_loader", _loader())
    session.get_component("response_parser_factory").set_parser_defaults(timestamp_parser=timestamp)
    if connection.role_arn and connection.source is Source.SAVED:
        _assume(session, known)
    return session


@cache
def _loader() -> Any:
    from botocore.loaders import create_loader

    return create_loader()


def isolated(known: Known) -> bool:
    """Tells whether a connection stands for itself, whatever AWS's files and variables say."""
    return known.connection.auth in (Auth.KEYS, Auth.ANONYMOUS)


def amazon(endpoint: str) -> bool:
    """Tells whether a URL is one of Amazon's own."""
    host = urlsplit(endpoint).hostname or ""
    return host.endswith((".amazonaws.com", ".amazonaws.com.cn", ".api.aws"))


def aws_files(home: Path | None = None) -> tuple[Path, Path]:
    """Gives the places of AWS's own config and credentials file.

    In a kernel that uses a connection the variables lead to files of ours, in `home`; the user's own are meant.
    """
    places = []
    for variable, usual in ((CONFIG, "~/.aws/config"), (CREDENTIALS, "~/.aws/credentials")):
        place = Path(os.environ.get(variable) or usual).expanduser()
        if home is not None and place.parent == home:
            place = Path(usual).expanduser()
        places.append(place)
    return places[0], places[1]


def stamp(home: Path) -> tuple[Any, ...]:
    """Gives a mark of everything botocore reads; it changes when a variable or a file does."""
    variables = tuple(sorted((name, value) for name, value in os.environ.items() if name.startswith("AWS_")))
    files = []
    for place in {*aws_files(home), *aws_files()}:
        try:
            found = place.stat()
            files.append((str(place), found.st_mtime_ns, found.st_size))
        except OSError:
            files.append((str(place), 0, 0))
    return (variables, tuple(sorted(files)))


def profiles(home: Path) -> tuple[dict[str, dict[str, Any]], list[str]]:
    """Reads the profiles of AWS's files, without their secrets, and says what could not be read."""
    try:
        from botocore import configloader
        from botocore.exceptions import ConfigNotFound, ConfigParseError
    except ImportError:
        return {}, []
    config, credentials = aws_files(home)
    found: dict[str, dict[str, Any]] = {}
    problems = []
    for place, load in ((config, configloader.load_config), (credentials, configloader.raw_config_parse)):
        try:
            read = load(str(place))
        except ConfigNotFound:
            continue
        except (ConfigParseError, OSError, ValueError) as error:
            problems.append(f"{place} cannot be read ({type(error).__name__})")
            continue
        services = read.get("services") or {}
        for name, said in (read["profiles"] if place == config else read).items():
            if isinstance(said, dict):
                found.setdefault(name, {}).update(_shown(said, services))
    return found, problems


def _shown(said: dict[str, Any], services: dict[str, Any]) -> dict[str, Any]:
    """Picks what may be told of a profile."""
    shown = {
        key: said[key]
        for key in ("region", "endpoint_url", "role_arn", "ca_bundle")
        if isinstance(said.get(key), str)
    }
    own = services.get(said.get("services", ""), {}).get("s3", {})
    if isinstance(own, dict) and isinstance(own.get("endpoint_url"), str):
        shown["endpoint_url"] = own["endpoint_url"]
    s3 = said.get("s3")
    if isinstance(s3, dict) and isinstance(s3.get("addressing_style"), str):
        shown["style"] = s3["addressing_style"]
    if "aws_access_key_id" in said:
        shown["keys"] = True
    return shown


def timestamp(value: Any) -> Any:
    """Reads a time; the form that lists have is read ten times as fast as botocore does."""
    if isinstance(value, str) and value.endswith("Z"):
        try:
            return datetime.fromisoformat(value)
        except ValueError:
            pass  # another form: botocore knows them all
    from botocore.utils import parse_timestamp

    return parse_timestamp(value)


def no_credentials(name: str) -> Denied:
    """Says that nobody can sign."""
    return Denied(
        f"connection {name!r}: no credentials were found",
        hint="Save an access key, name a profile, or choose anonymous.",
    )


def _assume(session: Any, known: Known) -> None:
    """Lets a session sign as a role; botocore's own fetcher asks for it at the first use, and again in time."""
    from botocore.credentials import AssumeRoleCredentialFetcher, DeferredRefreshableCredentials

    connection = known.connection
    source = session.get_credentials()
    if source is None:
        raise no_credentials(known.name)
    extra = {"RoleSessionName": "ellip-lab"}
    if connection.external_id:
        extra["ExternalId"] = connection.external_id
    fetcher = AssumeRoleCredentialFetcher(
        _sts(session, known), source, connection.role_arn, extra_args=extra, mfa_prompter=_no_prompt
    )
    session._credentials = DeferredRefreshableCredentials(fetcher.fetch_credentials, "assume-role")


def _sts(session: Any, known: Known) -> Callable[..., Any]:
    """Gives a function that makes clients for roles: at Amazon, or at the connection's own endpoint."""
    from botocore.config import Config

    connection = known.connection
    own = connection.endpoint if connection.endpoint and not amazon(connection.endpoint) else None

    def make(service: str, **options: Any) -> Any:
        return session.create_client(
            service,
            endpoint_url=own,
            region_name=connection.region or "us-east-1",
            verify=connection.ca_bundle and str(Path(connection.ca_bundle).expanduser()),
            config=Config(
                proxies={} if own and loopback(own) else None,
                connect_timeout=10,
                read_timeout=30,
                retries={"mode": "standard", "total_max_attempts": 3},
            ),
            **options,
        )

    return make


def loopback(url: str) -> bool:
    """Tells whether a URL leads to this machine."""
    import ipaddress

    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def _no_prompt(_: str) -> NoReturn:
    raise Invalid(
        "the role of the profile asks for a number of a device (MFA), which cannot be asked for here",
        hint="Make a session of it first, such as with aws sts get-session-token, and save its keys and token.",
    )
