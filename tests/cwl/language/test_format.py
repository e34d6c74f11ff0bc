"""Formatting: it puts into order, keeps what was written, changes no meaning, and has enough the second time."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from ellip_lab.cwl.editing import Edits
from ellip_lab.cwl.language.format import answer, formatted

from .asking import DEMO, asked, written
from .test_tree import GOOD

MESSY = """cwlVersion:   v1.2
class: CommandLineTool\x20\x20
# about the inputs
inputs:
      # first
      a:
         type:    string   # typed
         doc: |
             Line one
               deeper

             Line two
      b: {type: int,
          default: 3}
requirements:
   -   class: DockerRequirement
       dockerPull: x
   -   class: InitialWorkDirRequirement
       listing:
        - entry: >-
              a
              b
          entryname: "foo
             bar"
baseCommand:
    - echo
    -    'it''s'


outputs: []


"""
TIDY = """cwlVersion: v1.2
class: CommandLineTool
# about the inputs
inputs:
  # first
  a:
    type: string   # typed
    doc: |
      Line one
        deeper

      Line two
  b: {type: int,
      default: 3}
requirements:
  - class: DockerRequirement
    dockerPull: x
  - class: InitialWorkDirRequirement
    listing:
      - entry: >-
          a
          b
        entryname: "foo
           bar"
baseCommand:
  - echo
  - 'it''s'


outputs: []
"""


def test_a_messy_text() -> None:
    reply = answer(asked(MESSY))
    Edits.model_validate(reply)
    assert written(MESSY, reply["edits"]) == TIDY
    assert answer(asked(TIDY))["edits"] == []


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("a:\n    b: c\n", "a:\n  b: c\n"),
        ("a:\n- b\n-   c: d\n    e: f\n", "a:\n- b\n- c: d\n  e: f\n"),
        ("a:\n    - b\nc:\n    - d\n", "a:\n  - b\nc:\n  - d\n"),
        ("a: b", "a: b\n"),
        ("a: b\n\n\n", "a: b\n"),
        ("a: b   \n", "a: b\n"),
        ("a:    b  # c\n", "a: b  # c\n"),
        ("a:\r\n    b: c\r\n", "a:\r\n  b: c\r\n"),
        ("a:\n    b: |2\n          x\n         y\n", "a:\n  b: |2\n        x\n       y\n"),
        ("a:\n    b: |+\n        x\n\n\n", "a:\n  b: |+\n    x\n\n\n"),
        ("a:\n    b: |\n        x\n    # c\n    d: e\n", "a:\n  b: |\n    x\n  # c\n  d: e\n"),
        ("a:\n    b: one\n      two\n", "a:\n  b: one\n    two\n"),
        ("- a\n-\n    b: c\n", "- a\n-\n  b: c\n"),
        ("a: &x\n    b: c\nd: *x\n", "a: &x\n  b: c\nd: *x\n"),
        ("---\na:\n    b: c\n", "---\na:\n  b: c\n"),
        # nothing to do, or nothing that could be done
        ("", ""),
        ("# only a comment\n", "# only a comment\n"),
        ('{"a": 1,\n "b": [2]}\n', '{"a": 1,\n "b": [2]}\n'),
        ("a: [b\nc: d\n", "a: [b\nc: d\n"),
        ("a: b\n  c\n d: e\n", "a: b\n  c\n d: e\n"),
    ],
)
def test_shapes(text: str, result: str) -> None:
    assert written(text, answer(asked(text))["edits"]) == result


def loaded(text: str) -> object:
    return YAML(typ="safe", pure=True).load(text)


@pytest.mark.parametrize("path", GOOD, ids=lambda path: path.name)
def test_no_good_document_changes_its_meaning(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    new = formatted(text)
    assert formatted(new) == new
    assert written(text, answer(asked(text))["edits"]) == new
    if path.name != "duplicate-key.cwl":
        assert loaded(new) == loaded(text)
    assert [line.strip() for line in new.splitlines() if line.strip().startswith("#")] == [
        line.strip() for line in text.splitlines() if line.strip().startswith("#")
    ]
    assert new.rstrip().count("\n\n") == text.rstrip().count("\n\n")


def test_any_indentation_is_put_into_order() -> None:
    """A text that is indented at random comes out as the one that is indented evenly."""
    text = DEMO.read_text(encoding="utf-8")
    tidy = formatted(text)
    rng = random.Random(7)
    for _ in range(5):
        step = rng.choice((3, 4, 6))
        wide = "".join(
            " " * ((len(line) - len(line.lstrip(" "))) // 2 * step) + line.lstrip(" ")
            for line in tidy.splitlines(keepends=True)
        )
        # the dashes' own two columns stay two
        if loaded_or_none(wide) is not None and loaded(wide) == loaded(tidy):
            assert formatted(wide) == tidy


def loaded_or_none(text: str) -> object:
    from ruamel.yaml import YAMLError

    try:
        return loaded(text)
    except YAMLError:
        return None
