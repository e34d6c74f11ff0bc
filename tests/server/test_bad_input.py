"""Whatever is wrong with what a person asks: one clear error, nothing half-written, the server alive. Real rooms."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from ellip_lab.lab import Lab
from ellip_lab.server.route import PREFIX

from .standin import ID, Ask, told

TOOL = """\
cwlVersion: v1.2
class: CommandLineTool
baseCommand: echo
inputs:
  scene: File
  count: int
  mode: {type: {type: enum, symbols: [fast, good]}}
outputs: []
"""
BOMB = "cwlVersion: v1.2\nclass: CommandLineTool\na: &a [x]\n" + "".join(
    f"{chr(98 + n)}: &{chr(98 + n)} [{', '.join([f'*{chr(97 + n)}'] * 10)}]\n" for n in range(12)
)
DOCUMENTS: dict[str, str | bytes] = {
    "tool.cwl": TOOL,
    "not.cwl": "hello: world\n",
    "broken.cwl": "cwlVersion: v1.2\nclass: [CommandLineTool\n",
    "binary.cwl": b"\x7fELF\x00\x00\x01",
    "bomb.cwl": BOMB + "# " + "x" * (5_000_000 - len(BOMB)),
    "missing-run.cwl": "cwlVersion: v1.2\nclass: Workflow\ninputs: []\noutputs: []\nsteps:\n"
    "  crop:\n    run: nowhere.cwl\n    in: []\n    out: []\n",
    "there.tif": b"II*\x00",
}
GOOD = {"scene": {"class": "File", "path": "there.tif"}, "count": 1, "mode": "fast"}


@dataclass(frozen=True)
class Case:
    name: str
    body: dict[str, Any]
    status: int
    said: tuple[str, ...]
    fields: set[str | None] = field(default_factory=set)

    def __str__(self) -> str:
        return self.name


def inputs(**changes: Any) -> dict[str, Any]:
    return {"document": "maps/tool.cwl", "inputs": {**GOOD, **changes}}


CASES = [
    Case("no such document", {"document": "maps/nowhere.cwl"}, 404, ("nowhere.cwl",)),
    Case("a folder", {"document": "maps"}, 400, ("folder",)),
    Case("not CWL", {"document": "maps/not.cwl"}, 400, ("not.cwl",)),
    Case("not YAML", {"document": "maps/broken.cwl"}, 400, ()),
    Case("not text", {"document": "maps/binary.cwl"}, 400, ("binary",)),
    Case("5 MB of aliases", {"document": "maps/bomb.cwl"}, 400, ("alias",)),
    Case("a missing run target", {"document": "maps/missing-run.cwl"}, 400, ("nowhere.cwl",)),
    Case("an unknown entry", {"document": "maps/tool.cwl", "entry": "other"}, 400, ("other",)),
    Case(
        "a missing file", inputs(scene={"class": "File", "path": "gone.tif"}), 400, ("gone.tif",), {"scene"}
    ),
    Case("a wrong type", inputs(count="many"), 400, ("count",), {"count"}),
    Case("a wrong choice", inputs(mode="slow"), 400, ("mode",), {"mode"}),
    Case("several at once", inputs(count="many", mode="slow"), 400, (), {"count", "mode"}),
    Case("a missing input", {"document": "maps/tool.cwl"}, 400, (), {"scene", "count", "mode"}),
    Case("an unknown input", inputs(cuont=2), 400, ("cuont",), {"cuont"}),
    Case(
        "a file outside",
        inputs(scene={"class": "File", "path": "/etc/passwd"}),
        403,
        ("/etc/passwd",),
        {"scene"},
    ),
    Case("an output folder that is a file", {**inputs(), "outdir": "maps/there.tif"}, 503, ("there.tif",)),
    Case("an engine nobody knows", {**inputs(), "container": "lxc"}, 400, ("container",), {"container"}),
]


@pytest.fixture
def maps(jp_root_dir: Path) -> Path:
    folder = jp_root_dir / "maps"
    folder.mkdir()
    for name, text in DOCUMENTS.items():
        (folder / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    return folder


def files(root: Path) -> set[str]:
    return {str(path.relative_to(root)) for path in root.rglob("*")}


@pytest.mark.parametrize("case", CASES, ids=str)
async def test_one_clear_error(ask: Ask, lab: Lab, maps: Path, case: Case) -> None:
    before = files(maps.parent)
    response = await ask(f"{PREFIX}/runs", method="POST", body=case.body, request_timeout=90)
    details = told(response, case.status)
    whole = details.model_dump_json()
    for part in case.said:
        assert part in whole
    assert case.fields <= {problem.field for problem in details.problems}, details
    assert str(maps.parent) not in " ".join(problem.file or "" for problem in details.problems)
    assert files(maps.parent) == before
    assert list(lab.settings.state.glob("tasks/*")) == []
    page = json.loads((await ask(f"{PREFIX}/runs", request_timeout=60)).body)
    assert page == {"runs": [], "next": None}


@pytest.mark.parametrize("verb", ["form", "template"])
@pytest.mark.parametrize("name", ["not.cwl", "broken.cwl", "binary.cwl", "bomb.cwl", "missing-run.cwl"])
async def test_a_form_of_what_is_not_valid(ask: Ask, maps: Path, verb: str, name: str) -> None:
    response = await ask(f"{PREFIX}/cwl/{verb}", params={"path": f"maps/{name}"}, request_timeout=90)
    details = told(response, 400)
    assert details.problems
    assert {problem.file for problem in details.problems} <= {f"maps/{name}", None}


@pytest.mark.parametrize("name", ["not.cwl", "broken.cwl", "binary.cwl", "bomb.cwl", "missing-run.cwl"])
async def test_a_check_says_it_as_an_answer(ask: Ask, maps: Path, name: str) -> None:
    response = await ask(f"{PREFIX}/cwl/check", params={"path": f"maps/{name}"}, request_timeout=90)
    assert response.code == 200, response.body
    check = json.loads(response.body)
    assert (check["path"], check["valid"]) == (f"maps/{name}", False)
    assert check["problems"][0]["message"]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", f"/runs/{ID}"),
        ("GET", f"/runs/{ID}/log"),
        ("GET", f"/runs/{ID}/quicklook?path=/etc/passwd"),
        ("GET", f"/runs/{ID}/script"),
        ("POST", f"/runs/{ID}/stop"),
        ("POST", f"/runs/{ID}/rerun"),
        ("DELETE", f"/runs/{ID}"),
        ("GET", f"/tasks/{ID}"),
        ("GET", f"/tasks/{ID}/log"),
        ("POST", f"/tasks/{ID}/stop"),
        ("DELETE", f"/tasks/{ID}"),
        ("GET", f"/runs/{ID.replace('runs', 'images')}"),
    ],
)
async def test_a_run_that_is_not_there(
    http_server_client: Any, jp_auth_header: Any, jp_base_url: str, method: str, path: str
) -> None:
    response = await http_server_client.fetch(
        f"{jp_base_url.rstrip('/')}{PREFIX}{path}",
        method=method,
        headers=jp_auth_header,
        raise_error=False,
        allow_nonstandard_methods=True,
    )
    details = told(response, 404)
    assert details.hint


async def test_a_state_folder_that_cannot_be_made(ask: Ask, lab: Lab, maps: Path) -> None:
    lab.settings.state.write_text("a file where the folder should be")
    body = {"document": "maps/tool.cwl", "inputs": GOOD}
    details = told(await ask(f"{PREFIX}/runs", method="POST", body=body, request_timeout=90), 503)
    assert details.hint
    assert (await ask("api/status")).code == 200
