"""The corpus of broken documents: each mistake is told where it is, in words, and quickly."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from ellip_lab.cwl import schemas
from ellip_lab.cwl.editing import Diagnosis, DocumentText
from ellip_lab.cwl.language import warm
from ellip_lab.cwl.language.diagnose import answer
from ellip_lab.errors import Problem

BROKEN = Path(__file__).parent / "broken"
MUTATIONS: list[dict[str, Any]] = yaml.safe_load((BROKEN / "mutations.yml").read_text())
BY_HAND: list[dict[str, Any]] = yaml.safe_load((BROKEN / "by_hand.yml").read_text())


@pytest.fixture(scope="module", autouse=True)
def warmed(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Does once what the parent of the warm process does once."""
    schemas.ready(tmp_path_factory.mktemp("schemas"))
    warm()


def diagnosed(path: Path, text: str) -> tuple[Problem, ...]:
    diagnosis = Diagnosis.model_validate(answer({"path": str(path), "text": text}))
    assert diagnosis.valid is not any(problem.severity == "error" for problem in diagnosis.problems)
    return diagnosis.problems


def marked(problem: Problem, lines: list[str]) -> str:
    """Gives the words that a problem underlines; of several lines the first."""
    assert problem.line is not None
    assert problem.column is not None
    assert problem.end_line is not None
    assert problem.end_column is not None
    assert (problem.line, problem.column) < (problem.end_line, problem.end_column)
    line = lines[problem.line - 1] if problem.line <= len(lines) else ""
    assert problem.column <= len(line) + 1
    assert problem.end_line <= len(lines)
    end = problem.end_column - 1 if problem.end_line == problem.line else len(line)
    return line[problem.column - 1 : end]


def expected(problems: tuple[Problem, ...], text: str, path: Path, expect: dict[str, Any]) -> None:
    lines = re.split(r"\r\n|\r|\n", text.removeprefix("\ufeff"))
    for problem in problems:
        told = f"{problem.message} {problem.hint}"
        assert problem.file == str(path)
        assert (problem.code or "").startswith("cwl/")
        assert problem.severity in ("error", "warning", "information")
        assert "\n" not in told
        assert len(problem.message) <= 400
        assert not re.search(r"Traceback|file://|tried .* but|0x[0-9a-f]{6}|\w+Error\b", told), told
    found = [
        problem
        for problem in problems
        if problem.code == expect["code"]
        and problem.line == expect["line"]
        and problem.severity == expect.get("severity", "error")
        and marked(problem, lines) == expect["marks"]
    ]
    told = [f"{problem.code} {problem} «{marked(problem, lines)}»" for problem in problems]
    assert found, told
    assert any(expect["says"] in f"{problem.message} {problem.hint}" for problem in found), told
    assert len(problems) == expect.get("problems", 1), told


@pytest.mark.parametrize(
    "mutation", MUTATIONS, ids=lambda one: f"{one['base'][:-4]}: {one['new'].strip()[:40]}"
)
def test_a_mistake_in_a_good_document_is_told_at_its_place(mutation):
    path = BROKEN / "base" / mutation["base"]
    text = path.read_text()
    assert mutation["old"] in text
    broken = text.replace(mutation["old"], mutation["new"], 1)
    expected(diagnosed(path, broken), broken, path, mutation)


@pytest.mark.parametrize("document", BY_HAND, ids=lambda one: one["name"])
def test_a_broken_document_is_told_at_its_place(document, tmp_path):
    for name, text in document.get("files", {}).items():
        (tmp_path / name).write_text(text)
    path = tmp_path / "document.cwl"
    # As in an editor: the text is what counts, whatever the file holds.
    path.write_text("cwlVersion: v1.2\n")
    expected(diagnosed(path, document["text"]), document["text"], path, document["expect"])


def test_the_corpus_is_large_enough():
    assert len(MUTATIONS) + len(BY_HAND) >= 150
    assert len(BY_HAND) >= 40
    assert len({(one["base"], one["old"], one["new"]) for one in MUTATIONS}) == len(MUTATIONS)
    assert len({one["name"] for one in BY_HAND}) == len(BY_HAND)


@pytest.mark.parametrize("base", sorted((BROKEN / "base").glob("*.cwl")), ids=lambda path: path.name)
def test_the_documents_that_are_mutated_are_good(base):
    assert diagnosed(base, base.read_text()) == ()


@pytest.mark.parametrize("number", range(0, len(MUTATIONS), len(MUTATIONS) // 5))
def test_a_sample_through_the_service(service, number):
    mutation = MUTATIONS[number]
    path = BROKEN / "base" / mutation["base"]
    broken = path.read_text().replace(mutation["old"], mutation["new"], 1)
    problems = service.diagnose(DocumentText(path=str(path), text=broken)).problems
    expected(problems, broken, path, mutation)
