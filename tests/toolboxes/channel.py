"""A conda channel of small packages, and a server of it that can be slow, cut, down, or want a password.

`python -m tests.toolboxes.channel FOLDER` makes the channel; with `--serve PORT` it serves it, too, and prints its
URL. While it serves, `POST /_control` with `{"cut": "eo-data", "down": true, "slow": 0.05}` sets what is wrong with
it; the fields are those of `Faults`, and what is left out is as it was.

hello-eo 1.0, 2.0   a command that says the words of eo-data; sets HELLO_EO_DATA when it is activated
eo-data 1.0         five megabytes that cannot be squeezed
left, right 1.0     want hello-eo 1.* and 2.*: never both
broken-eo 1.0       a command that ends with an error
python, ipykernel   this very Python, under another name (only with `--python`)
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import contextlib
import http.server
import json
import random
import shutil
import socket
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

PLATFORMS = ("linux-64", "noarch")
MEGABYTES = 5

SAY = """\
#!/bin/sh
# {prefix} is where it was installed
if [ "$1" = --version ]; then echo "hello-eo {version}"; exit 0; fi
echo "hello-eo {version} in {prefix}"
echo "data: ${HELLO_EO_DATA:-none}"
echo "arguments: $*"
"""
ACTIVATE = """\
export HELLO_EO_DATA="$CONDA_PREFIX/share/hello-eo"
export HELLO_EO_VERSION="{version}"
"""


def package(
    channel: Path,
    name: str,
    version: str,
    contents: dict[str, str | bytes],
    depends: Sequence[str] = (),
    build: str = "0",
    noarch: bool = True,
) -> Path:
    """Makes one package; `{prefix}` in a text becomes the path of where it is installed, wherever that is."""
    from rattler_build import Stage0Recipe, ToolConfiguration

    with tempfile.TemporaryDirectory() as scratch:
        made = Path(scratch, "made")
        for path, content in contents.items():
            place = made / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(content.encode() if isinstance(content, str) else content)
            place.chmod(0o755 if path.startswith("bin/") else 0o644)
        script = [f'cp -R "{made}/." "$PREFIX/"']
        script += [
            f'sed -i "s|{{prefix}}|$PREFIX|g" "$PREFIX/{path}"'
            for path, content in contents.items()
            if isinstance(content, str) and "{prefix}" in content
        ]
        recipe = {
            "package": {"name": name, "version": version},
            "build": {"number": 0, "string": build, "script": {"content": script, "interpreter": "bash"}},
            "requirements": {"run": list(depends)},
            "about": {"license": "MIT"},
        }
        if noarch:
            recipe["build"]["noarch"] = "generic"
        [result] = Stage0Recipe.from_dict(recipe, recipe_dir=Path(scratch, "recipe")).run_build(
            output_dir=Path(scratch, "out"), channels=[], tool_config=ToolConfiguration(test_strategy="skip")
        )
        [done] = result.packages
        goal = channel / Path(done).parent.name / Path(done).name
        goal.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(done, goal)
    return goal


def hello(channel: Path, version: str, build: str = "0", depends: Sequence[str] = ("eo-data",)) -> Path:
    """Makes one version of `hello-eo`."""
    text = SAY.replace("{version}", version)
    return package(
        channel, "hello-eo", version,
        {
            "bin/hello-eo": text,
            "share/hello-eo/words": f"words of {version}\n",
            "etc/conda/activate.d/hello-eo.sh": ACTIVATE.replace("{version}", version),
        },
        depends, build,
    )  # fmt: skip


def make(channel: Path, *, megabytes: float = MEGABYTES, python: bool = False) -> Path:
    """Makes the channel, and gives its folder."""
    for subdir in PLATFORMS:
        (channel / subdir).mkdir(parents=True, exist_ok=True)
    data = random.Random(1).randbytes(int(megabytes * 1e6))
    package(channel, "eo-data", "1.0", {"share/eo-data/data.bin": data})
    hello(channel, "1.0")
    hello(channel, "2.0")
    package(channel, "left", "1.0", {"share/left": "left\n"}, ["hello-eo 1.*"])
    package(channel, "right", "1.0", {"share/right": "right\n"}, ["hello-eo 2.*"])
    package(channel, "broken-eo", "1.0", {"bin/broken-eo": "#!/bin/sh\necho it is broken >&2\nexit 3\n"})
    if python:
        this = f'#!/bin/sh\nexec "{sys.executable}" "$@"\n'
        package(channel, "python", "3.11.9", {"bin/python": this}, noarch=False)
        package(channel, "ipykernel", "7.0", {"share/ipykernel": "here\n"}, ["python"])
    index(channel)
    return channel


def index(channel: Path) -> None:
    """Writes what the channel has; after packages were added or taken away."""
    from rattler.index import index_fs

    asyncio.run(index_fs(channel, write_zst=True, write_shards=False))


@dataclass
class Faults:
    """Is what is wrong with a server."""

    cut: str = ""
    """The connection is cut in the middle of a file that has this in its name."""
    cuts: int = 1
    """How often it still is."""
    down: bool = False
    """Nothing is answered: the connection is closed."""
    status: int = 0
    """Every answer is this."""
    slow: float = 0
    """Seconds that each sixteenth part of a megabyte of a package takes."""
    hold: str = ""
    """A file that has this in its name is not sent until it is changed."""
    user: str = ""
    """`name:password` that it wants."""
    token: str = ""
    """A bearer's token that it wants."""


@dataclass
class Server:
    """Serves a folder on loopback."""

    folder: Path
    port: int = 0
    faults: Faults = field(default_factory=Faults)
    asked: list[str] = field(default_factory=list)
    """The paths it was asked for."""
    ranges: list[str] = field(default_factory=list)

    def start(self) -> Server:
        """Begins to serve."""
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", self.port), _handler(self))
        self._server.daemon_threads = True
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def stop(self) -> None:
        """Ends; nothing listens any more."""
        self.faults = Faults(down=True)
        self._server.shutdown()
        self._server.server_close()

    @property
    def url(self) -> str:
        """Gives the URL of the channel."""
        return f"http://127.0.0.1:{self.port}"


def _handler(server: Server) -> type[http.server.BaseHTTPRequestHandler]:
    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: Any) -> None:
            pass

        def do_POST(self) -> None:
            said = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))) or b"{}")
            known = {one.name for one in fields(Faults)}
            for name, value in said.items():
                if name in known:
                    setattr(server.faults, name, value)
            self.answer(200, b"{}")

        def do_HEAD(self) -> None:
            self.do_GET()

        def do_GET(self) -> None:
            faults = server.faults
            path = self.path.partition("?")[0]
            server.asked.append(path)
            if faults.down:
                self.drop()
                return
            if faults.status:
                self.answer(faults.status, b"out of order")
                return
            if not self.allowed():
                self.answer(401, b"who are you?")
                return
            place = server.folder / path.strip("/")
            if not place.is_file():
                self.answer(404, b"no such file")
                return
            while server.faults.hold and server.faults.hold in path:
                time.sleep(0.02)
            self.give(path, place.read_bytes())

        def allowed(self) -> bool:
            said = self.headers.get("Authorization", "")
            faults = server.faults
            if faults.user:
                return said == "Basic " + base64.b64encode(faults.user.encode()).decode()
            return not faults.token or said == f"Bearer {faults.token}"

        def give(self, path: str, data: bytes) -> None:
            faults = server.faults
            first = 0
            if wanted := self.headers.get("Range"):
                server.ranges.append(f"{path} {wanted}")
                first = int(wanted.removeprefix("bytes=").partition("-")[0] or 0)
            self.send_response(206 if wanted else 200)
            if wanted:
                self.send_header("Content-Range", f"bytes {first}-{len(data) - 1}/{len(data)}")
            self.send_header("Content-Length", str(len(data) - first))
            self.send_header("Content-Type", "application/octet-stream")
            self.end_headers()
            if self.command == "HEAD":
                return
            last = len(data)
            cut = bool(faults.cut) and faults.cut in path and faults.cuts > 0
            if cut:
                faults.cuts -= 1
                last = first + (len(data) - first) // 2
            package_ = path.endswith((".conda", ".tar.bz2"))
            for begin in range(first, last, 1 << 16):
                self.wfile.write(data[begin : min(begin + (1 << 16), last)])
                if server.faults.slow and package_:
                    time.sleep(server.faults.slow)
            if cut:
                self.wfile.flush()
                self.drop()

        def answer(self, status: int, data: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(data)

        def drop(self) -> None:
            self.close_connection = True
            with contextlib.suppress(OSError):
                self.connection.shutdown(socket.SHUT_RDWR)

        def handle(self) -> None:
            with contextlib.suppress(ConnectionError):
                super().handle()

    return Handler


@contextlib.contextmanager
def served(folder: Path) -> Iterator[Server]:
    """Serves a folder for a while."""
    server = Server(folder).start()
    try:
        yield server
    finally:
        server.stop()


def main() -> None:
    """Makes the channel, and serves it when asked."""
    parser = argparse.ArgumentParser(description="A conda channel of small packages.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--serve", type=int, metavar="PORT")
    parser.add_argument("--megabytes", type=float, default=MEGABYTES)
    parser.add_argument("--python", action="store_true")
    asked = parser.parse_args()
    make(asked.folder, megabytes=asked.megabytes, python=asked.python)
    if asked.serve is None:
        return
    server = Server(asked.folder, asked.serve).start()
    print(server.url, flush=True)
    threading.Event().wait()


if __name__ == "__main__":
    main()
