"""A report as a file for people and for programs: text, JSON, SARIF 2.1.0 and JUnit XML."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote
from xml.etree import ElementTree

from ellip_lab.cwl.editing import Edit
from ellip_lab.errors import Problem
from ellip_lab.packages.contract import PackageReport, Rule, RuleFinding, RuleState

FORMATS = ("text", "json", "sarif", "junit")
SARIF = "https://json.schemastore.org/sarif-2.1.0.json"
HOME = "https://ellip-lab.readthedocs.io/rules.html"
_LEVELS = {"error": "error", "warning": "warning", "information": "note"}
VALID = "app-pck/cwl/valid"
"""The rule whose failure is told problem by problem."""


def written(report: PackageReport, form: str, base: Path) -> str:
    """Gives a report in one of the formats; the paths of files below `base` are told from there."""
    made = {"text": text, "json": as_json, "sarif": sarif, "junit": junit}[form]
    return made(report, base)


def text(report: PackageReport, base: Path) -> str:
    """Gives a line for each problem, `file:line:column: severity: message [rule]`, and one for the whole."""
    lines = [line for problem, fix in told(report) for line in problem_lines(problem, fix, base)]
    return "\n".join([*lines, summary(report)]) + "\n"


def told(report: PackageReport) -> Iterator[tuple[Problem, str | None]]:
    """Gives every problem, with the name of its fix: those of CWL first, then those of the rules."""
    for problem in report.problems:
        yield problem, None
    for finding in report.findings:
        if finding.problem is not None and not (finding.rule == VALID and report.problems):
            yield finding.problem, finding.fix


def problem_lines(problem: Problem, fix: str | None, base: Path) -> Iterator[str]:
    """Gives a problem as text: where and what, then what to do."""
    place = [near(problem.file, base)] if problem.file else []
    place += [str(part) for part in (problem.line, problem.column) if part is not None]
    at = ":".join(place)
    code = f" [{problem.code}]" if problem.code else ""
    yield f"{f'{at}: ' if at else ''}{problem.severity}: {problem.message}{code}"
    if problem.hint:
        yield f"    hint: {problem.hint}"
    if fix:
        yield f"    fix: {fix}"


def summary(report: PackageReport) -> str:
    """Gives the sentence that sums a report up."""
    problems = [problem for problem, _ in told(report)]
    failures = {finding.rule for finding in report.findings if finding.state is RuleState.FAILED}
    reviews = sum(finding.state is RuleState.NEEDS_REVIEW for finding in report.findings)
    errors = sum(problem.severity == "error" for problem in problems)
    verb = "conforms" if report.conforms else "does not conform"
    parts = [f"{report.passed} of {report.total} requirements met"] if report.total else []
    parts += [counted(errors, "error")] if errors else []
    parts += [counted(len(failures), "rule") + " not met"] if failures else []
    parts += [f"{reviews} to review"] if reviews else []
    name = Path(report.path).name + (f"#{report.entry}" if report.entry else "")
    return f"{name} {verb} to {report.profile.value}{': ' if parts else ''}{', '.join(parts)}"


def counted(count: int, what: str) -> str:
    """Gives a number and what it counts."""
    return f"{count} {what}{'' if count == 1 else 's'}"


def as_json(report: PackageReport, base: Path) -> str:
    """Gives the report itself."""
    return report.model_dump_json(indent=2) + "\n"


def sarif(report: PackageReport, base: Path) -> str:
    """Gives the report as SARIF 2.1.0, with its fixes: what code hosts show beside the lines.

    Source: OASIS, Static Analysis Results Interchange Format 2.1.0. A review has kind `review` and level `none`, as
    its clause 3.27.10 demands.
    """
    results = [sarif_problem(problem, base) for problem in report.problems]
    results += [
        sarif_finding(finding, base)
        for finding in report.findings
        if finding.problem is not None and not (finding.rule == VALID and report.problems)
    ]
    run = {
        "tool": {
            "driver": {
                "name": "ellip",
                "informationUri": HOME,
                "rules": [sarif_rule(rule) for rule in report.rules],
            }
        },
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {"BASE": {"uri": base.as_uri().rstrip("/") + "/"}},
        "results": results,
        "properties": {"profile": report.profile.value, "conforms": report.conforms},
    }
    return json.dumps({"$schema": SARIF, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def sarif_rule(rule: Rule) -> dict[str, Any]:
    """Gives a rule as SARIF describes one."""
    return {
        "id": rule.id,
        "name": rule.title,
        "shortDescription": {"text": rule.title},
        "fullDescription": {"text": rule.text},
        "helpUri": rule.source or HOME,
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
        "properties": {"number": rule.number, "profile": rule.profile.value},
    }


def sarif_problem(problem: Problem, base: Path) -> dict[str, Any]:
    """Gives a problem of the CWL as a result of the rule that wants valid CWL."""
    said = f"{problem.message}\n{problem.hint}" if problem.hint else problem.message
    return {
        "ruleId": VALID,
        "level": _LEVELS.get(problem.severity, "warning"),
        "message": {"text": said},
        "locations": [location(problem, base)] if problem.file else [],
    }


def sarif_finding(finding: RuleFinding, base: Path) -> dict[str, Any]:
    """Gives a finding as a result, with its fix."""
    problem = finding.problem or Problem(message=finding.message)
    result = {**sarif_problem(problem, base), "ruleId": finding.rule}
    if finding.state is RuleState.NEEDS_REVIEW:
        result |= {"kind": "review", "level": "none"}
    if finding.edits:
        files = dict.fromkeys(edit.path for edit in finding.edits)
        changes = [
            {
                "artifactLocation": artifact(file, base),
                "replacements": [replacement(edit) for edit in finding.edits if edit.path == file],
            }
            for file in files
        ]
        result["fixes"] = [{"description": {"text": finding.fix or "Mend it"}, "artifactChanges": changes}]
    return result


def location(problem: Problem, base: Path) -> dict[str, Any]:
    """Gives the place of a problem."""
    physical: dict[str, Any] = {"artifactLocation": artifact(problem.file or "", base)}
    region = {
        "startLine": problem.line,
        "startColumn": problem.column,
        "endLine": problem.end_line,
        "endColumn": problem.end_column,
    }
    if problem.line is not None:
        physical["region"] = {name: value for name, value in region.items() if value is not None}
    return {"physicalLocation": physical}


def replacement(edit: Edit) -> dict[str, Any]:
    """Gives an edit as a replacement."""
    return {
        "deletedRegion": {
            "startLine": edit.line,
            "startColumn": edit.column,
            "endLine": edit.end_line,
            "endColumn": edit.end_column,
        },
        "insertedContent": {"text": edit.text},
    }


def artifact(file: str, base: Path) -> dict[str, str]:
    """Gives a file: from the base where it lies below, else by its full address."""
    shown = near(file, base)
    if "://" in shown:
        return {"uri": shown}
    if Path(shown).is_absolute():
        return {"uri": Path(shown).as_uri()}
    return {"uri": quote(shown.replace(os.sep, "/")), "uriBaseId": "BASE"}


def junit(report: PackageReport, base: Path) -> str:
    """Gives the report as JUnit XML: a suite for each requirement, a case for each rule.

    What fails with severity `error` is a failure; what is to be reviewed, or does not apply, is skipped; what fails
    less severely is told in the output of its case.
    """
    root = ElementTree.Element("testsuites", name=f"ellip package check {Path(report.path).name}")
    totals = [0, 0, 0]
    suites: dict[str, list[Rule]] = {}
    for rule in report.rules:
        suites.setdefault(rule.number, []).append(rule)
    for number, rules in suites.items():
        title = {"hint": "Hints", "rec": "Recommendation"}.get(number, f"Requirement {number}")
        suite = ElementTree.SubElement(root, "testsuite", name=title)
        counts = [0, 0, 0]
        for rule in rules:
            case = ElementTree.SubElement(
                suite, "testcase", classname=report.profile.value, name=rule.id, time="0"
            )
            outcome = fill(case, rule, report, base)
            counts = [counts[0] + 1, counts[1] + (outcome == "failure"), counts[2] + (outcome == "skipped")]
        state(suite, counts)
        totals = [total + count for total, count in zip(totals, counts, strict=True)]
    state(root, totals)
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def state(element: ElementTree.Element, counts: Iterable[int]) -> None:
    """Says how many cases there are, how many failed and how many were skipped."""
    for name, count in zip(("tests", "failures", "skipped"), counts, strict=True):
        element.set(name, str(count))
    element.set("errors", "0")


def fill(case: ElementTree.Element, rule: Rule, report: PackageReport, base: Path) -> str:
    """Writes how a rule came out into its case; gives what it wrote."""
    findings = [finding for finding in report.findings if finding.rule == rule.id]
    problems = [(finding.problem, finding.fix) for finding in findings if finding.problem is not None]
    if rule.id == VALID:
        problems = [(problem, None) for problem in report.problems] or problems
    lines = "\n".join(line for problem, fix in problems for line in problem_lines(problem, fix, base))
    states = {finding.state for finding in findings}
    if RuleState.FAILED in states and rule.severity == "error":
        ElementTree.SubElement(case, "failure", message=findings[0].message, type=rule.id).text = lines
        return "failure"
    if states <= {RuleState.NOT_APPLICABLE, RuleState.NEEDS_REVIEW}:
        first = next(
            (one for one in findings if one.state is RuleState.NEEDS_REVIEW),
            findings[0] if findings else None,
        )
        ElementTree.SubElement(case, "skipped", message=first.message if first else "")
        return "skipped"
    if lines:
        ElementTree.SubElement(case, "system-out").text = lines
    return "passed"


def near(file: str, base: Path) -> str:
    """Gives a path from a folder when it lies below, else as it is."""
    try:
        return Path(file).relative_to(base).as_posix()
    except ValueError:
        return file
