"""Theia, RStudio and Shiny for R: programs of their names that listen as the real ones do, and say how they were called."""

from __future__ import annotations

import getpass
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from ellip_lab.apps.contract import AppLogQuery, AppState, ServeQuery, StartAppRequest
from ellip_lab.apps.descendants import marked
from ellip_lab.apps.service import AppsService
from ellip_lab.settings import Settings

from .entry import come_to

RSERVER = """\
#!{python}
import os, socket, sys
if "--version" in sys.argv:
    print("2026.05.0+218 (Open Source)")
    sys.exit()
known = ("server-daemonize", "auth-none", "www-socket", "www-root-path", "www-frame-origin", "www-verify-user-agent",
         "server-user", "server-data-dir", "database-config-file", "secure-cookie-key-file")
options = dict(word.removeprefix("--").split("=", 1) for word in sys.argv[1:])
assert set(options) == set(known), options
print("options", *sorted(options.items()), flush=True)
print("database", open(options["database-config-file"]).read().split(), os.environ["USER"], flush=True)
assert os.path.isdir(options["server-data-dir"])
listening = socket.socket(socket.AF_UNIX)
listening.bind(options["www-socket"])
listening.listen()
while True:
    line = listening.accept()[0]
    line.recv(65536)
    line.sendall(b"HTTP/1.1 200 OK\\r\\nContent-Length: 0\\r\\n\\r\\n")
    line.close()
"""
RSCRIPT = """\
#!{python}
import os, socket, sys
assert sys.argv[1] == "-e", sys.argv
if "packageVersion('shiny')" in sys.argv[2]:
    {version}
    sys.exit()
assert sys.argv[2].startswith("shiny::runApp(Sys.getenv('ELLIP_APP_TARGET'), port = structure(Sys.getenv('ELLIP_APP_SOCKET'), mask = ")
assert "launch.browser = FALSE" in sys.argv[2]
print("serving", os.environ["ELLIP_APP_TARGET"], flush=True)
listening = socket.socket(socket.AF_UNIX)
listening.bind(os.environ["ELLIP_APP_SOCKET"])
listening.listen()
while True:
    line = listening.accept()[0]
    line.recv(65536)
    line.sendall(b"HTTP/1.1 200 OK\\r\\nContent-Length: 0\\r\\n\\r\\n")
    line.close()
"""
THEIA = """\
#!/usr/bin/env node
const { spawn } = require('child_process');
const http = require('http');
if (process.argv.includes('--version')) {
  console.log('1.68.2');
  process.exit();
}
const words = process.argv.slice(2);
if (!process.env.STUB_BACKEND) {
  // as the real one does: the program starts the back end in a process of its own
  console.log('words', JSON.stringify(words));
  spawn(process.execPath, [__filename, ...words], { stdio: 'inherit', env: { ...process.env, STUB_BACKEND: '1' } });
} else {
  const options = Object.fromEntries(words.filter(one => one.startsWith('--')).map(one => one.slice(2).split('=')));
  const server = http.createServer((_, reply) => reply.end('theia'));
  server.listen(Number(options.port), options.hostname, () => {
    console.log('listening on', JSON.stringify(server.address()));
    const other = http.createServer();
    other.listen(0, '127.0.0.1', () => {
      console.log('another on', typeof other.address().port);
      other.close();
    });
  });
}
"""


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "bin"
    folder.mkdir()
    node = shutil.which("node")
    assert node is not None
    (folder / "node").symlink_to(node)
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
    return folder


@pytest.fixture
def room(tmp_path: Path) -> Iterator[AppsService]:
    (tmp_path / "root").mkdir()
    found = AppsService(Settings(state=tmp_path / "state", root=tmp_path / "root"))
    found.base("/user/me/")
    yield found
    found.end()


def put(folder: Path, name: str, text: str, **words: str) -> None:
    for word, value in {"python": sys.executable, **words}.items():
        text = text.replace("{" + word + "}", value)
    (folder / name).write_text(text)
    (folder / name).chmod(0o755)


def served(room: AppsService, app: str, **request: str) -> str:
    """Starts an app, sees that no port is open, and gives what it says."""
    one = room.start(StartAppRequest(app=app, **request))
    come_to(room, one.id, AppState.RUNNING)
    running = marked(Path(room._instances._instance(one.id).folder).name)
    assert running
    for pid in running:
        try:
            assert psutil.Process(pid).net_connections("inet") == [], "nobody else on the machine gets there"
        except psutil.NoSuchProcess:
            continue
    return room.log(AppLogQuery(instance=one.id, offset=0)).text


def test_rstudio(room: AppsService, programs: Path) -> None:
    put(programs, "rserver", RSERVER)
    app = room.show("rstudio")
    assert (app.version, app.found) == ("2026.05.0+218", "on PATH")
    said = served(room, "rstudio")
    assert "('www-root-path', '/user/me/ellip-lab/app/rstudio/')" in said
    assert "('auth-none', '1')" in said
    assert f"('server-user', '{getpass.getuser()}')" in said
    assert "database ['provider=sqlite', 'directory=" in said


def test_shiny_for_r(room: AppsService, programs: Path, tmp_path: Path) -> None:
    put(programs, "Rscript", RSCRIPT, version="print('Error: there is no package called shiny'); sys.exit(1)")
    app = room.show("shiny-r")
    assert not app.installed
    assert app.missing == "R with its package shiny is not installed"
    assert "install.packages('shiny')" in (app.hint or "")
    put(programs, "Rscript", RSCRIPT, version="print('1.11.1', end='')")
    assert room.show("shiny-r").version == "1.11.1"
    (tmp_path / "root" / "my app").mkdir()
    script = tmp_path / "root" / "my app" / "app.R"
    script.write_text("library(shiny)\n")
    [choice] = room.serve_choices(ServeQuery(path=str(script))).choices
    assert (choice.app, choice.reason, choice.installed) == ("shiny-r", "it is called app.R", True)
    assert f"serving {script.parent}" in served(room, "shiny-r", file=str(script))
    assert f"serving {tmp_path / 'state' / 'apps' / 'data' / 'shiny-r'}" in served(room, "shiny-r")


def test_theia(room: AppsService, programs: Path, tmp_path: Path) -> None:
    put(programs, "theia", THEIA)
    assert room.show("theia").version == "1.68.2"
    said = served(room, "theia")
    assert f'words ["start","{tmp_path / "root"}"' in said
    assert '/s"' in said.partition("listening on ")[2].partition("\n")[0], "it is a socket, no port"
    assert "another on number" in said, "what listens elsewhere is left alone"


def test_theia_opens_no_port_when_node_does_not_help(
    room: AppsService, programs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(
        programs,
        "theia",
        THEIA.replace("process.argv.slice(2);", "process.argv.slice(2); delete process.env.NODE_OPTIONS;"),
    )
    room.start(StartAppRequest(app="theia"))
    failure = come_to(room, "theia", AppState.FAILED).failure
    assert failure is not None
    assert any("EADDRNOTAVAIL" in line or "EACCES" in line for line in failure.lines), failure


def test_what_is_missing_is_said_in_words(room: AppsService, programs: Path) -> None:
    found = {app.name: app for app in room.list().apps}
    for name in ("theia", "rstudio", "shiny-r"):
        assert not found[name].installed
        assert found[name].missing
        assert found[name].hint
        assert found[name].install is None
    for name in ("code-server", "streamlit", "panel", "shiny"):
        assert found[name].install is not None
    assert [app.name for app in room.list().apps][:3] == ["code-server", "theia", "rstudio"]
