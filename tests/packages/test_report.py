"""A report as text, JSON, SARIF and JUnit: the same findings in each, and fixes that do what the edits do."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import unquote
from xml.etree import ElementTree

import pytest

from ellip_lab.cwl import inserting
from ellip_lab.packages.contract import PackageReport, RuleState
from ellip_lab.packages.practice.answer import answer, rules_of
from ellip_lab.packages.reporting import FORMATS, summary, written
from ellip_lab.packages.rules import words
from packages.rule_cases import CASES, GOOD

BROKEN = (
    GOOD.replace("  label: Application\n", "")
    .replace("label: Parts\n", "lable: Parts\n")
    .replace("      doc: From which", "      dok: From which")
)


def report(text: str, folder: Path, profile: str = "scheduler", name: str = "a package.cwl") -> PackageReport:
    file = folder / name
    file.write_text(text)
    reply = answer({"path": str(file), "profile": profile})
    return PackageReport.model_validate({**reply, "rules": [words(rule) for rule in rules_of(profile)]})


def test_text_is_a_line_for_each_problem(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    made = written(report(GOOD.replace("  label: Application\n", ""), tmp_path / "sub"), "text", tmp_path)
    line = GOOD.splitlines().index("  id: app") + 1
    assert made.splitlines() == [
        f"sub/a package.cwl:{line}:7: error: Workflow app has no label [app-pck/wf/label]",
        "    fix: Add a label",
        "a package.cwl#app does not conform to scheduler: 7 of 8 requirements met, 1 error, 1 rule not met",
    ]


def test_text_tells_the_problems_of_the_cwl_first(tmp_path: Path) -> None:
    broken = report(BROKEN, tmp_path)
    lines = written(broken, "text", tmp_path).splitlines()
    assert "lable" in lines[0] or "dok" in lines[0]
    assert not any("[app-pck/cwl/valid]" in line for line in lines)
    assert not broken.conforms


def test_a_package_that_conforms_says_so(tmp_path: Path) -> None:
    good = report(GOOD, tmp_path)
    assert written(good, "text", tmp_path) == summary(good) + "\n"
    assert summary(good) == "a package.cwl#app conforms to scheduler: 8 of 8 requirements met"


def test_json_is_the_record(tmp_path: Path) -> None:
    broken = report(BROKEN, tmp_path)
    assert PackageReport.model_validate_json(written(broken, "json", tmp_path)) == broken


def sarif(known: PackageReport, base: Path) -> dict[str, Any]:
    log: dict[str, Any] = json.loads(written(known, "sarif", base))
    assert log["version"] == "2.1.0"
    (run,) = log["runs"]
    return dict(run)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_sarif_holds_what_the_standard_asks(case: Any, tmp_path: Path) -> None:
    known = report(case.text, tmp_path)
    run = sarif(known, tmp_path)
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert len(rules) == len(set(rules))
    expected = len(known.problems) + sum(
        one.problem is not None and not (one.rule == "app-pck/cwl/valid" and known.problems)
        for one in known.findings
    )
    assert len(run["results"]) == expected
    for result in run["results"]:
        assert result["ruleId"] in rules
        assert result["message"]["text"]
        # 3.27.10: a result that is no failure has the level `none`
        assert (result.get("kind", "fail") != "fail") == (result["level"] == "none")
        assert result["level"] in ("error", "warning", "note", "none")
        for place in result["locations"]:
            region = place["physicalLocation"].get("region", {})
            assert all(isinstance(value, int) and value > 0 for value in region.values())
            if "endLine" in region:
                assert (region["startLine"], region["startColumn"]) <= (
                    region["endLine"],
                    region["endColumn"],
                )
            artifact = place["physicalLocation"]["artifactLocation"]
            assert artifact == {"uri": "a%20package.cwl", "uriBaseId": "BASE"}
        for fix in result.get("fixes", ()):
            (change,) = fix["artifactChanges"]
            assert unquote(change["artifactLocation"]["uri"]) == "a package.cwl"
            edits = [
                {
                    "line": one["deletedRegion"]["startLine"],
                    "column": one["deletedRegion"]["startColumn"],
                    "end_line": one["deletedRegion"]["endLine"],
                    "end_column": one["deletedRegion"]["endColumn"],
                    "text": one["insertedContent"]["text"],
                }
                for one in change["replacements"]
            ]
            finding = next(one for one in known.findings if one.fix and one.rule == result["ruleId"])
            ours = [edit.model_dump() for edit in finding.edits]
            assert inserting.apply(case.text, edits) == inserting.apply(case.text, ours)


def test_sarif_names_files_that_are_elsewhere_in_full(tmp_path: Path) -> None:
    (tmp_path / "here").mkdir()
    known = report(GOOD.replace("  label: Application\n", ""), tmp_path)
    (result,) = sarif(known, tmp_path / "here")["results"]
    artifact = result["locations"][0]["physicalLocation"]["artifactLocation"]
    assert artifact == {"uri": (tmp_path / "a package.cwl").as_uri()}


def test_junit_counts_what_it_holds(tmp_path: Path) -> None:
    known = report(BROKEN, tmp_path)
    root = ElementTree.fromstring(written(known, "junit", tmp_path))
    assert [case.get("name") for case in root.iter("testcase")] == [rule.id for rule in known.rules]
    for suite in [root, *root.iter("testsuite")]:
        assert suite.get("tests") == str(len(list(suite.iter("testcase"))))
        assert suite.get("failures") == str(len(list(suite.iter("failure"))))
        assert suite.get("skipped") == str(len(list(suite.iter("skipped"))))
    failed = {failure.get("type") for failure in root.iter("failure")}
    severe = {rule.id for rule in known.rules if rule.severity == "error"}
    assert failed == {
        finding.rule
        for finding in known.findings
        if finding.state is RuleState.FAILED and finding.rule in severe
    }
    assert {"app-pck/cwl/valid", "app-pck/wf/label"} <= failed
    valid = next(failure for failure in root.iter("failure") if failure.get("type") == "app-pck/cwl/valid")
    assert "lable" in (valid.text or "")


@pytest.mark.parametrize("form", FORMATS)
def test_every_format_of_a_document_that_is_no_yaml(form: str, tmp_path: Path) -> None:
    known = report("class: [", tmp_path)
    assert not known.conforms
    assert written(known, form, tmp_path).endswith("\n")


@pytest.mark.parametrize("form", FORMATS)
def test_every_format_can_hold_any_letter(form: str, tmp_path: Path) -> None:
    known = report(GOOD.replace("label: Application", 'label: ""').replace("id: app", 'id: "é<&𝄞"'), tmp_path)
    made = written(known, form, tmp_path)
    if form == "junit":
        ElementTree.fromstring(made)
    else:
        assert "é<&𝄞" in (made if form == "text" else json.dumps(json.loads(made), ensure_ascii=False))
