"""The engine as data, and what a request becomes: nothing is run here."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from ellip_lab.containers.contract import ContainerEngine, EngineKind
from ellip_lab.errors import Invalid, NotFound
from ellip_lab.runs.contract import ContainerChoice, Network, RunRequest, ScriptLanguage
from ellip_lab.runs.engines import cwltool
from ellip_lab.runs.request import names_loopback, resolve
from ellip_lab.runs.script import script
from ellip_lab.settings import Settings

PODMAN = ContainerEngine(
    kind=EngineKind.PODMAN,
    command="/opt/podman/bin/podman",
    version="5.0",
    env={"CONTAINERS_CONF": "/s/c.conf"},
)
NONE = ContainerEngine(kind=EngineKind.NONE, problem="no container engine works here")


@pytest.fixture
def workspace(tmp_path: Path) -> Settings:
    (tmp_path / "doc.cwl").write_text("")
    return Settings(state=tmp_path / "state", root=tmp_path)


def plan(workspace: Settings, engine: ContainerEngine, **options: Any) -> cwltool.Plan:
    request = RunRequest(document=str(workspace.root / "doc.cwl"), **options)
    environ = {"PATH": "/usr/bin:/bin", "HOME": "/home/me", "DOCKER_HOST": "unix:///d.sock", "SECRET": "x"}
    return cwltool.plan(resolve(request, workspace), engine, Path("/cache"), Path("/node/bin"), environ)


def test_the_command(workspace: Settings) -> None:
    made = plan(workspace, PODMAN, inputs={"a": 1})
    assert made.command.argv == (sys.executable, "-m", "ellip_lab.runs.engines.cwltool_child")
    path = made.command.env["PATH"].split(":")
    assert path[:3] == ["/usr/bin", "/bin", "/opt/podman/bin"]
    assert (
        path.index("/opt/podman/bin") < path.index("/node/bin") < path.index(str(Path(sys.executable).parent))
    )
    assert made.command.env["CONTAINERS_CONF"] == "/s/c.conf"
    assert made.run["container"] == "podman"
    assert made.run["inputs"] == {"a": 1}
    assert made.run["base"] == str(workspace.root)
    assert made.run["engine_problem"] is None
    assert not made.run["bare"]


def test_the_cleanup_asks_the_engine_that_was_used(workspace: Settings) -> None:
    made = plan(workspace, PODMAN)
    assert made.cleanup.argv[-1] == "/opt/podman/bin/podman"
    assert made.cleanup.env["DOCKER_HOST"] == "unix:///d.sock"
    assert made.cleanup.env["CONTAINERS_CONF"] == "/s/c.conf"
    assert "SECRET" not in made.cleanup.env
    assert plan(workspace, NONE).cleanup.argv[-1].endswith("cleanup.py")


def test_without_an_engine(workspace: Settings) -> None:
    found = plan(workspace, NONE)
    assert found.run["container"] == "none"
    assert found.run["engine_problem"] == "no container engine works here"
    asked = plan(workspace, NONE, container="none")
    assert asked.run["engine_problem"] is None
    assert asked.run["bare"]


def test_defaults(workspace: Settings) -> None:
    made = resolve(RunRequest(document=f"{workspace.root}/doc.cwl#crop"), workspace)
    assert (made.entry, made.name) == ("crop", "crop")
    assert made.container is ContainerChoice.AUTO
    assert made.outdir == workspace.root / "results/crop"
    assert made.own_folder
    assert not made.host_network
    named = resolve(RunRequest(document=f"{workspace.root}/doc.cwl", name="a/../b c"), workspace)
    assert named.outdir.parent == workspace.root / "results"


def test_bad_requests(workspace: Settings) -> None:
    with pytest.raises(NotFound):
        resolve(RunRequest(document=f"{workspace.root}/nowhere.cwl"), workspace)
    with pytest.raises(Invalid):
        resolve(RunRequest(document=str(workspace.root)), workspace)
    with pytest.raises(Invalid):
        resolve(RunRequest(document=f"{workspace.root}/doc.cwl", base="/nowhere/at/all"), workspace)


@pytest.mark.parametrize(
    ("value", "names"),
    [
        ("http://127.0.0.1:9000/a.tif", True),
        ("/vsicurl/http://localhost:9000/a.tif", True),
        ("http://[::1]:9000/", True),
        (["x", {"y": "s3://user@127.0.0.1/x"}], True),
        ("http://127.0.0.1.example.org/", False),
        ("http://localhost.example.org/", False),
        ("http://example.org/?from=127.0.0.1", False),
        ("127.0.0.1", False),
        (None, False),
    ],
)
def test_loopback(value: Any, names: bool, tmp_path: Path) -> None:
    assert names_loopback({"a": value}, tmp_path) is names


def test_loopback_in_a_stac_item(tmp_path: Path, workspace: Settings) -> None:
    (tmp_path / "item.json").write_text('{"assets": {"green": {"href": "http://127.0.0.1:9000/green.tif"}}}')
    (tmp_path / "other.json").write_text("{}")
    assert names_loopback({"item": {"class": "File", "path": "item.json"}}, tmp_path)
    assert names_loopback({"item": {"class": "File", "location": f"file://{tmp_path}/item.json"}}, tmp_path)
    assert not names_loopback({"item": {"class": "File", "path": "other.json"}}, tmp_path)
    assert not names_loopback({"item": {"class": "File", "path": "gone.json"}}, tmp_path)
    url = {"url": "http://127.0.0.1/"}
    assert plan(workspace, PODMAN, inputs=url).run["custom_net"] == "host"
    assert plan(workspace, PODMAN, inputs=url, network=Network.DEFAULT).run["custom_net"] is None
    assert plan(workspace, PODMAN, network=Network.HOST).run["custom_net"] == "host"


def test_a_script_says_the_run_again() -> None:
    request = RunRequest(
        document="/w/my doc.cwl",
        entry="crop",
        inputs={"bbox": "1,2", "n": None, "file": {"class": "File", "path": "a'b.tif"}},
        container=ContainerChoice.PODMAN,
        parallel=False,
    )
    shell = script(request, ScriptLanguage.SHELL).text
    assert shell.startswith(
        "ellip run --container podman --no-parallel --basedir /w '/w/my doc.cwl#crop' - <<'INPUTS'\n"
    )
    python = script(request, ScriptLanguage.PYTHON).text
    said: dict[str, Any] = {}

    class Runs:
        def start(self, document: str, inputs: dict[str, Any], **options: Any) -> Runs:
            said.update(document=document, inputs=inputs, **options)
            return self

        def wait(self) -> Runs:
            return self

        outputs = None

    class Hall:
        runs = Runs()

    exec(
        compile(python.replace("from ellip_lab import Lab", ""), "script", "exec"),
        {"Lab": Hall, "print": str},
    )
    assert said == {
        "document": "/w/my doc.cwl", "inputs": request.inputs, "entry": "crop", "container": "podman", "parallel": False,
    }  # fmt: skip
