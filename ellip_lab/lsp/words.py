"""The words of the rooms in the words of the protocol: positions, kinds, severities, edits."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from urllib.parse import urlsplit

from lsprotocol import types
from pygls.uris import from_fs_path, to_fs_path
from pygls.workspace import PositionCodec, Workspace

from ellip_lab.cwl.editing import Completion, CompletionKind, Edit, Span, Symbol
from ellip_lab.errors import Problem

COMPLETION_KINDS = {
    CompletionKind.FIELD: types.CompletionItemKind.Property,
    CompletionKind.CLASS: types.CompletionItemKind.Class,
    CompletionKind.TYPE: types.CompletionItemKind.TypeParameter,
    CompletionKind.VALUE: types.CompletionItemKind.EnumMember,
    CompletionKind.REFERENCE: types.CompletionItemKind.Reference,
    CompletionKind.EXPRESSION: types.CompletionItemKind.Variable,
    CompletionKind.IMAGE: types.CompletionItemKind.Value,
    CompletionKind.SNIPPET: types.CompletionItemKind.Snippet,
}
SYMBOL_KINDS = {
    "process": types.SymbolKind.Class,
    "input": types.SymbolKind.Variable,
    "output": types.SymbolKind.Variable,
    "step": types.SymbolKind.Function,
    "requirement": types.SymbolKind.Interface,
    "field": types.SymbolKind.Namespace,
}
SEVERITIES = {
    "error": types.DiagnosticSeverity.Error,
    "warning": types.DiagnosticSeverity.Warning,
    "information": types.DiagnosticSeverity.Information,
}
SOURCE = "ellip"


class Places:
    """Translates places: lines from 1 and characters into lines from 0 and the units that the client counts in."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self._read: dict[str, list[str]] = {}

    def lines(self, path: str) -> list[str]:
        """Gives the lines of a document: as the editor has it, else as the file has it."""
        uri = uri_of(path, self.workspace)
        if uri in self.workspace.text_documents:
            return list(self.workspace.text_documents[uri].lines)
        if path not in self._read:
            try:
                text = Path(path).read_text(encoding="utf-8", errors="replace")
            except OSError:
                text = ""
            self._read[path] = text.splitlines(keepends=True)
        return self._read[path]

    def position(self, path: str, line: int, column: int) -> types.Position:
        """Gives a place to the client."""
        lines = self.lines(path)
        place = types.Position(line=max(line, 1) - 1, character=max(column, 1) - 1)
        if place.line >= len(lines):
            return types.Position(line=place.line, character=0) if lines or place.line else place
        before = lines[place.line].rstrip("\r\n")[: place.character]
        return types.Position(line=place.line, character=self._codec.client_num_units(before))

    def range(self, span: Span | Edit) -> types.Range:
        """Gives a stretch to the client."""
        return types.Range(
            start=self.position(span.path, span.line, span.column),
            end=self.position(span.path, span.end_line, span.end_column),
        )

    def location(self, span: Span) -> types.Location:
        """Gives a stretch of a file to the client."""
        return types.Location(uri=uri_of(span.path, self.workspace), range=self.range(span))

    def place(self, path: str, position: types.Position) -> tuple[int, int]:
        """Gives line and column of a place of the client."""
        lines = self.lines(path)
        if position.line >= len(lines):
            return position.line + 1, 1
        text = lines[position.line].rstrip("\r\n")
        units = column = 0
        while column < len(text) and units < position.character:
            units += self._codec.client_num_units(text[column])
            column += 1
        return position.line + 1, column + 1

    def edits(self, edits: Iterable[Edit]) -> types.WorkspaceEdit:
        """Gives edits of files to the client."""
        found: dict[str, list[types.TextEdit]] = {}
        for edit in edits:
            found.setdefault(uri_of(edit.path, self.workspace), []).append(self.edit(edit))
        return types.WorkspaceEdit(changes=dict(found))

    def edit(self, edit: Edit) -> types.TextEdit:
        """Gives one edit to the client."""
        return types.TextEdit(range=self.range(edit), new_text=edit.text)

    @property
    def _codec(self) -> PositionCodec:
        return self.workspace.position_codec


def path_of(uri: str, workspace: Workspace) -> str:
    """Gives the path of a document; one that is no file yet gets one in the folder of the workspace."""
    path = str(to_fs_path(uri) or "") if uri.startswith("file:") else ""
    if path:
        return path
    name = str(urlsplit(uri).path).rsplit("/", 1)[-1] or "untitled"
    return str(
        Path(str(workspace.root_path or Path.cwd())) / (name if name.endswith(".cwl") else f"{name}.cwl")
    )


def uri_of(path: str, workspace: Workspace) -> str:
    """Gives the address of a file: the one under which the editor has it open, where it has."""
    for uri in workspace.text_documents:
        if path_of(uri, workspace) == path:
            return str(uri)
    return str(from_fs_path(path) or f"file://{path}")


def completion(
    index: int, one: Completion, replaced: types.Range | None, mode: types.InsertTextMode | None
) -> types.CompletionItem:
    """Gives a completion to the client, in the order of the room."""
    return types.CompletionItem(
        label=one.label,
        kind=COMPLETION_KINDS[one.kind],
        detail=one.detail,
        documentation=types.MarkupContent(types.MarkupKind.Markdown, one.doc) if one.doc else None,
        sort_text=f"{index:04d}",
        filter_text=one.label,
        insert_text=None if replaced else one.text,
        insert_text_mode=mode,
        text_edit=types.TextEdit(range=replaced, new_text=one.text) if replaced else None,
    )


def symbol(one: Symbol, places: Places) -> types.DocumentSymbol:
    """Gives a part of a document to the client."""
    return types.DocumentSymbol(
        name=one.name,
        kind=SYMBOL_KINDS.get(one.kind, types.SymbolKind.Field),
        detail=one.detail,
        range=places.range(one.span),
        selection_range=places.range(one.name_span),
        children=[symbol(child, places) for child in one.children],
    )


def diagnostic(problem: Problem, path: str, places: Places) -> types.Diagnostic:
    """Gives a problem to the client; one without an end goes to the end of its line."""
    line, column = problem.line or 1, problem.column or 1
    start = places.position(path, line, column)
    if problem.end_line is not None:
        end = places.position(path, problem.end_line, problem.end_column or 1)
    else:
        lines = places.lines(path)
        text = lines[line - 1].rstrip() if line <= len(lines) else ""
        end = places.position(path, line, max(len(text) + 1, column))
    message = problem.message if problem.hint is None else f"{problem.message}\n{problem.hint}"
    return types.Diagnostic(
        range=types.Range(start=start, end=end),
        message=message,
        severity=SEVERITIES.get(problem.severity, types.DiagnosticSeverity.Error),
        code=problem.code,
        source=SOURCE,
    )
