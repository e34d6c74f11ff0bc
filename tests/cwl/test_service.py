"""Answers are kept until a file changes, and given to many at once."""

from __future__ import annotations

import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest

from ellip_lab.cwl import service as service_module
from ellip_lab.cwl.contract import DocumentQuery
from ellip_lab.cwl.service import CwlService
from ellip_lab.errors import Internal
from ellip_lab.settings import Settings

from .conftest import DOCUMENTS

TOOL = (DOCUMENTS / "tool.cwl").read_text()
FLOW = (
    "cwlVersion: v1.2\nclass: Workflow\ninputs: {x: int}\noutputs: []\n"
    "steps:\n  say: {run: tool.cwl, in: {x: x}, out: [o]}\n"
)


@pytest.fixture
def counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[CwlService, list[str]]:
    """A service, and the documents it started a worker for."""
    asked: list[str] = []
    ask = CwlService._ask

    def count(self: CwlService, request: dict[str, object]) -> dict[str, object]:
        asked.append(Path(str(request["path"])).name)
        return ask(self, request)

    monkeypatch.setattr(CwlService, "_ask", count)
    return CwlService(Settings(state=tmp_path / "state")), asked


def test_one_worker_answers_every_verb(counted, tmp_path):
    service, asked = counted
    (tmp_path / "tool.cwl").write_text(TOOL)
    query = DocumentQuery(path=str(tmp_path / "tool.cwl"))
    service.check(query)
    service.form(query)
    service.template(query)
    began = time.perf_counter()
    service.check(query)
    assert time.perf_counter() - began < 0.1  # 0.1 ms are measured
    assert asked == ["tool.cwl"]
    assert (tmp_path / "state").stat().st_mode & 0o777 == 0o700


def test_a_changed_file_is_read_again(counted, tmp_path):
    service, asked = counted
    tool, flow = tmp_path / "tool.cwl", tmp_path / "flow.cwl"
    tool.write_text(TOOL)
    flow.write_text(FLOW)
    query = DocumentQuery(path=str(flow))
    assert service.check(query).valid
    tool.write_text(TOOL.replace("int", "strange"))
    assert [Path(str(problem.file)).name for problem in service.check(query).problems] == ["tool.cwl"]
    tool.unlink()
    assert [problem.message for problem in service.check(query).problems] == [
        "the step runs tool.cwl, which does not exist"
    ]
    tool.write_text(TOOL)  # a file that was not there, and comes, changes the answer too
    assert service.check(query).valid
    assert asked == ["flow.cwl"] * 4


def test_a_change_of_the_same_length_is_seen(counted, tmp_path):
    service, asked = counted
    path = tmp_path / "tool.cwl"
    path.write_text(TOOL)
    assert service.form(DocumentQuery(path=str(path))).json_schema["required"] == ["x"]
    path.write_text(TOOL.replace("{x: int}", "{y: int}"))
    os.utime(path, ns=(time.time_ns(), time.time_ns() + 1))
    assert service.form(DocumentQuery(path=str(path))).json_schema["required"] == ["y"]
    assert len(asked) == 2


def test_many_at_once_share_one_worker(counted, tmp_path):
    service, asked = counted
    path = tmp_path / "tool.cwl"
    path.write_text(TOOL)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: service.check(DocumentQuery(path=str(path))), range(8)))
    assert all(answer == answers[0] for answer in answers)
    assert asked == ["tool.cwl"]


def test_what_is_kept_is_bounded(tmp_path, monkeypatch):
    monkeypatch.setattr(service_module, "_KEPT", 3)
    monkeypatch.setattr(
        CwlService,
        "_ask",
        lambda _, request: {
            "check": {"path": request["path"], "valid": True},
            "forms": {},
            "watched": [request["path"]],
        },
    )
    service = CwlService(Settings(state=tmp_path / "state"))
    for number in range(10):
        path = tmp_path / f"{number}.cwl"
        path.touch()
        service.check(DocumentQuery(path=str(path)))
    assert [Path(place).name for place in service._known] == ["7.cwl", "8.cwl", "9.cwl"]
    assert len(service._locks) <= 3


def test_a_worker_that_fails_is_a_fault_of_this_program(service, tmp_path, monkeypatch):
    monkeypatch.setattr(service_module.sys, "executable", "/bin/false")
    (tmp_path / "a.cwl").write_text(TOOL)
    with pytest.raises(Internal, match="exit code 1"):
        service.check(DocumentQuery(path=str(tmp_path / "a.cwl")))


def test_no_process_and_no_thread_is_left(service, tmp_path):
    (tmp_path / "a.cwl").write_text((DOCUMENTS / "five-steps.cwl").read_text())
    threads = threading.active_count()
    # a store of other tests may be a child of this process: what counts is what is new
    children = set(psutil.Process().children())
    assert service.check(DocumentQuery(path=str(tmp_path / "a.cwl"))).valid
    assert threading.active_count() == threads
    assert set(psutil.Process().children()) == children
