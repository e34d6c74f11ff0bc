"""`ellip s3 cp|mv|sync|rm|transfers|resume`."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from ellip_lab.cli.s3 import confirmed, hall, json_option, yes_option
from ellip_lab.s3.addresses import is_address, located

if TYPE_CHECKING:
    from ellip_lab.s3.contract import TransferPlan

STATES = ("queued", "running", "done", "failed", "stopped", "lost")
"""Those of a task, said here so that a copy need not load them."""


def going_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Gives a command the options of how a transfer is carried out and shown."""
    options = [
        click.option("-d", "--detach", is_flag=True, help="Print the id and leave it running."),
        click.option("-q", "--quiet", is_flag=True, help="Say nothing but errors."),
        json_option,
    ]
    for option in reversed(options):
        command = option(command)
    return command


def policy_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Gives a command the options of what happens to what exists already."""
    options = [
        click.option("--skip", "policy", flag_value="skip", help="What exists already stays."),
        click.option("--replace", "policy", flag_value="replace", help="What exists already is replaced."),
        click.option(
            "--newer", "policy", flag_value="newer", help="It is replaced when the source is newer."
        ),
    ]
    for option in reversed(options):
        command = option(command)
    return command


@click.command()
@click.argument("sources", metavar="SOURCE...", nargs=-1, required=True)
@click.argument("target")
@policy_options
@going_options
def cp(sources: tuple[str, ...], target: str, policy: str | None, **how: Any) -> None:
    """Copy files and objects: between folders and buckets, and across connections.

    A SOURCE that ends in / is what is below it; a TARGET that ends in / takes what is copied into it. What exists
    already ends the command before it begins, unless --skip, --replace or --newer says what is to happen.
    Ctrl-C stops it; `ellip s3 resume` goes on.
    """
    begun("copy", sources, target, policy, how)


@click.command()
@click.argument("sources", metavar="SOURCE...", nargs=-1, required=True)
@click.argument("target")
@policy_options
@going_options
def mv(sources: tuple[str, ...], target: str, policy: str | None, **how: Any) -> None:
    """Move files and objects: each is removed at its source once it has arrived."""
    begun("move", sources, target, policy, how)


@click.command()
@click.argument("source")
@click.argument("target")
@click.option("--delete", is_flag=True, help="Delete at the target what the source has not.")
@yes_option
@going_options
def sync(source: str, target: str, delete: bool, yes: bool, **how: Any) -> None:
    """Copy what is missing at the target, or differs."""
    if delete and not yes:
        from ellip_lab.s3.contract import Action, TransferRequest

        request = TransferRequest(
            action=Action.SYNC, sources=(located(source),), target=located(target), delete=True
        )
        plan = hall().s3.plan_transfer(request)
        if plan.deletes or plan.more:
            count = f"{plan.deletes:,}" if not plan.more else "an unknown number of"
            confirmed(f"Delete {count} files and objects in {target}?", yes=False)
    begun("sync", (source,), target, None, how, delete=delete)


def begun(
    action: str,
    sources: tuple[str, ...],
    target: str,
    policy: str | None,
    how: dict[str, Any],
    *,
    delete: bool = False,
) -> None:
    """Begins a transfer and shows it until its end, or leaves it running.

    Whoever waits has it begun before it is looked at: its process does that, while this one loads what shows it.
    """
    request = {
        "action": action,
        "sources": [located(source) for source in sources],
        "target": located(target),
        "policy": policy or "ask",
        "delete": delete,
    }
    if how["detach"]:
        asked(request, how)
        return
    from pathlib import Path

    from ellip_lab.cli.interrupting import delivered_later
    from ellip_lab.s3.beginning import begin
    from ellip_lab.shell import state_home, task_limit

    state = state_home()
    with delivered_later() as deliver:
        try:
            id_ = begin(state, Path.cwd().absolute(), task_limit(), request)
        except OSError as error:
            from ellip_lab.tasks.service import unavailable

            raise unavailable(state, error) from error
    from ellip_lab.cli.s3_progress import followed

    lab = hall()
    lab.warm.start()  # for those to come
    followed(lab, id_, deliver, quiet=how["quiet"], as_json=how["as_json"])


def asked(request: dict[str, Any], how: dict[str, Any]) -> None:
    """Starts a transfer once it has been looked at, and shows it until its end unless it is to be left running."""
    from ellip_lab.cli.s3_progress import attended
    from ellip_lab.s3.contract import TransferRequest

    attended(hall(), lambda lab: lab.s3.transfer(TransferRequest.model_validate(request)), **how)


@click.command()
@click.argument("addresses", metavar="ADDRESS...", nargs=-1, required=True)
@click.option("--versions", is_flag=True, help="Every version, for good.")
@yes_option
@going_options
def rm(addresses: tuple[str, ...], versions: bool, yes: bool, **how: Any) -> None:
    """Delete objects; an ADDRESS that ends in / is everything below it. Says how many, and asks."""
    from ellip_lab.errors import Invalid
    from ellip_lab.s3.contract import TransferRequest

    for address in addresses:
        if not is_address(address):
            raise Invalid(f"{address} is not an address", hint="Only objects are deleted: s3://bucket/key.")
    request = {"action": "delete", "sources": addresses, "versions": versions}
    if not yes:
        plan = hall().s3.plan_transfer(TransferRequest.model_validate(request))
        confirmed(f"Delete {counted(plan)}?", yes=False)
    asked(request, how)


def counted(plan: TransferPlan) -> str:
    """Says how many objects there are, and how large."""
    from ellip_lab.tasks.wording import size

    more = "more than " if plan.more else ""
    return f"{more}{plan.files:,} object{'' if plan.files == 1 else 's'} ({size(plan.bytes)})"


@click.command()
@click.option("--state", type=click.Choice(STATES), help="Only in this state.")
@click.option("--text", help="Only those whose title or id has this in it.")
@click.option("-n", "--limit", type=click.IntRange(1, 500), default=20, show_default=True, help="How many.")
@json_option
def transfers(state: str | None, text: str | None, limit: int, as_json: bool) -> None:
    """List transfers, newest first; `ellip tasks` stops, logs and removes them."""
    from ellip_lab.cli.tables import table
    from ellip_lab.s3.contract import TransferQuery
    from ellip_lab.tasks.contract import State
    from ellip_lab.tasks.wording import age, size, took

    page = hall().s3.transfers(TransferQuery(state=State(state) if state else None, text=text, limit=limit))
    if as_json:
        click.echo(page.model_dump_json(indent=2))
        return
    table(
        ("TRANSFER", "STATE", "TITLE", "AGE", "TOOK", "FILES", "BYTES"),
        (
            (
                one.id,
                one.state.value,
                one.title,
                age(one.created),
                took(one.started, one.finished),
                f"{one.files_done:,}" + (f" of {one.files_total:,}" if one.files_total is not None else ""),
                size(one.bytes_done),
            )
            for one in page.transfers
        ),
        empty="no transfers",
        state=1,
    )


@click.command()
@click.argument("transfer")
@going_options
def resume(transfer: str, **how: Any) -> None:
    """Go on with a transfer that stopped or failed, from where it was.

    TRANSFER is an id, a beginning or an end of one that no other transfer has, or `last`.
    """
    from ellip_lab.cli.s3_progress import attended
    from ellip_lab.tasks.find import find

    lab = hall()
    id_ = find(lab.tasks.root, transfer, "s3")
    attended(lab, lambda lab: lab.s3.resume_transfer(id_), **how)
