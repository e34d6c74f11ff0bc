"""A tool made of a command: what its words are, what a trial sees, and that the tool gives the same files."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from ellip_lab.errors import EllipError, Invalid, NotFound
from ellip_lab.lab import Lab
from ellip_lab.packages.contract import ToolDraft, ToolRequest
from ellip_lab.packages.tooling import draft
from ellip_lab.settings import Settings

SCRIPT = """
import pathlib, sys
text = pathlib.Path(sys.argv[1]).read_text()
pathlib.Path(sys.argv[sys.argv.index("--out") + 1]).write_text(text * int(sys.argv[2]))
"""
CASES = {
    "copy": "cp in.txt out.txt",
    "sort": "sort -r in.txt -o sorted.txt",
    "redirect": "gzip -nc in.txt > out.gz",
    "standard": "tr a-z A-Z < in.txt > upper.txt",
    "archive": "tar --sort=name --mtime=@0 --transform=s,.*/,, -cf all.tar in.txt b.txt c.txt",
    "script": "python3 s.py in.txt 3 --out res.txt",
    "program": "./run.sh in.txt",
    "beside": "gzip -n in.txt",
    "parts": "split -l 1 in.txt part",
    "printed": "wc -c in.txt b.txt",
    "pairs": "dd if=in.txt of=copied.txt bs=512 count=1 status=none",
    "folder": "cp -r d made",
    "shell": 'sh -c \'cat "$1" "$1" > twice.txt\' twice in.txt',
    "variables": "LC_ALL=C X='$(a) b' sh -c 'echo \"$X\"' > said.txt",
    "hostile": """sh -c 'printf %s "$1" > odd.txt' x '$(inputs.x) ${a} * [b] "c": #d'""",
    "changed": "sed -i s/a/z/ in.txt",
    "again": "cp in.txt stale.txt",
    "filled": "python3 fill.py in.txt --outdir results/",
    "here": "python3 fill.py in.txt --outdir .",
    "table": "python3 table.py in.txt out.shp",
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with what the commands work on."""
    made = tmp_path_factory.mktemp("tooling")
    (made / "in.txt").write_text("b\na\nc\n")
    (made / "b.txt").write_text("bb\n")
    (made / "c.txt").write_text("ccc\n")
    (made / "a b$(c).txt").write_text("odd\n")
    (made / "stale.txt").write_text("of the last time\n")
    (made / "d" / "e").mkdir(parents=True)
    (made / "d" / "e" / "f.txt").write_text("f\n")
    (made / "s.py").write_text(SCRIPT)
    (made / "results").mkdir()
    (made / "results" / "old.txt").write_text("of the last time\n")
    (made / "fill.py").write_text(
        "import pathlib, sys\nfolder = pathlib.Path(sys.argv[3])\nassert folder.is_dir()\n"
        "for name in 'ab': (folder / f'{name}.txt').write_text(name)\n"
    )
    (made / "table.py").write_text(
        "import pathlib, sys\nfor end in ('shp', 'dbf', 'shp.xml'):\n"
        "    pathlib.Path(sys.argv[2]).with_suffix('.' + end).write_text(end)\n"
    )
    (made / "run.sh").write_text('#!/bin/sh\nwc -l <"$1" >lines.txt\ncp "$1" lines.txt.bak\n')
    (made / "run.sh").chmod(0o755)
    return made


def drafted(folder: Path, command: str, **more: Any) -> ToolDraft:
    """Makes the tool of a command line."""
    lab = Lab(Settings(state=folder / ".state", root=folder))
    return draft(ToolRequest(argv=(command,), folder=str(folder), **more), lab.containers)


@pytest.fixture(scope="module")
def run(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """Every command as a tool that was tried, run by cwltool in one process; the folder as it was."""
    before = {str(file): file.read_bytes() for file in folder.rglob("*") if file.is_file()}
    drafts = {name: drafted(folder, command, run=True) for name, command in CASES.items()}
    after = {str(file): file.read_bytes() for file in folder.rglob("*") if file.is_file()}
    out = tmp_path_factory.mktemp("out")
    for name, made in drafts.items():
        (folder / f"{name}.cwl").write_text(made.text)
        (folder / f"{name}.yml").write_text(made.parameters)
    program = (
        "import io, json, sys\nfrom cwltool.main import main\nout, *names = sys.argv[1:]\n"
        "for name in names:\n"
        "    said, log = io.StringIO(), io.StringIO()\n"
        "    valid = main(['--validate', name + '.cwl'], stdout=io.StringIO(), stderr=log)\n"
        "    code = main(['--outdir', f'{out}/{name}', name + '.cwl', name + '.yml'], stdout=said, stderr=log)\n"
        "    json.dump([name, valid, code, said.getvalue(), log.getvalue()], sys.__stdout__)\n"
        "    print(file=sys.__stdout__)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(out), *CASES],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=270,
    )
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(answers) == len(CASES), done.stderr
    yield {
        "out": out,
        "drafts": drafts,
        "unchanged": before == after,
        **{
            name: {"valid": valid, "code": code, "said": said, "log": log}
            for name, valid, code, said, log in answers
        },
    }


def test_a_trial_leaves_what_is_there_as_it_is(run: dict[str, Any]) -> None:
    assert run["unchanged"]


@pytest.mark.parametrize("name", CASES)
def test_the_tool_is_valid_and_gives_the_same_files(name: str, run: dict[str, Any]) -> None:
    made, ran = run["drafts"][name], run[name]
    assert made.problem is None
    assert made.exit_code == 0
    assert ran["valid"] == 0, ran["log"]
    assert "WARNING" not in ran["log"].upper().replace("WARNINGS", "")
    assert ran["code"] == 0, ran["log"]
    given = {
        str(file.relative_to(run["out"] / name)) for file in (run["out"] / name).rglob("*") if file.is_file()
    }
    expected = {
        "redirect": {"out.gz"}, "standard": {"upper.txt"}, "beside": {"in.txt.gz"}, "changed": {"in.txt"},
        "printed": {"wc.txt"}, "variables": {"said.txt"},
    }.get(name, set(made.files))  # fmt: skip
    assert given == expected


def test_what_the_tools_give_is_what_the_commands_give(run: dict[str, Any]) -> None:
    out = run["out"]
    assert (out / "copy" / "out.txt").read_text() == "b\na\nc\n"
    assert (out / "sort" / "sorted.txt").read_text() == "c\nb\na\n"
    assert (out / "standard" / "upper.txt").read_text() == "B\nA\nC\n"
    assert (out / "script" / "res.txt").read_text() == "b\na\nc\n" * 3
    assert (out / "program" / "lines.txt").read_text().strip() == "3"
    assert (out / "shell" / "twice.txt").read_text() == "b\na\nc\n" * 2
    assert (out / "variables" / "said.txt").read_text() == "$(a) b\n"
    assert (out / "changed" / "in.txt").read_text() == "b\nz\nc\n"
    assert (out / "again" / "stale.txt").read_text() == "b\na\nc\n"
    assert (out / "hostile" / "odd.txt").read_text() == '$(inputs.x) ${a} * [b] "c": #d'


def test_what_was_written_is_bound_to_what_names_it(run: dict[str, Any]) -> None:
    tools = {name: yaml.safe_load(made.text) for name, made in run["drafts"].items()}

    def globs(name: str) -> dict[str, Any]:
        return {key: one.get("outputBinding", {}).get("glob") for key, one in tools[name]["outputs"].items()}

    assert globs("copy") == {"out": "$(inputs.out_name)"}
    assert globs("sort") == {"output": "$(inputs.output_name)"}
    assert globs("pairs") == {"of": "$(inputs.of_name)"}
    assert globs("parts") == {"part": "$(inputs.part_name)*"}
    assert globs("beside") == {"in_txt": "$(inputs.in.basename).gz"}
    assert globs("changed") == {"in_changed": "$(inputs.in.basename)"}
    assert globs("program") == {"lines": "lines.txt", "lines_txt": "lines.txt.bak"}
    assert globs("again") == {"stale": "$(inputs.stale_name)"}
    assert tools["folder"]["outputs"]["made"]["type"] == "Directory"
    assert tools["standard"]["stdout"] == "upper.txt"
    assert tools["script"]["baseCommand"] == "python3"
    assert "baseCommand" not in tools["program"]
    assert globs("filled") == {"outdir": "$(inputs.outdir_folder)"}
    assert globs("table") == {"out": "$(inputs.out_name)"}
    assert set(tools["table"]["outputs"]["out"]["secondaryFiles"]) == {"^.dbf", ".xml"}


def inputs(folder: Path, command: str) -> dict[str, Any]:
    """Gives the inputs of a command that is only read."""
    return dict(yaml.safe_load(drafted(folder, command).text)["inputs"])


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("gdal_translate -of COG in.tif out.tif", {"of": "string", "in": "File", "out_name": "string"}),
        ("gdalwarp -te 1 2.5 3 4 -q in.txt o.tif", {"te": "double[]", "q": "boolean", "in": "File", "o_name": "string"}),
        ("x --count=3 --ratio=0.5 --name=n --big=99999999999", {"count": "int", "ratio": "double", "name": "string", "big": "long"}),
        ("otbcli_BandMath -il in.txt b.txt -out r.tif uint8", {"il": "File[]", "output_name": "string", "text": "string"}),
        ("x --aoi=in.txt,b.txt d", {"aoi": "File[]", "d": "Directory"}),
        ("gpt c.txt -Pa=1 -Pb=in.txt -t out.dim", {"c": "File", "Pa": "int", "Pb": "File", "t_name": "string"}),
        ("x --shift -5 -9", {"shift": "int[]"}),
        ("gzip -9 -k in.txt", {"n_9": "boolean", "k": "boolean", "in": "File"}),
        ("x 007 1.2.3 +5", {"text": "string", "text_2": "string", "text_3": "string"}),
        ("x https://a.b/c.tif s3://b/k.tif", {"text": "string", "text_2": "string"}),
        ("x 2020-é.txt", {"n_2020_e_name": "string"}),
        ("cat *.txt", {"files": "File[]"}),
        ("ls /proc /dev/null", {"text": "string", "text_2": "string"}),
        ("x -- -v in.txt", {"text": "string", "in": "File"}),
    ],
)  # fmt: skip
def test_words_are_recognised_by_what_they_are(folder: Path, command: str, expected: dict[str, str]) -> None:
    found = inputs(folder, command)
    assert {key: one["type"] for key, one in found.items()} == expected


def test_a_repeated_option_is_an_array(folder: Path) -> None:
    found = inputs(folder, "gdal_translate -co A=B -co C=D in.txt out.tif")
    assert found["co"]["type"] == {"type": "array", "items": "string", "inputBinding": {"prefix": "-co"}}
    assert found["co"]["default"] == ["A=B", "C=D"]


def test_subcommands_belong_to_the_command(folder: Path) -> None:
    made = drafted(folder, "otbcli BandMath -out r.tif")
    assert made.id == "otbcli_BandMath"
    assert yaml.safe_load(made.text)["baseCommand"] == ["otbcli", "BandMath"]


def test_an_image_and_a_network_are_asked_for(folder: Path) -> None:
    tool = yaml.safe_load(drafted(folder, "gdalinfo /vsicurl/https://a.b/c.tif", image="osgeo/gdal:3.9").text)
    assert tool["requirements"] == {
        "DockerRequirement": {"dockerPull": "osgeo/gdal:3.9"},
        "NetworkAccess": {"networkAccess": True},
    }


def test_ids_are_unique_and_valid(folder: Path) -> None:
    found = inputs(folder, "x --out a.txt --out-file b.txt in.txt in.txt 'a b$(c).txt' --in b.txt")
    assert all(key.isidentifier() and key.isascii() for key in found)


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("a | b", "joins two commands"),
        ("a && b", "joins two commands"),
        ("a >> b.txt", "append"),
        ("a > ", "no file is named"),
        ("a $HOME b", "only a shell knows what `$HOME` is"),
        ('a "`ls`"', "only a shell knows"),
        ("a 'b c", "is not closed"),
        ("cp a.txt b.txt\nrm b.txt", "several lines"),
        (" > out.txt", "there is no command"),
        ("X=1 ", "there is no command"),
        ("a > d", "is no file"),
        ("a > ..", "is no file"),
    ],
)
def test_what_is_no_single_command_is_refused(folder: Path, command: str, said: str) -> None:
    with pytest.raises(Invalid) as error:
        drafted(folder, command)
    assert said in error.value.detail
    assert error.value.hint or "quote" in said or "named" in said or "closed" in said or "no file" in said


def test_what_is_not_there_is_said(folder: Path) -> None:
    for request, said in (
        (
            ToolRequest(argv=("no-such-command",), folder=str(folder), run=True),
            "no command 'no-such-command'",
        ),
        (ToolRequest(argv=("ls",), folder=str(folder / "none")), "there is no folder"),
        (ToolRequest(argv=("ls", "<", "none.txt"), folder=str(folder)), "none.txt does not exist"),
        (ToolRequest(argv=("cat", "a.gz", "b.gz"), folder=str(folder), run=True), "a.gz does not exist"),
    ):
        with pytest.raises(NotFound) as error:
            draft(request, Lab(Settings(state=folder / ".state", root=folder)).containers)
        assert said in error.value.detail
        assert error.value.hint


def test_a_trial_that_fails_is_told_and_the_outputs_are_guessed(folder: Path) -> None:
    made = drafted(folder, "sh -c 'echo well >&2; exit 3' -o out.txt", run=True)
    assert made.exit_code == 3
    assert made.problem == "it ended with exit code 3: well"
    assert [out.id for out in made.outputs] == ["output"]


def test_a_trial_that_does_not_end_is_stopped_with_all_it_has_started(folder: Path, tmp_path: Path) -> None:
    mark = tmp_path / "pids"
    started = time.monotonic()
    made = drafted(
        folder, f"sh -c 'echo $$ > {mark}; sleep 300 & echo $! >> {mark}; wait'", run=True, limit=0.5
    )
    assert time.monotonic() - started < 10
    assert made.exit_code is None
    assert made.problem == "it had not ended after 0.5 s, and was stopped"
    for pid in mark.read_text().split():
        with pytest.raises(ProcessLookupError):
            while True:  # one that was killed is there until it is waited for, by whoever took it over
                os.kill(int(pid), 0)
                if Path(f"/proc/{pid}/stat").read_text().split()[2] == "Z":
                    raise ProcessLookupError


def test_a_command_that_prints_without_end_is_stopped(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ellip_lab.packages.tooling_trial.PRINTED", 2**20)
    assert "printed more than" in str(drafted(folder, "yes yes", run=True, limit=30).problem)


def test_parameters_of_another_folder_keep_their_files(folder: Path, tmp_path: Path) -> None:
    made = drafted(folder, "python3 s.py in.txt 1 --out o.txt", target=str(tmp_path))
    assert yaml.safe_load(made.parameters)["in"] == {"class": "File", "path": str(folder / "in.txt")}
    assert yaml.safe_load(made.text)["inputs"]["script"]["default"]["location"] == (folder / "s.py").as_uri()


def test_errors_are_of_the_tree(folder: Path) -> None:
    for argv in (("a\0b",), ("a\udcff",), ("cp", "|", "x")):
        with pytest.raises(EllipError):
            draft(
                ToolRequest(argv=argv, folder=str(folder)),
                Lab(Settings(state=folder, root=folder)).containers,
            )


@pytest.mark.parametrize("image", ["--privileged", "a b", "", "é"])
def test_an_image_is_no_option(folder: Path, image: str) -> None:
    with pytest.raises(Invalid, match="is no name of an image"):
        drafted(folder, "ls d", image=image, run=True)


@pytest.mark.parametrize(
    ("wish", "id_"), [("x y", "x_y"), ("9", "tool_9"), ("é", "tool"), ("a-b.c", "a-b.c")]
)
def test_the_id_is_one(folder: Path, wish: str, id_: str) -> None:
    assert drafted(folder, "ls d", id=wish).id == id_
