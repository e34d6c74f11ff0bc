"""`ellip runs`: the same runs at every door."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cli.conftest import Desk
from ellip_lab.lab import Lab
from ellip_lab.runs.contract import RunQuery
from ellip_lab.settings import Settings
from ellip_lab.tasks.contract import State


@pytest.fixture
def lab(desk: Desk) -> Lab:
    return Lab(Settings(state=desk.state, root=desk.folder))


@pytest.fixture
def done(desk: Desk) -> str:
    """Gives the id of a run that the command line has finished."""
    finished = desk.ellip(
        "run", "--no-container", "--quiet", "--name", "first", "echo.cwl", "--message", "hello"
    )
    assert finished.returncode == 0, finished.stderr
    return desk.tasks()[-1]


def test_a_run_of_the_command_line_is_seen_by_python(done: str, lab: Lab) -> None:
    (summary,) = lab.runs.list(RunQuery()).runs
    assert (summary.id, summary.state, summary.name) == (done, State.DONE, "first")


def test_a_run_of_python_is_seen_by_the_command_line(desk: Desk, lab: Lab) -> None:
    run = lab.runs.start(
        str(desk.folder / "echo.cwl"), {"message": "from Python"}, container="none", name="mine"
    ).wait()
    assert run.show().state is State.DONE, run.show().failure
    said = run.outputs["said"]
    assert isinstance(said, Path)
    assert said.read_text() == "from Python\n"
    assert said.is_relative_to(desk.folder / "results" / "mine" / run.id)
    assert " done in " in "\n".join(run.log())
    id_, state, name, *_ = desk.ellip("runs", "list").stdout.split("\t")
    assert (id_, state, name) == (run.id, "done", "mine")


def test_list(desk: Desk, done: str) -> None:
    plain = desk.ellip("runs", "list")
    assert plain.stdout.split("\t")[:3] == [done, "done", "first"]
    page = json.loads(desk.ellip("runs", "list", "--json").stdout)
    assert [run["id"] for run in page["runs"]] == [done]
    assert page["next"] is None
    assert desk.ellip("runs", "list", "--state", "failed").stdout == ""
    assert desk.ellip("runs", "list", "--text", "FIRST").stdout == plain.stdout
    assert desk.ellip("runs", "list", "--text", "second").stderr == "no runs\n"
    assert desk.ellip("runs", "list", "--before", "last").stdout == ""


@pytest.mark.parametrize("word", ["last", "whole", "suffix", "prefix"])
def test_show(desk: Desk, done: str, word: str) -> None:
    meant = {"last": "last", "whole": done, "suffix": done[-4:], "prefix": done[:12]}[word]
    lines = [line.split("\t") for line in desk.ellip("runs", "show", meant).stdout.splitlines()]
    assert ["run", done] in lines
    assert ["state", "done"] in lines
    assert ["output", "said", "file", str(desk.folder / "said.txt"), "6 B"] in lines
    assert json.loads(desk.ellip("runs", "show", meant, "--json").stdout)["id"] == done


def test_usage(desk: Desk, done: str) -> None:
    said = desk.ellip("runs", "usage", "last")
    assert [line.split("\t")[:2] for line in said.stdout.splitlines()] == [["echo", "1"], ["in all", "1"]]
    assert said.stderr == "measured here\n"
    found = json.loads(desk.ellip("runs", "usage", "last", "--json").stdout)
    assert (found["id"], found["reserved"], found["final"]) == (done, False, True)
    assert "usage" in [line.split("\t")[0] for line in desk.ellip("runs", "show", "last").stdout.splitlines()]


def test_log(desk: Desk, done: str) -> None:
    whole = desk.ellip("runs", "log", "last", "--all").stdout
    assert " done in " in whole
    assert whole.endswith(desk.ellip("runs", "log", done[-4:]).stdout)
    assert desk.ellip("runs", "log", "-f", "last").stdout == whole
    chunks = [
        json.loads(line) for line in desk.ellip("runs", "log", "--all", "--json", "last").stdout.splitlines()
    ]
    assert "".join(chunk["text"] for chunk in chunks) == whole


def test_following_the_log_ends_with_the_run(desk: Desk) -> None:
    desk.ellip("run", "--no-container", "--detach", "sleep.cwl", "--seconds", "2")
    followed = desk.ellip("runs", "log", "-f", "last")
    assert followed.returncode == 0
    assert " done in " in followed.stdout


def test_rerun(desk: Desk, done: str) -> None:
    again = desk.ellip("runs", "rerun", "last", "--input", "message=again", "--outdir", "again", "--quiet")
    assert again.returncode == 0, again.stderr
    assert json.loads(again.stdout)["said"]["size"] == 6
    assert (desk.folder / "again/said.txt").read_text() == "again\n"
    record = json.loads(desk.ellip("runs", "show", "last", "--json").stdout)
    assert record["rerun_of"] == done
    desk.write("p.yml", "message: from a file\n")
    same = desk.ellip("runs", "rerun", done, "p.yml", "--outdir", "file", "--detach")
    desk.ellip("runs", "log", "-f", same.stdout.strip())
    assert (desk.folder / "file/said.txt").read_text() == "from a file\n"
    wrong = desk.ellip("runs", "rerun", done, "--input", "mesage=x")
    assert wrong.returncode == 1
    assert "Did you mean message?" in wrong.stderr


def test_remove_keeps_the_outputs(desk: Desk, done: str) -> None:
    gone = desk.ellip("runs", "remove", "last")
    assert gone.stdout == f"removed: {done}\n"
    assert desk.tasks() == []
    assert (desk.folder / "said.txt").exists()


def test_a_run_that_goes_on_cannot_be_removed(desk: Desk) -> None:
    id_ = desk.ellip("run", "--no-container", "--detach", "sleep.cwl").stdout.strip()
    refused = desk.ellip("runs", "remove", id_)
    assert refused.returncode == 4
    assert refused.stderr.startswith("error:")
    assert desk.ellip("tasks", "stop", id_).stdout == f"stopped: {id_}\n"
    assert desk.ellip("runs", "remove", id_).returncode == 0


def test_script_says_the_run_again(desk: Desk, done: str) -> None:
    shell = desk.ellip("runs", "script", "last").stdout
    assert shell.startswith("ellip run --container none")
    assert '"message": "hello"' in shell
    python = desk.ellip("runs", "script", "--python", "last").stdout
    compile(python, "script", "exec")
    assert "Lab().runs.start(" in python
    assert json.loads(desk.ellip("runs", "script", "--json", "last").stdout) == {
        "language": "shell",
        "text": shell,
    }


def test_tasks(desk: Desk, done: str) -> None:
    assert desk.ellip("tasks", "list", "--room", "runs").stdout.split("\t")[:2] == [done, "done"]
    assert desk.ellip("tasks", "list", "--room", "builds").stderr == "no tasks\n"
    assert f"id\t{done}" in desk.ellip("tasks", "show", "last").stdout
    assert " done in " in desk.ellip("tasks", "log", "last").stdout
    assert desk.ellip("tasks", "remove", done).stdout == f"removed: {done}\n"


def test_engines(desk: Desk) -> None:
    known = json.loads(desk.ellip("engines", "--json").stdout)
    assert {engine["container"] for engine in known["engines"]} >= {"podman", "docker", "none"}
    rows = [line.split("\t") for line in desk.ellip("engines").stdout.splitlines()]
    assert [row[0] for row in rows] == [engine["container"] for engine in known["engines"]]


def test_check_form_and_template(desk: Desk) -> None:
    assert json.loads(desk.ellip("check", "--json", "echo.cwl").stdout)["valid"] is True
    assert desk.ellip("form", "echo.cwl").stdout == "message\tstring\trequired\t\n"
    assert json.loads(desk.ellip("form", "--json", "echo.cwl").stdout)["json_schema"]["required"] == [
        "message"
    ]
    template = desk.ellip("template", "echo.cwl").stdout
    desk.write("p.yml", template.replace("a string", "filled in"))
    assert desk.ellip("run", "--no-container", "--quiet", "echo.cwl", "p.yml").returncode == 0
    assert (desk.folder / "said.txt").read_text() == "filled in\n"
