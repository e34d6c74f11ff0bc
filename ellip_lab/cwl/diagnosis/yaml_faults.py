"""What keeps a text from being YAML, in words for people, at the place where it can be mended."""

from __future__ import annotations

import re
from typing import Any

from ellip_lab.cwl.diagnosis.found import Found

_TAB = re.compile(r"^[ ]*(\t+)", re.MULTILINE)
_KEY = re.compile(r"\s*(?:- +)*[\w.$-]+:(?:\s|$)")


def tell(found: Found) -> None:
    """Notes why the text is not YAML."""
    import yaml

    content = found.text.content
    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        for _ in yaml.parse(content, Loader=loader):
            pass
    except yaml.MarkedYAMLError as error:
        _marked(found, error)
    except (yaml.YAMLError, UnicodeError) as error:
        position = getattr(error, "position", 0) or 0
        found.add("cwl/yaml", (position, position + 1), f"YAML: {getattr(error, 'reason', None) or error}")
    else:
        found.add("cwl/yaml", (0, 1), "YAML: the loader cannot read this text")


def _marked(found: Found, error: Any) -> None:
    content, text = found.text.content, found.text
    shift = 1 if content.startswith("\ufeff") else 0
    mark, context = error.problem_mark, error.context_mark
    at = min((mark.index if mark else 0) + shift, len(content))
    began = context.index + shift if context else at
    problem, while_ = str(error.problem or ""), str(error.context or "")

    def add(place: tuple[int, int], message: str, hint: str | None = None) -> None:
        found.add("cwl/yaml", place, f"YAML: {message}", hint)

    tab = _tab(content, text.line_start(at), text.line_end(at))
    if ("cannot start any token" in problem and tab) or ("\t" in content[at : at + 1]):
        add(tab or (at, at + 1), "a tab cannot indent", "Indent with spaces.")
    elif "quoted scalar" in while_ and ("unexpected end" in problem or "document separator" in problem):
        quote = content[began : began + 1]
        add((began, text.line_end(began)), f"the quote {quote} is not closed", f"Write the second {quote}.")
    elif "unknown escape" in problem or "expected escape" in problem or "escape" in problem:
        add(
            (max(at - 1, 0), at + 1),
            "there is no such escape in double quotes",
            r"Write `\\`, or use single quotes.",
        )
    elif "flow" in while_ and ("expected ','" in problem or "did not find" in problem):
        _flow(found, content, began, at, add)
    elif "mapping values are not allowed" in problem:
        if _deeper(content, text.line_start(at)):
            add(_word_before(content, at), "this line is indented deeper than the one it follows",
                "Indent it as its neighbours, or end the line before with a colon.")  # fmt: skip
        else:
            add(
                (at, at + 1),
                "a colon cannot stand here",
                "Put the value in quotes when the colon belongs to it.",
            )
    elif "simple key" in while_:
        place = began if context else at
        add((text.line_start(place) + _indent(content, text.line_start(place)), text.line_end(place)),
            "this line is no key with a value: a colon is missing", "Write `key: value`.")  # fmt: skip
    elif "block mapping" in while_ or "block collection" in while_ or "block sequence" in while_:
        _block(found, content, at, while_, add)
    elif "alphabetic or numeric" in problem or content[at - 1 : at] in ("*", "&"):
        mark = content[at - 1 : at]
        add(_around(content, at), f"`{mark}` at the beginning of a value means an {'alias' if mark == '*' else 'anchor'}",
            "Put the value in quotes.")  # fmt: skip
    elif "cannot start any token" in problem:
        add((at, at + 1), f"`{content[at : at + 1]}` cannot begin a value", "Put the value in quotes.")
    elif "tag" in problem or "tag" in while_:
        add((at, text.line_end(at)), "this tag is not known", "Put a value that begins with `!` in quotes.")
    elif "expected <document start>" in problem or "did not find expected <document start>" in problem:
        add(
            (at, text.line_end(at)),
            "there is more behind the end of the document",
            "Is this line indented right?",
        )
    else:
        add((at, at + 1), problem or "this cannot be read")


def _flow(found: Found, content: str, began: int, at: int, add: Any) -> None:
    """Tells of a bracket that is not closed, or of a comma that is missing in it."""
    opening = content[began : began + 1]
    closing = "]" if opening == "[" else "}"
    line_of_end = found.text.place(at)[0]
    if at >= len(content.rstrip()) or line_of_end > found.text.place(began)[0]:
        add((began, began + 1), f"the bracket `{opening}` is not closed", f"Write the `{closing}`.")
    elif content[at : at + 1] in "]}":
        add((at, at + 1), f"`{content[at]}` does not close `{opening}`", f"Write `{closing}`.")
    else:
        add(
            (at, at + 1),
            f"a comma or `{closing}` is missing before this",
            "Put values with special marks in quotes.",
        )


def _block(found: Found, content: str, at: int, while_: str, add: Any) -> None:
    start = found.text.line_start(at)
    end = found.text.line_end(at)
    line = content[start:end]
    before = content[:start].rstrip().rsplit("\n", 1)[-1]
    place = (start + _indent(content, start), end)
    if line.lstrip().startswith("- ") or line.strip() == "-":
        add(place, "an entry of a list cannot stand here", "Indent it as the other entries.")
    elif at > place[0] and at < end:
        add((at, at + 1), "this cannot stand behind what is before it", "Put the value in quotes.")
    elif "sequence" in while_:
        add(
            place,
            "this line is not an entry of the list above it",
            "Begin it with `- `, or indent it differently.",
        )
    else:
        deeper = len(line) - len(line.lstrip()) > len(before) - len(before.lstrip())
        add(place, "the indentation of this line fits no line above it",
            "Indent it as its neighbours." if not deeper else "Indent it as the line before, or end that one with a colon.")  # fmt: skip


def _tab(content: str, start: int, end: int) -> tuple[int, int] | None:
    match = _TAB.match(content, start, end)
    return match.span(1) if match else None


def _deeper(content: str, start: int) -> bool:
    """Tells whether a line stands deeper than the one before, which has a value already."""
    before = [
        line for line in content[:start].splitlines() if line.strip() and not line.lstrip().startswith("#")
    ]
    if not before:
        return False
    last = before[-1]
    return _indent(content, start) > len(last) - len(last.lstrip()) and bool(_KEY.match(content[start:]))


def _indent(content: str, start: int) -> int:
    index = start
    while index < len(content) and content[index] in " \t":
        index += 1
    return index - start


def _around(content: str, at: int) -> tuple[int, int]:
    """Gives the word that has an offset."""
    end = at
    while end < len(content) and not content[end].isspace():
        end += 1
    return _word_before(content, at)[0], end


def _word_before(content: str, at: int) -> tuple[int, int]:
    start = at
    while start > 0 and not content[start - 1].isspace():
        start -= 1
    return (start, at) if start < at else (at, at + 1)
