"""The project's own documents of every kind of CWL v1.2, through `ellip run` and through plain cwltool.

`tests.yml` holds, for each, the output object; both tools must give it. By hand:
``cwltest --test tests/conformance/tests.yml --tool ellip -- run --container none``
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest
import yaml

from ellip_lab.shell import node_directory

HERE = Path(__file__).parent
SUITE = HERE / "tests.yml"
TESTS = yaml.safe_load(SUITE.read_text())
BIN = Path(sys.executable).parent
KINDS = {
    "scatter", "conditional", "secondary_files", "initial_work_dir", "streams", "record", "enum", "schema_def", "subworkflow",
    "step_input", "multiple_input", "default", "expression_tool", "load_contents", "array", "binding", "env_var", "exit_code",
    "shell_command", "glob", "cwl_output", "literal", "graph", "v1.0", "bad_input", "resource", "command_line_tool",
}  # fmt: skip


def test_the_suite_holds_every_kind():
    assert {tag for test in TESTS for tag in test["tags"]} == KINDS
    assert len({test["id"] for test in TESTS}) == len(TESTS)
    for test in TESTS:
        assert (HERE / test["tool"].partition("#")[0]).is_file(), test["id"]
        assert (HERE / test["job"]).is_file(), test["id"]
        assert test.get("should_fail") or test["output"] is not None
    used = {HERE / test["tool"].partition("#")[0] for test in TESTS}
    # pair.cwl and length.cwl are also steps of others: no document lies here unused.
    assert used == set((HERE / "documents").glob("*.cwl"))


@pytest.mark.slow
@pytest.mark.timeout(1500)
@pytest.mark.parametrize(
    ("tool", "arguments"),
    [("cwltool", ["--no-container"]), ("ellip", ["run", "--container", "none"])],
    ids=["cwltool", "ellip-run"],
)
def test_a_tool_gives_the_output_objects(tool: str, arguments: list[str], tmp_path: Path):
    program = BIN / tool
    assert program.is_file(), f"{program} is not installed"
    report = tmp_path / "junit.xml"
    node = node_directory()
    env = {
        **os.environ,
        "ELLIP_LAB_STATE": str(tmp_path / "state"),
        "PATH": os.pathsep.join([str(BIN), *([str(node)] if node else []), os.environ["PATH"]]),
    }
    ended = subprocess.run(
        [BIN / "cwltest", "--test", SUITE, "--junit-xml", report, "-j", "2", "--timeout", "300", "--tool", program, "--", *arguments],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env=env,
        check=False,
    )  # fmt: skip
    assert report.is_file(), ended.stderr[-4000:]
    cases = ElementTree.parse(report).getroot().findall(".//testcase")
    wrong = [
        case.get("name")
        for case in cases
        if case.find("failure") is not None or case.find("skipped") is not None
    ]
    assert wrong == [], ended.stderr[-6000:]
    assert len(cases) == len(TESTS)
    assert ended.returncode == 0
