"""`ellip s3 connections|presets|add|test|use|env|forget`."""

from __future__ import annotations

import json
import os
import shlex
import sys
from typing import Any

import click

from ellip_lab.cli.exits import FAILED, Ended
from ellip_lab.cli.s3 import confirmed, hall, json_option, yes_option
from ellip_lab.cli.tables import table
from ellip_lab.errors import Invalid, NotFound
from ellip_lab.s3.contract import (
    Auth,
    ConnectionQuery,
    ConnectionRequest,
    Credentials,
    Preset,
    Source,
    StepResult,
    Style,
    TestRequest,
)

MARKS = {StepResult.OK: "✓", StepResult.FAILED: "✗", StepResult.SKIPPED: "–"}


@click.command()
@json_option
def connections(as_json: bool) -> None:
    """List connections: saved ones, profiles of ~/.aws, the environment, the store on this machine.

    Nothing is connected for it. The default one, which s3://bucket/key means, is marked with *.
    """
    found = hall().s3.connections()
    if as_json:
        click.echo(found.model_dump_json(indent=2))
        return
    table(
        ("CONNECTION", "DEFAULT", "SOURCE", "SIGNED BY", "ENDPOINT", "REGION"),
        (
            (
                one.name,
                "*" if one.default else "",
                one.source.value,
                one.kept_in or one.auth.value,
                one.endpoint or ("on this machine" if one.source is Source.EMBEDDED else "AWS"),
                one.region or "",
            )
            for one in found.connections
        ),
        empty="no connections: ellip s3 add NAME saves one",
    )
    for problem in found.problems:
        click.echo(f"{click.style('warning:', fg='yellow', bold=True)} {problem}", err=True)


@click.command()
@json_option
def presets(as_json: bool) -> None:
    """List the services that are known beforehand, for `ellip s3 add --preset`."""
    found = hall().s3.presets()
    if as_json:
        click.echo(found.model_dump_json(indent=2))
        return
    rows = ((one.id, one.group, one.title, one.endpoint or "") for one in found.presets)
    table(("PRESET", "KIND", "SERVICE", "ENDPOINT"), rows, empty="no presets")


@click.command()
@click.argument("name")
@click.option("--preset", help="A service that is known beforehand: `ellip s3 presets` lists them.")
@click.option("--endpoint", metavar="URL", help="The service; AWS without it.")
@click.option("--region")
@click.option("--style", type=click.Choice([style.value for style in Style]), help="Where the bucket stands.")
@click.option("--anonymous", is_flag=True, help="Requests are not signed.")
@click.option("--chain", is_flag=True, help="Signed by what AWS's own tools find here.")
@click.option("--profile", help="Signed by a profile of ~/.aws.")
@click.option("--role-arn", metavar="ARN", help="A role to assume.")
@click.option("--external-id")
@click.option("--ca-bundle", type=click.Path(exists=True, dir_okay=False, resolve_path=True))
@click.option("--requester-pays/--owner-pays", default=None)
@click.option("--bucket", "buckets", multiple=True, help="A bucket to show where they cannot be listed.")
@click.option("--title")
@click.option("--replace", is_flag=True, help="A connection of this name may be there already.")
@click.option("--default", "default", is_flag=True, help="Make it the default.")
@click.option("--keys-from", type=click.Choice(["prompt", "stdin", "env"]), help="Where the keys come from.")
@json_option
def add(name: str, as_json: bool, default: bool, keys_from: str | None, **given: Any) -> None:
    """Save a connection.

    Keys never stand on the command line, where everybody on this machine can read them. They are asked for; or
    read from standard input, the access key, the secret key and (where there is one) the session token a line
    each; or taken from AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN.
    """
    s3 = hall().s3
    settings = settled(given, s3.presets().presets)
    if settings["auth"] is Auth.KEYS:
        settings["credentials"] = keys(keys_from)
    elif keys_from:
        raise click.UsageError("--keys-from: this connection is not signed with keys of its own.")
    saved = s3.save_connection(ConnectionRequest(name=name, **settings))
    if default:
        saved = s3.choose_connection(ConnectionQuery(connection=name))
    click.echo(saved.model_dump_json(indent=2) if as_json else f"saved: {saved.name}")


def settled(given: dict[str, Any], known: tuple[Preset, ...]) -> dict[str, Any]:
    """Gives the settings that options and a preset make."""
    auths = [
        auth
        for auth, said in (
            (Auth.ANONYMOUS, given.pop("anonymous")),
            (Auth.CHAIN, given.pop("chain")),
            (Auth.PROFILE, bool(given["profile"])),
        )
        if said
    ]
    if len(auths) > 1:
        raise click.UsageError("--anonymous, --chain and --profile exclude one another.")
    settings = {key: value for key, value in given.items() if value not in (None, ())}
    preset = next((one for one in known if one.id == given["preset"]), None)
    if given["preset"] and preset is None:
        raise NotFound(f"there is no preset {given['preset']}", hint="`ellip s3 presets` lists them.")
    if preset is not None:
        settings = of_preset(preset, settings)
    if auths:
        settings["auth"] = auths[0]
    settings.setdefault("auth", Auth.KEYS)
    settings["style"] = Style(settings.get("style", Style.AUTO))
    return settings


def of_preset(preset: Preset, settings: dict[str, Any]) -> dict[str, Any]:
    """Gives the settings of a preset, with those that are said instead."""
    region = settings.get("region") or preset.region
    own = next((one.endpoint for one in preset.regions if one.name == region and one.endpoint), None)
    endpoint = settings.get("endpoint") or own or preset.endpoint
    if endpoint is None and preset.asks_endpoint:
        raise Invalid(f"{preset.title} is at an endpoint of your own", hint="Give it with --endpoint.")
    if endpoint and "{region}" in endpoint:
        if not region:
            there = ", ".join(one.name for one in preset.regions)
            raise Invalid(f"{preset.title} has regions", hint=f"Give one with --region: {there}.")
        endpoint = endpoint.replace("{region}", region)
    rest = {
        "style": preset.style,
        "auth": preset.auth,
        "requester_pays": preset.requester_pays,
        "buckets": preset.buckets,
        **settings,
    }
    return {**rest, "endpoint": endpoint, "region": region}


def keys(keys_from: str | None) -> Credentials:
    """Gives the keys that a person types, a program writes, or the environment has."""
    if keys_from is None:
        if not sys.stdin.isatty():
            raise click.UsageError("Nobody can be asked for the keys here: give --keys-from stdin or env.")
        keys_from = "prompt"
    names = ("access_key", "secret_key", "session_token")
    if keys_from == "env":
        variables = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")
        found = [os.environ.get(variable, "") for variable in variables]
    elif keys_from == "stdin":
        found = [line.strip() for line in sys.stdin.read(20_000).splitlines()][:3]
    else:
        found = [
            click.prompt("Access key", err=True),
            click.prompt("Secret key", hide_input=True, err=True),
            click.prompt("Session token (empty for none)", default="", show_default=False, hide_input=True, err=True),
        ]  # fmt: skip
    said = {name: value for name, value in zip(names, found, strict=False) if value}
    if not {"access_key", "secret_key"} <= set(said):
        raise Invalid("an access key and its secret are needed", hint="See `ellip s3 add --help`.")
    return Credentials.model_validate(said)


@click.command()
@click.argument("name", required=False)
@click.option("--bucket", help="A bucket to try, where buckets cannot be listed.")
@json_option
def test(name: str | None, bucket: str | None, as_json: bool) -> None:
    """Try a connection step by step, and say which step fails; exit code 1 when it does not work."""
    found = hall().s3.test_connection(TestRequest(name=name, bucket=bucket))
    if as_json:
        click.echo(found.model_dump_json(indent=2))
    else:
        for step in found.steps:
            click.echo(f"{MARKS[step.result]} {step.name}\t{step.detail}".rstrip())
            if step.hint and step.result is not StepResult.OK:
                click.echo(f"    {click.style('hint:', fg='cyan')} {step.hint}")
    if not found.works:
        raise Ended(FAILED)


@click.command()
@click.argument("name")
@json_option
def use(name: str, as_json: bool) -> None:
    """Make a connection the default: the one that s3://bucket/key means."""
    chosen = hall().s3.choose_connection(ConnectionQuery(connection=name))
    click.echo(chosen.model_dump_json(indent=2) if as_json else f"default: {chosen.name}")


@click.command()
@click.argument("name", required=False)
@json_option
def env(name: str | None, as_json: bool) -> None:
    """Print what makes a shell use a connection: eval "$(ellip s3 env NAME)".

    boto3, s3fs, GDAL and the aws command use it then. None of the variables is a secret. The store on this machine
    runs for as long as the shell does.
    """
    s3 = hall().s3
    query = ConnectionQuery(connection=name)
    found = s3.use(query)
    if any(
        one.name == found.connection and one.source is Source.EMBEDDED for one in s3.connections().connections
    ):
        s3.start_store(pid=os.getppid())
    if as_json:
        click.echo(found.model_dump_json(indent=2))
        return
    for variable in found.unset:
        click.echo(f"unset {variable}")
    for variable, value in found.set.items():
        click.echo(f"export {variable}={shlex.quote(value)}")
    if sys.stdout.isatty():
        said = json.dumps(name)[1:-1] if name else ""
        click.echo(f'To use it in this shell: eval "$(ellip s3 env {said})"', err=True)


@click.command()
@click.argument("name")
@yes_option
@json_option
def forget(name: str, yes: bool, as_json: bool) -> None:
    """Forget a saved connection and its keys."""
    confirmed(f"Forget the connection {name} and its keys?", yes=yes)
    gone = hall().s3.remove_connection(ConnectionQuery(connection=name))
    click.echo(gone.model_dump_json() if as_json else f"forgotten: {gone.id}")
