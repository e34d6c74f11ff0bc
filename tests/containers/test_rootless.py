"""The room as an ordinary user has it: podman without root, in a home of that user, beside whatever root has.

The tests run as root, so the user is `nobody`, who is on every machine: nothing is written into /etc. Without a range of
further ids podman maps the one it has, which is enough for an image whose files are all root's.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from podman_store import IMAGE

pytestmark = [
    pytest.mark.podman,
    pytest.mark.skipif(os.geteuid() != 0, reason="an ordinary user's tests are rootless, all of them"),
    pytest.mark.skipif(
        not shutil.which("setpriv"), reason="needs setpriv (util-linux) to become somebody else"
    ),
]

USER = 65534
SITE = Path(sys.prefix) / f"lib/python{sys.version_info[0]}.{sys.version_info[1]}/site-packages"
CODE = Path(__file__).parents[2]


def python() -> str | None:
    """Finds a Python of this version that an ordinary user may start: root's own is in /root."""
    wanted = f"{sys.version_info[0]}.{sys.version_info[1]}"
    for place in (f"/usr/bin/python{wanted}", f"/usr/local/bin/python{wanted}"):
        if Path(place).exists():
            return place
    return None


class Somebody:
    """Is an ordinary user with a home and a runtime folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.env = {
            "PATH": "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin",
            "HOME": str(folder / "home"),
            "XDG_RUNTIME_DIR": str(folder / "run"),
            "CONTAINERS_CONF": str(folder / "containers.conf"),
            "PYTHONPATH": f"{CODE}:{SITE}",
            "PYTHONDONTWRITEBYTECODE": "1",
            "LANG": "C.UTF-8",
        }

    def does(self, *argv: str, stdin: bytes | None = None) -> subprocess.CompletedProcess[bytes]:
        """Runs a program as that user."""
        become = ["setpriv", f"--reuid={USER}", f"--regid={USER}", "--clear-groups"]
        return subprocess.run(
            [*become, *argv],
            env=self.env,
            cwd=self.folder,
            input=stdin,
            capture_output=True,
            timeout=120,
            check=False,
        )

    def asks(self, script: str) -> Any:
        """Runs lines of Python as that user, with `rooms`, `words` and `told`, and gives what it was told."""
        head = (
            "import json, os\nfrom pathlib import Path\n"
            "from ellip_lab.containers import contract as words\n"
            "from ellip_lab.containers.service import ContainersService\n"
            "from ellip_lab.errors import EllipError\n"
            "from ellip_lab.settings import Settings\n"
            "home = Path(os.environ['HOME'])\n"
            "rooms = ContainersService(Settings(state=home / 'state', root=home))\n"
            "told = {}\n"
        )
        program = python()
        assert program
        reply = self.does(program, "-c", f"{head}{script}\nprint(json.dumps(told))")
        assert reply.returncode == 0, reply.stderr.decode()
        return json.loads(reply.stdout)


@pytest.fixture(scope="module")
def somebody() -> Iterator[Somebody]:
    if python() is None:
        pytest.skip("there is no Python of this version outside of root's home")
    # pytest's own folders are closed to others
    folder = Path(tempfile.mkdtemp(prefix="ellip-nobody-"))
    folder.chmod(0o711)
    user = Somebody(folder)
    for name in ("home", "run"):
        (folder / name).mkdir(mode=0o700)
        os.chown(folder / name, USER, USER)
    (folder / "containers.conf").write_text(
        '[engine]\nruntime = "runc"\ncgroup_manager = "cgroupfs"\nevents_logger = "file"\n'
    )
    try:
        if user.does(python() or "", "-c", "import pydantic, podman, ellip_lab").returncode:
            pytest.skip("an ordinary user may not read this installation")
        info = user.does("podman", "info", "--format", "{{.Host.Security.Rootless}}")
        if info.stdout.strip() != b"true":
            pytest.skip(f"podman does not work without root here: {info.stderr.decode()[-200:]}")
        root = folder / "image"
        (root / "bin").mkdir(parents=True)
        (root / "tmp").mkdir()
        shutil.copy(shutil.which("busybox") or "", root / "bin/busybox")
        for name in ("sh", "sleep", "id", "echo", "cat"):
            (root / "bin" / name).symlink_to("busybox")
        packed = subprocess.run(
            ["tar", "-C", str(root), "--owner=0", "--group=0", "-c", "."], capture_output=True, check=True
        )
        made = user.does("podman", "import", "--change", "ENV PATH=/bin", "-", IMAGE, stdin=packed.stdout)
        assert made.returncode == 0, made.stderr
        yield user
    finally:
        user.asks("told['ended'] = rooms._serving.stop()")
        user.does("podman", "rm", "-af", "-t", "0")
        user.does("podman", "rmi", "-af")
        user.does("podman", "system", "migrate")  # ends the process that holds the user's namespace
        shutil.rmtree(folder, ignore_errors=True)


def test_an_ordinary_user_gets_a_service_of_his_own(somebody: Somebody) -> None:
    told = somebody.asks(
        "engine = rooms.engine()\n"
        "told['engine'] = engine.model_dump(mode='json', exclude={'choices'})\n"
        "told['images'] = [image.names for image in rooms.images(words.ImageQuery()).images]"
    )
    engine = told["engine"]
    assert engine["problem"] is None
    assert (engine["kind"], engine["rootless"]) == ("podman", True)
    assert engine["store"].startswith(somebody.env["HOME"])
    assert engine["address"].startswith(f"unix://{somebody.env['XDG_RUNTIME_DIR']}/")
    assert told["images"] == [[IMAGE]]
    place = Path(engine["address"].removeprefix("unix://"))
    assert place.stat().st_uid == USER
    assert place.stat().st_mode & 0o077 == 0


def test_images_and_containers_are_handled_without_root(somebody: Somebody) -> None:
    name = "localhost/ellip/other:1"
    started = somebody.does(
        "podman", "run", "-d", "--net=none", "--name", "mine", IMAGE, "sh", "-c", "id -u; sleep 100"
    )
    assert started.returncode == 0, started.stderr
    told = somebody.asks(
        f"told['names'] = rooms.tag_image(words.TagRequest(image='{IMAGE}', name='{name}')).names\n"
        "shown = rooms.show_container(words.ContainerQuery(container='mine'))\n"
        "told['running'] = shown.running\n"
        "import time\n"
        "limit = time.monotonic() + 30\n"
        "while True:\n"
        "    told['log'] = rooms.container_log(words.ContainerLogQuery(container='mine')).text\n"
        "    if told['log'] or time.monotonic() > limit: break\n"
        "    time.sleep(0.1)\n"
        f"kept = rooms.remove_images(words.RemoveImagesRequest(images=('{name}', '{IMAGE}')))\n"
        "told['removed'] = kept.model_dump()\n"
        "action = words.ContainerAction.REMOVE\n"
        "told['gone'] = rooms.change_containers(words.ContainersRequest(containers=('mine',), action=action, force=True)).done"
    )
    assert sorted(told["names"]) == sorted([IMAGE, name])
    assert (told["running"], told["log"]) == (True, "0\n")
    assert told["removed"]["done"] == [name]
    assert told["removed"]["kept"][0]["message"] == f"{IMAGE} is used by the running container mine"
    assert told["gone"] == ["mine"]


def test_roots_socket_is_not_an_ordinary_users(somebody: Somebody) -> None:
    import socket

    with tempfile.TemporaryDirectory(prefix="ellip-root-") as folder:
        Path(folder).chmod(0o711)
        with socket.socket(socket.AF_UNIX) as listening:
            listening.bind(f"{folder}/podman.sock")
            listening.listen()
            Path(f"{folder}/podman.sock").chmod(0o600)
            somebody.env["CONTAINER_HOST"] = f"unix://{folder}/podman.sock"
            try:
                told = somebody.asks(
                    "engine = words.ContainerEngine(kind='podman', command='/usr/bin/podman')\n"
                    "from ellip_lab.containers.serving import Serving\n"
                    "try: Serving(rooms._settings, lambda _wanted: engine).api()\n"
                    "except EllipError as error: told.update(kind=error.kind, detail=error.detail, hint=error.hint)"
                )
            finally:
                del somebody.env["CONTAINER_HOST"]
    assert told["kind"] == "denied"
    assert told["detail"] == f"the socket {folder}/podman.sock of podman is not yours to use"
    assert "another user" in told["hint"]
