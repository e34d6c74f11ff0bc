"""How a document stands to the rules: one question to the process that loads documents, the CWL check included."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from ellip_lab.packages.practice import hints, metadata, requirements, staging
from ellip_lab.packages.practice.package import Package
from ellip_lab.packages.practice.parts import Part
from ellip_lab.packages.practice.rule import (
    FAILED,
    PASSED,
    PROFILES,
    REVIEW,
    UNAPPLIED,
    Ruling,
    Verdict,
    rule,
)

Json = dict[str, Any]


@rule(
    id="app-pck/cwl/valid",
    number="7",
    title="Valid CWL",
    text="The document is valid CWL: an engine can load it, and its links fit.",
    passed="the document is valid CWL",
    profile="cwl",
)
def valid(package: Package) -> Iterable[Verdict]:
    """Is told from the problems of the CWL check, not from the package."""
    return ()


RULES: tuple[Ruling, ...] = (
    valid,
    *requirements.ALL,
    *metadata.ALL,
    *requirements.RECOMMENDED,
    *staging.ALL,
    *hints.ALL,
)
"""Every rule, in the order of the Best Practice."""


def answer(request: Json) -> Json:
    """Holds the text of a request to the rules of its profile; the reply is a `PackageReport` without its rules."""
    path = str(request["path"])
    if request.get("text") is None and not Path(path).exists():
        from ellip_lab.errors import NotFound

        raise NotFound(f"{path} does not exist")
    problems = checked(request)
    return held(Package(path, request.get("text"), request.get("entry")), request["profile"], problems)


def held(package: Package, profile: str, problems: list[Json]) -> Json:
    """Holds a package, whose problems as CWL are known, to the rules of a profile."""
    findings = [one for ruling in rules_of(profile) for one in findings_of(ruling, package, problems)]
    return {
        "path": package.root.path,
        "entry": package.entry.name or None if package.entry else None,
        "profile": profile,
        "problems": problems,
        "findings": findings,
        **counted(findings, problems),
    }


def rules_of(profile: str) -> list[Ruling]:
    """Gives the rules of a profile, those of the ones before included."""
    known = PROFILES[: PROFILES.index(profile) + 1]
    return [one for one in RULES if one.profile in known]


def checked(request: Json) -> list[Json]:
    """Gives what is wrong with the text as CWL."""
    from ellip_lab.cwl.language.diagnose import answer as diagnosed

    known = diagnosed({"path": request["path"], "text": request.get("text")})
    return [dict(problem) for problem in known["problems"]]


def findings_of(ruling: Ruling, package: Package, problems: list[Json]) -> list[Json]:
    """Gives what a rule says of a package; always something."""
    if ruling is valid:
        return [validity(problems)]
    if package.root.marked is None:
        verdicts = [Verdict(UNAPPLIED, "the text cannot be read as YAML: mend that first")]
    elif ruling.subject and not any(one.kind == ruling.subject for one in package.processes):
        verdicts = [Verdict(UNAPPLIED, f"there is no {ruling.subject}")]
    else:
        verdicts = list(ruling.judge(package)) or [Verdict(PASSED, ruling.passed)]
    return [finding(ruling, verdict) for verdict in verdicts]


def validity(problems: list[Json]) -> Json:
    """Gives how a document stands to the standard itself: its problems are told one by one elsewhere."""
    errors = [problem for problem in problems if problem.get("severity", "error") == "error"]
    if not errors:
        return finding(valid, Verdict(PASSED, valid.passed))
    count = "1 error" if len(errors) == 1 else f"{len(errors)} errors"
    place = {
        key: errors[0].get(key)
        for key in ("file", "line", "column", "end_line", "end_column")
        if errors[0].get(key)
    }
    message = f"it is not valid CWL: {count}"
    return finding(valid, Verdict(FAILED, message, hint=errors[0].get("hint"), place=place))


def finding(ruling: Ruling, verdict: Verdict) -> Json:
    """Gives a verdict as a `RuleFinding`."""
    problem = None
    if verdict.state in (FAILED, REVIEW):
        severity = ruling.severity
        if verdict.state == REVIEW and severity == "error":
            severity = "warning"
        problem = {
            "message": verdict.message,
            "severity": severity,
            "hint": verdict.hint,
            "code": ruling.id,
            **(verdict.place or placed(verdict.part)),
        }
    return {
        "rule": ruling.id,
        "state": verdict.state,
        "message": verdict.message,
        "problem": problem,
        "fix": verdict.fix,
        "edits": list(verdict.edits),
    }


def placed(part: Part | None) -> Json:
    """Gives the place of a part."""
    return part.place() if part is not None else {}


def counted(findings: list[Json], problems: list[Json]) -> Json:
    """Tells whether a document conforms, and how many requirements it meets of those that apply."""
    rulings = {one.id: one for one in RULES}
    broken, applied = set(), set()
    for one in findings:
        ruling = rulings[one["rule"]]
        if one["state"] == FAILED and ruling.severity == "error":
            broken.add(ruling.number)
        if one["state"] != UNAPPLIED and ruling.number.isdigit():
            applied.add(ruling.number)
    conforms = not broken and all(problem.get("severity", "error") != "error" for problem in problems)
    return {"conforms": conforms, "passed": len(applied - broken), "total": len(applied)}
