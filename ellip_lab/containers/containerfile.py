"""What a Containerfile asks for, read without an engine.

The grammar is that of the Dockerfile reference: comments, `# escape=`, continued lines, here-documents, `ARG` before
the first `FROM`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from ellip_lab.containers import contract as words
from ellip_lab.errors import Denied, EllipError, Invalid, NotFound, Problem

NAMES = ("Containerfile", "Dockerfile")
"""The names that are looked for in a folder, in their order."""
INSTRUCTIONS = frozenset(
    ("ADD", "ARG", "CMD", "COPY", "ENTRYPOINT", "ENV", "EXPOSE", "FROM", "HEALTHCHECK", "LABEL", "MAINTAINER",
     "ONBUILD", "RUN", "SHELL", "STOPSIGNAL", "USER", "VOLUME", "WORKDIR")
)  # fmt: skip
SIZE_MAX = 1_000_000
DOCUMENTS_MAX = 20
"""How many CWL documents beside it are looked into for a name."""
HERE = re.compile(r"<<-?\s*([\"']?)([A-Za-z_][A-Za-z0-9_]*)\1")
VARIABLE = re.compile(r"\$(?:\{([A-Za-z_]\w*)(?::([-+])([^}]*))?\}|([A-Za-z_]\w*))")

Pulls = Callable[[Path], Sequence[words.DockerPull]]


class Instruction(NamedTuple):
    """Is one instruction, its continued lines put together."""

    line: int
    word: str
    rest: str


class Parsed(NamedTuple):
    """Is a Containerfile taken apart."""

    stages: tuple[str, ...]
    bases: tuple[str, ...]
    arguments: tuple[words.BuildArgument, ...]
    problems: tuple[Problem, ...]
    steps: int
    """How many steps an engine will count."""


def locate(path: Path) -> Path:
    """Gives the Containerfile that a path means: itself, or the one of a folder; `NotFound` when there is none."""
    if path.is_dir():
        for name in NAMES:
            if (path / name).is_file():
                return _inside(path / name, path)
        raise NotFound(
            f"{path} has neither a Containerfile nor a Dockerfile", hint="Write one, or name the file."
        )
    if not path.is_file():
        raise NotFound(f"there is no {path}", hint="Name a Containerfile, or the folder that has one.")
    return path


def _inside(place: Path, folder: Path) -> Path:
    """Refuses a Containerfile that is a link to somewhere else: a folder of the workspace may come from anybody."""
    if not place.resolve().is_relative_to(folder.resolve()):
        raise Denied(f"{place} is outside {folder}", hint="Put the Containerfile itself into the folder.")
    return place


def read(query: words.ContainerfileQuery, pulls: Pulls) -> words.Containerfile:
    """Reads what a Containerfile asks for: its stages, arguments and bases, and a name for the image.

    `NotFound` without one; `Invalid` for a file that is no text. What is wrong with it comes as `problems`.
    """
    place = locate(Path(query.path))
    parsed = parse(text(place))
    return words.Containerfile(
        path=str(place),
        folder=str(place.parent),
        stages=parsed.stages,
        bases=parsed.bases,
        arguments=parsed.arguments,
        name=name_for(place.parent, parsed.bases, pulls),
        problems=tuple(
            f"line {problem.line}: {problem.message}" if problem.line else problem.message
            for problem in parsed.problems
        ),
    )


def text(place: Path) -> str:
    """Gives the text of a Containerfile; `Invalid` for what is none."""
    try:
        with place.open("rb") as stream:
            data = stream.read(SIZE_MAX + 1)
    except OSError as error:
        raise NotFound(f"{place} cannot be read: {error.strerror}") from error
    if len(data) > SIZE_MAX or b"\0" in data:
        raise Invalid(f"{place} is no Containerfile", hint="A Containerfile is a text of at most 1 MB.")
    return data.decode(errors="replace").removeprefix("\ufeff")


def parse(content: str) -> Parsed:
    """Takes a Containerfile apart."""
    stages: list[str] = []
    bases: list[str] = []
    arguments: dict[str, str | None] = {}
    globals_: dict[str, str] = {}
    problems: list[Problem] = []
    begun, steps = False, 0
    for line, word, rest in instructions(content):
        if word not in INSTRUCTIONS:
            problems.append(
                Problem(message=f"{word} is no instruction", line=line, hint="Check how it is written.")
            )
        elif word == "ARG":
            for name, default in _arguments(rest):
                if not begun and default is not None:
                    globals_[name] = default
                # one that a stage takes over from before the first FROM keeps the default it has there
                if arguments.get(name) is None:
                    arguments[name] = default if default is not None else globals_.get(name)
        elif word == "FROM":
            begun = True
            problem = _from(rest, globals_, stages, bases)
            if problem:
                problems.append(Problem(message=problem, line=line))
        elif not begun:
            problems.append(Problem(message=f"{word} stands before the first FROM", line=line))
        elif not rest and word != "HEALTHCHECK":
            problems.append(Problem(message=f"{word} says nothing", line=line))
        steps += begun
    if not begun:
        problems.append(Problem(message="no FROM says what the image starts from"))
    known = tuple(words.BuildArgument(name=name, default=default) for name, default in arguments.items())
    named = tuple(stage for stage in stages if stage)
    return Parsed(named, tuple(dict.fromkeys(bases)), known, tuple(problems), steps)


def instructions(content: str) -> Iterator[Instruction]:
    """Gives the instructions of a Containerfile, with the line where each begins."""
    escape = "\\"
    held, begun = "", 0
    lines = iter(enumerate(content.splitlines(), 1))
    directives = True
    for number, raw in lines:
        line = raw.strip()
        if directives and (match := re.fullmatch(r"#\s*(\w+)\s*=\s*(\S+)", line)):
            escape = match.group(2) if match.group(1).lower() == "escape" else escape
            continue
        directives = False
        if not line or line.startswith("#"):
            continue
        begun = begun or number
        if line.endswith(escape):
            held += line.removesuffix(escape) + " "
            continue
        word, _, rest = (held + line).partition(" ")
        if word.upper() in ("RUN", "COPY", "ADD"):
            for _, end in HERE.findall(rest):
                while (following := next(lines, None)) and following[1].strip() != end:
                    pass
        yield Instruction(begun, word.upper(), rest.strip())
        held, begun = "", 0
    if held:
        word, _, rest = held.partition(" ")
        yield Instruction(begun, word.upper(), rest.strip())


def _from(rest: str, globals_: dict[str, str], stages: list[str], bases: list[str]) -> str | None:
    """Takes a FROM; gives what is wrong with it."""
    parts = [part for part in rest.split() if not part.startswith("--")]
    if not parts or (len(parts) != 1 and (len(parts) != 3 or parts[1].upper() != "AS")):
        return "FROM is followed by an image, and perhaps by AS and a name"
    base = _filled(parts[0], globals_)
    if base.lower() not in stages and base != "scratch" and base and "$" not in base:
        bases.append(base)
    stages.append(parts[2].lower() if len(parts) == 3 else "")
    return None


def _filled(name: str, known: dict[str, str]) -> str:
    """Puts the arguments' defaults into a name; one without a default leaves it as it is."""

    def value(match: re.Match[str]) -> str:
        variable = match.group(1) or match.group(4)
        found = known.get(variable)
        if match.group(2) == "-":
            return found or match.group(3)
        if match.group(2) == "+":
            return match.group(3) if found else ""
        return match.group(0) if found is None else found

    return VARIABLE.sub(value, name)


def _arguments(rest: str) -> Iterator[tuple[str, str | None]]:
    import shlex

    try:
        parts = shlex.split(rest)
    except ValueError:
        parts = rest.split()
    for part in parts:
        name, equals, default = part.partition("=")
        yield name, default if equals else None


def name_for(folder: Path, bases: Sequence[str], pulls: Pulls) -> str:
    """Gives a name for the image: the one a CWL document beside the Containerfile asks for, else the folder's."""
    for document in sorted(folder.glob("*.cwl"))[:DOCUMENTS_MAX]:
        try:
            wanted = [pull.image for pull in pulls(document)]
        except EllipError:
            continue  # a document that is wrong asks for nothing; its editor says what is wrong
        for image in wanted:
            if image not in bases and "@" not in image:
                return image
    plain = re.sub(r"[^a-z0-9]+", "-", folder.resolve().name.lower()).strip("-") or "image"
    return f"localhost/{plain}:latest"
