"""The trees of texts: the one of a YAML parser, and the one read by indentation, which must agree."""

from __future__ import annotations

import random
import time
from contextlib import suppress
from pathlib import Path

import pytest

from ellip_lab.cwl.language import nodes, tolerant
from ellip_lab.cwl.language.nodes import Alias, BrokenError, Mapping, Node, Scalar, Sequence
from ellip_lab.cwl.language.text import Text, applied

from .asking import DEMO, ROOT


def good() -> list[Path]:
    found = []
    for path in [*sorted((ROOT / "tests").rglob("*.cwl")), DEMO]:
        try:
            nodes.read(path.read_text(encoding="utf-8"))
        except (BrokenError, UnicodeDecodeError):
            continue
        found.append(path)
    return found


GOOD = good()


def shape(node: Node | None) -> object:
    match node:
        case Mapping():
            return (
                "mapping",
                node.start,
                node.end,
                [(p.key.value, p.key.start, shape(p.value)) for p in node.pairs],
            )
        case Sequence():
            return ("sequence", node.start, node.end, [shape(item) for item in node.items])
        case Alias():
            return ("alias", node.name, node.start, node.end)
        case Scalar():
            return (node.style, node.start, node.end, node.value if node.style == "plain" else None)
        case _:
            return None


def test_there_are_documents() -> None:
    assert len(GOOD) > 50


@pytest.mark.parametrize("path", GOOD, ids=lambda path: path.name)
def test_both_readers_agree(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert shape(tolerant.read(text)) == shape(nodes.read(text))


@pytest.mark.parametrize(
    "text",
    [
        "a: 1\r\nb:\r\n  - x\r\n  - y: z\r\n",
        "\ufeffa: é😀 # c\nb: [x, '😀, y', {c: d}]\n",
        "a: |\n  # no comment\n\n  more\n\nb: >-\n   x\n     y\nc: |2\n    z\n",
        "a: 'it''s'\nb: \"x \\\" y\"\nc: \"two\n  lines\"\n",
        "- a\n-\n  b: c\n- - d\n  - e: f\n    g: h\n-\n",
        "a: &x {b: c}\nd: *x\ne: !tag f\ng: &y\n  h: i\n",
        "a:\n- b\n- c\nd: plain that\n  goes on\n  for lines\ne: http://x:1/#y\n",
        "---\na: b\n---\nc: d\n",
        "a: [b,\n    c, # with a comment\n    {d: e,\n     f: g}]\nh: i\n",
        "{\"a\": [1, 2], \"b\": {\"c\": null}}\n",
        "a:\n\n  # comment\n  b:\n\n\n  c: d # e\n# end\n",
    ],
)  # fmt: skip
def test_both_readers_agree_on(text: str) -> None:
    assert shape(tolerant.read(text)) == shape(nodes.read(text))


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("class: Workflow\ninp\n", ["class", "inp"]),
        ("inp\nclass: Workflow\n", ["inp", "class"]),
        ("class: Workflow\nsteps:\n  a:\n    run: x\n    sc\n  b: {run: y\noutputs: []\n", ["class", "steps", "outputs"]),
        ("a: [b, c\nd: e\n", ["a", "d"]),
        ("a: {b: [c, {d: e\nf: g\n", ["a", "f"]),
        ('a: "b\nc: d\n', ["a", "c"]),
        ("a: b: c\nd: e\n", ["a", "d"]),
        ("a: @b\nc: *\nd: e\n", ["a", "c", "d"]),
        ("a: b\n   c: d\ne: f\n", ["a", "c", "e"]),
        ("a:\n\tb: c\nd: e\n", ["a", "b", "d"]),
        ("a: }\nb: ]\nc: d\n", ["a", "b", "c"]),
    ],
)  # fmt: skip
def test_what_is_broken_is_read_as_far_as_it_goes(text: str, keys: list[str]) -> None:
    tree = tolerant.read(text)
    assert isinstance(tree, Mapping)
    found = [pair.key.value for pair in tree.pairs]
    assert [key for key in found if key in keys] == keys or set(keys) <= set(found) | {
        pair.key.value for one in nodes.walk(tree) if isinstance(one, Mapping) for pair in one.pairs
    }


def test_any_text_is_read_and_every_node_is_inside_of_its_parent() -> None:
    rng = random.Random(20241)
    source = DEMO.read_text(encoding="utf-8")
    took = 0.0
    for _ in range(150):
        start = rng.randrange(len(source) - 600)
        words = list(source[start : start + rng.randrange(20, 600)])
        for _ in range(rng.randrange(12)):
            words[rng.randrange(len(words))] = rng.choice("{}[]:,-#\"'|>&*?\n\n  \t@!%é")
        text = "".join(words)
        began = time.perf_counter()
        tree = tolerant.read(text)
        took += time.perf_counter() - began
        for node in nodes.walk(tree) if tree is not None else ():
            assert 0 <= node.start <= node.end <= len(text), text
            for child in nodes.children(node):
                assert child.parent is node, text
                assert node.start <= child.start <= child.end <= node.end, text
    assert took < 5


@pytest.mark.parametrize(
    "text", ["[" * 3000, "{a: " * 3000, "- " * 3000, "a: [\n" * 2000, "'" * 5000, "x" * 100_000, "*a" * 900]
)
def test_a_hostile_text_is_read_in_no_time(text: str) -> None:
    began = time.perf_counter()
    tolerant.read(text)
    with suppress(BrokenError):
        nodes.read(text)
    assert time.perf_counter() - began < 2


def test_a_tree_is_bounded() -> None:
    with pytest.raises(BrokenError, match="nested"):
        nodes.read("- " * 200 + "a")


def test_places_of_a_text() -> None:
    text = Text("ab\r\ncdé\n😀x", "f")
    assert [text.place(one) for one in (0, 2, 4, 7, 8, 9, 10)] == [
        (1, 1),
        (1, 3),
        (2, 1),
        (2, 4),
        (3, 1),
        (3, 2),
        (3, 3),
    ]
    assert all(text.offset(*text.place(one)) == one for one in (0, 1, 2, 4, 6, 7, 8, 9, 10))
    assert text.offset(1, 99) == 2
    assert text.offset(99, 1) == 10
    assert text.newline == "\r\n"
    assert applied("ab\ncd", [text_edit(1, 1, 1, 2, "x"), text_edit(2, 2, 2, 3, "")]) == "xb\nc"


def text_edit(line: int, column: int, end_line: int, end_column: int, new: str):  # type: ignore[no-untyped-def]
    return {
        "path": "",
        "line": line,
        "column": column,
        "end_line": end_line,
        "end_column": end_column,
        "text": new,
    }
