"""`ellip package compare` runs a document twice at once; `ellip runs compare` compares two runs there are."""

from __future__ import annotations

import json
import signal

import pytest

from cli.conftest import Desk
from cli.test_run import processes, wait_for

NONE = "cwltool:none,cwltool:none"
CLOCK = """cwlVersion: v1.2
class: CommandLineTool
baseCommand: [date, +%N]
inputs: []
outputs:
  now: stdout
stdout: now.txt
"""


def test_two_engines(desk: Desk) -> None:
    desk.write("p.yml", "message: hello\n")
    done = desk.ellip(
        "package", "compare", "echo.cwl", "p.yml", "--engines", NONE, "--outdir", "both", "--json"
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert (found["same"], found["outputs"], found["files"]) == (True, 1, 1)
    assert sorted([found["left"], found["right"]]) == desk.tasks()
    for folder in ("1-cwltool", "2-cwltool"):
        assert (desk.folder / "both" / folder / "said.txt").read_text() == "hello\n"
    assert done.stderr.count("cwltool: done in ") == 2

    again = desk.ellip("runs", "compare", found["left"], "last")
    assert again.returncode == 0
    assert again.stdout == ""
    assert again.stderr == "the same: 1 output, 1 file compared (cwltool, none | cwltool, none)\n"

    desk.write("clock.cwl", CLOCK)
    done = desk.ellip("package", "compare", "clock.cwl", "--engines", NONE, "--quiet")
    assert done.returncode == 1
    place, kind, left, right, words = done.stdout.rstrip("\n").split("\t")
    assert (place, kind, words) == ("now", "content", "the content differs")
    assert left != right
    assert done.stderr == "1 difference: 1 output, 1 file compared (cwltool, none | cwltool, none)\n"

    # the second engine is a cluster that is not there: nobody waits for the first, which would take long
    desk.env["KUBECONFIG"] = str(desk.folder / "none")
    done = desk.ellip("package", "compare", "sleep.cwl", "--seconds", "619")
    assert done.returncode == 1
    assert "calrissian: failed in " in done.stderr
    assert "error:" in done.stderr
    assert f"stopped: {desk.tasks()[-2]}" in done.stderr
    assert not processes("619")


@pytest.mark.parametrize(
    ("engines", "words"),
    [
        ("cwltool", "two engines are compared"),
        ("cwltool,toil", "'toil' is not one of cwltool, calrissian"),
        ("cwltool:qemu,calrissian", "'cwltool:qemu'"),
        ("cwltool,calrissian:none", "'calrissian:none'"),
    ],
)
def test_engines_that_nobody_understands(desk: Desk, engines: str, words: str) -> None:
    done = desk.ellip("package", "compare", "echo.cwl", "--engines", engines)
    assert done.returncode == 2
    assert words in done.stderr
    assert not desk.tasks()


def test_interrupting_stops_both(desk: Desk) -> None:
    command = desk.started("package", "compare", "--engines", NONE, "sleep.cwl", "--seconds", "613")
    wait_for(lambda: len(processes("613")) == 2, "both tools to start")
    command.send_signal(signal.SIGINT)
    out, err = command.communicate(timeout=60)
    assert command.returncode == 130, err
    assert out == ""
    for id_ in desk.tasks():
        assert f"stopped: {id_}" in err
    assert "Traceback" not in err
    wait_for(lambda: not processes("613"), "the tools to end")
