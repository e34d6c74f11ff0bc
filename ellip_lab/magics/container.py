"""`%%container IMAGE`: the cell is a script of the shell, and runs in an image with the notebook's folder mounted."""

from __future__ import annotations

import codecs
import os
import selectors
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from IPython.core.error import UsageError

from ellip_lab.containers.contract import Script, ScriptRequest
from ellip_lab.errors import Invalid
from ellip_lab.magics.line import HELP, hall

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

REMOVING = 60.0
"""Seconds that the end of a container may take."""


@click.command("container", context_settings=HELP)
@click.argument("image")
@click.option("--network", is_flag=True, help="The script may reach the network.")
@click.option("-e", "--env", "names", multiple=True, metavar="NAME", help="A variable of the notebook, or of the kernel's environment, that it gets.")  # fmt: skip
@click.option("--shell", "program", default="sh", show_default=True, help="The program of the image that reads it.")  # fmt: skip
@click.pass_obj
def container(
    of: tuple[InteractiveShell, str], /, image: str, network: bool, names: tuple[str, ...], program: str
) -> None:
    """Run the cell as a script of the shell in IMAGE.

    The current folder is mounted at its own path, and is where the script begins. What it says appears as it says
    it; interrupting the kernel ends it. The script has no network unless it is said.
    """
    shell, cell = of
    values = {name: value_of(shell, name) for name in names}
    with tempfile.TemporaryDirectory(prefix="ellip-cell-") as scratch:
        script = Path(scratch, "script")
        script.write_text(cell, encoding="utf-8")
        # a user of the image who is not this one reads it too; the folder around it is for this one alone
        script.chmod(0o644)
        found = hall().containers.script(
            ScriptRequest(
                image=image, script=str(script), folder=str(Path.cwd()), shell=program, network=network,
                env=names,
            )
        )  # fmt: skip
        code = followed(found, values)
    if code:
        raise UsageError(f"%%container: the script ended with exit code {code}")


def value_of(shell: InteractiveShell, name: str) -> str:
    """Gives a variable's value: the notebook's, else the environment's."""
    if name in shell.user_ns:
        return str(shell.user_ns[name])
    if name in os.environ:
        return os.environ[name]
    raise Invalid(f"there is no variable {name}", hint="Set it in the notebook, or in the environment.")


def followed(script: Script, values: dict[str, str]) -> int:
    """Runs a script and shows what it says as it says it; gives its exit code.

    An interrupt of the kernel, or any other end of this, takes the container along.
    """
    env = {**os.environ, **script.env, **values}
    # a session of its own: an interrupt reaches this process first, which ends the container
    process = subprocess.Popen(
        script.argv, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        start_new_session=True,
    )  # fmt: skip
    try:
        with process:
            shown(process)
            return process.wait()
    except BaseException:
        process.kill()
        subprocess.run(script.remove, env=env, capture_output=True, timeout=REMOVING, check=False)
        raise


def shown(process: subprocess.Popen[bytes]) -> None:
    """Copies what a process says to the cell, until it says no more."""
    decoder = codecs.getincrementaldecoder("utf-8")
    with selectors.DefaultSelector() as both:
        for source, goal in ((process.stdout, sys.stdout), (process.stderr, sys.stderr)):
            if source is not None:
                both.register(source, selectors.EVENT_READ, (goal, decoder(errors="replace")))
        while both.get_map():
            for key, _ in both.select():
                copied(both, key)


def copied(both: selectors.BaseSelector, key: Any) -> None:
    """Copies what is there of one stream."""
    goal, decoder = key.data
    data = os.read(key.fd, 65_536)
    goal.write(decoder.decode(data, final=not data))
    goal.flush()
    if not data:
        both.unregister(key.fileobj)
