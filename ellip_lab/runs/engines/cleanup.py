"""Leaves nothing behind: removes the containers of a run, its temporaries, and half-placed outputs.

What was being published to an object store is taken back by a process of its own (`unpublish.py`).

``python cleanup.py [ENGINE]`` in the directory of a task, run by its supervisor at every end, and by whoever
finds the task lost. Idempotent. Standard library only, and no import of this package when run as a program.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

PATIENCE = 60
"""Seconds that the engine has for one command."""


def main() -> int:
    """Cleans up in the current directory; the exit code says whether everything is gone."""
    directory = Path.cwd()
    take_back(directory)
    kept = unpublished(directory)
    engine = sys.argv[1] if len(sys.argv) > 1 else ""
    left = remove_containers(engine, directory) if engine else False
    remove_half_image(engine, directory)
    return 1 if not remove_scratch(engine, directory) or left or kept else 0


def take_back(directory: Path) -> bool:
    """Removes outputs whose placing has begun and not ended; tells whether there were any to remove."""
    note = directory / "placing.json"
    try:
        placing = json.loads(note.read_bytes())
    except (FileNotFoundError, ValueError):
        return False
    outdir = Path(placing["outdir"])
    for name in placing["names"]:
        place = outdir / name
        if place.is_dir() and not place.is_symlink():
            shutil.rmtree(place, ignore_errors=True)
        else:
            place.unlink(missing_ok=True)
    made = placing["made"]
    while made and outdir.is_relative_to(made):
        try:
            outdir.rmdir()
        except OSError:
            break  # never made, or somebody has put something into it: theirs
        outdir = outdir.parent
    note.unlink(missing_ok=True)
    return True


def unpublished(directory: Path) -> bool:
    """Takes back what was being published; tells whether something of it is left."""
    if not (directory / "publishing.json").exists():
        return False
    argv = [sys.executable, "-m", "ellip_lab.runs.engines.unpublish"]
    try:
        return subprocess.run(argv, stdin=subprocess.DEVNULL, timeout=PATIENCE, check=False).returncode != 0
    except (OSError, subprocess.TimeoutExpired) as error:
        sys.stderr.write(f"cleanup: {error}\n")
        return True


def remove_containers(engine: str, directory: Path) -> bool:
    """Removes every container of the run: by the files with their ids, by label and by name; tells what is left."""
    if not containers_possible(directory):
        return False
    for _ in range(3):
        found = named(directory) | listed(engine, directory)
        if not found:
            break
        command(engine, "rm", "-f", *(("-t", "0") if "podman" in Path(engine).name else ()), *sorted(found))
        for file in directory.glob("work/cid/*.cid"):
            file.unlink(missing_ok=True)
    end_strays(directory)
    return bool(listed(engine, directory))


def remove_half_image(engine: str, directory: Path) -> None:
    """Removes the image that the run was pulling when it was ended, and podman had not written whole."""
    note = directory / "pulled"
    if note.exists() and "podman" in Path(engine).name:
        argv = [sys.executable, "-m", "ellip_lab.containers.half_written", engine]
        try:
            subprocess.run(argv, stdin=subprocess.DEVNULL, timeout=PATIENCE, check=False)
        except (OSError, subprocess.TimeoutExpired) as error:
            sys.stderr.write(f"cleanup: {error}\n")
        note.unlink(missing_ok=True)


def end_strays(directory: Path) -> None:
    """Ends containers that the runtime has made and podman, killed before it wrote that down, does not know.

    Their monitor waits for ever for somebody to start them; its command line names runtime and container.
    """
    for place in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            argv = [os.fsdecode(word) for word in place.read_bytes().split(b"\0")]
        except OSError:
            continue  # it has ended, or is another user's
        if Path(argv[0]).name != "conmon" or not {"-n", "-c", "-r"} <= set(argv):
            continue
        name, identity, runtime = (argv[argv.index(option) + 1] for option in ("-n", "-c", "-r"))
        if name.startswith(f"ellip-{directory.name}-"):
            command(runtime, "delete", "--force", identity)
            try:
                os.kill(int(place.parent.name), signal.SIGKILL)
            except ProcessLookupError:
                continue  # it has followed its container


def containers_possible(directory: Path) -> bool:
    """Tells whether a container may be left: not when the engine's process saw the end and removal of all."""
    if any(directory.glob("work/cid/*.cid")):
        return True
    try:
        events = (directory / "events.jsonl").read_bytes()
    except FileNotFoundError:
        return False
    return b'"event": "jobs-ended"' not in events[-65_536:]


def named(directory: Path) -> set[str]:
    """Gives the ids that the engine has written into the run's files."""
    found = set()
    for file in directory.glob("work/cid/*.cid"):
        text = file.read_text(errors="replace").strip()
        if text.isalnum():
            found.add(text)
    return found


def listed(engine: str, directory: Path) -> set[str]:
    """Asks the engine for the containers with the run's label, or name (one half made has no label yet)."""
    found: set[str] = set()
    external = ("--external",) if "podman" in Path(engine).name else ()
    for choice, options in (
        (f"label=ellip-lab.run={directory.name}", ()),
        (f"name=ellip-{directory.name}-", external),
    ):
        reply = command(engine, "ps", "-a", "--no-trunc", "-q", *options, "--filter", choice)
        found.update(word for word in reply.split() if word.isalnum())
    return found


def command(*argv: str) -> str:
    """Runs a command of the engine; one that fails or hangs gives nothing, and is told in the log."""
    try:
        reply = subprocess.run(
            argv, capture_output=True, stdin=subprocess.DEVNULL, text=True, errors="replace", check=False,
            timeout=PATIENCE,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired) as error:
        sys.stderr.write(f"cleanup: {' '.join(argv[:3])}: {error}\n")
        return ""
    if reply.returncode != 0 and "no such container" not in reply.stderr.lower():
        sys.stderr.write(f"cleanup: {' '.join(argv[:3])}: {reply.stderr.strip()}\n")
    return reply.stdout


def remove_scratch(engine: str, directory: Path) -> bool:
    """Removes the temporaries; those of a rootless container's other users from inside its user namespace."""
    work = directory / "work"
    if not work.exists():
        return True
    shutil.rmtree(work, ignore_errors=True)
    if work.exists():
        for parent, folders, _ in os.walk(work):
            for name in folders:
                place = Path(parent, name)
                if not place.is_symlink():
                    try:
                        place.chmod(0o700)
                    except PermissionError:
                        continue  # another user's: below
        shutil.rmtree(work, ignore_errors=True)
    if work.exists() and "podman" in Path(engine).name and os.geteuid() != 0:
        command(engine, "unshare", "rm", "-rf", str(work))
    return not work.exists()


if __name__ == "__main__":
    sys.exit(main())
