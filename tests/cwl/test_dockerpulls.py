"""Where documents name images, without loading them."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from ellip_lab.cwl.contract import DockerPull
from ellip_lab.cwl.service import CwlService
from ellip_lab.errors import NotFound
from ellip_lab.settings import Settings

TOOL = """cwlVersion: v1.2
class: CommandLineTool
id: crop
requirements:
  DockerRequirement:
    dockerPull: docker.io/osgeo/gdal:3.9
hints:
  - class: SoftwareRequirement
  - class: DockerRequirement
    dockerImageId: "localhost/other"
baseCommand: gdal_translate
inputs: []
outputs: []
"""


def found(settings: Settings, text: str | bytes, name: str = "doc.cwl") -> tuple[DockerPull, ...]:
    place = settings.root / name
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(text if isinstance(text, bytes) else text.encode())
    return CwlService(settings).docker_pulls(place)


def at(pull: DockerPull) -> str:
    """Gives what stands where a pull says that its image stands."""
    line = Path(pull.path).read_text(encoding="utf-8-sig").split("\n")[pull.line - 1]
    return line[pull.column - 1 :][: len(pull.image)]


def test_requirements_and_hints_as_a_map_and_as_a_list(settings: Settings) -> None:
    pulls = found(settings, TOOL)
    assert [(one.image, one.line, one.column, one.tool) for one in pulls] == [
        ("docker.io/osgeo/gdal:3.9", 6, 17, "crop"),
        ("localhost/other", 10, 21, "crop"),
    ]
    assert {one.path for one in pulls} == {str(settings.root / "doc.cwl")}


@pytest.mark.parametrize(
    "written",
    [
        "a/b:1",
        "'a/b:1'",
        '"a/b:1"',
        "   a/b:1  # the newest",
        "!!str a/b:1",
        "&image a/b:1",
        ">-\n        a/b:1",
        "|\n        a/b:1\n",
        "\n        a/b:1",
    ],
)
def test_the_place_is_where_the_name_stands(settings: Settings, written: str) -> None:
    (pull,) = found(
        settings, f"class: CommandLineTool\nhints:\n    DockerRequirement:\n      dockerPull: {written}\n"
    )
    assert pull.image == at(pull) == "a/b:1"


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_places_hold_with_marks_and_wide_characters(settings: Settings, end: str) -> None:
    text = "\ufeff# grüße 🛰 \nclass: CommandLineTool\nhints: {DockerRequirement: {dockerPull: ü}}\n"
    assert found(settings, text) == ()
    text = text.replace("dockerPull: ü", "x: 🛰🛰, dockerPull: a/b:1").replace("\n", end)
    (pull,) = found(settings, text)
    assert at(pull) == "a/b:1"


def test_json_is_a_document_too(settings: Settings) -> None:
    text = '{"class": "CommandLineTool", "hints": [{"class": "DockerRequirement", "dockerPull": "a:1"}]}'
    (pull,) = found(settings, text)
    assert at(pull) == "a:1"


def test_a_graph_with_steps_and_embedded_tools(settings: Settings) -> None:
    pulls = found(
        settings,
        """cwlVersion: v1.2
$graph:
  - class: Workflow
    id: main
    hints: {DockerRequirement: {dockerPull: of-the-workflow}}
    steps:
      one: {run: "#tool", in: [], out: []}
      two:
        hints: [{class: DockerRequirement, dockerPull: of-the-step}]
        run: {class: CommandLineTool, hints: {DockerRequirement: {dockerPull: embedded}}}
  - class: CommandLineTool
    id: "#tool"
    requirements: [{class: DockerRequirement, dockerPull: of-the-tool}]
""",
    )
    assert {(one.image, one.tool) for one in pulls} == {
        ("of-the-workflow", "main"),
        ("of-the-step", "two"),
        ("embedded", "two"),
        ("of-the-tool", "tool"),
    }


def test_files_that_steps_run_are_followed_once(settings: Settings) -> None:
    (settings.root / "tools").mkdir()
    (settings.root / "tools/a b.cwl").write_text(TOOL)
    (settings.root / "tools/sub.cwl").write_text("class: Workflow\nsteps: {back: {run: ../doc.cwl}}\n")
    pulls = found(
        settings,
        "class: Workflow\nsteps:\n  a: {run: tools/a%20b.cwl}\n  b: {run: 'tools/a b.cwl'}\n  c: {run: tools/sub.cwl}\n"
        "  d: {run: gone.cwl}\n  e: {run: 'https://example.org/x.cwl'}\n  f: {run: 7}\n",
    )
    assert [one.image for one in pulls] == ["docker.io/osgeo/gdal:3.9", "localhost/other"]
    assert {Path(one.path).name for one in pulls} == {"a b.cwl"}


def test_only_the_process_that_is_run_counts(settings: Settings) -> None:
    tools = "".join(
        f"- {{class: CommandLineTool, id: {name}, hints: {{DockerRequirement: {{dockerPull: i-{name}}}}}}}\n"
        for name in ("one", "two")
    )
    (settings.root / "tools.cwl").write_text(f"$graph:\n{tools}")
    pulls = found(settings, "class: Workflow\nsteps: [{id: s, run: 'tools.cwl#two'}]\n")
    assert [one.image for one in pulls] == ["i-two"]
    assert len(found(settings, "class: Workflow\nsteps: [{id: s, run: tools.cwl}]\n")) == 2


def test_imports_are_read(settings: Settings) -> None:
    (settings.root / "docker.yml").write_text("class: DockerRequirement\ndockerPull: a:1\n")
    (settings.root / "all.yml").write_text(
        "- {class: DockerRequirement, dockerPull: b:1}\n- $import: all.yml\n"
    )
    pulls = found(
        settings, "class: CommandLineTool\nrequirements: [{$import: docker.yml}]\nhints: {$import: all.yml}\n"
    )
    assert [(one.image, Path(one.path).name, one.line) for one in pulls] == [
        ("a:1", "docker.yml", 2),
        ("b:1", "all.yml", 1),
    ]


def test_files_outside_are_not_read(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "outside.cwl").write_text(TOOL)
    (settings.root / "link.cwl").symlink_to(tmp_path / "outside.cwl")
    for run in (
        "../outside.cwl",
        f"file://{tmp_path}/outside.cwl",
        str(tmp_path / "outside.cwl"),
        "link.cwl",
    ):
        assert found(settings, f"class: Workflow\nsteps: [{{id: s, run: '{run}'}}]\n") == ()
    # below the workspace, above the document
    (settings.root / "tool.cwl").write_text(TOOL)
    assert found(settings, "class: Workflow\nsteps: [{id: s, run: ../tool.cwl}]\n", "sub/doc.cwl")


def test_an_image_that_an_anchor_names_is_one_place(settings: Settings) -> None:
    pulls = found(
        settings,
        "$graph:\n- class: CommandLineTool\n  id: a\n  hints: &h {DockerRequirement: {dockerPull: a:1}}\n"
        "- {class: CommandLineTool, id: b, hints: *h}\n",
    )
    assert [(one.image, one.tool) for one in pulls] == [("a:1", "a")]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\x00\x01",
        b"\xff\xfe\x00",
        "[]",
        "7",
        "class: [",
        "hints: 7\nsteps: x",
        "$graph: {a: 1}",
        "hints: {DockerRequirement: [1]}",
        "hints: {DockerRequirement: {dockerPull: [a]}}",
        "hints: {DockerRequirement: {dockerPull: $(inputs.image)}}",
        "hints: {DockerRequirement: {dockerPull: --privileged}}",
        "hints: {DockerRequirement: {}}",
        "? [a, b]\n: c",
        "&a [*a]",
        "&a {steps: {x: {run: *a}}, hints: *a}",
        "$import: doc.cwl",
        "steps: {x: {run: {$import: doc.cwl}}}",
        "- " * 5000,
        "[" * 5000,
        "--- a\n--- b\n",
    ],
)
def test_what_cannot_be_read_names_nothing(settings: Settings, text: str | bytes) -> None:
    assert found(settings, text) == ()


def test_of_a_broken_document_what_can_be_read_is_given(settings: Settings) -> None:
    pulls = found(settings, TOOL.replace("inputs: []", "inputs: [\n# dockerPull: not-this"))
    assert [(one.image, one.line) for one in pulls] == [("docker.io/osgeo/gdal:3.9", 6)]
    assert at(pulls[0]) == pulls[0].image


def test_a_bomb_of_aliases_takes_no_time(settings: Settings) -> None:
    lines = ["a0: &a0 [x, x]"] + [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 30)]
    before = time.monotonic()
    pulls = found(settings, "\n".join(lines) + "\n" + TOOL.replace("hints:", "hints: *a29\nother:"))
    assert [one.image for one in pulls] == ["docker.io/osgeo/gdal:3.9"]
    assert time.monotonic() - before < 5


def test_a_document_that_is_not_there(settings: Settings) -> None:
    with pytest.raises(NotFound):
        CwlService(settings).docker_pulls(settings.root / "gone.cwl")
    assert CwlService(settings).docker_pulls(settings.root) == ()
