"""Every rule sees what breaks it, at its place; what it offers mends it and nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from ellip_lab.cwl import inserting
from ellip_lab.lab import Lab
from ellip_lab.packages.contract import PackageQuery, Profile, RuleState
from ellip_lab.packages.practice.answer import RULES, answer, held
from ellip_lab.packages.practice.package import Package
from ellip_lab.packages.rules import ALL
from ellip_lab.settings import Settings
from packages.rule_cases import CASES, DOCUMENTS, GOOD, Case

ROOT = Path(__file__).parents[2]
DEMO = ROOT / "ellip_lab/packages/water-bodies/water-bodies.cwl"
PATH = str(DOCUMENTS / "unsaved.cwl")


def looked(text: str, profile: str = "scheduler", entry: str | None = None) -> dict[str, Any]:
    """Holds a text to the rules, its validity as CWL apart."""
    return held(Package(PATH, text, entry), profile, [])


def of(reply: dict[str, Any], rule: str) -> list[dict[str, Any]]:
    return [finding for finding in reply["findings"] if finding["rule"] == rule]


def stretch(text: str, problem: dict[str, Any]) -> str:
    lines = text.splitlines()
    assert problem["line"] == problem["end_line"]
    return lines[problem["line"] - 1][problem["column"] - 1 : problem["end_column"] - 1]


def worst(findings: list[dict[str, Any]]) -> str:
    states = [finding["state"] for finding in findings]
    return next(state for state in ("failed", "needs-review", "passed", "not-applicable") if state in states)


def test_the_good_package_meets_everything() -> None:
    reply = answer({"path": PATH, "text": GOOD, "profile": "scheduler"})
    assert [one for one in reply["findings"] if one["state"] not in ("passed", "not-applicable")] == []
    assert (reply["conforms"], reply["passed"], reply["total"]) == (True, 8, 8)
    assert reply["problems"] == []


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_rule_sees_what_breaks_it(case: Case) -> None:
    reply = looked(case.text)
    findings = of(reply, case.rule)
    assert worst(findings) == case.state
    if case.state == "passed":
        return
    finding = next(one for one in findings if one["state"] == case.state)
    problem = finding["problem"]
    assert stretch(case.text, problem) == case.at
    assert problem["code"] == case.rule
    if case.line is not None:
        assert problem["line"] == case.line
    assert bool(finding["edits"]) == case.mended
    assert bool(finding["fix"]) == case.mended
    ruling = next(one for one in RULES if one.id == case.rule)
    if case.mended:
        assert ruling.fixable
        after = inserting.apply(case.text, finding["edits"])
        assert worst(of(looked(after), case.rule)) in ("passed", "needs-review")
        assert len(of(looked(after), case.rule)) <= len(findings)
        # no rule is worse off
        order = ["not-applicable", "passed", "needs-review", "failed"]
        for one in RULES:
            was, now = worst(of(reply, one.id)), worst(of(looked(after), one.id))
            assert order.index(now) <= max(order.index(was), 1) or "TODO" in after, one.id


@pytest.mark.parametrize(
    "case", [case for case in CASES if case.valid and case.state == "failed"], ids=lambda case: case.name
)
def test_what_only_the_best_practice_forbids_is_valid_cwl(case: Case) -> None:
    reply = answer({"path": PATH, "text": case.text, "profile": "best-practice"})
    assert [problem for problem in reply["problems"] if problem["severity"] == "error"] == []


def test_every_rule_is_broken_by_a_case() -> None:
    assert {rule.id for rule in RULES} - {case.rule for case in CASES} == {"app-pck/cwl/valid"}
    offered = {case.rule for case in CASES if case.mended}
    assert {rule.id for rule in RULES if rule.fixable} == offered


@pytest.mark.parametrize("profile", ["best-practice", "scheduler"])
@pytest.mark.parametrize("document", ["five-steps", "flow", "main", "crop", "tool"])
def test_fixes_one_by_one_lead_to_a_package_without_what_they_mend(document: str, profile: str) -> None:
    path = ROOT / f"tests/cwl/documents/{document}.cwl"
    text = path.read_text()
    comments = [line for line in text.splitlines() if line.lstrip().startswith("#")]
    for _ in range(200):
        reply = held(Package(str(path), text, None), profile, [])
        edits = next(
            (
                one["edits"]
                for one in reply["findings"]
                if one["edits"] and {edit["path"] for edit in one["edits"]} == {str(path)}
            ),
            None,
        )
        if edits is None:
            break
        text = inserting.apply(text, edits)
        yaml.load(text, yaml.CSafeLoader)
    else:
        pytest.fail("the fixes never end")
    assert [line for line in text.splitlines() if line.lstrip().startswith("#")] == comments
    problems = answer({"path": str(path), "text": text, "profile": profile})["problems"]
    assert [problem for problem in problems if problem["severity"] == "error"] == []
    fixable = {rule.id for rule in RULES if rule.fixable}
    left = {
        finding["rule"]
        for finding in reply["findings"]
        if finding["state"] == "failed" and finding["problem"]["file"] == str(path)
    }
    # no image is known where no tool of the package has one
    assert left & fixable <= {"app-pck/clt/docker", "app-pck/clt/requirements"}


def test_a_tool_in_another_file_is_told_there(tmp_path: Path) -> None:
    (tmp_path / "tools").mkdir()
    (tmp_path / "tools/look.cwl").write_text(
        "cwlVersion: v1.2\nclass: CommandLineTool\ninputs: []\noutputs: []\n"
    )
    document = tmp_path / "main.cwl"
    document.write_text(
        "cwlVersion: v1.2\nclass: Workflow\nid: m\ninputs: []\noutputs: []\n"
        "requirements:\n  DockerRequirement: {dockerPull: 'a:1'}\n"
        "steps:\n  look: {run: tools/look.cwl, in: [], out: []}\n"
    )
    reply = held(Package(str(document), None, None), "scheduler", [])
    (missing,) = of(reply, "app-pck/clt/id")
    assert missing["problem"]["file"] == str(tmp_path / "tools/look.cwl")
    assert {edit["path"] for edit in missing["edits"]} == {str(tmp_path / "tools/look.cwl")}
    # what its Workflow requires holds for it, and is offered as its own
    assert worst(of(reply, "app-pck/clt/docker")) == "passed"
    (own,) = of(reply, "app-pck/clt/requirements")
    mended = inserting.apply((tmp_path / "tools/look.cwl").read_text(), own["edits"])
    assert yaml.safe_load(mended)["requirements"] == {"DockerRequirement": {"dockerPull": "a:1"}}
    assert worst(of(reply, "hint/one-document")) == "failed"


def test_a_tool_run_twice_needs_its_image_both_times() -> None:
    text = (
        "cwlVersion: v1.2\n$graph:\n- class: Workflow\n  id: m\n  inputs: []\n  outputs: []\n  steps:\n"
        "    a: {run: '#t', in: [], out: [], requirements: {DockerRequirement: {dockerPull: 'a:1'}}}\n"
        "    b: {run: '#t', in: [], out: []}\n"
        "- {class: CommandLineTool, id: t, baseCommand: x, inputs: [], outputs: [], requirements: {}}\n"
    )
    assert worst(of(looked(text), "app-pck/clt/docker")) == "failed"
    assert (
        worst(
            of(
                looked(
                    text.replace(
                        "out: []}", "out: [], requirements: {DockerRequirement: {dockerPull: 'a:2'}}}"
                    )
                ),
                "app-pck/clt/docker",
            )
        )
        == "passed"
    )


def test_an_entry_is_chosen() -> None:
    two = GOOD.replace('run: "#collecting"', 'run: "#collect"')
    assert looked(two)["entry"] is None
    assert looked(two, entry="collecting")["entry"] == "collecting"
    assert looked(two, entry="#app")["entry"] == "app"
    # the one that no other runs
    assert looked(GOOD)["entry"] == "app"
    assert worst(of(looked(GOOD, entry="look"), "app-pck/cwl/workflow")) == "failed"
    assert worst(of(looked(GOOD, entry="nobody"), "app-pck/cwl/workflow")) == "failed"


def test_profiles_include_one_another() -> None:
    seen = [{one["rule"] for one in looked(GOOD, profile)["findings"]} for profile in Profile]
    assert seen[0] == {"app-pck/cwl/valid"}
    assert seen[0] < seen[1] < seen[2] == {rule.id for rule in ALL}


def test_findings_are_in_the_order_of_the_rules() -> None:
    order = [rule.id for rule in RULES]
    for case in CASES:
        told = [order.index(finding["rule"]) for finding in looked(case.text)["findings"]]
        assert told == sorted(told)
        assert set(told) == set(range(len(order)))


@pytest.mark.parametrize(
    "document", sorted((ROOT / "tests/cwl/documents/bad").glob("*.cwl")), ids=lambda file: file.stem
)
def test_broken_documents_are_told_and_never_raised(document: Path) -> None:
    reply = answer({"path": str(document), "profile": "scheduler"})
    assert {finding["rule"] for finding in reply["findings"]} == {rule.id for rule in RULES}
    errors = [problem for problem in reply["problems"] if problem.get("severity", "error") == "error"]
    assert worst(of(reply, "app-pck/cwl/valid")) == ("failed" if errors else "passed")
    assert not (errors and reply["conforms"])


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "a",
        "- x",
        "$graph: 3",
        "$graph: [a, {b: c}]",
        "class: Workflow\nsteps: x\ninputs: 3",
        "class: Workflow\nsteps: {a: {run: {class: Workflow}}, b: 3, c: {run: '#'}}",
        "class: [Workflow]",
        "x: &a\n  y: *a\nclass: Workflow\nsteps: *a",
        "class: Workflow\nid: m\nsteps: {a: {run: '#m', scatter: x}}\ninputs: {a: {type: {type: array, items: {type: array, items: File}}}}",
        "class: CommandLineTool\nrequirements: [3, {class: DockerRequirement, dockerPull: [x]}]\nhints: 3\noutputs: [3]\ninputs: [x, {type: 3}]\narguments: [{valueFrom: {x: y}}]",
    ],
)
def test_whatever_is_being_typed(text: str) -> None:
    assert {finding["rule"] for finding in looked(text)["findings"]} == {rule.id for rule in RULES}


def test_through_the_house(tmp_path: Path) -> None:
    lab = Lab(Settings(state=tmp_path / "state", root=tmp_path))
    report = lab.packages.check(PackageQuery(path=str(DEMO), profile=Profile.SCHEDULER))
    assert report.conforms
    assert report.entry == "water-bodies"
    assert (report.passed, report.total) == (8, 8)
    assert [rule.id for rule in report.rules] == [rule.id for rule in lab.packages.rules().rules]
    assert {finding.rule for finding in report.findings if finding.state is RuleState.FAILED} == {
        "hint/image-digest"
    }
    broken = lab.packages.check(
        PackageQuery(path=str(DEMO), text=DEMO.read_text().replace("label: Band\n", "lable: Band\n"))
    )
    assert not broken.conforms
    assert any("lable" in problem.message for problem in broken.problems)
