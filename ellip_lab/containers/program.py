"""The text of a program that runs a command of an image: a script of the shell, which starts in a millisecond.

It keeps what a program of the machine has: arguments, standard streams, a terminal where there is one, the current
folder, signals, the exit code. Its second line holds what it is, as JSON: by that it is known again.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from shlex import quote

from ellip_lab.containers.contract import ContainerEngine, EngineKind

MARK = b"# ellip-lab-exposed "
"""What the second line of a program of ours begins with."""
HEAD = 65_536
"""Bytes in which that line ends, whatever the path in it."""
HIDING = ("/", "/bin", "/boot", "/dev", "/etc", "/lib", "/lib32", "/lib64", "/libx32", "/opt", "/proc", "/run", "/sbin",
          "/sys", "/usr", "/usr/bin", "/usr/lib", "/usr/lib64", "/usr/libexec", "/usr/local", "/usr/local/bin",
          "/usr/local/lib", "/usr/local/share", "/usr/sbin", "/usr/share", "/var", "/var/lib")  # fmt: skip
"""Folders that an image has its own of: mounted, they would hide its programs."""


CALLED = """real=$(pwd -P 2>/dev/null) && [ -n "$real" ] || { echo "${0##*/}: the current folder is gone" >&2; exit 125; }
here=$PWD folder=$PWD group= front=none
[ ! -r /proc/$$/stat ] || read -r _ _ _ _ group _ _ front _ </proc/$$/stat
read -r name </proc/sys/kernel/random/uuid && name=ellip-$name || name=ellip-$$
made=${TMPDIR:-/tmp}/$name
# without standard input the engine would take another open file for it
{ true 3<&0; } 2>/dev/null || exec </dev/null"""
"""How it was called: from where, and whether it is what a terminal's keys are for."""
TERMINAL = """if [ -t 0 ] && [ -n "$group" ] && [ "$group" != "$front" ]; then
  # in the background, what reads no terminal must not be stopped by it
  exec </dev/null
elif [ -t 0 ] && [ -t 1 ] && [ -t 2 ]; then
  set -- --tty ${TERM:+--env=TERM} "$@"
fi"""
"""A terminal for it, where there is one."""
WAITING = """# The engine's own program is deaf to signals until its container runs, or ends and leaves it: what is sent here goes to
# the container, as soon as there is one.
sent= again= child=
noted() { sent=$1 again=yes; }
trap 'noted 2' INT
trap 'noted 15' TERM
trap 'noted 1' HUP
alive() {
  read -r _ _ state _ </proc/"$child"/stat && [ "$state" != Z ]
} 2>/dev/null
passed() {
  # the keys of a terminal reach the engine's program too, which passes them on
  [ "$sent" = 15 ] || [ "$group" != "$front" ] || return
  while alive && ! "$engine" kill --signal="$sent" "$name" >/dev/null 2>&1; do sleep 0.1; done
}
exec 3<&0
[ -z "$sent" ] || exit $((128 + sent))
start "$@" <&3 3<&- &
child=$!
exec 3<&-
while again=; wait "$child"; code=$?; [ -n "$again" ] && kill -s 0 "$child" 2>/dev/null; do passed; done
if [ -n "$sent" ]; then
  case $("$engine" inspect --type=container --format='{{.State.Status}}' "$name" 2>/dev/null) in
    created|configured|initialized|running|paused) remove >/dev/null 2>&1; code=$((128 + sent)) ;;
    *) case $code in 0|1|125) [ -e "$made" ] || code=$((128 + sent)) ;; esac ;;
  esac
fi
rm -f "$made"
exit "$code"
"""
"""Its end: the exit code it had, and no container left."""


@dataclass(frozen=True)
class Program:
    """Is a command of an image as a program: what its file has to say."""

    command: str
    image: str
    network: bool
    root: str
    """The workspace, mounted wherever the program is called; empty for none."""
    init: bool
    """The engine brings a first process that passes signals on; else the machine's process ids are shared."""
    entrypoint: bool
    """The image's own entry point runs the command; else the command takes its place."""
    user: str
    """Whose files it writes: an option of `run`, empty where the engine's own way is right."""


def read(file: Path) -> Program | None:
    """Gives the program that a file of ours is; None for anything else."""
    try:
        if not file.is_file():
            return None
        with file.open("rb") as stream:
            lines = stream.read(HEAD).split(b"\n", 2)
        if len(lines) < 3 or not lines[1].startswith(MARK):
            return None
        return Program(**json.loads(lines[1].removeprefix(MARK)))
    except (OSError, ValueError, TypeError):
        return None


def text_of(program: Program, engine: ContainerEngine, *further: str) -> str:
    """Gives the script; `further` are more options of `run`."""
    word = quote(program.command)
    start = f"{quote(program.image)} {word}" if program.entrypoint else quote(program.image)
    lines = [
        "#!/bin/sh",
        MARK.decode() + json.dumps(asdict(program)),
        f"# Runs {word} of the image {program.image}. `ellip containers expose` has made it,",
        f"# `ellip containers unexpose {word}` removes it.",
        *(f'[ -n "${{{name}+set}}" ] || export {name}={quote(value)}' for name, value in engine.env.items()),
        CALLED,
        f'set -- {start} "$@"',
        TERMINAL,
        *_mounting(program.root),
        f"engine={quote(str(engine.command))}",
        f"start() {{ {_run(program, engine, further)}; }}",
        f'remove() {{ "$engine" rm --force{" --time=0" if engine.kind is EngineKind.PODMAN else ""} "$name"; }}',
        WAITING,
    ]
    return "\n".join(lines) + "\n"


def _run(program: Program, engine: ContainerEngine, further: tuple[str, ...]) -> str:
    """Gives the command that runs the container, as a line of the script."""
    podman = engine.kind is EngineKind.PODMAN
    fixed = [
        # what an engine warns of is no part of what the command says
        *(("--log-level=error",) if podman else ()),
        "run", "--rm", "--interactive", "--pull=never", "--log-driver=none", "--security-opt=label=disable",
        "--detach-keys=",
        # The first process of a container ignores signals that it does not handle: without an init, Ctrl-C ends nothing.
        "--init" if program.init else "--pid=host",
        *(() if program.network else ("--network=none",)),
        *((program.user,) if program.user.startswith("--") else ()),
        *(() if program.entrypoint else (f"--entrypoint={program.command}",)),
        f"--label=ellip-lab.exposed={program.command}",
        *further,
    ]  # fmt: skip
    asked = ['--name="$name"', '--cidfile="$made"', '--workdir="$folder"', '--env="PWD=$folder"']
    if program.user == "own":
        asked.append('--user="$(id -u):$(id -g)"')
    if podman:
        asked.append('--umask="$(umask)"')
    return " ".join(['exec "$engine"', *map(quote, fixed), *asked, '"$@"'])


def _mounting(root: str) -> list[str]:
    """Gives the lines that mount the workspace, and the current folder when it is outside, at their own paths.

    Where a path has symbolic links in it, the folder is there under both its names.
    """
    named = root.rstrip("/")
    real = os.path.realpath(named) if named else "/"
    if real in HIDING:
        named, real = "", ""
    folders = [folder for folder in dict.fromkeys((real, named)) if folder]
    below = "".join(f"{quote(folder)}|{quote(folder)}/*|" for folder in folders)
    lines = []
    if folders:
        mounts = " ".join(quote(f"--mount={mount(real, folder)}") for folder in folders)
        lines.append(f'[ ! -d {quote(real)} ] || set -- {mounts} "$@"')
    return [
        *lines,
        "source=$real target=$here",
        'case $real$here in *\\"*)',
        """  source=$(printf '%s\\n' "$real" | sed 's/"/""/g') target=$(printf '%s\\n' "$here" | sed 's/"/""/g') ;;""",
        "esac",
        "case $real in",
        f"  {'|'.join(HIDING)}|/proc/*|/sys/*)",
        '    echo "${0##*/}: the files of $real are not visible here: the image has its own" >&2',
        "    folder=/ here=$real ;;",
        *([f"  {below[:-1]}) ;;"] if below else []),
        '  *) set -- --mount="type=bind,\\"src=$source\\",\\"dst=$source\\"" "$@" ;;',
        "esac",
        "case $here in",
        f'  {below}"$real") ;;',
        '  *) set -- --mount="type=bind,\\"src=$source\\",\\"dst=$target\\"" "$@" ;;',
        "esac",
    ]


def mount(source: str, target: str) -> str:
    """Gives the words that mount a folder; they are read as a line of CSV."""
    fields = (f"src={source}", f"dst={target}")
    return ",".join(["type=bind", *(f'"{field.replace(chr(34), chr(34) * 2)}"' for field in fields)])
