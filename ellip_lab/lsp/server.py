"""The server: each request becomes one call on a room, in a thread of its own."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, TypeVar

from lsprotocol import types
from pygls.exceptions import JsonRpcException
from pygls.lsp.server import LanguageServer

from ellip_lab.cwl.editing import DocumentText, RenameRequest, TextPlace, TextRange
from ellip_lab.cwl.folding import folds
from ellip_lab.errors import EllipError, Problem
from ellip_lab.lsp import words
from ellip_lab.lsp.checking import Checking
from ellip_lab.packages.contract import Profile, RuleState

if TYPE_CHECKING:
    from ellip_lab.lab import Lab

T = TypeVar("T")
TRIGGERS = [":", " ", "#", "/", ".", "(", "[", "{", '"', "'", "-"]
REQUEST_FAILED = -32803
"""The protocol's code of a request that is well put and cannot be carried out."""
log = logging.getLogger(__name__)


class Server(LanguageServer):
    """Is the server of one editor."""

    def __init__(self, lab: Lab) -> None:
        super().__init__("ellip", version("ellip-lab"))
        self.lab = lab
        self.pool = ThreadPoolExecutor(max_workers=4, thread_name_prefix="ellip-lsp")
        self.checking = Checking(lab, self.pool, self.current, self.publish)

    async def ask(self, verb: Callable[[], T]) -> T:
        """Calls a verb in a thread; an error of a room becomes an error reply with its hint."""
        try:
            return await asyncio.get_running_loop().run_in_executor(self.pool, verb)
        except EllipError as error:
            message = f"{error.detail}. {error.hint}" if error.hint else error.detail
            raise JsonRpcException(message, REQUEST_FAILED) from error

    @property
    def places(self) -> words.Places:
        """Gives the translation of places, for one request."""
        return words.Places(self.workspace)

    @property
    def as_is(self) -> types.InsertTextMode | None:
        """Gives how what is completed is written, to a client that may be told: it is indented already."""
        document = self.client_capabilities.text_document
        item = document.completion.completion_item if document and document.completion else None
        return types.InsertTextMode.AsIs if item and item.insert_text_mode_support else None

    def current(self, uri: str) -> tuple[str, str, int | None] | None:
        """Gives path, text and version of an open document; None for one that is no CWL."""
        document = self.workspace.text_documents.get(uri)
        if document is None:
            return None
        text = document.source
        path = words.path_of(uri, self.workspace)
        if not path.endswith(".cwl") and "cwlVersion" not in text:
            return None
        return path, text, document.version

    def document(self, uri: str) -> DocumentText | None:
        """Gives an open document to a room."""
        now = self.current(uri)
        return DocumentText(path=now[0], text=now[1]) if now else None

    def place(self, uri: str, position: types.Position) -> TextPlace | None:
        """Gives a place in an open document to a room."""
        now = self.current(uri)
        if now is None:
            return None
        line, column = self.places.place(now[0], position)
        return TextPlace(path=now[0], text=now[1], line=line, column=column)

    def publish(self, uri: str, number: int | None, problems: list[Problem]) -> None:
        """Tells the editor what is wrong with a document."""
        path, places = words.path_of(uri, self.workspace), self.places
        found = [words.diagnostic(problem, path, places) for problem in problems]
        params = types.PublishDiagnosticsParams(uri=uri, version=number, diagnostics=found)
        self.text_document_publish_diagnostics(params)

    def configure(self, settings: Any) -> None:
        """Takes the profile from a client's settings: `{"ellip": {"profile": ...}}`, nested or dotted."""
        if not isinstance(settings, dict):
            return
        inner = settings.get("ellip", settings)
        chosen = inner.get("profile") if isinstance(inner, dict) else None
        chosen = chosen or settings.get("ellip.profile")
        if chosen in set(Profile) and chosen != self.checking.profile:
            self.checking.profile = Profile(chosen)
            self.checking.look_at_all()


def served(lab: Lab) -> Server:
    """Makes a server over the rooms of a hall."""
    server = Server(lab)
    _follow_documents(server)
    _follow_settings(server)
    _answer_places(server)
    _answer_documents(server)
    return server


def _follow_documents(server: Server) -> None:
    @server.feature(types.TEXT_DOCUMENT_DID_OPEN)
    async def opened(params: types.DidOpenTextDocumentParams) -> None:
        server.checking.look(params.text_document.uri, quiet=0)

    @server.feature(types.TEXT_DOCUMENT_DID_CHANGE)
    async def changed(params: types.DidChangeTextDocumentParams) -> None:
        server.checking.look(params.text_document.uri)

    @server.feature(types.TEXT_DOCUMENT_DID_SAVE)
    async def saved(params: types.DidSaveTextDocumentParams) -> None:
        # another document may refer to this one
        for uri in {params.text_document.uri, *server.checking.reports}:
            server.checking.look(uri, quiet=0)

    @server.feature(types.TEXT_DOCUMENT_DID_CLOSE)
    async def closed(params: types.DidCloseTextDocumentParams) -> None:
        server.checking.forget(params.text_document.uri)


def _follow_settings(server: Server) -> None:
    async def pull() -> None:
        workspace = server.client_capabilities.workspace
        if workspace is None or not workspace.configuration:
            return
        items = [types.ConfigurationItem(section="ellip")]
        found = await server.workspace_configuration_async(types.ConfigurationParams(items=items))
        server.configure(found[0] if found else None)

    @server.feature(types.INITIALIZED)
    async def initialized(_params: types.InitializedParams) -> None:
        await pull()

    @server.feature(types.WORKSPACE_DID_CHANGE_CONFIGURATION)
    async def configured(params: types.DidChangeConfigurationParams) -> None:
        if params.settings:
            server.configure(params.settings)
        else:
            await pull()

    @server.feature(types.INITIALIZE)
    def initialize(params: types.InitializeParams) -> None:
        server.configure(params.initialization_options)


def _answer_places(server: Server) -> None:
    cwl = server.lab.cwl

    @server.feature(types.TEXT_DOCUMENT_COMPLETION, types.CompletionOptions(trigger_characters=TRIGGERS))
    async def complete(params: types.CompletionParams) -> types.CompletionList | None:
        place = server.place(params.text_document.uri, params.position)
        if place is None:
            return None
        found = await server.ask(lambda: cwl.complete(place))
        replaced = server.places.range(found.span)
        one_line = replaced.start.line == replaced.end.line == params.position.line
        items = [
            words.completion(index, one, replaced if one_line else None, server.as_is)
            for index, one in enumerate(found.items)
        ]
        return types.CompletionList(is_incomplete=False, items=items)

    @server.feature(types.TEXT_DOCUMENT_HOVER)
    async def hover(params: types.HoverParams) -> types.Hover | None:
        place = server.place(params.text_document.uri, params.position)
        found = await server.ask(lambda: cwl.hover(place)) if place else None
        if found is None or not found.markdown:
            return None
        return types.Hover(
            contents=types.MarkupContent(types.MarkupKind.Markdown, found.markdown),
            range=server.places.range(found.span) if found.span else None,
        )

    @server.feature(types.TEXT_DOCUMENT_DEFINITION)
    async def definition(params: types.DefinitionParams) -> list[types.Location]:
        place = server.place(params.text_document.uri, params.position)
        found = await server.ask(lambda: cwl.definition(place)) if place else None
        places = server.places
        return [places.location(span) for span in found.spans] if found else []

    @server.feature(types.TEXT_DOCUMENT_REFERENCES)
    async def references(params: types.ReferenceParams) -> list[types.Location]:
        place = server.place(params.text_document.uri, params.position)
        if place is None:
            return []
        found = await server.ask(lambda: cwl.references(place))
        spans = list(found.spans)
        if not params.context.include_declaration:
            written = await server.ask(lambda: cwl.definition(place))
            spans = [span for span in spans if span not in written.spans]
        places = server.places
        return [places.location(span) for span in spans]

    @server.feature(types.TEXT_DOCUMENT_PREPARE_RENAME)
    async def prepare(params: types.PrepareRenameParams) -> types.Range | None:
        place = server.place(params.text_document.uri, params.position)
        if place is None:
            return None
        found = await server.ask(lambda: cwl.references(place))
        for span in found.spans:
            here = span.path == place.path and span.line == place.line
            if here and span.column <= place.column <= span.end_column:
                return server.places.range(span)
        return None

    @server.feature(types.TEXT_DOCUMENT_RENAME, types.RenameOptions(prepare_provider=True))
    async def rename(params: types.RenameParams) -> types.WorkspaceEdit | None:
        place = server.place(params.text_document.uri, params.position)
        if place is None:
            return None
        request = RenameRequest(**place.model_dump(), name=params.new_name)
        found = await server.ask(lambda: cwl.rename(request))
        return server.places.edits(found.edits)


def _answer_documents(server: Server) -> None:
    cwl = server.lab.cwl

    @server.feature(types.TEXT_DOCUMENT_DOCUMENT_SYMBOL)
    async def symbols(params: types.DocumentSymbolParams) -> list[types.DocumentSymbol]:
        document = server.document(params.text_document.uri)
        found = await server.ask(lambda: cwl.outline(document)) if document else None
        places = server.places
        return [words.symbol(one, places) for one in found.symbols] if found else []

    @server.feature(types.TEXT_DOCUMENT_FOLDING_RANGE)
    async def fold(params: types.FoldingRangeParams) -> list[types.FoldingRange]:
        document = server.document(params.text_document.uri)
        text = document.text if document and document.text else ""
        return [
            types.FoldingRange(
                start_line=first - 1,
                end_line=last - 1,
                kind=types.FoldingRangeKind.Comment if comment else None,
            )
            for first, last, comment in folds(text)
        ]

    @server.feature(types.TEXT_DOCUMENT_FORMATTING)
    async def formatting(params: types.DocumentFormattingParams) -> list[types.TextEdit]:
        document = server.document(params.text_document.uri)
        found = await server.ask(lambda: cwl.format(document)) if document else None
        places = server.places
        return [places.edit(edit) for edit in found.edits] if found else []

    kinds = [types.CodeActionKind.QuickFix, types.CodeActionKind.Refactor]

    @server.feature(types.TEXT_DOCUMENT_CODE_ACTION, types.CodeActionOptions(code_action_kinds=kinds))
    async def actions(params: types.CodeActionParams) -> list[types.CodeAction]:
        uri = params.text_document.uri
        first = server.place(uri, params.range.start)
        last = server.place(uri, params.range.end)
        if first is None or last is None:
            return []
        span = TextRange(**first.model_dump(), end_line=last.line, end_column=last.column)
        found = await server.ask(lambda: cwl.actions(span))
        places = server.places
        made = []
        for one in found.actions:
            change = places.edits(one.edits)
            made.append(
                types.CodeAction(
                    title=one.title,
                    kind=types.CodeActionKind(one.kind),
                    diagnostics=_mended(params, change, uri, one.code),
                    is_preferred=one.preferred or None,
                    edit=change,
                )
            )
        made += _of_rules(server, params, {one.title for one in made})
        return [one for one in made if _is_wanted(one, params.context.only)]


def _is_wanted(action: types.CodeAction, only: Sequence[types.CodeActionKind | str] | None) -> bool:
    """Tells whether an action is of a kind that is asked for; kinds have parts: `refactor.rewrite`."""
    kind = types.CodeActionKind(action.kind or "").value
    asked = [one.value if isinstance(one, types.CodeActionKind) else one for one in only or ()]
    return not asked or any(kind == one or kind.startswith(f"{one}.") or one == "" for one in asked)


def _of_rules(server: Server, params: types.CodeActionParams, known: set[str]) -> list[types.CodeAction]:
    """Gives the mends of the rules that the last report of a document found broken in a stretch."""
    uri = params.text_document.uri
    now, last = server.current(uri), server.checking.reports.get(uri)
    if now is None or last is None or last[0] != now[2]:
        return []
    places, found = server.places, []
    for finding in last[1].findings:
        problem = finding.problem
        if finding.state is RuleState.PASSED or not finding.edits or problem is None or finding.fix in known:
            continue
        shown = words.diagnostic(problem, now[0], places)
        if not _meet(shown.range, params.range):
            continue
        matching = [one for one in params.context.diagnostics if one.range == shown.range]
        found.append(
            types.CodeAction(
                title=finding.fix or finding.message,
                kind=types.CodeActionKind.QuickFix,
                diagnostics=matching or None,
                edit=places.edits(finding.edits),
            )
        )
    return found


def _mended(
    params: types.CodeActionParams, change: types.WorkspaceEdit, uri: str, code: str | None
) -> list[types.Diagnostic] | None:
    """Gives the diagnostics that a change mends: those of its rule, else those that it touches."""
    known = params.context.diagnostics
    edits = (change.changes or {}).get(uri, ())
    shown = [one for one in known if code is not None and one.code == code]
    shown = shown or [one for one in known if any(_meet(one.range, edit.range) for edit in edits)]
    return shown or None


def _meet(one: types.Range, other: types.Range) -> bool:
    first = (one.start.line, one.start.character), (one.end.line, one.end.character)
    second = (other.start.line, other.start.character), (other.end.line, other.end.character)
    return first[0] <= second[1] and second[0] <= first[1]
