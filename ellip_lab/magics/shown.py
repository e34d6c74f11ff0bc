"""What the verbs of `%ellip` give: the record of the room, and how a notebook shows it."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING

from ellip_lab.tasks.wording import age, progress, tone, took

if TYPE_CHECKING:
    from ellip_lab.contract import Contract
    from ellip_lab.cwl.contract import Check, Form
    from ellip_lab.packages.contract import PackageReport
    from ellip_lab.runs.comparison import Comparison
    from ellip_lab.runs.contract import Engines, RunPage
    from ellip_lab.tasks.contract import LogChunk

Row = Sequence[str]


class Shown:
    """Is a record with its table: HTML in a notebook, aligned columns in a terminal."""

    def __init__(self, record: Contract, heads: Row, rows: Sequence[Row], note: str = "") -> None:
        self.record = record
        """The record, as the Python API gives it."""
        self.heads = heads
        self.rows = rows
        self.note = note

    def _repr_html_(self) -> str:
        parts = []
        if self.note:
            parts.append(f"<p>{escape(self.note)}</p>")
        if self.rows:
            parts.append(table_html(self.heads, [[escape(cell) for cell in row] for row in self.rows]))
        return "".join(parts)

    def __repr__(self) -> str:
        """Gives the table as text."""
        lines = [self.note] if self.note else []
        if self.rows:
            widths = [max(len(row[n]) for row in [self.heads, *self.rows]) for n in range(len(self.heads))]
            lines += [
                "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
                for row in [self.heads, *self.rows]
            ]
        return "\n".join(lines)


class LogShown(Shown):
    """Is a stretch of a log: its text as it is."""

    def __init__(self, chunk: LogChunk) -> None:
        super().__init__(chunk, (), ())
        self.text = chunk.text

    def _repr_html_(self) -> str:
        return f"<pre>{escape(self.text)}</pre>"

    def __repr__(self) -> str:
        """Gives the text."""
        return self.text.rstrip("\n")


def table_html(heads: Row, rows: Sequence[Row]) -> str:
    """Gives a table; cells are HTML already."""
    head = "".join(f'<th scope="col" style="text-align:left">{escape(cell)}</th>' for cell in heads)
    body = "".join(
        "<tr>"
        + "".join(f'<td style="text-align:left;vertical-align:top">{cell}</td>' for cell in row)
        + "</tr>"
        for row in rows
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def marked(state: str) -> str:
    """Gives a state with its mark."""
    return f"{tone(state).mark} {state}"


def runs_shown(page: RunPage) -> Shown:
    """Shows a page of runs."""
    rows = [
        (
            run.id,
            marked(run.state),
            run.name,
            age(run.created),
            took(run.started, run.finished),
            f"failed at {run.failed_step}"
            if run.failed_step
            else progress(run.state, run.progress, run.waiting),
        )
        for run in page.runs
    ]
    note = "" if rows else "No runs yet: %ellip run DOC starts one."
    return Shown(page, ("Run", "State", "Name", "Age", "Took", "Progress"), rows, note)


def log_shown(chunk: LogChunk) -> Shown:
    """Shows the end of a log."""
    return LogShown(chunk)


def comparison_shown(found: Comparison) -> Shown:
    """Shows in what two runs differ."""
    from ellip_lab.runs.comparison import rows, verdict

    return Shown(found, ("Where", "What", "Left", "Right", "In words"), rows(found), verdict(found))


def check_shown(check: Check) -> Shown:
    """Shows what is wrong with a document."""
    rows = [
        (f"{problem.line or ''}", problem.severity, problem.message, problem.hint or "")
        for problem in check.problems
    ]
    entries = ", ".join(f"{entry.kind} {entry.id}".rstrip() for entry in check.entries)
    note = f"Valid: CWL {check.version}, {entries}" if check.valid else "Not valid"
    return Shown(check, ("Line", "Severity", "Problem", "What to do"), rows, note)


def report_shown(report: PackageReport) -> Shown:
    """Shows how a document stands to the rules."""
    from ellip_lab.packages.reporting import summary, told

    rows = [
        (
            f"{problem.line or ''}",
            problem.severity,
            problem.code or "",
            problem.message,
            fix or problem.hint or "",
        )
        for problem, fix in told(report)
    ]
    return Shown(report, ("Line", "Severity", "Rule", "Problem", "What to do"), rows, summary(report))


def form_shown(form: Form) -> Shown:
    """Shows what a document asks for."""
    required = set(form.json_schema.get("required", ()))
    rows = [
        (
            name,
            str(schema.get("x-cwl-type", "")),
            str(form.defaults[name])
            if name in form.defaults
            else "required"
            if name in required
            else "optional",
            str(schema.get("description") or schema.get("title") or ""),
        )
        for name, schema in form.json_schema.get("properties", {}).items()
    ]
    return Shown(form, ("Input", "Type", "Default", "Meaning"), rows, form.entry.label or form.entry.id)


def engines_shown(engines: Engines) -> Shown:
    """Shows which container engines work here."""
    rows = [
        (
            engine.container.value,
            "works" if engine.works else "does not work",
            engine.version or "",
            " ".join(part for part in (engine.problem, engine.hint) if part),
        )
        for engine in engines.engines
    ]
    return Shown(engines, ("Engine", "State", "Version", "What to do"), rows, f"auto: {engines.chosen.value}")
