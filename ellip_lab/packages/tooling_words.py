"""A command as a person writes it: the words of its program, what goes before them, and where its streams go."""

from __future__ import annotations

import glob
import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePath

from ellip_lab.errors import Invalid

_SET = re.compile(r"[A-Za-z_]\w*=")
_STREAM = re.compile(r"(?P<from>[012]?)(?P<how>>>|>\||>|<)(?P<to>.*)", re.DOTALL)
_JOINING = frozenset(("|", "||", "&&", "&", ";", "|&"))
_WHOLE = "ellip package tool -- sh -c 'first | second' makes a tool of it all."


@dataclass
class Line:
    """Is one command, taken apart."""

    argv: list[str]
    env: dict[str, str] = field(default_factory=dict)
    """What is set for it in front of it (`GDAL_CACHEMAX=512 gdalwarp ...`)."""
    stdin: str | None = None
    stdout: str | None = None
    stderr: str | None = None


@dataclass(frozen=True)
class Word:
    """Is a word of a line; an operator is one that is not in quotes."""

    text: str
    operator: bool = False


def taken_apart(argv: Sequence[str], folder: Path) -> Line:
    """Takes a command apart: a list of words, or one line as a shell would read it.

    `Invalid` for what is more than one command, and for what only a shell can know.
    """
    if any("\0" in word or not _encodes(word) for word in argv):
        raise Invalid(
            "the command holds a character that no document can", hint="Use names in UTF-8, without a null."
        )
    if len(argv) == 1 and re.search(r"\s", argv[0]):
        words = list(_read(argv[0], folder))
    else:
        words = [Word(word, bool(_operator(word))) for word in argv]
    return _line(words, folder)


def _operator(word: str) -> bool:
    """Tells whether a word of a list stands for an operator: a shell has taken its quotes away."""
    return word in _JOINING or word in (">", ">>", "<", "1>", "2>", "0<")


def _line(words: list[Word], folder: Path) -> Line:
    line = Line([])
    position = 0
    while position < len(words):
        word = words[position]
        position += 1
        if not word.operator:
            if not line.argv and _SET.match(word.text):
                name, _, value = word.text.partition("=")
                line.env[name] = value
            else:
                line.argv.append(word.text)
            continue
        match = _STREAM.fullmatch(word.text)
        if match is None:
            raise Invalid(f"`{word.text}` joins two commands, and a tool is one", hint=_WHOLE)
        if match["how"] == ">>":
            raise Invalid("a tool cannot append to a file that is there (`>>`)", hint="Write `>`.")
        if position >= len(words) or words[position].operator:
            raise Invalid(f"no file is named behind `{word.text}`")
        target = words[position].text
        if target.endswith("/") or PurePath(target).name in ("", "..") or place_of(target, folder).is_dir():
            raise Invalid(f"{target!r} behind `{word.text}` is no file")
        position += 1
        if match["how"] == "<":
            line.stdin = target
        elif match["from"] == "2":
            line.stderr = target
        else:
            line.stdout = target
    if not line.argv:
        raise Invalid("there is no command", hint="Write it as in a terminal: gdal_translate in.tif out.tif")
    return line


def _read(text: str, folder: Path) -> Iterator[Word]:
    """Reads a line as a shell does: quotes, backslashes, operators, patterns of file names."""
    word: list[str] = []
    pattern: list[str] = []
    begun = wild = False
    position = 0

    def ended() -> Iterator[Word]:
        nonlocal word, pattern, begun, wild
        if begun:
            whole = "".join(word)
            # as a shell: what the folder has, in order; an absolute pattern names anything
            found = sorted(glob.glob("".join(pattern), root_dir=folder)) if wild else []  # noqa: PTH207
            yield from map(Word, found or [whole])
        word, pattern, begun, wild = [], [], False, False

    while position < len(text):
        char = text[position]
        rest = text[position:]
        position += 1
        if char in " \t\n\r":
            if char == "\n" and text[position:].strip():
                raise Invalid("these are several lines, and a tool is one command", hint=_WHOLE)
            yield from ended()
        elif char == "'":
            end = text.find("'", position)
            if end < 0:
                raise Invalid("a quote (') is not closed")
            word.append(text[position:end])
            pattern.append(glob.escape(text[position:end]))
            position, begun = end + 1, True
        elif char == '"':
            quoted, position = _quoted(text, position)
            word.append(quoted)
            pattern.append(glob.escape(quoted))
            begun = True
        elif char == "\\":
            following = text[position : position + 1]
            position += 1
            if following not in ("", "\n"):
                word.append(following)
                pattern.append(glob.escape(following))
                begun = True
        elif char in "$`":
            _refuse_variable(rest)
        elif char in "<>" or (not begun and re.match(r"[012]?[<>]", rest)):
            yield from ended()
            operator = re.match(r"[012]?(>>|>\||>|<)", rest)
            assert operator is not None  # noqa: S101 - matched just now
            yield Word(operator[0], operator=True)
            position += len(operator[0]) - 1
        elif char in "|&;":
            yield from ended()
            operator = re.match(r"\|\||\|&|&&|.", rest)
            assert operator is not None  # noqa: S101 - anything matches
            yield Word(operator[0], operator=True)
            position += len(operator[0]) - 1
        elif char == "#" and not begun:
            break
        elif char == "~" and not begun and re.match(r"~(/|\s|$)", rest):
            word.append(str(Path.home()))
            pattern.append(glob.escape(str(Path.home())))
            begun = True
        else:
            wild = wild or char in "*?["
            word.append(char)
            pattern.append(char)
            begun = True
    yield from ended()


def _quoted(text: str, position: int) -> tuple[str, int]:
    """Reads what is in double quotes; gives it and the place behind them."""
    made: list[str] = []
    while position < len(text):
        char = text[position]
        if char == '"':
            return "".join(made), position + 1
        if char == "\\" and text[position + 1 : position + 2] in ('"', "\\", "$", "`", "\n"):
            position += 1
            char = text[position].replace("\n", "")
        elif char in "$`":
            _refuse_variable(text[position:])
        made.append(char)
        position += 1
    raise Invalid('a quote (") is not closed')


def _refuse_variable(rest: str) -> None:
    named = re.match(r"\$\{?\w+\}?|\$\([^)]*\)?|`[^`]*`?|\$", rest)
    raise Invalid(
        f"only a shell knows what `{named[0] if named else rest[:20]}` is",
        hint="Write its value; a dollar sign itself stands in single quotes.",
    )


def _encodes(word: str) -> bool:
    try:
        word.encode()
    except UnicodeEncodeError:
        return False
    return True


def place_of(word: str, folder: Path) -> Path:
    """Gives where a path of the command is."""
    return Path(os.path.abspath(folder / word))  # noqa: PTH100 - `..` goes, symbolic links stay
