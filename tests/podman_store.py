"""A podman store of the tests' own, with a small image; the machine's store is never touched."""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

IMAGE = "docker.io/ellip/busybox:1"
"""Debian's static busybox, and nothing else."""


@contextmanager
def private_store(folder: Path) -> Iterator[dict[str, str]]:
    """Makes a store in a folder, gives the environment that leads to it, and removes it again."""
    folder.mkdir(parents=True, exist_ok=True)
    storage = folder / "storage.conf"
    # with a longer runroot than 50 characters podman 4 waits 20 s for every end of a container
    runs = Path(tempfile.mkdtemp(prefix="ellip-run-"))
    storage.write_text(f'[storage]\ndriver = "overlay"\ngraphroot = "{folder}/graph"\nrunroot = "{runs}"\n')
    files = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    processes = Path("/proc/sys/kernel/pid_max").read_text().strip()
    configuration = folder / "containers.conf"
    configuration.write_text(
        "[containers]\n"
        f'default_ulimits = ["nofile={files}:{files}", "nproc={processes}:{processes}"]\n'
        "[network]\n"
        'network_backend = "netavark"\n'
        "[engine]\n"
        'runtime = "runc"\n'
        'cgroup_manager = "cgroupfs"\n'
        'events_logger = "file"\n'
    )
    env = {"CONTAINERS_STORAGE_CONF": str(storage), "CONTAINERS_CONF": str(configuration)}
    try:
        yield env
    finally:
        podman(env, "rm", "-a", "-f", "-t", "0")
        podman(env, "rmi", "-a", "-f")
        subprocess.run(["umount", f"{folder}/graph/overlay"], capture_output=True, check=False)
        shutil.rmtree(folder, ignore_errors=True)
        shutil.rmtree(runs, ignore_errors=True)


def podman(
    env: dict[str, str], *arguments: str, stdin: int | None = None
) -> subprocess.CompletedProcess[str]:
    """Runs podman in the store of an environment."""
    return subprocess.run(
        ["podman", *arguments], env={**os.environ, **env}, stdin=stdin, capture_output=True, text=True,
        timeout=120, check=False,
    )  # fmt: skip


def add_busybox(env: dict[str, str], folder: Path) -> str:
    """Puts the small image into the store: a root folder with busybox under all its names."""
    busybox = shutil.which("busybox")
    assert busybox, "apt-get install busybox-static"
    root = folder / "busybox"
    (root / "bin").mkdir(parents=True)
    (root / "tmp").mkdir(mode=0o1777)
    (root / "etc").mkdir()
    (root / "etc/passwd").write_text("root:x:0:0:root:/root:/bin/sh\n")
    shutil.copy(busybox, root / "bin/busybox")
    for name in subprocess.run(
        [busybox, "--list"], capture_output=True, text=True, check=True
    ).stdout.split():
        if name != "busybox":
            (root / "bin" / name).symlink_to("busybox")
    with subprocess.Popen(["tar", "-C", str(root), "-c", "."], stdout=subprocess.PIPE) as tar:
        assert tar.stdout
        reply = podman(env, "import", "--change", "ENV PATH=/bin", "-", IMAGE, stdin=tar.stdout.fileno())
    assert reply.returncode == 0, reply.stderr
    return IMAGE
