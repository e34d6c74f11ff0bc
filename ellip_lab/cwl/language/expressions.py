"""Parameter references and JavaScript in the texts of a document, as far as an editor needs to know them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ellip_lab.cwl.language import types
from ellip_lab.cwl.language.document import Document
from ellip_lab.cwl.language.nodes import Mapping, Node, Scalar, ancestors, pair_of
from ellip_lab.cwl.language.processes import Name, reference
from ellip_lab.cwl.language.processes import members as fields_of
from ellip_lab.cwl.language.types import Type, Types

_OPEN = re.compile(r"\$([({])")
_INPUT = re.compile(
    r"""(?<![\w.$])inputs(?:\s*\.\s*(?P<dot>[A-Za-z_$][\w$]*)|\s*\[\s*(?P<quote>["'])(?P<key>[^"']+)(?P=quote)\s*\])"""
)
_PATH = re.compile(r"""(?:[A-Za-z_$][\w$]*)(?:\.[A-Za-z_$][\w$]*|\[\d+\]|\[["'][^"'\]]*["']\])*""")
_STEP = re.compile(r"""\.([A-Za-z_$][\w$]*)|\[(\d+)\]|\[["']([^"'\]]*)["']\]""")
_TRAIL = re.compile(
    r"""(?P<path>(?:(?<![\w.$"'\]])[A-Za-z_$][\w$]*)(?:\.[A-Za-z_$][\w$]*|\[\d+\]|\[["'][^"'\]]*["']\])*)?(?P<dot>\.)?(?P<word>[\w$]*)$"""
)
RUNTIME = {
    "outdir": ("string", "The folder that the output files go to, as the tool sees it."),
    "tmpdir": ("string", "A folder for temporary files, as the tool sees it."),
    "cores": ("float", "How many CPU cores are reserved for the tool."),
    "ram": ("float", "How much memory is reserved for the tool, in mebibytes."),
    "outdirSize": ("float", "How much space is reserved in the output folder, in mebibytes."),
    "tmpdirSize": ("float", "How much space is reserved in the temporary folder, in mebibytes."),
    "exitCode": ("int", "The exit code of the command; in `outputEval` only, from v1.1 on."),
}
_SELF_FIELDS = ("valueFrom", "outputEval", "secondaryFiles", "pattern", "required", "format", "loadContents")


@dataclass(frozen=True, slots=True)
class Expression:
    """Is an expression in a text."""

    start: int
    """Behind `$(` or `${`."""
    end: int
    body: str
    script: bool
    """It is the body of a function (`${...}`)."""


def expressions(content: str, node: Scalar) -> Iterator[Expression]:
    """Gives the expressions of a scalar, as they stand in the text; one that is not closed goes to its end."""
    at = node.start
    while (match := _OPEN.search(content, at, node.end)) is not None:
        if match.start() > 0 and content[match.start() - 1] == "\\":
            at = match.end()
            continue
        end = _closing(content, match.end(), node.end, match[1])
        yield Expression(match.end(), end, content[match.end() : end], match[1] == "{")
        at = end + 1


def _closing(content: str, at: int, bound: int, bracket: str) -> int:
    """Gives where the bracket is closed; brackets in strings do not count."""
    close = ")" if bracket == "(" else "}"
    depth = 1
    quote = ""
    while at < bound:
        char = content[at]
        if quote:
            if char == "\\":
                at += 1
            elif char == quote or char == "\n":
                quote = ""
        elif char in "\"'`":
            # in a text that is itself in quotes an escaped one is met first
            quote = char
        elif char == bracket:
            depth += 1
        elif char == close:
            depth -= 1
            if depth == 0:
                return at
        at += 1
    return bound


def input_names(content: str, node: Scalar) -> Iterator[Name]:
    """Gives the inputs that the expressions of a scalar name: `inputs.item`, `inputs["item"]`."""
    if "inputs" not in node.value:
        return
    for expression in expressions(content, node):
        for match in _INPUT.finditer(content, expression.start, expression.end):
            group = "dot" if match["dot"] else "key"
            yield Name(match[group], match.start(group), match.end(group))


def names_of_inputs(document: Document, node: Node) -> dict[str, Types]:
    """Gives what `inputs` has where a node stands, with its types: of a step what goes into it, else of the tool."""
    step = document.step_around(node)
    if step is not None:
        found: dict[str, Types] = {}
        for name, one in step.inputs.items():
            port = step.process.inputs.get(name) if step.process else None
            sources = one.sources
            given = (
                step.workflow.source_type(reference(document.content, sources[0]))
                if len(sources) == 1
                else ()
            )
            scattered = any(each.value.rsplit("/", 1)[-1] == name for each in step.scatter)
            found[name] = (types.items(given) if scattered else given) or (port.type if port else ())
        return found
    process = document.process_around(node)
    return {name: port.type for name, port in process.inputs.items()} if process else {}


def self_type(document: Document, node: Node) -> Types | None:
    """Gives the type of `self` where a node stands; None where there is none."""
    field = _field_of(node)
    if field not in _SELF_FIELDS:
        return None
    if field == "outputEval":
        return types.array((Type("File"),))
    if field in ("secondaryFiles", "pattern", "required", "format", "loadContents"):
        return (Type("File"),)
    step = document.step_around(node)
    if step is not None:
        for one in step.inputs.values():
            if any(each is one.value for each in ancestors(node)):
                found = [step.workflow.source_type(reference(document.content, each)) for each in one.sources]
                return types.array(found[0]) if len(found) > 1 else found[0] if found else types.ANY
        return types.ANY
    process = document.process_around(node)
    for port in process.inputs.values() if process else ():
        if any(each is port.value for each in ancestors(node)):
            return port.type
    return (Type("null"),)


def _field_of(node: Node) -> str | None:
    """Gives the field whose value a node is, or is in a list of."""
    for one in ancestors(node):
        pair = pair_of(one)
        if pair is not None:
            return pair.key.value
    return None


def trail_before(text: str) -> tuple[str, bool, str]:
    """Gives the path before the last dot of an unfinished expression, whether there is a dot, and the word."""
    match = _TRAIL.search(text)
    if match is None:
        return "", False, ""
    if match["path"] and not match["dot"]:
        head, dot, word = match["path"].rpartition(".")
        return (head, bool(dot), word) if not word.endswith("]") else ("", False, "")
    return match["path"] or "", bool(match["dot"]), match["word"]


def members(document: Document, node: Node, path: str) -> dict[str, tuple[str, str]]:
    """Gives what stands behind a path (`inputs.item`): each member with its type and what it is."""
    if path == "inputs":
        return {
            name: (types.text(kind), _said(document, node, name))
            for name, kind in names_of_inputs(document, node).items()
        }
    if path == "runtime":
        return {
            name: told for name, told in RUNTIME.items() if name != "exitCode" or _knows_exit(document, node)
        }
    found: dict[str, tuple[str, str]] = {}
    for one in type_of(document, node, path):
        found.update(_members_of(document, one))
    return found


def _knows_exit(document: Document, node: Node) -> bool:
    return document.spec.version != "v1.0" and _field_of(node) == "outputEval"


def _said(document: Document, node: Node, name: str) -> str:
    step = document.step_around(node)
    process = step.process if step else document.process_around(node)
    port = process.inputs.get(name) if process else None
    if port is None:
        return ""
    return "\n\n".join(part for part in (port.text("label"), port.doc) if part)


def type_of(document: Document, node: Node, path: str) -> Types:
    """Gives the type of a path in an expression: `inputs.rasters[0].basename`."""
    match = _PATH.match(path)
    if match is None:
        return ()
    root, rest = re.match(r"([\w$]+)(.*)", path).groups()  # type: ignore[union-attr]
    steps = [a or b or c for a, b, c in _STEP.findall(rest)]
    if root == "self":
        kind = self_type(document, node) or ()
    elif root == "inputs" and steps:
        kind = names_of_inputs(document, node).get(steps.pop(0), ())
    elif root == "runtime" and steps:
        word = steps.pop(0)
        kind = (Type(RUNTIME[word][0]),) if word in RUNTIME else ()
    else:
        return ()
    for word in steps:
        if word.isdigit():
            kind = types.items(kind)
            continue
        kind = types.unique(
            tuple(
                inside
                for one in kind
                if word in (known := _members_of(document, one))
                for inside in types.of_text(known[word][0])
            )
        )
    return kind


def _members_of(document: Document, kind: Type) -> dict[str, tuple[str, str]]:
    if kind.name in ("File", "Directory"):
        record = document.spec.record(kind.name)
        return {
            name: (_simple(field.shape()), field.doc)
            for name, field in (record.fields.items() if record else ())
            if name != "class"
        }
    if kind.name == "array":
        return {"length": ("int", "How many items it has.")}
    if kind.name == "string":
        return {"length": ("int", "How many characters it has.")}
    named = document.named_types.get(kind.name) or document.named_types.get(kind.detail)
    if named is not None:
        fields = named[1].get("fields")
        return {
            key.value: (types.text(types.of(value.get("type") if isinstance(value, Mapping) else value)), "")
            for key, value, _ in fields_of(fields, "name")
        }
    return {}


def _simple(shape: str) -> str:
    return "File[]" if shape.startswith("list of") else shape
