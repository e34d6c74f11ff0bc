"""The words of room `packages`."""

from __future__ import annotations

from enum import StrEnum

from pydantic import Field

from ellip_lab.contract import Contract, Path_
from ellip_lab.cwl.editing import DocumentText, Edit
from ellip_lab.errors import Problem


class DemoRequest(Contract):
    """Says where the demo package goes."""

    folder: Path_ = "water-bodies"
    """The folder to make; an existing one is completed, and what was edited in it is kept."""


class Demo(Contract):
    """Is the demo package, as it was put into the workspace."""

    folder: str
    """The folder it is in."""
    document: str
    """Its CWL document."""
    parameters: str
    """The parameters file that runs it on the scene it comes with."""


class Profile(StrEnum):
    """Says what a document is held to; each includes the one before."""

    CWL = "cwl"
    """The CWL standard only."""
    BEST_PRACTICE = "best-practice"
    """OGC 20-089r1, requirements 7 to 14 and the recommendation."""
    SCHEDULER = "scheduler"
    """What a scheduler wants as well: resources that are asked for, images that are pinned."""


class RuleState(StrEnum):
    """Says how a document stands to a rule."""

    PASSED = "passed"
    FAILED = "failed"
    NEEDS_REVIEW = "needs-review"
    """Only a person can tell."""
    NOT_APPLICABLE = "not-applicable"


class Rule(Contract):
    """Is one rule that a document is held to."""

    id: str
    """`app-pck/clt`, as OGC names it, with a part of it where it has several (`app-pck/clt/id`); `hint/...` for ours."""
    number: str
    """`7` to `14`, `rec`, or `hint`."""
    title: str
    text: str
    """What it demands, in one or two sentences of ours."""
    severity: str
    """Of a failure: `error`, `warning` or `information`."""
    profile: Profile
    """The first profile that has it."""
    source: str | None = None
    """The address of the clause."""
    fixable: bool = False
    """A failure of it comes with edits that mend it, where they can be told."""


class Rules(Contract):
    """Is every rule."""

    rules: tuple[Rule, ...] = ()


class RuleFinding(Contract):
    """Is how one part of a document stands to a rule."""

    rule: str
    state: RuleState
    message: str
    """One sentence: what is missing, or what is there."""
    problem: Problem | None = None
    """Its place, for a failure or a review."""
    fix: str | None = None
    """What the edits do; null where there are none."""
    edits: tuple[Edit, ...] = ()


class PackageQuery(DocumentText):
    """Asks how a document stands to the rules."""

    profile: Profile = Profile.BEST_PRACTICE
    entry: str | None = None
    """The Workflow; null for `main`, or the only one."""


class PackageReport(Contract):
    """Is how a document stands to the rules of a profile."""

    path: str
    entry: str | None = None
    profile: Profile
    conforms: bool
    """The document is valid CWL and no rule of severity `error` fails."""
    problems: tuple[Problem, ...] = ()
    """What is wrong with it as CWL; while there are errors the rules are looked at as far as they can be."""
    rules: tuple[Rule, ...] = ()
    """The rules of the profile, in order."""
    findings: tuple[RuleFinding, ...] = ()
    """At least one for each rule, in the order of the rules, then of the document."""
    passed: int = 0
    """Requirements (by number) of which no rule of severity `error` fails."""
    total: int = 0
    """Requirements that apply."""


class ToolRequest(Contract):
    """Asks for the CommandLineTool of a command."""

    argv: tuple[str, ...] = Field(min_length=1, max_length=1000)
    """The command and its arguments; a single one with blanks in it is a line of a shell, with `>` and `<`."""
    folder: str = "."
    """Where its relative paths count from."""
    target: str | None = None
    """The folder the document goes to; null for `folder`."""
    run: bool = False
    """Runs it once, on copies of its inputs in a folder of its own, to see what it writes; else that is guessed."""
    limit: float = Field(default=60, gt=0, le=604_800)
    """Seconds the trial may take; at the server's door 60 at the most."""
    id: str | None = Field(default=None, max_length=200)
    """The id of the tool; null for the command's name."""
    image: str | None = None
    """The image that has the command; it is run there when it is run."""
    version: str = "v1.2"


class ToolPort(Contract):
    """Is an input or output that was recognised."""

    id: str
    type: str
    """As CWL writes it."""
    value: str | None = None
    """What the command line had."""
    why: str
    """How it was recognised, in a few words."""


class ToolDraft(Contract):
    """Is a CommandLineTool made of a command."""

    id: str
    """The id of the tool."""
    text: str
    """The document, as YAML."""
    inputs: tuple[ToolPort, ...] = ()
    outputs: tuple[ToolPort, ...] = ()
    parameters: str = ""
    """A parameters file that gives the command again."""
    exit_code: int | None = None
    """Of the trial; null when it was only read, or was stopped."""
    problem: str | None = None
    """Why the trial tells nothing: it failed, or took too long. The outputs are guessed then."""
    log: str = ""
    """The last lines of the trial."""
    files: tuple[str, ...] = ()
    """What the trial wrote, relative to its folder."""
