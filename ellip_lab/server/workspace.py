"""Paths between the browser's view (relative to the server's root) and the rooms' (absolute).

Every path of a request passes here: it must lie inside the root, symbolic links followed.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import unquote, urlsplit

from ellip_lab.apps.contract import App, AppInstance, StartAppRequest
from ellip_lab.containers.contract import (
    BuildRequest,
    Containerfile,
    ContainerfileQuery,
    LoadRequest,
    RegistryRequest,
    SaveRequest,
    Work,
    WorkPage,
    WorkSummary,
)
from ellip_lab.contract import Contract, JsonObject
from ellip_lab.cwl.contract import Check, DocumentQuery
from ellip_lab.cwl.editing import DocumentText
from ellip_lab.errors import Denied, Invalid, NotFound, Problem
from ellip_lab.runs.contract import RerunRequest, Run, RunRequest
from ellip_lab.s3.addresses import is_address
from ellip_lab.s3.contract import Transfer, TransferPage, TransferPlan, TransferRequest
from ellip_lab.settings import inside, within

NAME_MAX = 255
"""The longest name of a file, in bytes, on the file systems there are."""

T = TypeVar("T", bound=DocumentText)
W = TypeVar("W", bound=Contract)


class Workspace:
    """Is the server's root folder, and the way in and out of it."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def place(self, path: str) -> str:
        """Gives the absolute place of a path of a request.

        `Denied` when it lies outside the root, `NotFound` when no file can have that name.
        """
        if any(len(os.fsencode(part)) > NAME_MAX for part in path.split("/")):
            raise NotFound("No file has a name that long", hint="Names have at most 255 bytes.")
        try:
            return str(inside(self.root, path))
        except RuntimeError as error:  # what Path.resolve says up to Python 3.12
            raise NotFound(f"{path} is a symbolic link to itself") from error

    def show(self, place: str) -> str:
        """Gives the path of an absolute place as the browser knows it; the place itself when outside."""
        return (within(self.root, Path(place)) or place) if place.startswith("/") else place

    def start_app(self, request: StartAppRequest) -> StartAppRequest:
        """Gives a request to start an app as the room understands it: its file and folder checked to be inside."""
        places = {name: self.place(path) for name in ("file", "folder") if (path := getattr(request, name))}
        return request.model_copy(update=places)

    def show_app(self, app: App) -> App:
        """Gives an app whose instances have paths as the browser knows them."""
        return app.model_copy(update={"instances": tuple(self.show_instance(one) for one in app.instances)})

    def show_instance(self, instance: AppInstance) -> AppInstance:
        """Gives an instance with paths as the browser knows them; its own address stays as the app wants it."""
        places = {name: self.show(path) for name in ("file", "folder") if (path := getattr(instance, name))}
        return instance.model_copy(update=places)

    def document(self, query: DocumentQuery) -> DocumentQuery:
        """Gives the question about a document as the room understands it."""
        return query.model_copy(update={"path": self.place(query.path)})

    def request(self, request: RunRequest) -> RunRequest:
        """Gives a request for a run as the room understands it, its input files checked to be inside."""
        # the room reads `a.cwl#main` as entry `main` of `a.cwl`: what it opens is what must be inside
        document, fragment = self.place(request.document), ""
        if "#" in request.document and not Path(document).exists():
            path, _, fragment = request.document.rpartition("#")
            document = self.place(path)
        base = str(Path(document).parent) if request.base is None else self.place(request.base)
        self.check_inputs(request.inputs, Path(base))
        outdir = None if request.outdir is None else self.place(request.outdir)
        entry = request.entry or unquote(fragment) or None
        return request.model_copy(
            update={"document": document, "entry": entry, "base": base, "outdir": outdir}
        )

    def rerun(self, request: RerunRequest, before: RunRequest) -> RerunRequest:
        """Gives a request for a re-run as the room understands it, new input files checked to be inside."""
        if request.inputs is not None:
            base = Path(before.base) if before.base else Path(before.document).parent
            self.check_inputs(request.inputs, base)
        outdir = None if request.outdir is None else self.place(request.outdir)
        return request.model_copy(update={"outdir": outdir})

    def check_inputs(self, inputs: JsonObject, base: Path) -> None:
        """Refuses File and Directory inputs that lie outside the root: every one, with its input's name."""
        problems = []
        for name, value in inputs.items():
            for path in _paths(value):
                place = Path(self.place_of_input(path, base))
                if not place.is_relative_to(self.root.resolve()):
                    problems.append(Problem(message=f"{path} is outside the workspace", field=name))
        if problems:
            raise Denied(
                f"{problems[0].field}: {problems[0].message}",
                hint="Choose files below the folder the Lab shows; relative paths count from the document's folder.",
                problems=problems,
            )

    def place_of_input(self, path: str, base: Path) -> str:
        """Gives the absolute place of a path of the inputs: from `base`, or absolute as CWL has it."""
        try:
            return str((base / path).resolve())
        except RuntimeError as error:
            raise NotFound(f"{path} is a symbolic link to itself") from error

    def transfer(self, request: TransferRequest) -> TransferRequest:
        """Gives a transfer as the room understands it: its paths checked to be inside, its addresses as they are."""
        return request.model_copy(
            update={
                "sources": tuple(self.end(source) for source in request.sources),
                "target": request.target and self.end(request.target),
            }
        )

    def end(self, named: str) -> str:
        """Gives one end of a transfer; a path keeps the `/` by which it means everything below it."""
        if is_address(named):
            return named
        return self.place(named).rstrip("/") + ("/" if named.endswith("/") else "")

    def show_end(self, end: str) -> str:
        """Gives one end of a transfer as the browser knows it."""
        if is_address(end) or not end.endswith("/"):
            return self.show(end)
        return self.show(end).rstrip("/") + "/"

    def show_transfer(self, transfer: Transfer) -> Transfer:
        """Gives a transfer whose request can be sent again as it is."""
        request = transfer.request
        failures = (
            failure.model_copy(
                update={
                    "source": self.show_end(failure.source),
                    "message": self.say(failure.message),
                    "hint": failure.hint and self.say(failure.hint),
                }
            )
            for failure in transfer.failures
        )
        return transfer.model_copy(
            update={
                "title": self.say(transfer.title),
                "detail": transfer.detail and self.say(transfer.detail),
                "failures": tuple(failures),
                "request": request.model_copy(
                    update={
                        "sources": tuple(self.show_end(source) for source in request.sources),
                        "target": request.target and self.show_end(request.target),
                    }
                ),
            }
        )

    def show_transfers(self, page: TransferPage) -> TransferPage:
        """Gives a page of transfers, its sentences with paths as the browser knows them."""
        shown = (
            transfer.model_copy(
                update={
                    "title": self.say(transfer.title),
                    "detail": transfer.detail and self.say(transfer.detail),
                }
            )
            for transfer in page.transfers
        )
        return page.model_copy(update={"transfers": tuple(shown)})

    def show_plan(self, plan: TransferPlan) -> TransferPlan:
        """Gives what a transfer would do, what is in its way named as the browser knows it."""
        return plan.model_copy(update={"conflicts": tuple(self.show_end(name) for name in plan.conflicts)})

    def build(self, request: BuildRequest) -> BuildRequest:
        """Gives a build as the room understands it; its Containerfile is named from its folder, at every door."""
        return request.model_copy(update={"folder": self.place(request.folder)})

    def save(self, request: SaveRequest) -> SaveRequest:
        """Gives the writing of an archive as the room understands it."""
        return request.model_copy(update={"path": self.place(request.path)})

    def load(self, request: LoadRequest) -> LoadRequest:
        """Gives the reading of an archive as the room understands it."""
        return request.model_copy(update={"path": self.place(request.path)})

    def containerfile(self, query: ContainerfileQuery) -> ContainerfileQuery:
        """Gives the question about a Containerfile as the room understands it."""
        return query.model_copy(update={"path": self.place(query.path)})

    def show_containerfile(self, found: Containerfile) -> Containerfile:
        """Gives what a Containerfile asks for with paths as the browser knows them."""
        return found.model_copy(update={"path": self.show(found.path), "folder": self.show(found.folder)})

    def registry(self, request: RegistryRequest) -> RegistryRequest:
        """Gives how a registry is reached as the room understands it.

        A certificate with an absolute path is the machine's (`/etc/ssl/...`), any other one the workspace's.
        """
        if request.ca is None or request.ca.startswith("/"):
            return request
        return request.model_copy(update={"ca": self.place(request.ca)})

    def show_work(self, work: Work) -> Work:
        """Gives a work whose request can be sent again as it is."""
        failure = work.failure
        told = failure and failure.model_copy(
            update={
                "headline": self.say(failure.headline),
                "hint": failure.hint and self.say(failure.hint),
            }
        )
        request = {
            name: self.show(value) if name in ("folder", "path") and isinstance(value, str) else value
            for name, value in work.request.items()
        }
        more = {"request": request, "failure": told, "result": work.result and self.show(work.result)}
        return work.model_copy(update={**self._work_words(work), **more})

    def show_works(self, page: WorkPage) -> WorkPage:
        """Gives a page of works, its sentences with paths as the browser knows them."""
        shown = tuple(work.model_copy(update=self._work_words(work)) for work in page.works)
        return page.model_copy(update={"works": shown})

    def _work_words(self, work: WorkSummary) -> JsonObject:
        return {"title": self.say(work.title), "detail": work.detail and self.say(work.detail)}

    def written(self, text: T) -> T:
        """Gives a question about a text as the room understands it."""
        return text.model_copy(update={"path": self.place(text.path)})

    def show_written(self, answer: W) -> W:
        """Gives an answer about a text with paths as the browser knows them, however deep they stand in it."""
        shown = self._shown(answer)
        assert isinstance(shown, type(answer))  # noqa: S101 - a model is copied as what it is
        return shown

    def _shown(self, value: Any) -> Any:
        if isinstance(value, tuple):
            return tuple(self._shown(one) for one in value)
        if isinstance(value, Problem):
            return self.show_problems((value,))[0]
        if not isinstance(value, Contract):
            return value
        fields = {name: self._shown(one) for name, one in value}
        if isinstance(fields.get("path"), str):
            fields["path"] = self.show(fields["path"])
        return value.model_copy(update=fields)

    def show_check(self, check: Check) -> Check:
        """Gives what is known of a document with paths as the browser knows them."""
        return check.model_copy(
            update={
                "path": self.show(check.path),
                "files": tuple(self.show(file) for file in check.files),
                "problems": self.show_problems(check.problems),
            }
        )

    def say(self, sentence: str) -> str:
        """Gives a sentence of a room, which names absolute places, with paths as the browser knows them."""
        for root in {self.root, self.root.resolve()} - {Path("/")}:
            sentence = sentence.replace(f"{root}/", "")
        return sentence

    def show_problems(self, problems: tuple[Problem, ...]) -> tuple[Problem, ...]:
        """Gives problems with paths as the browser knows them."""
        return tuple(
            problem.model_copy(
                update={
                    "message": self.say(problem.message),
                    "hint": problem.hint and self.say(problem.hint),
                    "file": problem.file and self.show(problem.file),
                }
            )
            for problem in problems
        )

    def show_run(self, run: Run) -> Run:
        """Gives a run whose request can be sent again as it is."""
        request = run.request
        shown = {
            name: self.show(value)
            for name in ("document", "base", "outdir")
            if (value := getattr(request, name)) is not None
        }
        return run.model_copy(update={"request": request.model_copy(update=shown)})


def _paths(value: Any) -> Iterator[str]:
    """Gives the paths on this machine of the File and Directory objects in a value."""
    if isinstance(value, list):
        for item in value:
            yield from _paths(item)
    elif isinstance(value, dict):
        if value.get("class") in ("File", "Directory"):
            for key in ("path", "location"):
                if isinstance(named := value.get(key), str):
                    yield from _local(named, key)
        for item in value.values():
            yield from _paths(item)


def _local(named: str, key: str) -> Iterator[str]:
    """Gives the path that a `path` or `location` names, nothing when it is not on this machine."""
    if key == "path":
        yield named
        return
    if is_address(named):  # not urlsplit's: every character of a key means itself
        return
    try:
        parts = urlsplit(named)
    except ValueError as error:
        raise Invalid(f"{named} is not a location", hint="Give a path or a URL.") from error
    if parts.scheme in ("", "file"):
        yield unquote(parts.path)
