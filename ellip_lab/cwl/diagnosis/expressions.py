"""What is between `$(` and `)`, and between `${` and `}`: does it parse, and does what it names exist."""

from __future__ import annotations

import re

from ellip_lab.cwl.diagnosis import types, unused
from ellip_lab.cwl.diagnosis.found import Found, did_you_mean, listed
from ellip_lab.cwl.diagnosis.javascript import Script
from ellip_lab.cwl.diagnosis.libraries import Libraries
from ellip_lab.cwl.diagnosis.model import Model, Process
from ellip_lab.cwl.diagnosis.pieces import Piece, UnfinishedError, pieces_of
from ellip_lab.cwl.diagnosis.places import Written as Placed
from ellip_lab.cwl.diagnosis.structure import Where, Written
from ellip_lab.cwl.language.nodes import Scalar

_SEGMENT = r"\.(?P<dot>\w+)|\['(?P<single>(?:[^']|\\')+)'\]|\[\"(?P<double>(?:[^\"]|\\\")+)\"\]|\[(?P<index>[0-9]+)\]"
_NEXT = re.compile(_SEGMENT)
_REFERENCE = re.compile(
    r"\((?P<first>\w+)(?P<rest>(?:\.\w+|\['(?:[^']|\\')+'\]|\[\"(?:[^\"]|\\\")+\"\]|\[[0-9]+\])*)\)$"
)
_FILE = ("class", "location", "path", "basename", "dirname", "nameroot", "nameext", "checksum", "size", "secondaryFiles",
         "format", "contents", "metadata")  # fmt: skip
_DIRECTORY = (
    "class",
    "location",
    "path",
    "basename",
    "listing",
    "dirname",
    "nameroot",
    "nameext",
    "metadata",
)
_RUNTIME = ("outdir", "tmpdir", "cores", "ram", "outdirSize", "tmpdirSize", "exitCode")
_ROOTS = ("inputs", "self", "runtime")
_INDENT = re.compile(r"\s*")


class Expressions:
    """Looks at the expressions of one file."""

    def __init__(self, found: Found, model: Model) -> None:
        self.found = found
        self.model = model
        self.used: dict[int, set[str] | None] = {}
        """The inputs that the expressions of a process name; None when they take all of them at once."""
        self._libraries = Libraries(found)

    def check(self, written: list[Written]) -> None:
        """Looks at every expression, and at the libraries."""
        for process in self.model.processes:
            if process.file is self.model.files.own:
                self._libraries.read(process)
        for one in written:
            self._scalar(one.node, one.where)

    def unused(self) -> None:
        """Finds inputs of tools that nothing uses; only said of a document that is right otherwise."""
        for process in self.model.processes:
            if process.file is self.model.files.own:
                unused.of_tool(self.found, process, self.used.get(id(process), set()))

    def _scalar(self, node: Scalar, where: Where) -> None:
        placed = Placed(self.found.text.content, node)
        try:
            pieces = list(pieces_of(node.value))
        except UnfinishedError as error:
            self._use_all(where)
            start = error.start
            quote = _open_quote(node.value[start + 1 :])
            if quote is not None:
                at = start + 1 + quote
                line = node.value.find("\n", at)
                self.found.add(
                    "cwl/expression", placed.stretch(at, line if line >= 0 else len(node.value)),
                    f"JavaScript: the quote {node.value[at]} is not closed", f"Write the second {node.value[at]}.",
                )  # fmt: skip
                return
            end = node.value.find("\n", start)
            opening = node.value[start : start + 2]
            self.found.add(
                "cwl/expression", placed.stretch(start, end if end >= 0 else len(node.value)),
                f"the expression that begins with `{opening}` is not closed",
                f"Write the `{')' if opening == '$(' else '}'}` that closes it.",
            )  # fmt: skip
            return
        for piece in pieces:
            self._piece(piece, placed, where)

    def _piece(self, piece: Piece, placed: Placed, where: Where) -> None:
        reference = _REFERENCE.match(piece.text)
        if reference and reference["first"] in (*_ROOTS, "null"):
            self._reference(reference, piece, placed, where)
            return
        process = self.model.of(where.process)
        javascript = process is None or process.requires("InlineJavascriptRequirement", where.step)
        body = piece.text[1:-1]
        offset = piece.start + 2
        before = "(" if piece.text[0] == "(" else "(function(){"
        script = Script(f"{before}{body}\n{')' if piece.text[0] == '(' else '})'}")
        fault = script.fault()
        if not body.strip():
            self.found.add(
                "cwl/expression", placed.stretch(piece.start, piece.end), "the expression is empty",
                "Name a value, such as `inputs.x`.",
            )  # fmt: skip
            return
        if fault:
            start, end, message = fault
            start, end = (min(max(place - len(before), 0), len(body)) for place in (start, end))
            if end <= start:
                start, end = max(start - 1, 0), max(start, 1)
            self._use_all(where)
            self.found.add(
                "cwl/expression", placed.stretch(offset + start, offset + end), f"JavaScript: {message}",
                None if javascript else "What stands here is no parameter reference either.",
            )  # fmt: skip
            return
        if not javascript and not self._suggested(process, where):
            self.found.add(
                "cwl/missing-requirement", placed.stretch(piece.start, piece.end),
                f"`${_brief(piece.text)}` is JavaScript, which the process does not ask for",
                "Add `InlineJavascriptRequirement: {}` to its `requirements`.", field="InlineJavascriptRequirement",
            )  # fmt: skip
        self._script(script, len(before), offset, placed, where)

    def _suggested(self, process: Process | None, where: Where) -> bool:
        """Tells whether the requirement is there, misspelt."""
        words = ("requirements", "hints", "InlineJavascriptRequirement")
        return any(self.found.suggested(node, *words) for node in (where.process, where.step)) or (
            process is not None and any(self.found.suggested(one.node, *words) for one, _ in process.callers)
        )

    def _script(self, script: Script, before: int, offset: int, placed: Placed, where: Where) -> None:
        if script.whole("inputs"):
            self._use_all(where)
        for start, end, name in script.members("inputs"):
            at = offset - before
            self._input(name, placed.stretch(at + start, at + end), where)
        library = self._libraries.declared(self.model.of(where.process), where.step)
        if library is None:
            return
        for start, end, name in script.unknown(library):
            at = offset - before
            self.found.add(
                "cwl/javascript", placed.stretch(at + start, at + end), f"JavaScript: `{name}` is not defined",
                self._perhaps(name, where) or did_you_mean(name, {*_ROOTS, *library, *script.declared()}),
                severity="warning",
            )  # fmt: skip

    def _perhaps(self, name: str, where: Where) -> str | None:
        """Gives the hint for a name that is an input."""
        process = self.model.of(where.process)
        known = process is not None and where.step is None and name in (process.inputs or {})
        return f"Did you mean `inputs.{name}`?" if known else None

    def _reference(self, match: re.Match[str], piece: Piece, placed: Placed, where: Where) -> None:
        first = match["first"]
        segments = list(_NEXT.finditer(match["rest"]))
        base = piece.start + 1 + match.start("rest")
        if not segments:
            if first == "inputs":
                self._use_all(where)
            return
        name = _said(segments[0])
        start, end = _stretch(segments[0])
        place = placed.stretch(base + start, base + end)
        if first == "inputs" and name is not None:
            kind = self._input(name, place, where)
            if kind is not None and len(segments) > 1:
                self._property(kind, name, segments[1:], base, placed)
        elif first == "runtime" and name is not None and name not in _RUNTIME:
            self.found.add(
                "cwl/no-such-property", place, f"`runtime` has no `{name}`",
                did_you_mean(name, _RUNTIME, f"It has {listed(_RUNTIME)}."),
            )  # fmt: skip

    def _property(
        self, kind: types.Type, owner: str, segments: list[re.Match[str]], base: int, placed: Placed
    ) -> None:
        """Follows a reference into a value, as far as its type is known."""
        for segment in segments:
            if isinstance(kind, list):
                rest = [one for one in kind if one != "null"]
                kind = rest[0] if len(rest) == 1 else "Any"
            name = _said(segment)
            choices: tuple[str, ...]
            following: types.Type = "Any"
            if isinstance(kind, dict) and kind["type"] == "array":
                if name is None:
                    kind = kind["items"]
                    continue
                choices = ("length",)
            elif isinstance(kind, dict) and kind["type"] == "record":
                fields = {one["name"]: one["type"] for one in kind["fields"]}
                choices, following = tuple(fields), fields.get(name or "", "Any")
            elif kind == "File":
                choices = _FILE
            elif kind == "Directory":
                choices = _DIRECTORY
            else:
                return
            if name is None:
                return
            if name not in choices:
                start, end = _stretch(segment)
                self.found.add(
                    "cwl/no-such-property", placed.stretch(base + start, base + end),
                    f"`{owner}` is {types.told(kind)}, which has no `{name}`",
                    did_you_mean(name, choices, f"It has {listed(choices)}."),
                )  # fmt: skip
                return
            kind, owner = following, name

    def _input(self, name: str, place: tuple[int, int], where: Where) -> types.Type | None:
        """Looks whether there is an input of a name, where an expression is evaluated; gives its type."""
        process = self.model.of(where.process)
        if process is None:
            return None
        ports: dict[str, types.Type] | None
        if where.step is not None:
            step = next((one for one in (process.steps or {}).values() if one.node is where.step), None)
            if step is None or step.inputs is None or where.requirement:
                return None
            tool = step.run.inputs if step.run and step.run.inputs else {}
            ports = dict.fromkeys(step.inputs, "Any")
            if where.field == "when":
                # What the tool has by default is there too when it is decided whether the step runs.
                ports |= dict.fromkeys(tool, "Any")
            title = f"the step {step.name}"
        else:
            if process.kind == "Workflow":
                return None
            ports = (
                None if process.inputs is None else {one: port.type for one, port in process.inputs.items()}
            )
            title = process.name or "the tool"
            used = self.used.setdefault(id(process), set())
            if used is not None:
                used.add(name)
        if ports is None:
            return None
        if name in ports:
            return ports[name]
        if name in ("length", "hasOwnProperty", "toString"):
            return None
        its = f"Its inputs: {listed(ports)}." if ports else "It has none."
        self.found.add(
            "cwl/no-such-input", place, f"{title} has no input `{name}`", did_you_mean(name, ports, its)
        )
        return None

    def _use_all(self, where: Where) -> None:
        process = self.model.of(where.process)
        if process is not None and where.step is None:
            self.used[id(process)] = None


def _open_quote(code: str) -> int | None:
    """Gives the offset of a quote that is never closed, where that is what keeps an expression open."""
    fault = Script(code).unbalanced()
    return fault[0] if fault and "quote" in fault[2] else None


def _brief(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) < 40 else f"{text[:36]}…{text[-1]}"


def _said(segment: re.Match[str]) -> str | None:
    """Gives the name that a part of a reference asks for; None for a number."""
    return segment["dot"] or segment["single"] or segment["double"]


def _stretch(segment: re.Match[str]) -> tuple[int, int]:
    group = next(name for name in ("dot", "single", "double", "index") if segment[name] is not None)
    return segment.span(group)
