"""Answers what is wrong with a text, every problem at the very words it is about."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from ellip_lab.cwl.diagnosis import loading, yaml_faults
from ellip_lab.cwl.diagnosis.expressions import Expressions
from ellip_lab.cwl.diagnosis.files import File, Files, file_of
from ellip_lab.cwl.diagnosis.found import Found, did_you_mean, meant
from ellip_lab.cwl.diagnosis.links import Links
from ellip_lab.cwl.diagnosis.model import Model, Process
from ellip_lab.cwl.diagnosis.says import got
from ellip_lab.cwl.diagnosis.structure import Structure
from ellip_lab.cwl.diagnosis.tree import entries, get, kind_of, word
from ellip_lab.cwl.diagnosis.vocabulary import LATEST, PROCESSES, VERSIONS, vocabulary
from ellip_lab.cwl.language.nodes import Alias, BrokenError, Mapping, Node, Scalar, walk
from ellip_lab.cwl.language.text import Text
from ellip_lab.cwl.reading import Finding, RefusedError, checked, read, refuse_too_many_nodes

Json = dict[str, Any]
_UNHINDERED = ("cwl/expression", "cwl/missing-requirement", "cwl/no-such-input", "cwl/no-such-property")
"""Errors that cwltool does not see: it is asked beside them."""
_ALIKE = 0.75
_SECOND = re.compile(r"^---(?:\s|$)", re.MULTILINE)


def answer(request: Json) -> Json:
    """Gives `editing.Diagnosis` for `{path, text}`; the text stands for what the file of that path holds."""
    path = str(request["path"])
    written = request.get("text")
    try:
        content = read(Path(path)) if written is None else checked(str(written), Path(path))
        refuse_too_many_nodes(content, Path(path))
    except RefusedError as refusal:
        return _reply(None, [_refused(refusal.finding, written, path)])
    found = Found(Text(content, path))
    try:
        file = file_of(found.text)
    except BrokenError:
        yaml_faults.tell(found)
        return _reply(None, found.findings)
    try:
        version = _document(found, file)
    except RecursionError:
        found.add("cwl/unreadable", (0, found.text.line_end(0)), "the document is nested too deeply")
        version = None
    return _reply(version, found.findings)


def warm() -> None:
    """Diagnoses a small document of each version, so that everything that is made once is made."""
    for version in VERSIONS:
        for text in (_TOOL, _WORKFLOW, _GRAPH):
            answer({"path": "/nowhere/warm.cwl", "text": f"cwlVersion: {version}\n{text}"})
    answer({"path": "/nowhere/warm.cwl", "text": "cwlVersion: v1.2\nclass: CommandLineTool\ninput: ["})


_LOCAL = re.compile(r"run:\s*[\"']?#")
_AS_TYPED = 1_500_000
"""Steps that run a process of the same document, times its characters: cwltool resolves all of it again for each step,
which takes some seconds then."""


def _document(found: Found, file: File) -> str | None:
    """Looks at a text that is YAML; gives the version it says it is of."""
    root = file.root
    _anchors(found, root)
    if root is None or (isinstance(root, Scalar) and root.absent):
        name = Path(file.path).name
        found.add("cwl/empty", (0, file.text.line_end(0)), f"{name} holds nothing but comments" if "#" in file.text.content else f"{name} holds nothing",
                  "A document starts with `cwlVersion: v1.2`.")  # fmt: skip
        return None
    if not isinstance(root, Mapping):
        found.add("cwl/not-cwl", root, f"the document is {got(root)}, not a mapping",
                  "A document starts with `cwlVersion: v1.2`.")  # fmt: skip
        return None
    second = _SECOND.search(file.text.content, root.end)
    if second:
        found.add("cwl/yaml", (second.start(), second.start() + 3), "YAML: what stands behind this line is not read",
                  "A file holds one document; several processes stand in its `$graph`.", severity="warning")  # fmt: skip
    said = _version(found, root)
    if said is None and not {"class", "$graph"} & entries(root).keys() and _foreign(root):
        return None
    version = said if said in VERSIONS else LATEST
    structure = Structure(found, vocabulary(version), file.folder)
    structure.document(root)
    model = Model(Files(file))
    links, expressions = Links(found, model), Expressions(found, model)
    links.check()
    expressions.check(structure.expressions)
    _others(found, model)
    if not found.errors():
        links.unused()
        expressions.unused()
    if not any(one["severity"] == "error" and one.get("code") not in _UNHINDERED for one in found.findings):
        steps = len(_LOCAL.findall(file.text.content))
        if steps * len(file.text.content) > _AS_TYPED:
            found.add("cwl/not-asked", (0, file.text.line_end(0)),
                      f"{steps} steps run processes of this document: cwltool is not asked as you type",
                      "A run asks it, and so does `ellip check`.", severity="information")  # fmt: skip
        else:
            loading.tell(found, model.files)
    return said


def _anchors(found: Found, root: Node | None) -> None:
    """Finds aliases of nothing."""
    for node in walk(root) if root is not None else ():
        if isinstance(node, Alias) and node.target is None:
            found.add(
                "cwl/yaml",
                node,
                f"YAML: there is no anchor `{node.name}`",
                f"Write `&{node.name}` before a value above.",
            )


def _others(found: Found, model: Model) -> None:
    """Looks at the files that steps run, and says at a step what is wrong in there."""
    known: dict[str, Finding | None] = {}
    for process in model.processes:
        for step in (process.steps or {}).values() if process.file is model.files.own else ():
            for file in _files_below(step.run):
                if file is model.files.own:
                    continue
                if file.path not in known:
                    known[file.path] = _first_error(file)
                error, run = known[file.path], entries(step.node).get("run")
                if error is not None and run is not None:
                    found.add(
                        "cwl/in-other-file", run.value,
                        f"{Path(file.path).name}, line {error['line']}: {error['message']}", error["hint"],
                    )  # fmt: skip


def _files_below(process: Process | None) -> list[File]:
    """Gives the files that a process and everything it runs is written in, each once."""
    files: dict[str, File] = {}
    stack, seen = [process], set()
    while stack:
        one = stack.pop()
        if one is not None and id(one) not in seen:
            seen.add(id(one))
            files.setdefault(one.file.path, one.file)
            stack += [step.run for step in (one.steps or {}).values()]
    return list(files.values())


def _first_error(file: File) -> Finding | None:
    """Gives the first thing that is wrong in another file, compared with the schemas."""
    if not isinstance(file.root, Mapping):
        return None
    found = Found(file.text)
    version = word(get(file.root, "cwlVersion"))
    Structure(found, vocabulary(version if version in VERSIONS else LATEST), file.folder).document(file.root)
    return next((one for one in found.findings if one["severity"] == "error"), None)


def _version(found: Found, root: Mapping) -> str | None:
    """Gives what `cwlVersion` says, and notes what is wrong with it."""
    pair = entries(root).get("cwlVersion")
    if pair is None:
        near = next((one for one in entries(root) if meant(one, ["cwlVersion"], _ALIKE)), None)
        if near is None:
            first = root.pairs[0].key if root.pairs else root
            process = "class" in entries(root) or "$graph" in entries(root)
            found.add(
                "cwl/version" if process else "cwl/not-cwl", first,
                "there is no `cwlVersion`" if process else "there is no `cwlVersion`: this is not a CWL document",
                "A document starts with `cwlVersion: v1.2`" + ("." if process else
                " and `class: CommandLineTool` or `Workflow`."), field="cwlVersion",
            )  # fmt: skip
        elif "$graph" in entries(root):
            found.add("cwl/unknown-field", entries(root)[near].key, f"`{near}` is not a field here",
                      "Did you mean `cwlVersion`?")  # fmt: skip
        return None
    text = word(pair.value)
    if text in VERSIONS and kind_of(pair.value) == "string":
        return text
    if text is not None and "dev" in text:
        message = f"{text} is a development version of CWL"
    elif text is not None and (f"v{text}" in VERSIONS or text.lower() in VERSIONS):
        message = f"a version is written `v{text.lower().lstrip('v')}`"
    else:
        message = (
            "`cwlVersion` says nothing"
            if text is None
            else f"`{text}` is not a `cwlVersion` that is supported"
        )
    found.add("cwl/version", pair.value if text is not None else pair.key, message,
              did_you_mean(text or "", VERSIONS) or f"Write {', '.join(VERSIONS[:-1])} or {VERSIONS[-1]}.",
              field="cwlVersion")  # fmt: skip
    return text


def _foreign(root: Mapping) -> bool:
    """Tells whether a mapping has too little of a process to be looked at as one."""
    fields = entries(root)
    if any(meant(name, ["class", "cwlVersion", "$graph"], _ALIKE) for name in fields):
        return False
    return (
        sum(any(name in vocabulary(LATEST).records[kind].fields for kind in PROCESSES) for name in fields) < 2
    )


def _refused(finding: Finding, written: object, path: str) -> Finding:
    """Gives a finding about a whole file an end, and a kind."""
    line, column = finding.get("line") or 1, finding.get("column") or 1
    message = finding["message"]
    code = "cwl/empty" if "is empty" in message else "cwl/unreadable"
    text = Text(str(written or ""), path)
    start = text.offset(line, column)
    end = text.line_end(start) if written else start
    end_line, end_column = text.place(min(end, start + 200)) if end > start else (line, column + 1)
    return {
        **finding,
        "line": line,
        "column": column,
        "end_line": end_line,
        "end_column": end_column,
        "code": code,
    }


def _reply(version: str | None, findings: list[Finding]) -> Json:
    ordered = sorted(
        findings,
        key=lambda one: (one.get("line") or 0, one.get("column") or 0, one.get("severity") != "error"),
    )
    valid = not any(one.get("severity") == "error" for one in findings)
    return {"valid": valid, "version": version, "problems": ordered}


_TOOL = """class: CommandLineTool
requirements: {InlineJavascriptRequirement: {}, DockerRequirement: {dockerPull: image:1}}
baseCommand: [echo]
arguments: ['$(inputs.x + "a")', '${ return runtime.cores; }', $(inputs.f.basename)]
inputs: {x: {type: string?, inputBinding: {position: 1}}, f: File, many: {type: 'string[]', default: [a]}}
outputs: {o: {type: 'File[]', outputBinding: {glob: '*.txt'}, secondaryFiles: [.aux]}}
"""
_WORKFLOW = """class: Workflow
requirements: [{class: ScatterFeatureRequirement}, {class: StepInputExpressionRequirement}]
inputs: {x: 'string[]'}
outputs: {o: {type: 'File[]', outputSource: s/o}}
steps:
  s:
    run: {class: CommandLineTool, baseCommand: echo, inputs: {x: string, y: string}, outputs: {o: stdout}}
    scatter: x
    in: {x: x, y: {valueFrom: $(inputs.x)}}
    out: [o]
"""
_GRAPH = """$graph:
- {class: Workflow, id: main, inputs: [], outputs: [], steps: {s: {run: '#t', in: [], out: []}}}
- {class: CommandLineTool, id: t, baseCommand: echo, inputs: [], outputs: []}
"""
