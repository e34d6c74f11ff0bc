"""Files that are not documents, or attack whoever reads them: refused in one sentence, in bounded time."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from ellip_lab.cwl import reading
from ellip_lab.cwl import service as service_module
from ellip_lab.cwl.contract import Check, DocumentQuery
from ellip_lab.cwl.service import CwlService

HEAD = "cwlVersion: v1.2\nclass: CommandLineTool\nbaseCommand: echo\ninputs: []\noutputs: []\n"
SECONDS = 60.0
"""Far above what is measured (1 s), below what an unguarded loader takes: other tests run beside this one."""


def only_problem(service: CwlService, path: Path) -> tuple[str, Check]:
    began = time.monotonic()
    told = service.check(DocumentQuery(path=str(path)))
    assert time.monotonic() - began < SECONDS
    assert not told.valid
    (problem,) = told.problems
    assert problem.file == str(path)
    assert (problem.line or 0) >= 1
    return problem.message, told


def test_billion_laughs(service, write):
    lines = [f"x{n}: &a{n} [{','.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)]
    path = write(HEAD + "x0: &a0 [lol, lol, lol]\n" + "\n".join(lines))
    assert (
        only_problem(service, path)[0]
        == "document.cwl holds YAML aliases that expand to more than 250,000 nodes"
    )


def test_five_megabytes_of_aliases(service, write):
    path = write(HEAD + "x: &a [1, 2, 3]\ny: [" + ",".join(["*a"] * 1_700_000) + "]\n")
    assert path.stat().st_size > 5_000_000
    assert "YAML aliases" in only_problem(service, path)[0]


def test_five_megabytes_of_yaml(service, write):
    path = write(HEAD + "x:\n" + "".join(f"  - {{k{n}: v, m: [1, 2, 3]}}\n" for n in range(180_000)))
    assert only_problem(service, path)[0] == "document.cwl has more than 250,000 nodes"


def test_an_alias_of_itself(service, write):
    told = service.check(DocumentQuery(path=str(write(HEAD + "hints: &a [*a]\n"))))
    assert not told.valid


def test_twelve_megabytes(service, write):
    path = write(HEAD + "doc: " + "a" * 12_000_000)
    assert only_problem(service, path)[0] == "document.cwl has 11 MB; a CWL document has at most 10 MB"


@pytest.mark.parametrize("text", ["x: " + "[" * 2000 + "]" * 2000, "x: " + "{a: " * 2000 + "1" + "}" * 2000])
def test_deep_nesting(service, write, text):
    assert only_problem(service, write(HEAD + text))[0] == "document.cwl is nested more than 100 levels deep"


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"\x7fELF\x02\x01\x00\x00\xff", "a.cwl is a binary file, not a CWL document"),
        (b"\xff\xfe\xfd", "a.cwl is not UTF-8 text"),
        (b"doc: \x01", "a.cwl holds a control character (U+0001), which YAML forbids"),
        (b"", "a.cwl is empty"),
        (b"\n \n", "a.cwl is empty"),
        (b"# nothing\n", "a.cwl holds nothing but comments"),
        (b"a: b: c", "YAML: mapping values are not allowed here"),
    ],
)
def test_what_is_no_yaml(service, tmp_path, data, message):
    path = tmp_path / "a.cwl"
    path.write_bytes(data)
    assert only_problem(service, path)[0] == message


def test_a_byte_order_mark_is_no_fault(service, tmp_path):
    path = tmp_path / "a.cwl"
    path.write_bytes(b"\xef\xbb\xbf" + HEAD.encode())
    assert service.check(DocumentQuery(path=str(path))).valid


def test_a_folder(service, tmp_path):
    folder = tmp_path / "a.cwl"
    folder.mkdir()
    message, told = only_problem(service, folder)
    assert message == "a.cwl is a folder, not a CWL document"
    assert told.files == (str(folder),)


def test_a_named_pipe_does_not_hang(service, tmp_path):
    path = tmp_path / "a.cwl"
    os.mkfifo(path)
    assert only_problem(service, path)[0] == "a.cwl is not a regular file"


def test_a_file_nobody_may_read(tmp_path, monkeypatch):
    path = tmp_path / "a.cwl"
    path.touch()

    def refuse(_: Path) -> bytes:
        raise PermissionError(13, "Permission denied")

    # root reads everything: the refusal itself is put in.
    monkeypatch.setattr(Path, "read_bytes", refuse)
    with pytest.raises(reading.RefusedError) as refused:
        reading.read(path)
    assert refused.value.finding["message"] == "a.cwl may not be read by this user"
    assert "chmod" in (refused.value.finding["hint"] or "")


def test_a_hostile_file_beside_the_document(service, tmp_path):
    bomb = tmp_path / "bomb.yml"
    bomb.write_text("- &a [1, 2]\n- [" + ",".join(["*a"] * 200_000) + "]\n")
    (tmp_path / "a.cwl").write_text(HEAD.replace("inputs: []", "inputs: {$import: bomb.yml}"))
    (problem,) = service.check(DocumentQuery(path=str(tmp_path / "a.cwl"))).problems
    assert problem.file == str(bomb)
    assert "bomb.yml holds YAML aliases" in problem.message


def test_tags_build_no_objects(service, write, tmp_path):
    trace = tmp_path / "trace"
    path = write(HEAD + f"doc: !!python/object/apply:os.system ['touch {trace}']\n")
    service.check(DocumentQuery(path=str(path)))
    assert not trace.exists()


def test_expressions_do_not_run(service, write, tmp_path):
    trace = tmp_path / "trace"
    evil = f"require('fs').writeFileSync('{trace}', 'x')"
    path = write(
        "cwlVersion: v1.2\nclass: CommandLineTool\n"
        f'requirements: {{InlineJavascriptRequirement: {{expressionLib: ["{evil}"]}}}}\n'
        f'baseCommand: echo\narguments: ["$({evil})", "${{while (true) {{}}}}"]\ninputs: []\noutputs: []\n'
    )
    began = time.monotonic()
    service.check(DocumentQuery(path=str(path)))
    assert time.monotonic() - began < SECONDS
    assert not trace.exists()


def test_the_worker_sees_no_secrets(monkeypatch):
    for name in (
        "AWS_SECRET_ACCESS_KEY",
        "JUPYTER_TOKEN",
        "GITHUB_TOKEN",
        "DB_PASSWORD",
        "JPY_API_TOKEN",
        "HTTPS_PROXY",
    ):
        monkeypatch.setenv(name, "secret")
    local = service_module.environment(remote=False)
    assert "secret" not in local.values()
    assert "PATH" in local
    assert [name for name, value in service_module.environment(remote=True).items() if value == "secret"] == [
        "HTTPS_PROXY"
    ]


def test_python_files_beside_the_document_are_not_imported(service, tmp_path):
    trace = tmp_path / "trace"
    for name in ("json", "cwltool", "ruamel", "sitecustomize"):
        (tmp_path / f"{name}.py").write_text(f"open({str(trace)!r}, 'w')")
    (tmp_path / "a.cwl").write_text(HEAD)
    assert service.check(DocumentQuery(path=str(tmp_path / "a.cwl"))).valid
    assert not trace.exists()


def test_too_slow_is_killed_and_told(service, write, monkeypatch):
    monkeypatch.setattr(service_module, "TIME_LIMIT", 0.05)
    path = write(HEAD)
    message, told = only_problem(service, path)
    assert message == "document.cwl takes more than 0.05 s to load"
    assert told.entries == ()
    monkeypatch.undo()
    # It was the limit, not the document: the answer is not kept.
    assert service.check(DocumentQuery(path=str(path))).valid


def worker(request: object, before: str = "") -> subprocess.CompletedProcess[str]:
    code = f"import ellip_lab.cwl.worker as w\n{before}\nw.main()"
    return subprocess.run(
        [sys.executable, "-c", code],
        input=json.dumps(request),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_too_much_memory_is_told(tmp_path, write):
    request = {"verb": "describe", "path": str(write(HEAD)), "cache": str(tmp_path / "cache")}
    bounded = worker(request, "w.limits.bounded.__defaults__ = (40 * 2**20, 30)")
    # Either Python says so in order, or the interpreter dies of it: the service tells both as memory.
    assert (
        bounded.stdout == '{"failed": "memory"}'
        or "MemoryError" in bounded.stderr
        or bounded.stderr.endswith("SystemError: error return without exception set\n")
        or bounded.returncode < 0
    )


@pytest.mark.parametrize(
    "end",
    [
        'print(\'{"failed": "memory"}\')',
        "raise MemoryError",
        'raise SystemError("error return without exception set")',
        "import os, signal; os.kill(os.getpid(), signal.SIGKILL)",
    ],
)
def test_a_worker_out_of_memory_is_one_problem(service, write, monkeypatch, tmp_path, end):
    program = tmp_path / "python"
    program.write_text(f"#!{sys.executable}\n{end}\n")
    program.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(program))
    assert only_problem(service, write(HEAD))[0] == "document.cwl takes more memory than a document may"


def test_too_much_work_is_ended(tmp_path, write):
    request = {"verb": "describe", "path": str(write(HEAD)), "cache": str(tmp_path / "cache")}
    ended = worker(
        request,
        "w.limits.bounded.__defaults__ = (1 << 40, 1)\nw.answer = lambda _: all(True for _ in iter(int, 1))",
    )
    assert ended.returncode == -signal.SIGXCPU
    assert ended.stdout == ""
