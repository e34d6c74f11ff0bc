"""An error in words, for a notebook; problems of a cell have the cell's line numbers."""

from __future__ import annotations

from ellip_lab.errors import EllipError, Problem


def words_of(error: EllipError, cell: str | None = None, place: str | None = None) -> list[str]:
    """Gives an error as lines: what is wrong, each problem with its place, what to do.

    A problem whose file is `place` is one of `cell`, and shows the line it stands in.
    """
    lines = [error.detail]
    problems = [problem for problem in error.problems if str(problem) != error.detail]
    for problem in problems:
        lines += lines_of(problem, cell, place)
    if error.hint and error.hint not in [problem.hint for problem in problems]:
        lines.append(f"hint: {error.hint}")
    return lines


def lines_of(problem: Problem, cell: str | None = None, place: str | None = None) -> list[str]:
    """Gives one problem as indented lines."""
    tone = "" if problem.severity == "error" else f"{problem.severity}: "
    if cell is None or problem.file != place or problem.line is None:
        lines = [f"  {tone}{problem}"]
    else:
        # The line of the magic is the cell's first, so the document starts in its second.
        column = f", column {problem.column}" if problem.column else ""
        field = f"{problem.field}: " if problem.field else ""
        lines = [f"  {tone}line {problem.line + 1} of the cell{column}: {field}{problem.message}"]
        written = cell.splitlines()
        if 1 <= problem.line <= len(written):
            lines.append(f"    {written[problem.line - 1]}")
            if problem.column:
                lines.append(f"    {' ' * (problem.column - 1)}^")
    if problem.hint:
        lines.append(f"    hint: {problem.hint}")
    return lines
