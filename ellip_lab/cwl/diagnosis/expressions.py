"""What is between `$(` and `)`, and between `${` and `}`: does it parse, and does what it names exist."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ellip_lab.cwl.diagnosis import types
from ellip_lab.cwl.diagnosis.found import Found, did_you_mean, listed
from ellip_lab.cwl.diagnosis.javascript import Script
from ellip_lab.cwl.diagnosis.model import Model, Port, Process, requirements_of
from ellip_lab.cwl.diagnosis.places import Written as Placed
from ellip_lab.cwl.diagnosis.structure import Where, Written
from ellip_lab.cwl.diagnosis.tree import entries, get, items, kind_of, real, word
from ellip_lab.cwl.language.nodes import Mapping, Node, Scalar, Sequence

_SEGMENT = r"\.(?P<dot>\w+)|\['(?P<single>(?:[^']|\\')+)'\]|\[\"(?P<double>(?:[^\"]|\\\")+)\"\]|\[(?P<index>[0-9]+)\]"
_NEXT = re.compile(_SEGMENT)
_REFERENCE = re.compile(
    r"\((?P<first>\w+)(?P<rest>(?:\.\w+|\['(?:[^']|\\')+'\]|\[\"(?:[^\"]|\\\")+\"\]|\[[0-9]+\])*)\)$"
)
_FILE = ("class", "location", "path", "basename", "dirname", "nameroot", "nameext", "checksum", "size", "secondaryFiles",
         "format", "contents", "metadata")  # fmt: skip
_DIRECTORY = ("class", "location", "path", "basename", "listing", "dirname", "nameroot", "nameext", "metadata")
_RUNTIME = ("outdir", "tmpdir", "cores", "ram", "outdirSize", "tmpdirSize", "exitCode")
_ROOTS = ("inputs", "self", "runtime")
_INDENT = re.compile(r"\s*")


@dataclass(slots=True)
class Piece:
    """Is one expression in a text: offsets in the text, of its `$` and behind its end."""

    start: int
    end: int
    text: str
    """With its brackets, without the `$`."""


class UnfinishedError(Exception):
    """An expression that is not closed, with the offset of its `$`."""

    def __init__(self, start: int) -> None:
        super().__init__(start)
        self.start = start


class Expressions:
    """Looks at the expressions of one file."""

    def __init__(self, found: Found, model: Model) -> None:
        self.found = found
        self.model = model
        self.used: dict[int, set[str] | None] = {}
        """The inputs that the expressions of a process name; None when they take all of them at once."""
        self._libraries: dict[int, frozenset[str] | None] = {}

    def check(self, written: list[Written]) -> None:
        """Looks at every expression, and at the libraries."""
        for process in self.model.processes:
            if process.file is self.model.files.own:
                self._library(process)
        for one in written:
            self._scalar(one.node, one.where)

    def unused(self) -> None:
        """Finds inputs of tools that nothing uses; only said of a document that is right otherwise."""
        for process in self.model.processes:
            if process.file is self.model.files.own:
                self._unused(process)

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
        library = self._declared(where)
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
                ports |= {one: "Any" for one in tool}
            title = f"the step {step.name}"
        else:
            if process.kind == "Workflow":
                return None
            ports = None if process.inputs is None else {one: port.type for one, port in process.inputs.items()}
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

    # Libraries of expressions.

    def _declared(self, where: Where) -> frozenset[str] | None:
        """Gives the names that the libraries an expression is evaluated with declare; None when not all are known."""
        process = self.model.of(where.process)
        if process is None:
            return None
        own = self._libraries.get(id(process), frozenset())
        step = requirements_of(where.step) if where.step else {}
        if own is None or "InlineJavascriptRequirement" in step:
            return None
        names = set(own)
        for caller, _ in process.callers:
            names |= self._libraries.get(id(caller)) or frozenset()
            if caller.file is not process.file or caller.callers:
                return None
        return frozenset(names)

    def _library(self, process: Process) -> None:
        requirement = process.requirements.get("InlineJavascriptRequirement")
        names: set[str] = set()
        known = True
        for item in items(get(requirement, "expressionLib")):
            code, placed = self._code(process, item)
            if code is None:
                known = False
                continue
            script = Script(code)
            names |= script.declared()
            fault = script.fault()
            if fault and placed:
                start, end, message = fault
                self.found.add("cwl/expression", placed.stretch(start, end), f"JavaScript: {message}")
        self._libraries[id(process)] = frozenset(names) if known else None

    def _code(self, process: Process, item: Node) -> tuple[str | None, Placed | None]:
        if isinstance(item, Scalar) and kind_of(item) == "string":
            return item.value, Placed(self.found.text.content, item)
        return None, None

    # Inputs that nothing uses.

    def _unused(self, process: Process) -> None:
        used = self.used.get(id(process), set())
        if process.kind != "CommandLineTool" or process.inputs is None or used is None:
            return
        if process.requires("InitialWorkDirRequirement") or process.requires("ShellCommandRequirement"):
            # They may be used by a script that is looked at by nobody here.
            return
        for port in process.inputs.values():
            if port.name not in used and not _bound(port) and not _staged(port.type):
                self.found.add(
                    "cwl/unused-input", port.place, f"nothing uses the input `{port.name}`",
                    "Give it an `inputBinding`, name it in an expression, or remove it.", severity="information",
                )  # fmt: skip


def pieces_of(text: str) -> Iterator[Piece]:
    """Gives the expressions of a text; `UnfinishedError` for one that is not closed."""
    index = 0
    while index < len(text) - 1:
        if text[index] == "\\":
            index += 2
            continue
        if text[index] == "$" and text[index + 1] in "({":
            end = _closed(text, index + 1)
            if end is None:
                raise UnfinishedError(index)
            yield Piece(index, end, text[index + 1 : end])
            index = end
            continue
        index += 1


def _closed(text: str, start: int) -> int | None:
    """Gives the offset behind the bracket that closes the one at an offset, as cwltool counts: strings are passed over."""
    opening = text[start]
    closing = ")" if opening == "(" else "}"
    depth, index = 0, start
    while index < len(text):
        mark = text[index]
        if mark in "'\"":
            index += 1
            while index < len(text) and text[index] != mark:
                index += 2 if text[index] == "\\" else 1
        elif mark == opening:
            depth += 1
        elif mark == closing:
            depth -= 1
            if depth == 0:
                return index + 1
        index += 1
    return None


def _open_quote(code: str) -> int | None:
    """Gives the offset of a quote that is never closed, where that is what keeps an expression open."""
    fault = Script(code).unbalanced()
    return fault[0] if fault and "quote" in fault[2] else None


def _brief(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) < 40 else f"{text[:36]}…{text[-1]}"  # noqa: PLR2004 - what fits into a sentence


def _said(segment: re.Match[str]) -> str | None:
    """Gives the name that a part of a reference asks for; None for a number."""
    return segment["dot"] or segment["single"] or segment["double"]


def _stretch(segment: re.Match[str]) -> tuple[int, int]:
    group = next(name for name in ("dot", "single", "double", "index") if segment[name] is not None)
    return segment.span(group)


def _bound(port: Port) -> bool:
    """Tells whether an input is put on the command line, or says itself what it is for."""
    return _mentions(port.value, 0)


def _mentions(node: Any, depth: int) -> bool:
    node = real(node)
    if depth > 20:  # noqa: PLR2004 - deeper than any type
        return True
    if isinstance(node, Mapping):
        fields = entries(node)
        if "inputBinding" in fields:
            return True
        return any(_mentions(pair.value, depth + 1) for pair in fields.values())
    if isinstance(node, Sequence):
        return any(_mentions(item, depth + 1) for item in node.items)
    return word(node) in ("stdin",)


def _staged(kind: types.Type) -> bool:
    """Tells whether a type holds files: they are put in place whether anything names them or not."""
    if isinstance(kind, list):
        return any(_staged(one) for one in kind)
    if isinstance(kind, dict):
        if kind["type"] == "array":
            return _staged(kind["items"])
        return kind["type"] == "record"
    return kind in ("File", "Directory", "Any")
