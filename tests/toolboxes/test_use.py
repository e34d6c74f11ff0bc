"""What a toolbox is good for: a kernel, a terminal, a command, the software that a document asks for."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from jupyter_client import BlockingKernelClient
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import KernelManager

from ellip_lab.errors import NotFound
from ellip_lab.toolboxes.activating import environment
from ellip_lab.toolboxes.contract import (
    SoftwareNeed,
    ToolboxQuery,
    ToolboxRequest,
    ToolboxTerminalRequest,
)

from . import channel as packages
from .channel import Server
from .conftest import Room


def kernel_of(room: Room, name: str = "eo") -> KernelManager:
    specs = KernelSpecManager(kernel_dirs=[str(room.service.kernels)], ensure_native_kernel=False)
    assert f"ellip-toolbox-{name}" in specs.find_kernel_specs()
    return KernelManager(kernel_name=f"ellip-toolbox-{name}", kernel_spec_manager=specs)


def said_by(manager: KernelManager, code: str) -> str:
    """Starts a kernel, has it run a cell, and gives what that printed."""
    manager.start_kernel()
    client: BlockingKernelClient = manager.client()
    client.start_channels()
    texts: list[str] = []
    try:
        client.wait_for_ready(timeout=60)

        def hear(message: dict[str, object]) -> None:
            content = message["content"]
            assert isinstance(content, dict)
            if message["msg_type"] == "stream":
                texts.append(str(content["text"]))

        reply = client.execute_interactive(code, timeout=60, output_hook=hear)
        assert reply["content"]["status"] == "ok", reply
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
        manager.cleanup_resources()
    return "".join(texts)


def test_a_kernel_has_the_commands_and_the_variables(room: Room) -> None:
    room.install("hello-eo", title="Hello EO")
    manager = kernel_of(room)
    assert manager.kernel_spec.display_name == "Hello EO (eo)"
    code = (
        "import os, sys\nprint(sys.executable)\nprint(os.environ['HELLO_EO_DATA'])\n!hello-eo from a notebook"
    )
    said = said_by(manager, code)
    prefix = room.folder / "eo"
    assert said.splitlines()[:2] == [sys.executable, f"{prefix}/share/hello-eo"], "the server's own Python"
    assert f"hello-eo 2.0 in {prefix}" in said
    assert "arguments: from a notebook" in said


def test_a_toolbox_with_ipykernel_has_its_own_python(room: Room) -> None:
    room.install("hello-eo", "python", "ipykernel")
    found = room.service.show(ToolboxQuery(name="eo"))
    assert found.language == "3.11.9"
    manager = kernel_of(room)
    assert manager.kernel_spec.argv[0] == f"{room.folder}/eo/bin/python"
    assert "hello-eo 2.0" in said_by(manager, "!hello-eo --version")


def test_variables_that_are_dangerous_for_another_python(growing: Server, room_of: object) -> None:
    room: Room = room_of(growing)  # type: ignore[operator]
    packages.package(growing.folder, "odd", "1.0", {
        "etc/conda/activate.d/odd.sh": 'export PYTHONPATH=/nowhere\nexport ODD=\'$PATH ${HOME} "x"\'\nexport PATH="$CONDA_PREFIX/odd:$PATH"\n',
    })  # fmt: skip
    packages.index(growing.folder)
    room.install("odd")
    spec = json.loads((room.service.kernels / "ellip-toolbox-eo" / "kernel.json").read_text())
    assert "PYTHONPATH" not in spec["env"]
    said = said_by(kernel_of(room), "import os\nprint(os.environ['ODD'])\nprint(os.environ['PATH'])")
    assert said.splitlines()[0] == '$PATH ${HOME} "x"', "a value is what it is"
    assert said.splitlines()[1].startswith(f"{room.folder}/eo/odd:{room.folder}/eo/bin:")
    assert said.splitlines()[1].endswith(os.environ["PATH"])


def test_an_activation_is_data(room: Room) -> None:
    room.install()
    active = room.service.activation("eo")
    assert active.path == (f"{room.folder}/eo/bin",)
    env = environment(active, {"PATH": "/usr/bin", "OTHER": "1"})
    assert env["PATH"] == f"{room.folder}/eo/bin:/usr/bin"
    assert env["OTHER"] == "1"
    assert env["CONDA_PREFIX"] == str(room.folder / "eo")
    said = subprocess.check_output(["hello-eo"], env=env, text=True, cwd="/")
    assert f"data: {room.folder}/eo/share/hello-eo" in said
    with pytest.raises(NotFound):
        room.service.activation("none")


def test_a_terminal(room: Room) -> None:
    room.install()
    folder = room.service._settings.root / "work"
    folder.mkdir()
    found = room.service.terminal(ToolboxTerminalRequest(name="eo", folder="work"))
    assert (found.folder, found.title) == ("work", "eo")
    script = "hello-eo; echo $CONDA_PREFIX"
    lines = subprocess.check_output(["bash", "-c", f"{found.line}\n{script}"], text=True).splitlines()
    assert lines[0] == f"hello-eo 2.0 in {room.folder}/eo"
    assert lines[-1] == str(room.folder / "eo")
    done = subprocess.run(found.argv, input=f"{script}\nexit\n", text=True, capture_output=True, check=True)
    assert lines[0] in done.stdout
    assert "(eo) " in done.stderr, "the prompt says it"
    with pytest.raises(NotFound):
        room.service.terminal(ToolboxTerminalRequest(name="eo", folder="nowhere"))


# -- SoftwareRequirement


@pytest.mark.parametrize(
    ("need", "found"),
    [
        ({"package": "hello-eo"}, True),
        ({"package": "Hello-EO", "versions": ("2.0",)}, True),
        ({"package": "hello-eo", "versions": ("1", "2")}, True),
        ({"package": "hello-eo", "versions": ("1",)}, False),
        ({"package": "hello"}, True),
        ({"package": "other", "specs": ("https://anaconda.org/conda-forge/eo-data",)}, True),
        ({"package": "gdal"}, False),
    ],
)
def test_software_is_found(
    tmp_path_factory: pytest.TempPathFactory, lasting: Room, need: dict[str, object], found: bool
) -> None:
    got = lasting.service.resolve([SoftwareNeed.model_validate(need)])
    assert got.toolbox == ("eo" if found else None)
    assert bool(got.hint) is not found


def test_what_no_toolbox_has_is_told_with_what_would(lasting: Room) -> None:
    hello, gdal = SoftwareNeed(package="hello-eo"), SoftwareNeed(package="GDAL", versions=("3.8",))
    both = lasting.service.resolve([hello, gdal])
    assert both.missing == ("GDAL 3.8",)
    assert both.hint == "The catalogue has it: `ellip toolbox install gdal` (GDAL)."
    other = lasting.service.resolve([SoftwareNeed(package="qgis", versions=("3.34",))])
    assert other.hint == "Install a toolbox that has it: `ellip toolbox install NAME -p 'qgis=3.34'`."
    assert lasting.service.resolve([]).toolbox is None


@pytest.fixture(scope="module")
def lasting(made: Path, tmp_path_factory: pytest.TempPathFactory) -> Room:
    """A room with one toolbox that no test changes."""
    from ellip_lab.settings import Settings
    from ellip_lab.toolboxes.service import ToolboxesService

    state = tmp_path_factory.mktemp("state")
    with packages.served(made) as server:
        room = Room(ToolboxesService(Settings(state=state, root=state)), server)
        room.entry("hello-eo --version")
        room.done(room.service.install(ToolboxRequest(name="eo", entry="hello")))
    return room
