"""The words of room `cwl` for whoever writes a document: an editor, by way of any door.

Lines and columns count from 1, columns in characters (code points); an end is the place behind the last character.
Every question may carry the text as it is in the editor; without it the file is read.
"""

from __future__ import annotations

from enum import StrEnum

from pydantic import Field

from ellip_lab.contract import Contract, Path_
from ellip_lab.errors import Problem

TEXT_MAX = 4 * 2**20


class DocumentText(Contract):
    """Is a document as it is in an editor."""

    path: Path_
    """The document: what its relative references count from."""
    text: str | None = Field(default=None, max_length=TEXT_MAX)
    """Its text; null for what the file holds."""


class TextPlace(DocumentText):
    """Is a place in a document."""

    line: int = Field(ge=1)
    column: int = Field(ge=1)
    """Of the character behind the cursor."""


class TextRange(DocumentText):
    """Is a stretch of a document."""

    line: int = Field(ge=1)
    column: int = Field(ge=1)
    end_line: int = Field(ge=1)
    end_column: int = Field(ge=1)


class RenameRequest(TextPlace):
    """Gives what stands at a place another name, everywhere."""

    name: str = Field(min_length=1, max_length=200)
    """The new name."""


class GraphQuery(DocumentText):
    """Asks for the graph of a process of a document."""

    entry: str | None = None
    """The fragment of the process; null for `main`, or the only one."""


class Span(Contract):
    """Is a stretch of a file."""

    path: str
    line: int
    column: int
    end_line: int
    end_column: int


class Edit(Span):
    """Puts a text where another one stood."""

    text: str
    """The new text; empty to remove what is there."""


class Edits(Contract):
    """Is a change of documents."""

    edits: tuple[Edit, ...] = ()
    """None overlaps another; those of one file in its order."""


class Spans(Contract):
    """Is places in files."""

    spans: tuple[Span, ...] = ()


class Diagnosis(Contract):
    """Is what is wrong with a text."""

    valid: bool
    version: str | None = None
    problems: tuple[Problem, ...] = ()
    """With exact ranges."""


class CompletionKind(StrEnum):
    """Says what a completion is."""

    FIELD = "field"
    CLASS = "class"
    TYPE = "type"
    VALUE = "value"
    REFERENCE = "reference"
    """An input, a step's output, a `#fragment`, a file."""
    EXPRESSION = "expression"
    IMAGE = "image"
    SNIPPET = "snippet"


class Completion(Contract):
    """Is something that can be written at a place."""

    label: str
    """What it is called in the list."""
    kind: CompletionKind
    text: str
    """What is written, in the place of the range; several lines are indented already."""
    detail: str | None = None
    """A few words beside the label: its type."""
    doc: str | None = None
    """Markdown: what the specification says of it."""


class Completions(Contract):
    """Is what can be written at a place."""

    span: Span
    """What a completion replaces: the word before (and behind) the cursor."""
    items: tuple[Completion, ...] = ()
    """The likeliest first."""


class Hover(Contract):
    """Is what is to be said of the word at a place."""

    markdown: str = ""
    """Empty when there is nothing to say."""
    span: Span | None = None


class Symbol(Contract):
    """Is a named part of a document."""

    name: str
    kind: str
    """`process`, `input`, `output`, `step`, `requirement`, `field`."""
    detail: str | None = None
    span: Span
    """All of it."""
    name_span: Span
    """Its name."""
    children: tuple[Symbol, ...] = ()


class Outline(Contract):
    """Is the parts of a document, in its order."""

    symbols: tuple[Symbol, ...] = ()


class CodeAction(Contract):
    """Is a change that is offered at a place."""

    title: str
    kind: str = "quickfix"
    """`quickfix` mends a problem, `refactor` changes without one."""
    code: str | None = None
    """The rule (`Problem.code`) it satisfies."""
    problem: str | None = None
    """The message of the problem it mends."""
    preferred: bool = False
    """It is what nearly everybody wants here."""
    edits: tuple[Edit, ...]


class Actions(Contract):
    """Is the changes offered for a stretch of a document."""

    actions: tuple[CodeAction, ...] = ()


class NodeKind(StrEnum):
    """Says what a node of the graph is."""

    INPUT = "input"
    STEP = "step"
    OUTPUT = "output"


class GraphNode(Contract):
    """Is a node of the graph."""

    id: str
    """Its path: `item`, `crop`; `sub/crop` is step `crop` of the workflow that step `sub` runs.

    An input or output whose name a step has as well is `input:name`, `output:name`.
    """
    kind: NodeKind
    name: str
    """The last part of its path."""
    label: str | None = None
    doc: str | None = None
    parent: str | None = None
    """The step whose sub-workflow it is in, or null."""
    type: str | None = None
    """Of an input or an output, as CWL writes it (`File[]?`)."""
    process: str | None = None
    """Of a step: `CommandLineTool`, `Workflow`, `ExpressionTool`, `Operation`."""
    image: str | None = None
    scatter: tuple[str, ...] = ()
    """The inputs it is scattered over."""
    scatter_method: str | None = None
    when: str | None = None
    """The expression it depends on."""
    span: Span | None = None
    """Where it is written."""
    run: Span | None = None
    """Of a step: where its process is written, which may be another file."""
    problem: str | None = None
    """What is wrong with it, where something is."""


class GraphEdge(Contract):
    """Is a link: what comes out of one node goes into another."""

    source: str
    """The node."""
    source_port: str | None = None
    """The output of a step; null for an input."""
    target: str
    target_port: str | None = None
    """The input of a step; null for an output."""
    type: str | None = None
    """What goes along it, as CWL writes it."""
    default: bool = False
    """Nothing is linked: the value is written in the step (`default`, `valueFrom`); `source` is empty then."""


class Graph(Contract):
    """Is a process as a graph: its inputs, steps and outputs, sub-workflows included."""

    path: str
    entry: str | None = None
    """The fragment of the process that is drawn."""
    label: str | None = None
    processes: tuple[str, ...] = ()
    """The fragments of the processes that the document holds, any of which could be drawn."""
    nodes: tuple[GraphNode, ...] = ()
    edges: tuple[GraphEdge, ...] = ()
    problems: tuple[Problem, ...] = ()
    """Why there is none, or less than all of it: a text that is being typed is often broken."""
