"""Every verb answers about every place of every text, however broken."""

from __future__ import annotations

import random
import time
from pathlib import Path

from ellip_lab.cwl import editing
from ellip_lab.cwl.language import (
    actions,
    complete,
    definition,
    diagnose,
    graph,
    hover,
    outline,
    references,
    rename,
)
from ellip_lab.cwl.language import format as formatting
from ellip_lab.cwl.language.text import applied
from ellip_lab.errors import Invalid

from .test_tree import GOOD

REPLIES = {
    complete: editing.Completions,
    hover: editing.Hover,
    definition: editing.Spans,
    references: editing.Spans,
    actions: editing.Actions,
    outline: editing.Outline,
    formatting: editing.Edits,
    rename: editing.Edits,
}
BITS = ("{", "}", "[", "]", ":", "- ", "\n", "#", '"', "'", "  ", "*a", "&a ", "$(", "${", "|\n", ": x", "null", "?",
        "é😀", "\r\n", "\t", "<<: *a\n", "!t ", "$import: x")  # fmt: skip


def broken(text: str, rng: random.Random) -> str:
    if rng.randrange(4) == 0:
        text = text[: rng.randrange(len(text) + 1)]
    for _ in range(rng.randrange(4)):
        at = rng.randrange(len(text) + 1)
        match rng.randrange(3):
            case 0:
                text = text[:at] + rng.choice(BITS) + text[at:]
            case 1:
                text = text[:at] + text[at + rng.randrange(40) :]
            case _:
                lines = text.split("\n")
                one, other = rng.randrange(len(lines)), rng.randrange(len(lines))
                lines[one], lines[other] = lines[other], lines[one]
                text = "\n".join(lines)
    return text


def test_each_verb_answers() -> None:
    rng = random.Random(5)
    answered = 0
    until = time.monotonic() + 20
    for _ in range(250):
        path = rng.choice(GOOD)
        text = broken(path.read_text(encoding="utf-8"), rng)
        lines = text.split("\n")
        line = rng.randrange(len(lines)) + 1
        question = {
            "path": str(path),
            "text": text,
            "line": line,
            "column": rng.randrange(len(lines[line - 1]) + 1) + 1,
            "end_line": min(len(lines), line + rng.randrange(5)),
            "end_column": 1,
            "name": "another",
        }
        for verb, reply in REPLIES.items():
            try:
                said = verb.answer(dict(question))
            except Invalid:
                assert verb is rename
                continue
            said.pop("wants", None)
            told = reply.model_validate(said)
            answered += 1
            if isinstance(told, editing.Actions):
                for one in told.actions:
                    applied(text, [edit.model_dump() for edit in one.edits])
        if time.monotonic() > until:
            break
    assert answered > 500


def test_words_that_no_file_can_be_called_by(tmp_path: Path) -> None:
    word = "x" * 5000
    text = (
        f"cwlVersion: v1.2\nclass: Workflow\ninputs: {{f: File}}\noutputs: []\n"
        f"steps:\n  s:\n    run: {word}\n    in: {{f: {{default: {{class: File, path: {word}}}}}}}\n    out: []\n"
        f"requirements: [{{$import: {word}}}]\n"
    )
    path = str(tmp_path / "long.cwl")
    for line, column in ((7, 20), (8, 60), (10, 30)):
        place = {
            "path": path,
            "text": text,
            "line": line,
            "column": column,
            "end_line": line,
            "end_column": 99,
        }
        for verb, reply in REPLIES.items():
            if verb is not rename:
                said = verb.answer(dict(place))
                said.pop("wants", None)
                reply.model_validate(said)
    editing.Graph.model_validate(graph.answer({"path": path, "text": text, "entry": None}))
    told = editing.Diagnosis.model_validate(diagnose.answer({"path": path, "text": text}))
    assert not told.valid
    assert 7 in {problem.line for problem in told.problems}
