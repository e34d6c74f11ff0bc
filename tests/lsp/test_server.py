"""The language server as an editor meets it: a real process, spoken to by a public client."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest
import pytest_lsp
from lsprotocol import types
from pygls.exceptions import JsonRpcException
from pytest_lsp import ClientServerConfig, LanguageClient, client_capabilities, make_test_lsp_client

from ellip_lab.lab import Lab
from ellip_lab.tasks import warm
from tests.cwl.language.asking import DEMO, written
from tests.cwl.language.test_complete import FLOW

DEMO_TEXT = DEMO.read_text(encoding="utf-8")
PROGRAM = Path(sys.executable).with_name("ellip")
PATIENCE = 60.0
TOOL = "cwlVersion: v1.2\nclass: CommandLineTool\nbaseCommand: echo\ninputs: {}\noutputs: {}\n"


in_one_loop = pytest.mark.asyncio(loop_scope="module")


@pytest.fixture(scope="module", autouse=True)
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Gives the server a state folder and a warm process that are the test's own."""
    folder = tmp_path_factory.mktemp("lsp")
    runtime = folder / "runtime"
    runtime.mkdir(mode=0o700)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ELLIP_LAB_STATE", str(folder / "state"))
        patch.setenv("XDG_RUNTIME_DIR", str(runtime))
        patch.delenv(warm.SWITCH)
        process = Lab().warm
        process.start()
        yield
        until = time.monotonic() + PATIENCE
        while process.show() is None and time.monotonic() < until:
            time.sleep(0.05)  # one that is starting cannot be ended yet
        process.end()


def made() -> LanguageClient:
    """Gives a client that remembers the versions that diagnostics are about."""
    client = make_test_lsp_client()
    client.published = {}

    def published(params: types.PublishDiagnosticsParams) -> None:
        client.published[params.uri] = params

    client.protocol.fm.features[types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS] = published
    return client


@pytest_lsp.fixture(
    config=ClientServerConfig(server_command=[str(PROGRAM), "lsp"], client_factory=made),
    scope="module",
    loop_scope="module",
)
async def client(lsp_client: LanguageClient, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[None]:
    folder = types.WorkspaceFolder(uri=tmp_path_factory.getbasetemp().as_uri(), name="work")
    params = types.InitializeParams(
        capabilities=client_capabilities("visual-studio-code"),
        workspace_folders=[folder],
        initialization_options={"profile": "cwl"},
    )
    lsp_client.set_configuration({"ellip": {"profile": "cwl"}})
    await lsp_client.initialize_session(params)
    yield
    await lsp_client.shutdown_session()


class Editor:
    """Is a document that is open in the client."""

    def __init__(self, client: LanguageClient, path: Path, text: str, language: str = "cwl") -> None:
        self.client, self.uri, self.text = client, path.as_uri(), text
        self.version: int | None = 1
        document = types.TextDocumentItem(uri=self.uri, language_id=language, version=1, text=text)
        client.text_document_did_open(types.DidOpenTextDocumentParams(document))

    @property
    def this(self) -> types.TextDocumentIdentifier:
        return types.TextDocumentIdentifier(self.uri)

    def change(self, text: str) -> None:
        self.version = (self.version or 0) + 1
        self.text = text
        self.client.text_document_did_change(
            types.DidChangeTextDocumentParams(
                types.VersionedTextDocumentIdentifier(self.version, self.uri),
                [types.TextDocumentContentChangeWholeDocument(text)],
            )
        )

    def at(self, word: str, inside: int = 0) -> types.Position:
        """Gives a place, in the units of the protocol."""
        before = self.text[: self.text.index(word) + inside]
        line = before.rpartition("\n")[2]
        return types.Position(before.count("\n"), len(line.encode("utf-16-le")) // 2)

    async def said(self) -> list[types.Diagnostic]:
        """Waits until the diagnostics of the last text are there, and gives them."""
        async with asyncio.timeout(PATIENCE):
            while True:
                known = self.client.published.get(self.uri)
                if known is not None and known.version == self.version:
                    return list(known.diagnostics)
                await asyncio.sleep(0.02)

    def changed(self, change: types.WorkspaceEdit | list[types.TextEdit]) -> str:
        edits = change if isinstance(change, list) else (change.changes or {})[self.uri]
        return edited(self.text, edits)


def edited(text: str, edits: list[types.TextEdit] | tuple[types.TextEdit, ...]) -> str:
    """Gives a text after edits, by way of lines and columns from 1 (no wide characters here)."""
    return written(
        text,
        [
            {
                "path": "",
                "line": one.range.start.line + 1,
                "column": one.range.start.character + 1,
                "end_line": one.range.end.line + 1,
                "end_column": one.range.end.character + 1,
                "text": one.new_text,
            }
            for one in edits
        ],
    )


Opened = Callable[..., Editor]


@pytest.fixture
def open_in(client: LanguageClient, tmp_path: Path) -> Opened:
    def opened(text: str, name: str = "document.cwl", language: str = "cwl") -> Editor:
        return Editor(client, tmp_path / name, text, language)

    return opened


@in_one_loop
async def test_a_document_from_a_mistake_to_its_mend(client: LanguageClient, open_in: Opened) -> None:
    wrong = DEMO_TEXT.replace("norm_diff/index", "norm_diff/nwdi")
    editor = open_in(wrong)
    (shown,) = await editor.said()
    assert shown.severity == types.DiagnosticSeverity.Error
    assert shown.source == "ellip"
    assert "nwdi" in shown.message
    start = editor.at("norm_diff/nwdi")
    assert shown.range.start.line == start.line
    assert shown.range.end.character == start.character + len("norm_diff/nwdi")

    place = editor.at("norm_diff/nwdi", 12)
    listed = await client.text_document_completion_async(types.CompletionParams(editor.this, place))
    assert isinstance(listed, types.CompletionList)
    best = min(listed.items, key=lambda one: one.sort_text or "")
    assert (best.label, best.detail) == ("norm_diff/index", "File")
    assert isinstance(best.text_edit, types.TextEdit)
    assert editor.changed([best.text_edit]) == DEMO_TEXT

    context = types.CodeActionContext(diagnostics=[shown], only=[types.CodeActionKind.QuickFix])
    actions = await client.text_document_code_action_async(
        types.CodeActionParams(editor.this, shown.range, context)
    )
    action = next(one for one in actions or () if isinstance(one, types.CodeAction))
    assert action.is_preferred
    assert action.diagnostics == (shown,) or action.diagnostics == [shown]
    assert action.edit is not None
    editor.change(editor.changed(action.edit))
    assert editor.text == DEMO_TEXT
    assert await editor.said() == []

    said = await client.text_document_hover_async(
        types.HoverParams(editor.this, editor.at("norm_diff/index", 11))
    )
    assert said is not None
    assert isinstance(said.contents, types.MarkupContent)
    assert "**index** · `File`" in said.contents.value


@in_one_loop
async def test_names(client: LanguageClient, open_in: Opened) -> None:
    text = FLOW.replace("SOURCE", "scene")
    editor = open_in(text)
    place = editor.at("second/made", 8)
    there = await client.text_document_definition_async(types.DefinitionParams(editor.this, place))
    assert isinstance(there, (list, tuple))
    assert [(one.uri, one.range.start.line) for one in there if isinstance(one, types.Location)] == [
        (editor.uri, editor.at("    made: {").line)
    ]
    for declared, count in ((True, 4), (False, 3)):
        uses = await client.text_document_references_async(
            types.ReferenceParams(types.ReferenceContext(declared), editor.this, place)
        )
        assert len(uses or ()) == count
    begun = await client.text_document_prepare_rename_async(types.PrepareRenameParams(editor.this, place))
    assert begun == types.Range(editor.at("second/made", 7), editor.at("second/made", 11))
    nothing = types.PrepareRenameParams(editor.this, editor.at("cwlVersion"))
    assert await client.text_document_prepare_rename_async(nothing) is None
    change = await client.text_document_rename_async(types.RenameParams(editor.this, place, "result"))
    assert change is not None
    made = editor.changed(change)
    assert made.count("result") == 4
    assert "made" not in made.replace("    made:", "")
    with pytest.raises(JsonRpcException, match="cannot be a name"):
        await client.text_document_rename_async(types.RenameParams(editor.this, place, "a b"))
    # an error is one reply: the next request is answered
    again = await client.text_document_rename_async(types.RenameParams(editor.this, place, "result"))
    assert again == change


@in_one_loop
async def test_shape_of_a_document(client: LanguageClient, open_in: Opened) -> None:
    editor = open_in(DEMO_TEXT.replace("    label: Water bodies\n", "    label:    Water bodies\n"))
    symbols = await client.text_document_document_symbol_async(types.DocumentSymbolParams(editor.this))
    assert [one.name for one in symbols or ()] == ["water-bodies", "crop", "norm_diff", "otsu", "stac"]
    workflow = (symbols or ())[0]
    assert isinstance(workflow, types.DocumentSymbol)
    steps = next(one for one in workflow.children or () if one.name == "steps")
    assert [one.name for one in steps.children or ()] == ["crop", "norm_diff", "otsu", "stac"]
    ranges = await client.text_document_folding_range_async(types.FoldingRangeParams(editor.this))
    assert workflow.range.start.line in {one.start_line for one in ranges or ()}
    edits = await client.text_document_formatting_async(
        types.DocumentFormattingParams(editor.this, types.FormattingOptions(tab_size=2, insert_spaces=True))
    )
    assert editor.changed(list(edits or ())) == DEMO_TEXT


@in_one_loop
async def test_twenty_quick_changes_give_what_is_wrong_with_the_last(
    client: LanguageClient, open_in: Opened
) -> None:
    editor = open_in(TOOL)
    for number in range(20):
        editor.change(TOOL.replace("baseCommand", "x" * number + "command"))
        await asyncio.sleep(0.01)
    editor.change(TOOL.replace("inputs: {}", "inputs: {a: Fiel}"))
    shown = await editor.said()
    assert len(shown) == 1
    assert "Fiel" in shown[0].message
    versions = client.published[editor.uri].version
    assert versions == editor.version


@in_one_loop
async def test_characters_are_counted_as_the_protocol_does(client: LanguageClient, open_in: Opened) -> None:
    text = TOOL.replace("inputs: {}", "inputs: {a: {doc: 'é😀', type: Fiel}}")
    editor = open_in(text)
    (shown,) = await editor.said()
    assert shown.range.start == editor.at("Fiel")
    assert shown.range.end == editor.at("Fiel", 4)
    listed = await client.text_document_completion_async(
        types.CompletionParams(editor.this, editor.at("Fiel", 2))
    )
    assert isinstance(listed, types.CompletionList)
    chosen = next(one for one in listed.items if one.label == "File")
    assert isinstance(chosen.text_edit, types.TextEdit)
    assert chosen.text_edit.range == types.Range(editor.at("Fiel"), editor.at("Fiel", 4))


@in_one_loop
async def test_profiles_and_mends_of_rules(client: LanguageClient, open_in: Opened) -> None:
    text = DEMO_TEXT.replace("s:softwareVersion: 1.0.0\n", "")
    editor = open_in(text)
    assert await editor.said() == []
    client.published.clear()
    settings = {"ellip": {"profile": "best-practice"}}
    client.workspace_did_change_configuration(types.DidChangeConfigurationParams(settings=settings))
    shown = await editor.said()
    assert [str(one.code).partition("/")[0] for one in shown] == ["app-pck"]
    assert "softwareVersion" in shown[0].message
    actions = await client.text_document_code_action_async(
        types.CodeActionParams(editor.this, shown[0].range, types.CodeActionContext(diagnostics=shown))
    )
    mends = [
        editor.changed(one.edit)
        for one in actions or ()
        if isinstance(one, types.CodeAction)
        and one.edit is not None
        and one.kind == types.CodeActionKind.QuickFix
    ]
    assert any("s:softwareVersion" in mend for mend in mends)
    client.published.clear()
    settings = {"ellip": {"profile": "cwl"}}
    client.workspace_did_change_configuration(types.DidChangeConfigurationParams(settings=settings))
    assert await editor.said() == []


@in_one_loop
async def test_other_files(client: LanguageClient, open_in: Opened, tmp_path: Path) -> None:
    # YAML that is CWL is served, YAML that is not is left alone
    other = open_in("a: [\n", "values.yaml", "yaml")
    served = open_in(TOOL.replace("class: CommandLineTool", "class: Tool"), "tool.yaml", "yaml")
    assert "Tool" in (await served.said())[0].message
    assert (
        await client.text_document_hover_async(types.HoverParams(other.this, types.Position(0, 0)))
    ) is None
    assert not client.published.get(other.uri) or client.published[other.uri].diagnostics in ((), [])
    # a name is renamed where it is written, which may be a file that is not open
    tool = tmp_path / "echo.cwl"
    tool.write_text(TOOL.replace("inputs: {}", "inputs: {word: string}"))
    flow = open_in(
        "cwlVersion: v1.2\nclass: Workflow\ninputs: {w: string}\noutputs: {}\nsteps:\n"
        "  say: {run: echo.cwl, in: {word: w}, out: []}\n",
        "flow.cwl",
    )
    change = await client.text_document_rename_async(
        types.RenameParams(flow.this, flow.at("word: w", 1), "text")
    )
    assert change is not None
    assert set(change.changes or ()) == {flow.uri, tool.as_uri()}
    # what is closed has no diagnostics any more
    client.text_document_did_close(types.DidCloseTextDocumentParams(served.this))
    served.version = None
    assert await served.said() == []


@in_one_loop
async def test_a_hostile_document_costs_nobody_anything(client: LanguageClient, open_in: Opened) -> None:
    bomb = "cwlVersion: v1.2\nclass: CommandLineTool\na: &a [x, x]\n" + "".join(
        f"b{number}: &b{number} [{', '.join(f'*b{number - 1}' if number else '*a' for _ in range(9))}]\n"
        for number in range(12)
    )
    deep = "cwlVersion: v1.2\nclass: " + "[" * 5000
    for index, text in enumerate((bomb, deep, "cwlVersion: v1.2\n\x00\x01", "")):
        editor = open_in(text, f"hostile{index}.cwl")
        assert await editor.said()
        place = types.Position(1, 3)
        await client.text_document_completion_async(types.CompletionParams(editor.this, place))
        await client.text_document_hover_async(types.HoverParams(editor.this, place))
        await client.text_document_document_symbol_async(types.DocumentSymbolParams(editor.this))
    editor = open_in(TOOL, "good.cwl")
    assert await editor.said() == []


def test_without_pygls_it_says_what_to_install(tmp_path: Path) -> None:
    (tmp_path / "pygls.py").write_text("raise ModuleNotFoundError('pygls')")
    done = subprocess.run(
        [sys.executable, "-m", "ellip_lab.lsp"],
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 6
    assert "pip install 'ellip-lab[lsp]'" in done.stderr
    assert done.stdout == ""
