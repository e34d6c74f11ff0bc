"""What makes a toolbox active: its variables as they were measured, for a process, a terminal or a shell."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from ellip_lab.errors import Conflict, Invalid, NotFound
from ellip_lab.settings import inside, within
from ellip_lab.toolboxes.contract import Activation, ToolboxTerminal, ToolboxTerminalRequest

if TYPE_CHECKING:
    from ellip_lab.toolboxes.home import Home

SCRIPT = "conda-meta/ellip-activate.sh"
"""What a standing shell reads to make it active."""
SHELL = "conda-meta/ellip-shell.sh"
"""What a new shell reads."""
BASE = "/usr/local/bin:/usr/bin:/bin"
PATIENCE = 60.0
"""Seconds that the scripts of an activation may take."""
SHELLS_OWN = {"_", "SHLVL", "PWD", "OLDPWD", "PATH", "HOME", "PS1", "CONDA_SHLVL"}


def measure(prefix: Path, name: str, script: str) -> tuple[tuple[str, ...], dict[str, str]]:
    """Runs the scripts of an activation, and gives what they put before PATH and which variables they set.

    Raises `OSError`, or `ValueError` when they fail or do not come to an end.
    """
    shell = shutil.which("bash") or "/bin/sh"
    # a file, for a pipe that nobody reads meanwhile holds 64 KiB, and there are larger environments
    with tempfile.TemporaryFile() as answer:
        lines = f'export PATH="{prefix}/bin:$PATH"\n{script}\nenv -0 >&{answer.fileno()}\n'
        try:
            done = subprocess.run(
                [shell, "-c", lines],
                env={"PATH": BASE, "HOME": os.environ.get("HOME", "/")}, pass_fds=(answer.fileno(),),
                stdin=subprocess.DEVNULL, capture_output=True, timeout=PATIENCE, check=False, cwd=prefix,
            )  # fmt: skip
        except subprocess.TimeoutExpired as error:
            raise ValueError(f"its scripts did not end in {PATIENCE:g} s") from error
        answer.seek(0)
        text = answer.read().decode(errors="replace")
    if done.returncode or not text:
        said = done.stderr.decode(errors="replace").strip().splitlines()
        raise ValueError(said[-1] if said else f"ended with exit code {done.returncode}")
    found = dict(line.partition("=")[::2] for line in text.split("\0") if "=" in line)
    path = [folder for folder in found.get("PATH", "").split(":") if folder not in BASE.split(":")]
    env = {key: value for key, value in found.items() if key not in SHELLS_OWN}
    # "conda" itself says it so, and prompts read it
    return tuple(dict.fromkeys(path)), {**env, "CONDA_PREFIX": str(prefix), "CONDA_DEFAULT_ENV": name}


def scripts(prefix: Path, name: str, script: str) -> dict[str, str]:
    """Gives the files by which shells make a toolbox active."""
    active = "\n".join(
        (
            f"# makes toolbox {name} active in this shell",
            f'export PATH={shlex.quote(str(prefix / "bin"))}:"$PATH"',
            script,
            f"export CONDA_DEFAULT_ENV={shlex.quote(name)}",
            f'PS1="({name}) ${{PS1:-$ }}"',
            "",
        )
    )
    shell = f'[ -f "$HOME/.bashrc" ] && . "$HOME/.bashrc"\n. {shlex.quote(str(prefix / SCRIPT))}\n'
    return {SCRIPT: active, SHELL: shell}


def activation(home: Home, name: str) -> Activation:
    """Gives what makes a toolbox active; `NotFound` without one, `Conflict` when it is damaged."""
    try:
        record = home.record(name)
    except ValueError as error:
        raise Conflict(f"{name} is damaged: {error}", hint="Remove it, and install it again.") from error
    if str(home.prefix(name)) != record.prefix:
        raise Conflict(
            f"{name} was made for {record.prefix} and does not work elsewhere",
            hint="Install it again from its lock file.",
        )
    return Activation(name=name, prefix=record.prefix, path=record.path, env=record.env)


def environment(active: Activation, environ: dict[str, str]) -> dict[str, str]:
    """Gives an environment with a toolbox active in it."""
    path = os.pathsep.join((*active.path, environ.get("PATH", os.defpath)))
    return {**environ, **active.env, "PATH": path}


def terminal(home: Home, request: ToolboxTerminalRequest) -> ToolboxTerminal:
    """Gives the command of a terminal, and the line for a shell that stands already."""
    active = activation(home, request.name)
    root = home.settings.root
    folder = inside(root, request.folder)
    if not folder.is_dir():
        raise NotFound(f"{request.folder} is no folder of the workspace", hint="Choose one that is there.")
    bash = shutil.which("bash")
    if bash is None:
        raise Invalid("there is no bash here", hint="Install it: a shell with a toolbox active is one.")
    shown = within(root, folder) or ""
    prefix = Path(active.prefix)
    return ToolboxTerminal(
        argv=(bash, "--rcfile", str(prefix / SHELL), "-i"),
        line=f". {shlex.quote(str(prefix / SCRIPT))}",
        folder="" if shown == "." else shown,
        title=request.name,
    )
