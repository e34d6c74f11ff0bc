"""What pycalrissian 0.8.3 needs beside the cluster: an environment of its own, and a registry that the node asks.

It pulls always, also an image that is there, and copies through a pod of `busybox`, whatever registry has that: so
there is a registry on loopback, and for as long as the benchmark lasts the node's containerd asks it for docker.io
first. Where containerd's own configuration is not beside the kubeconfig, as on a cluster of one node on this machine,
nothing of this can be had.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.cluster_space import IMAGE, TOOL

PINNED = "pycalrissian==0.8.3"
TESTS = Path(__file__).parent.parent / "tests"
CONFIGURATION = "containerd.toml"
DOCKER = "docker.io"


def python() -> Path | str:
    """Gives the Python that has pycalrissian, from an environment that is made once; or why it cannot be had."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path("~/.cache").expanduser())
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    folder = cache / "ellip-lab-tests" / f"{PINNED}-{version}"
    program = folder / "bin" / "python"
    if (folder / "complete").exists():
        return program
    shutil.rmtree(folder, ignore_errors=True)
    for argv in (
        [sys.executable, "-m", "venv", str(folder)],
        [str(program), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", PINNED],
    ):
        done = subprocess.run(argv, capture_output=True, text=True, check=False)
        if done.returncode:
            said = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
            return f"{PINNED} cannot be installed: {said}"
    (folder / "complete").touch()
    return program


def node() -> tuple[str, Path] | str:
    """Gives the socket and the folder for registries of the node's containerd; or why they cannot be had."""
    file = Path(os.environ.get("KUBECONFIG", "")).with_name(CONFIGURATION)
    for program in ("docker-registry", "ctr"):
        if not shutil.which(program):
            return f"{program} is not installed"
    if not file.exists():
        return f"there is no {CONFIGURATION} beside the kubeconfig: the node can ask no registry on loopback"
    text = file.read_text("utf-8")
    socket = re.search(r'^\s*address = "(.+)"', text, re.MULTILINE)
    folder = re.search(r'^\s*config_path = "(.+)"', text, re.MULTILINE)
    if not socket or not folder:
        return f"{file} names no socket, or no folder for registries"
    return socket[1], Path(folder[1])


@contextmanager
def registry(socket: str, registries: Path, folder: Path) -> Iterator[str]:
    """Serves the images of the node from a registry on loopback; gives the name that calrissian's has there."""
    sys.path.insert(0, str(TESTS))
    from containers.registry import serving

    def images(*words: str) -> None:
        argv = ["ctr", "--address", socket, "--namespace", "k8s.io", "images", *words]
        done = subprocess.run(argv, capture_output=True, text=True, check=False)
        if done.returncode:
            raise SystemExit(f"{' '.join(argv)}: {done.stderr}")

    hosts = registries / DOCKER
    if hosts.exists():
        raise SystemExit(f"{hosts} is there already: another benchmark runs, or one was cut off")
    with serving(folder / "registry") as one:
        calrissian, busybox = f"{one.host}/ellip/calrissian:0.18.1", f"{one.host}/library/busybox:latest"
        try:
            for source, name in ((IMAGE, calrissian), (TOOL, busybox)):
                images("tag", "--force", source, name)
                images("push", "--plain-http", "--platform", "linux/amd64", name)
            hosts.mkdir(parents=True)
            (hosts / "hosts.toml").write_text(
                'server = "https://registry-1.docker.io"\n'
                f'[host."http://{one.host}"]\ncapabilities = ["pull", "resolve"]\n'
            )
            yield calrissian
        finally:
            shutil.rmtree(hosts, ignore_errors=True)
            for name in (calrissian, busybox, f"{DOCKER}/library/busybox:latest"):
                images("rm", name)
