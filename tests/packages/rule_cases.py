"""The good package with one thing taken away, or spoiled, at a time: the rule that sees it, and where."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

DOCUMENTS = Path(__file__).parent / "documents"
GOOD = (DOCUMENTS / "good.cwl").read_text()
IMAGE = "registry.example.org/look@sha256:0b5ae6b54e2cd2c7f0a2dd4e6b9ac3f3a2b3a1c79e7c1a7d1e2c2f3b4a5d6e7f"
LOOK_NEEDS = f"""  requirements:
    DockerRequirement:
      dockerPull: {IMAGE}
    ResourceRequirement: {{coresMin: 1, coresMax: 1, ramMin: 512, ramMax: 1024}}
"""
LOOK_INPUTS = """  inputs:
    scene:
      type: Directory
      inputBinding: {position: 1}
    threshold:
      type: float
      inputBinding: {prefix: --threshold}
"""


@dataclass(frozen=True)
class Case:
    """Is a package that breaks a rule."""

    name: str
    rule: str
    before: str
    after: str
    at: str
    """What stands at the place that is told."""
    line: int | None = None
    """The line, where the words stand at several places."""
    state: str = "failed"
    mended: bool = False
    """It comes with edits, after which the rule is met."""
    valid: bool = True
    """It is valid CWL all the same."""

    @property
    def text(self) -> str:
        assert GOOD.count(self.before) >= 1, self.name
        return GOOD.replace(self.before, self.after, 1)


def removed(name: str, rule: str, line: str, at: str, **more: object) -> Case:
    """Is the package without a line."""
    return Case(name, rule, line, "", at, **more)  # type: ignore[arg-type]


CASES = [
    Case("two workflows", "app-pck/cwl/workflow", 'run: "#collecting"', 'run: "#collect"', "cwlVersion: v1.2"),
    Case("no workflow", "app-pck/cwl/workflow", GOOD[GOOD.index("- class: Workflow") : GOOD.index("- class: CommandLineTool")], "", "cwlVersion: v1.2"),
    Case("no tool", "app-pck/cwl/tool", GOOD[GOOD.index("  steps:") :], "  steps: []\n  outputs: []\n", "app"),
    Case("tool without id", "app-pck/clt/id", 'run: "#look"', "run: {class: CommandLineTool, baseCommand: x, inputs: [], outputs: [seen], requirements: {DockerRequirement: {dockerPull: a:1}}}", "run", mended=True, valid=False),
    Case("tool without baseCommand", "app-pck/clt/baseCommand", "  baseCommand: collect\n", "  arguments: [collect]\n", "collect"),
    Case("empty baseCommand", "app-pck/clt/baseCommand", "baseCommand: collect", "baseCommand: []", "baseCommand"),
    Case("tool without inputs", "app-pck/clt/inputs", LOOK_INPUTS, "", "look", mended=True, valid=False),
    Case("tool without requirements", "app-pck/clt/requirements", LOOK_NEEDS, "", "look", mended=True),
    Case("tool without image", "app-pck/clt/docker", f"    DockerRequirement:\n      dockerPull: {IMAGE}\n", "", "look", mended=True),
    Case("image in a hint", "app-pck/clt/docker", LOOK_NEEDS, LOOK_NEEDS.replace("requirements", "hints", 1), "DockerRequirement", state="needs-review", mended=True),
    Case("image without a name", "app-pck/clt/docker", f"dockerPull: {IMAGE}", "dockerImageId: x", "DockerRequirement"),
    removed("workflow without id", "app-pck/wf/id", "  id: app\n", "class", valid=False, mended=True),
    removed("workflow without label", "app-pck/wf/label", "  label: Application\n", "app", mended=True),
    removed("inner workflow without label", "app-pck/wf/label", "  label: Collecting\n", "collecting", mended=True),
    Case("blank label", "app-pck/wf/label", "label: Application", 'label: " "', "app", mended=True),
    removed("workflow without doc", "app-pck/wf/doc", "  doc: Looks at every scene, then collects what was seen.\n", "app", mended=True),
    Case("doc still to write", "app-pck/wf/doc", "doc: Looks at every scene", "doc: TODO looks at", "doc", state="needs-review"),
    Case("input without id", "app-pck/wf-inputs/id", "    parts:\n      type: Directory[]\n      label: Parts\n      doc: The folders to collect.\n", "  - label: Parts\n    doc: Folders.\n    type: Directory[]\n", "label: Parts", valid=False),
    removed("input without label", "app-pck/wf-inputs/label", "      label: Threshold\n", "threshold", mended=True),
    removed("input without doc", "app-pck/wf-inputs/doc", "      doc: From which value on it counts.\n", "threshold", mended=True),
    Case("input written short", "app-pck/wf-inputs/label", "    parts:\n      type: Directory[]\n      label: Parts\n      doc: The folders to collect.\n", "    parts: Directory[] # short\n", "parts", mended=True),
    removed("inner input without doc", "app-pck/wf-inputs/doc", "      doc: The folders to collect.\n", "parts", mended=True),
    removed("no version", "app-pck/metadata/softwareVersion", "s:softwareVersion: 1.0.0\n", "cwlVersion: v1.2", mended=True),
    Case("empty version", "app-pck/metadata/softwareVersion", "s:softwareVersion: 1.0.0", "s:softwareVersion:", "s:softwareVersion", mended=True),
    Case("version in a list", "app-pck/metadata/softwareVersion", "s:softwareVersion: 1.0.0", "s:softwareVersion: [1.0.0]", "s:softwareVersion"),
    Case("version is a number", "app-pck/metadata/softwareVersion", "s:softwareVersion: 1.0.0", "s:softwareVersion: 1.10", "s:softwareVersion", state="needs-review", mended=True),
    Case("prefix of nothing", "app-pck/metadata/softwareVersion", "s:softwareVersion: 1.0.0", "x:softwareVersion: 1.0.0", "x:softwareVersion", mended=True),
    Case("prefix of something else", "app-pck/metadata/softwareVersion", "s: https://schema.org/", "s: https://example.org/", "s:softwareVersion"),
    Case("nothing of schema.org", "app-pck/metadata/softwareVersion", GOOD[GOOD.index("$namespaces") : GOOD.index("$graph")], "", "cwlVersion: v1.2", mended=True),
    Case("s is taken", "app-pck/metadata/softwareVersion", GOOD[GOOD.index("  s: https") : GOOD.index("$graph")], "  s: https://example.org/\n", "cwlVersion: v1.2", mended=True),
    removed("less metadata", "app-pck/metadata/optional", "s:keywords: [scenes]\n", "cwlVersion: v1.2", state="needs-review"),
    removed("scatter not required", "app-pck/fan-out/requirement", "    ScatterFeatureRequirement: {}\n", "app", mended=True, valid=False),
    removed("no scatterMethod", "app-pck/fan-out/method", "      scatterMethod: dotproduct\n", "look", mended=True),
    Case("tool takes a File", "app-pck-stage-in/clt-stac", "    scene:\n      type: Directory\n", "    scene:\n      type: File\n", "scene", line=79, state="needs-review", valid=False),
    Case("workflow takes an address", "app-pck-stage-in/wf-stac", "type: Directory[]", "type: string[]", "scenes", state="needs-review", valid=False),
    Case("the output is a File", "app-pck-stage-out/output-stac", "type: Directory\n      label: Result", "type: File\n      label: Result", "result", valid=False),
    Case("two outputs", "app-pck-stage-out/output-stac", "  outputs:\n    result:\n      type: Directory\n      label", "  outputs:\n    more: {type: 'Directory[]', label: M, doc: N, outputSource: look/seen}\n    result:\n      type: Directory\n      label", "result", state="needs-review"),
    Case("no tag", "hint/image-tag", f"dockerPull: {IMAGE}", "dockerPull: localhost:5000/look", "dockerPull"),
    Case("latest", "hint/image-tag", f"dockerPull: {IMAGE}", "dockerPull: look:latest", "dockerPull"),
    Case("only a tag", "hint/image-digest", f"dockerPull: {IMAGE}", "dockerPull: look:1", "dockerPull"),
    Case("no log", "hint/log", "  baseCommand: collect\n", "  baseCommand: collect\n  stdout: a\n  stderr: b\n", "stderr"),
    Case("no log, by outputs", "hint/log", "  baseCommand: collect\n", "  baseCommand: collect\n  stdout: a\n", "collect", state="passed"),
    Case("curl", "hint/network", "baseCommand: [look, at]", "baseCommand: [/usr/bin/curl, -s]", "baseCommand", state="needs-review", mended=True),
    Case("an address in the command", "hint/network", "baseCommand: [look, at]", "baseCommand: [look]\n  arguments: [-i, {valueFrom: 'https://example.org/x'}]", "arguments", state="needs-review", mended=True),
    Case("an address as default", "hint/network", "      type: float\n      inputBinding: {prefix: --threshold}", "      type: string\n      default: s3://bucket/key\n      inputBinding: {prefix: --threshold}", "threshold", line=82, state="needs-review", mended=True, valid=False),
    Case("another file", "hint/one-document", 'run: "#look"', "run: look.cwl", "run", valid=False),
    removed("output without doc", "hint/outputs", "      doc: A folder with catalog.json.\n", "result", mended=True),
    Case("no resources", "hint/resources", "    ResourceRequirement: {coresMin: 1, coresMax: 1, ramMin: 512, ramMax: 1024}\n", "", "requirements", mended=True),
    Case("less resources", "hint/resources", ", ramMin: 512, ramMax: 1024}", "}", "requirements", mended=True),
]  # fmt: skip
