"""`%%cwl NAME`: the document in a cell, checked before it takes the place of the file, and run when asked."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from IPython.core.error import UsageError

from ellip_lab.cwl.contract import Check, DocumentQuery
from ellip_lab.errors import Invalid, NotFound, Problem
from ellip_lab.magics.line import HELP, hall, run_options, started
from ellip_lab.magics.words import lines_of, words_of

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

    from ellip_lab.lab import Lab
    from ellip_lab.runs.handle import RunHandle


@click.command("cwl", context_settings={"ignore_unknown_options": True, **HELP})
@click.argument(
    "words",
    nargs=-1,
    required=True,
    type=click.UNPROCESSED,
    metavar="NAME[#id] [PARAMS] [--<input> VALUE ...]",
)
@click.option("--run", "run_it", is_flag=True, help="Run it when it is saved.")
@run_options
@click.pass_obj
def cwl(
    of: tuple[InteractiveShell, str], /, words: tuple[str, ...], run_it: bool, **options: Any
) -> RunHandle | None:
    """Check the CWL document in the cell, save it as NAME(.cwl), and run it when asked to."""
    shell, cell = of
    name, _, entry = words[0].partition("#")
    if name.startswith("-"):
        raise UsageError(f"%%cwl: no such option: {name}")
    if not run_it and (len(words) > 1 or options["pairs"] or options["variable"]):
        raise UsageError("%%cwl: inputs are given with --run")
    place = saved(hall(), name, cell)
    if not run_it:
        return None
    return started(shell, (f"{place}#{entry}" if entry else str(place), *words[1:]), **options)


def saved(lab: Lab, name: str, cell: str) -> Path:
    """Checks the document of a cell and saves it; says so, with the warnings.

    The check reads a draft beside the file, so that what the document refers to is found from its own
    folder; the file itself is replaced only by a document without errors.

    Raises
    ------
    UsageError
        The document has errors: they are told with the cell's line numbers, and nothing is saved.
    NotFound
        The folder does not exist.

    """
    place = Path(name).expanduser().absolute()
    if not place.suffix:
        place = place.with_suffix(".cwl")
    if not place.parent.is_dir():
        raise NotFound(f"the folder {place.parent} does not exist", hint="Make it first.")
    if place.is_dir():
        raise Invalid(f"{place.name} is a folder", hint="Name a file.")
    existed = place.exists()
    draft = place.with_name(f".{place.stem}.{os.getpid()}.draft{place.suffix}")
    try:
        draft.write_text(cell, encoding="utf-8")
        check = lab.cwl.check(DocumentQuery(path=str(draft)))
        problems = [in_place(problem, draft, place) for problem in check.problems]
        if not check.valid:
            error = Invalid(f"{place.name} is not valid, and is not saved", problems=problems)
            raise UsageError("\n".join(words_of(error, cell, str(place))))
        draft.replace(place)
    finally:
        draft.unlink(missing_ok=True)
    for problem in problems:
        print("\n".join(lines_of(problem, cell, str(place))))  # noqa: T201 - what a cell says
    print(f"{'Replaced' if existed else 'Saved'} {place.name}: {described(check)}")  # noqa: T201
    return place


def described(check: Check) -> str:
    """Says what can be run of a document."""
    kinds = ", ".join(f"{entry.kind} {entry.id}".rstrip() for entry in check.entries)
    return f"CWL {check.version}, {kinds}"


def in_place(problem: Problem, draft: Path, place: Path) -> Problem:
    """Gives a problem of the draft as one of the file it would have become."""
    changed = {"message": problem.message.replace(draft.name, place.name)}
    if problem.file == str(draft):
        changed["file"] = str(place)
    return problem.model_copy(update=changed)
