"""`ellip package tool` and `ellip runs used`: from a command to a tool, from its runs to what it asks for."""

from __future__ import annotations

import json
import os
import select
import signal
import time
from pathlib import Path

import pytest
import yaml

from cli.conftest import Desk


def test_from_a_command_to_what_its_tool_asks_for(desk: Desk) -> None:
    desk.write("in.txt", "b\na\n")
    made = desk.ellip(
        "package",
        "tool",
        "--run",
        "-o",
        "tools/sort.cwl",
        "-p",
        "sort.yml",
        "--",
        "sort",
        "-r",
        "in.txt",
        "-o",
        "out.txt",
    )
    assert made.returncode == 6, "there is no folder tools"
    desk.write("tools/kept.txt", "")
    made = desk.ellip(
        "package",
        "tool",
        "--run",
        "-o",
        "tools/sort.cwl",
        "-p",
        "sort.yml",
        "--",
        "sort",
        "-r",
        "in.txt",
        "-o",
        "out.txt",
    )
    assert made.returncode == 0, made.stderr
    assert made.stdout == "tools/sort.cwl\n"
    assert "output\toutput\tFile\tout.txt\tit was written" in made.stderr
    assert not (desk.folder / "out.txt").exists()
    ran = desk.ellip("run", "--quiet", "--no-container", "--outdir", "out", "tools/sort.cwl", "sort.yml")
    assert ran.returncode == 0, ran.stderr
    assert (desk.folder / "out" / "out.txt").read_text() == "b\na\n"
    again = desk.ellip("package", "tool", "-o", "tools/sort.cwl", "--", "ls")
    assert again.returncode == 4
    assert "--force" in again.stderr
    assert desk.ellip("packages", "tool", "-f", "-o", "tools/sort.cwl", "--", "ls").returncode == 0


def test_the_tool_goes_to_a_pipe(desk: Desk) -> None:
    made = desk.ellip("package", "tool", "--", "gdal_translate", "-of", "COG", "in.tif", "out.tif")
    assert made.returncode == 0, made.stderr
    assert yaml.safe_load(made.stdout)["baseCommand"] == "gdal_translate"
    record = json.loads(desk.ellip("package", "tool", "--json", "--", "cat", "echo.cwl").stdout)
    assert [port["type"] for port in record["inputs"]] == ["File"]


def test_what_goes_wrong_is_one_error(desk: Desk) -> None:
    for words, code, said in (
        (("--run", "--", "no-such-command"), 3, "there is no command"),
        (("--", "cat", "a", "|", "wc"), 1, "joins two commands"),
        (("--run", "--", "sh", "-c", "echo why >&2; exit 4"), 1, "it ended with exit code 4: why"),
        (("--run", "--limit", "0.2", "--", "sleep", "60"), 1, "it had not ended after 0.2 s"),
        ((), 2, "Missing argument"),
    ):
        ended = desk.ellip("package", "tool", *words)
        assert ended.returncode == code, ended.stderr
        assert said in ended.stderr
        assert "Traceback" not in ended.stderr


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_trial_that_is_interrupted_leaves_nothing(
    desk: Desk, number: int, code: int, tmp_path: Path
) -> None:
    mark = tmp_path / "pid"
    process = desk.started(
        "package", "tool", "--run", "-o", "x.cwl", "--", "sh", "-c", f"echo $$ > {mark}; sleep 300"
    )
    assert process.stderr is not None
    ready, _, _ = select.select([process.stderr], [], [], 60)
    assert ready, "nothing was said"
    assert process.stderr.readline() == "running sh; Ctrl-C stops it\n"
    os.kill(process.pid, number)
    _, said = process.communicate(timeout=30)
    assert process.returncode == code, said
    assert said == "stopped: nothing was written\n"
    assert not (desk.folder / "x.cwl").exists()
    until = time.monotonic() + 10
    while Path(f"/proc/{mark.read_text().strip()}").exists():
        state = Path(f"/proc/{mark.read_text().strip()}/stat").read_text().split()[2]
        if state == "Z":
            break
        assert time.monotonic() < until, "the command is still running"


def test_used(desk: Desk) -> None:
    document = desk.write(
        "busy.cwl",
        "cwlVersion: v1.2\nclass: CommandLineTool # kept\nid: busy\nbaseCommand: [python3, -c]\n"
        "arguments: ['x = bytearray(200_000_000); import time; time.sleep(0.8)']\ninputs: []\noutputs: []\n",
    )
    before = desk.ellip("runs", "used", "busy.cwl")
    assert before.stdout.split("\t") == ["busy", "0", "not measured", "not measured", "nothing", "", "\n"]
    assert before.stderr == "nothing was measured yet: ellip run busy.cwl\n"
    ran = desk.ellip("run", "--quiet", "--no-container", "busy.cwl")
    assert ran.returncode == 0, ran.stderr
    record = json.loads(desk.ellip("runs", "used", "--json", "busy.cwl").stdout)["tools"][0]
    assert record["ram_min"] >= 256
    written = desk.ellip("runs", "used", "--write", "busy.cwl")
    assert written.stderr == "written: busy.cwl\n"
    assert "25%" in written.stdout
    text = document.read_text()
    assert f"ramMin: {record['ram_min']}" in text
    assert "# kept" in text
    assert desk.ellip("check", "busy.cwl").returncode == 0
    after = desk.ellip("runs", "used", "--write", "busy.cwl")
    assert after.stderr == ""
    assert f"{record['ram_min']} MiB" in after.stdout
    assert desk.ellip("runs", "used", "none.cwl").returncode == 3
