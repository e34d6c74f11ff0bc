"""A rule is data and one function; what the function says of a package is verdicts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from ellip_lab.cwl import inserting
from ellip_lab.cwl.inserting import Unplaced
from ellip_lab.cwl.marked import Node
from ellip_lab.packages.practice.package import Package
from ellip_lab.packages.practice.parts import File, Part

SOURCE = "https://docs.ogc.org/bp/20-089r1.html"
PROFILES = ("cwl", "best-practice", "scheduler")
"""Each includes the one before."""
FAILED, REVIEW, UNAPPLIED, PASSED = "failed", "needs-review", "not-applicable", "passed"


@dataclass(frozen=True)
class Verdict:
    """Is how one part of a package stands to a rule."""

    state: str
    message: str
    part: Part | None = None
    hint: str | None = None
    fix: str | None = None
    edits: tuple[dict[str, Any], ...] = ()
    place: dict[str, Any] | None = None


Judge = Callable[[Package], Iterable[Verdict]]


@dataclass(frozen=True)
class Ruling:
    """Is a rule: what it demands, and the function that tells what does not meet it."""

    id: str
    number: str
    title: str
    text: str
    passed: str
    """What is said when the function has nothing to say."""
    judge: Judge
    severity: str = "error"
    profile: str = "best-practice"
    subject: str = ""
    """`Workflow` or `CommandLineTool`: it does not apply to a package without one."""
    source: str | None = SOURCE
    fixable: bool = False


def rule(**data: Any) -> Callable[[Judge], Ruling]:
    """Makes a rule of a function."""
    return lambda judge: Ruling(judge=judge, **data)


def failed(
    part: Part | None,
    message: str,
    *,
    hint: str | None = None,
    change: tuple[str, tuple[Any, ...]] | None = None,
) -> Verdict:
    """Says that a part does not meet the rule; a change is its title and its edits."""
    return _verdict(FAILED, part, message, hint, change)


def review(
    part: Part | None,
    message: str,
    *,
    hint: str | None = None,
    change: tuple[str, tuple[Any, ...]] | None = None,
) -> Verdict:
    """Says that only a person can tell whether a part meets the rule."""
    return _verdict(REVIEW, part, message, hint, change)


def unapplied(message: str) -> Verdict:
    """Says that the rule asks nothing of this package."""
    return Verdict(UNAPPLIED, message)


def passed(message: str) -> Verdict:
    """Says what meets the rule."""
    return Verdict(PASSED, message)


def put(part: Part, key: str, value: Any, after: Iterable[str] = inserting.HEAD) -> tuple[Any, ...]:
    """Gives the edits that put a field into a part; none where they cannot be told."""
    return _edits(part.file, lambda text: inserting.put(text, part.path, key, value, after=after))


def replaced(part: Part, value: Any) -> tuple[Any, ...]:
    """Gives the edits that put another value in the place of a part."""
    return _edits(part.file, lambda text: inserting.replace(text, part.path, value))


def required(part: Part, name: str, value: dict[str, Any] | None = None) -> tuple[Any, ...]:
    """Gives the edits that add a requirement to a process."""
    return _edits(part.file, lambda text: inserting.require(text, part.path, name, value))


def filled(node: Node | None) -> bool:
    """Says whether something is said: a text that is not blank, or one that is included."""
    if node is None:
        return False
    if node.kind == "sequence":
        return any(filled(item) for item in node.items)
    return bool(node.pairs) if node.kind == "mapping" else bool(node.said.strip())


def unfinished(node: Node | None) -> bool:
    """Says whether a text is still one of those that a fix has written."""
    return node is not None and node.said.lstrip().upper().startswith("TODO")


def titled(name: str) -> str:
    """Gives the title that an identifier suggests: `norm_diff` is `Norm diff`."""
    words = name.replace("_", " ").replace("-", " ").strip()
    return words[:1].upper() + words[1:]


def _verdict(
    state: str,
    part: Part | None,
    message: str,
    hint: str | None,
    change: tuple[str, tuple[Any, ...]] | None,
) -> Verdict:
    title, edits = change if change else (None, ())
    return Verdict(state, message, part, hint, title if edits else None, tuple(edits))


def _edits(file: File, make: Callable[[str], Iterator[Any] | list[Any]]) -> tuple[Any, ...]:
    try:
        return tuple({"path": file.path, **edit} for edit in make(file.text))
    except (Unplaced, ValueError):
        return ()
