"""`ellip run` is a cwl-runner: output object, log, exit codes, inputs in every way they can be said."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

from cli.conftest import Desk

NONE = "--no-container"


def output(done: object) -> dict[str, object]:
    assert getattr(done, "returncode", None) == 0, getattr(done, "stderr", "")
    return dict(json.loads(getattr(done, "stdout", "")))


def test_the_output_object_goes_to_standard_output(desk: Desk) -> None:
    desk.write("p.yml", "message: hello\n")
    done = desk.ellip("run", NONE, "--quiet", "--outdir", "out", "echo.cwl", "p.yml")
    said = output(done)["said"]
    assert isinstance(said, dict)
    assert said["class"] == "File"
    assert said["basename"] == "said.txt"
    assert said["size"] == 6
    assert said["checksum"] == "sha1$f572d396fae9206628714fb2ce00f72e94f2258f"
    assert (desk.folder / "out/said.txt").read_text() == "hello\n"
    assert done.stderr == ""


def test_outputs_go_to_the_current_folder(desk: Desk) -> None:
    output(desk.ellip("run", NONE, "echo.cwl", "--message", "here"))
    assert (desk.folder / "said.txt").read_text() == "here\n"


def test_the_log_goes_to_standard_error(desk: Desk) -> None:
    done = desk.ellip("run", NONE, "echo.cwl", "--message", "hello")
    output(done)
    assert "echo" in done.stderr
    assert " done in " in done.stderr


@pytest.mark.parametrize(
    "words",
    [
        ("echo.cwl", "--message", "hi there"),
        ("echo.cwl", "--message=hi there"),
        ("--input", "message=hi there", "echo.cwl"),
        ("echo.cwl", "-i", "message=hi there"),
        ("echo.cwl", "p.yml", "--message", "hi there"),
        ("echo.cwl", "p.json"),
        ("echo.cwl", "-"),
        ("tool.yml",),
        ("./echo.cwl", "p.json", "--no-parallel", "--name", "x"),
    ],
)
def test_inputs_can_be_said_in_many_ways(desk: Desk, words: tuple[str, ...]) -> None:
    desk.write("p.yml", "message: from the file\n")
    desk.write("p.json", '{"message": "hi there"}')
    desk.write("tool.yml", "cwl:tool: echo.cwl\nmessage: hi there\n")
    output(desk.ellip("run", NONE, "--quiet", *words, stdin="message: hi there\n"))
    assert (desk.folder / "said.txt").read_text() == "hi there\n"


def test_paths_count_from_where_they_are_said(desk: Desk) -> None:
    desk.write("sub/a.txt", "a\n")
    desk.write("b.txt", "b\n")
    desk.write("sub/p.yml", "files: [{class: File, path: a.txt}]\n")
    output(desk.ellip("run", NONE, "cat.cwl", "sub/p.yml"))
    assert (desk.folder / "whole.txt").read_text() == "a\n"
    output(desk.ellip("run", NONE, "cat.cwl", "--files", "b.txt", "--files", "sub/a.txt"))
    assert (desk.folder / "whole.txt").read_text() == "b\na\n"
    output(
        desk.ellip(
            "run", NONE, "--basedir", "sub", "cat.cwl", "-", stdin="files: [{class: File, path: a.txt}]"
        )
    )
    assert (desk.folder / "whole.txt").read_text() == "a\n"


def test_an_entry_of_a_graph(desk: Desk) -> None:
    one, two = (
        f"{{class: CommandLineTool, id: {name}, baseCommand: [echo, {name}], inputs: [], outputs: {{o: stdout}}, "
        f"stdout: {name}.txt}}"
        for name in ("one", "two")
    )
    desk.write("graph.cwl", f"cwlVersion: v1.2\n$graph:\n- {one}\n- {two}\n")
    output(desk.ellip("run", NONE, "graph.cwl#two"))
    assert (desk.folder / "two.txt").read_text() == "two\n"
    done = desk.ellip("run", NONE, "graph.cwl")
    assert done.returncode == 1
    assert "one" in done.stderr
    assert "two" in done.stderr


def test_a_failing_tool(desk: Desk) -> None:
    desk.write(
        "fail.cwl",
        "cwlVersion: v1.2\nclass: CommandLineTool\nbaseCommand: [sh, -c, 'echo no such band >&2; exit 3']\ninputs: []\noutputs: []\n",
    )
    done = desk.ellip("run", NONE, "--quiet", "fail.cwl")
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.startswith("error: ")
    assert "no such band" in done.stderr
    assert "Traceback" not in done.stderr
    assert len(desk.tasks()) == 1
    shown = desk.ellip("runs", "show", "last", "--json")
    assert json.loads(shown.stdout)["failure"]["exit_code"] == 3


def test_what_the_engine_does_not_support(desk: Desk) -> None:
    desk.write("new.cwl", "cwlVersion: v1.2\nclass: Operation\ninputs: []\noutputs: []\n")
    done = desk.ellip("run", NONE, "--quiet", "new.cwl")
    assert done.returncode == 33
    assert done.stderr.startswith("error: ")


def test_detached_runs_are_seen_by_all(desk: Desk) -> None:
    done = desk.ellip("run", NONE, "--detach", "sleep.cwl")
    (id_,) = desk.tasks()
    assert done.stdout == f"{id_}\n"
    assert desk.ellip("runs", "list").stdout.split("\t")[0] == id_
    stopped = desk.ellip("runs", "stop", id_[-4:])
    assert stopped.stdout == f"stopped: {id_}\n"


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
@pytest.mark.parametrize("quiet", [True, False])
def test_interrupting_stops_the_run(desk: Desk, number: signal.Signals, code: int, quiet: bool) -> None:
    # a number of its own: what another test may have left is not taken for it
    word = str(1000 + 10 * code + quiet)
    command = desk.started("run", NONE, *(["--quiet"] if quiet else []), "sleep.cwl", "--seconds", word)
    wait_for(lambda: processes(word), "the tool to start")
    command.send_signal(number)
    out, err = command.communicate(timeout=120)
    assert command.returncode == code
    assert out == ""
    (id_,) = desk.tasks()
    assert f"stopped: {id_}" in err
    assert "Traceback" not in err
    wait_for(lambda: not processes(word), "the tool to end")


def processes(word: str) -> list[int]:
    found = []
    for place in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if place.read_bytes().split(b"\0")[:2] == [b"sleep", word.encode()]:
                found.append(int(place.parent.name))
        except OSError:
            continue
    return found


def wait_for(ready: object, what: str, seconds: float = 150) -> None:
    until = time.monotonic() + seconds
    while not ready():  # type: ignore[operator]
        assert time.monotonic() < until, f"{seconds:g} s were not enough for {what}"
        time.sleep(0.05)


def test_a_record_instead_of_the_output_object(desk: Desk) -> None:
    done = desk.ellip("run", NONE, "--quiet", "--json", "echo.cwl", "--message", "hello")
    record = json.loads(done.stdout)
    assert record["state"] == "done"
    assert record["outputs"][0]["path"] == str(desk.folder / "said.txt")


def test_nothing_of_the_environment_is_shown(desk: Desk) -> None:
    desk.env["SECRET_OF_THE_TEST"] = "hunter2-of-the-test"
    done = desk.ellip("run", NONE, "--json", "echo.cwl", "--message", "hello")
    assert "hunter2-of-the-test" not in done.stdout + done.stderr
    assert "hunter2" not in desk.ellip("runs", "log", "last", "--all").stdout


def test_a_terminal_gets_a_display(desk: Desk) -> None:
    ours, theirs = os.openpty()
    with subprocess.Popen(
        desk.argv("run", NONE, "echo.cwl", "--message", "hello"),
        cwd=desk.folder,
        env=desk.env | {"TERM": "xterm"},
        stdout=subprocess.PIPE,
        stderr=theirs,
        text=True,
    ) as command:
        os.close(theirs)
        seen = b""
        while piece := read_terminal(ours):
            seen += piece
        out = command.communicate(timeout=60)[0]
    os.close(ours)
    assert command.returncode == 0
    assert json.loads(out)["said"]["basename"] == "said.txt"
    text = seen.decode()
    assert "✓ done" in text
    assert "Say it" in text


def read_terminal(descriptor: int) -> bytes:
    try:
        return os.read(descriptor, 4096)
    except OSError:  # Linux says so when the other end is closed
        return b""
