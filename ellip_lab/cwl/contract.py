"""The words of room `cwl`."""

from __future__ import annotations

from ellip_lab.contract import Contract, JsonObject, Path_
from ellip_lab.errors import Problem


class Entry(Contract):
    """Is a process of a document that can be run."""

    id: str
    """The fragment, without `#`; empty for a document that is one process without an id."""
    kind: str
    """`CommandLineTool`, `Workflow`, `ExpressionTool` or `Operation`."""
    label: str | None = None
    doc: str | None = None


class StepOutline(Contract):
    """Is one step of a workflow, as far as a list of steps needs it."""

    id: str
    label: str | None = None
    doc: str | None = None
    image: str | None = None
    """The `dockerPull` of its tool, or null."""
    scatter: bool = False
    conditional: bool = False
    after: tuple[str, ...] = ()
    """The steps whose outputs it reads."""


class DocumentQuery(Contract):
    """Names a document, and one of its processes."""

    path: Path_
    """The document."""
    entry: str | None = None
    """The fragment of the process; null for `main`, or the only one."""


class Check(Contract):
    """Is what is known of a document without running it."""

    path: str
    valid: bool
    """No problem of severity `error`."""
    version: str | None = None
    """`cwlVersion`, as the document states it."""
    entries: tuple[Entry, ...] = ()
    """What can be run: the workflow first, tools after it, in the order of the document."""
    default_entry: str | None = None
    """The entry that runs when none is named: `main`, the only one, the only Workflow; null: choose."""
    problems: tuple[Problem, ...] = ()
    """Errors and warnings with file, line and column (from 1)."""
    images: tuple[str, ...] = ()
    """Every `dockerPull`, each once."""
    files: tuple[str, ...] = ()
    """The files the document consists of, itself first: when one changes, check again."""


class Form(Contract):
    """Is what a person must say to run a process."""

    path: str
    entry: Entry
    json_schema: JsonObject
    """The inputs as JSON Schema (draft 2020-12) with CWL's types; a File or Directory is the object
    `{class, path|location, ...}`, marked by `format: "cwl-file"` or `"cwl-directory"`."""
    ui: JsonObject = {}
    """Hints for the browser's form: order of the fields."""
    defaults: JsonObject = {}
    """The inputs that have a default, with it."""
    steps: tuple[StepOutline, ...] = ()
    """The steps of a workflow, in an order that respects their links; the tool itself for a tool."""


class DockerPull(Contract):
    """Is a place where a document, or a file that it runs, names an image (`dockerPull`, else `dockerImageId`)."""

    image: str
    path: Path_
    """The absolute path of the file that says it."""
    line: int
    column: int
    """Where the name of the image begins, from 1."""
    tool: str = ""
    """The id of the tool, where it has one."""


class SoftwarePackage(Contract):
    """Is a package that a document, or a file that it runs, asks for (`SoftwareRequirement`)."""

    package: str
    versions: tuple[str, ...] = ()
    """Any of these is good; empty: all are."""
    specs: tuple[str, ...] = ()
    """IRIs that identify it where names differ."""


class Template(Contract):
    """Is a parameters file to fill in."""

    text: str
    """YAML with the inputs, their types and docs as comments."""
