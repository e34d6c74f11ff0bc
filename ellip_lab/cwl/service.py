"""The verbs of room `cwl`; loading happens in a child process, answers are kept until a file changes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ellip_lab.contract import JsonObject
from ellip_lab.cwl.contract import Check, DockerPull, DocumentQuery, Entry, Form, SoftwarePackage, Template
from ellip_lab.cwl.editing import (
    Actions,
    Completions,
    Diagnosis,
    DocumentText,
    Edits,
    Graph,
    GraphQuery,
    Hover,
    Outline,
    RenameRequest,
    Spans,
    TextPlace,
    TextRange,
)
from ellip_lab.cwl.image_names import ImageNames
from ellip_lab.errors import Internal, Invalid, NotFound, Problem, restored
from ellip_lab.shell import node_directory

if TYPE_CHECKING:
    from ellip_lab.settings import Settings
    from ellip_lab.tasks.warm import Warm

TIME_LIMIT = 60.0
"""Seconds a document may take to load on a machine busy with other work; the worker bounds its own CPU time."""
_KEPT = 128
_WORKERS = threading.BoundedSemaphore(2)
_PASSED = frozenset(
    ("PATH", "HOME", "LANG", "LANGUAGE", "TZ", "TMPDIR", "PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "CONDA_PREFIX",
     "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "SYSTEMROOT",
     "XDG_CACHE_HOME")
)  # fmt: skip
_PROXIES = frozenset(("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY"))
Stamps = dict[str, tuple[int, int] | None]


class CwlService:
    """Knows CWL documents: what is wrong with them, what can be run, what a run must be told.

    Every verb loads the document in a process of its own, with limits of time and memory and without the
    secrets of this one's environment; the answer is kept until one of the document's files changes.
    """

    def __init__(
        self, settings: Settings, images: Callable[[], Iterable[str]] = tuple, warm: Warm | None = None
    ) -> None:
        """Takes the settings, how to learn which images the container engine has, and the warm process."""
        self.settings = settings
        self._warm = warm
        self._image_names = ImageNames(images)
        self._known: OrderedDict[str, tuple[Stamps, JsonObject]] = OrderedDict()
        self._locks: dict[str, threading.Lock] = {}
        self._lock = threading.Lock()

    def check(self, query: DocumentQuery) -> Check:
        """Tells what is wrong with a document, and what of it can be run.

        Raises
        ------
        NotFound
            When there is no such file.
        Invalid
            When `entry` names a process the (otherwise valid) document does not have.

        """
        check = Check.model_validate(self._describe(query.path)["check"])
        if query.entry is not None and check.valid:
            self._chosen(check, query.entry)
        return check

    def form(self, query: DocumentQuery) -> Form:
        """Gives the inputs of a process as JSON Schema, their defaults, and its steps.

        Raises
        ------
        NotFound
            When there is no such file.
        Invalid
            When the document is not valid (with its problems), has no such process, or has several and none
            is named.

        """
        described = self._describe(query.path)
        check = Check.model_validate(described["check"])
        if not check.valid:
            raise invalid(check)
        return Form.model_validate(described["forms"][self._chosen(check, query.entry)])

    def template(self, query: DocumentQuery) -> Template:
        """Gives a parameters file with every input, its type and its doc as comments; errors as `form`."""
        from ellip_lab.cwl.template import template_of

        return Template(text=template_of(self.form(query)))

    def validate_inputs(self, form: Form, inputs: JsonObject, base: Path) -> None:
        """Looks whether an input object can be run; `Invalid` with one problem a fault when not.

        `base` is the folder relative paths count from. Files that are not there are told too.
        """
        from ellip_lab.cwl.validate import faults_of

        problems = faults_of(form, inputs, base)
        if problems:
            name = form.entry.label or form.entry.id or Path(form.path).name
            raise Invalid(
                str(problems[0])
                if len(problems) == 1
                else f"{len(problems)} inputs of {name} are not right: {problems[0]}",
                hint=problems[0].hint,
                problems=problems,
            )

    def pack(self, query: DocumentQuery) -> JsonObject:
        """Gives the document and all it refers to as one (`cwltool --pack`); errors as `form`."""
        form = self.form(query)
        reply = self._ask({"verb": "pack", "path": _place(query.path), "entry": form.entry.id or None})
        if "packed" not in reply:
            raise Internal(
                f"{Path(query.path).name} could not be packed", hint=str(reply.get("failed") or "") or None
            )
        return dict(reply["packed"])

    def docker_pulls(self, document: Path) -> tuple[DockerPull, ...]:
        """Gives every place where a document, and what it runs, names an image; nothing of it is loaded.

        What is broken is passed over. `NotFound` when there is no such file.
        """
        from ellip_lab.cwl.dockerpulls import pulls_of

        return pulls_of(Path(_place(str(document))), self.settings.root)

    def software(self, document: Path) -> tuple[SoftwarePackage, ...]:
        """Gives the software that a document, and what it runs, asks for; nothing of it is loaded.

        What is broken is passed over. `NotFound` when there is no such file.
        """
        from ellip_lab.cwl.software import software_of

        return software_of(Path(_place(str(document))), self.settings.root)

    def diagnose(self, document: DocumentText) -> Diagnosis:
        """Tells what is wrong with a text, with exact ranges; it never fails for what the text holds."""
        return Diagnosis.model_validate(self._written("diagnose", document))

    def complete(self, place: TextPlace) -> Completions:
        """Gives what can be written at a place; the names of images where the container engine tells them soon."""
        reply = self._written("complete", place)
        if reply.pop("wants", None) == "images":
            names = self._image_names.known()
            if names:
                request = {**place.model_dump(), "images": names}
                reply = self.ask("ellip_lab.cwl.language.complete:answer", request)
                reply.pop("wants", None)
        return Completions.model_validate(reply)

    def hover(self, place: TextPlace) -> Hover:
        """Gives what the specification says of the word at a place, and its resolved type."""
        return Hover.model_validate(self._written("hover", place))

    def definition(self, place: TextPlace) -> Spans:
        """Gives where what a word names is written."""
        return Spans.model_validate(self._written("definition", place))

    def references(self, place: TextPlace) -> Spans:
        """Gives every place that names what stands at a place, its definition first."""
        return Spans.model_validate(self._written("references", place))

    def rename(self, request: RenameRequest) -> Edits:
        """Gives the edits that rename what stands at a place; `Invalid` when it has no name, or the new one is none."""
        return Edits.model_validate(self._written("rename", request))

    def outline(self, document: DocumentText) -> Outline:
        """Gives the named parts of a text."""
        return Outline.model_validate(self._written("outline", document))

    def format(self, document: DocumentText) -> Edits:
        """Gives the edits that put a text into order; comments stay."""
        return Edits.model_validate(self._written("format", document))

    def actions(self, span: TextRange) -> Actions:
        """Gives the changes that are offered for a stretch of a text."""
        return Actions.model_validate(self._written("actions", span))

    def graph(self, query: GraphQuery) -> Graph:
        """Gives a process of a document as a graph; it never fails for what the text holds."""
        return Graph.model_validate(self._written("graph", query))

    def ask(self, function: str, request: JsonObject) -> JsonObject:
        """Has a function (`module:name`) of this package look at a document, within limits; for other rooms.

        `request` has `path`, perhaps `text`. `Invalid` when the document takes more than the limits allow.
        """
        place = _place(str(request["path"]))
        reply = self._ask({**request, "path": place, "function": function})
        if "failed" in reply:
            raise invalid(Check.model_validate(_unanswered(place, str(reply["failed"]))["check"]))
        if "error" in reply:
            raise restored(reply["error"])
        return reply

    def _written(self, verb: str, document: DocumentText) -> JsonObject:
        """Asks `ellip_lab.cwl.language.<verb>:answer` about a text."""
        return self.ask(f"ellip_lab.cwl.language.{verb}:answer", document.model_dump())

    def _chosen(self, check: Check, entry: str | None) -> str:
        names = [item.id for item in check.entries]
        listed = ", ".join(name or "(without an id)" for name in names)
        name = Path(check.path).name
        if entry is not None:
            wanted = entry.removeprefix("#")
            if wanted in names:
                return wanted
            raise Invalid(f"{name} has no process `{wanted}`", hint=f"It has: {listed}.")
        if check.default_entry is None:
            if not names:
                raise Invalid(f"{name} has no process to run")
            raise Invalid(f"{name} has several processes and no `main`", hint=f"Name one of: {listed}.")
        return check.default_entry

    def _describe(self, path: str) -> JsonObject:
        place = _place(path)
        remote = _remote(place)
        with self._lock:
            lock = self._locks.setdefault(place, threading.Lock())
        with lock:
            known = self._known.get(place)
            if known and known[0] == _stamps(known[0]):
                self._known.move_to_end(place)
                return known[1]
            if not remote and not Path(place).exists():
                raise NotFound(f"{path} does not exist")
            before = _stamps([place])
            reply = self._ask({"verb": "describe", "path": place})
            if "check" not in reply:
                return _unanswered(place, str(reply.get("failed")))
            # Stamps taken after the reading: the document's own was taken before, so an edit during the load is seen.
            stamps = {**_stamps(reply["watched"]), **before}
            if not remote:
                with self._lock:
                    self._known[place] = (stamps, reply)
                    while len(self._known) > _KEPT:
                        old, _ = self._known.popitem(last=False)
                        self._locks.pop(old, None)
            return reply

    def _ask(self, request: JsonObject) -> JsonObject:
        # The state folder is this user's alone from its first use on; where it cannot be made, nothing is kept.
        with suppress(OSError):
            self.settings.state.mkdir(parents=True, exist_ok=True, mode=0o700)
        request = {**request, "cache": str(self.settings.state / "cache")}
        # What is read from the network needs the way there, which the warm process does not know.
        if self._warm is not None and not _remote(str(request["path"])):
            reply = self._warm.ask("ellip_lab.cwl.worker:answer", request, TIME_LIMIT + 5)
            if reply is not None:
                return reply
            self._warm.start()
        with _WORKERS:
            worker = subprocess.Popen(
                [sys.executable, "-P", "-m", "ellip_lab.cwl.worker"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env=environment(remote=_remote(str(request["path"]))),
                cwd="/",
                start_new_session=True,
            )
            try:
                out, err = worker.communicate(
                    json.dumps(request).encode(),
                    timeout=TIME_LIMIT,
                )
            except subprocess.TimeoutExpired:
                return {"failed": "time"}
            finally:
                if worker.poll() is None:
                    os.killpg(worker.pid, signal.SIGKILL)
                    worker.communicate()
        if worker.returncode == -signal.SIGXCPU:
            return {"failed": "cpu"}
        try:
            reply = json.loads(out)
        except ValueError:
            last = err.decode(errors="replace").strip().splitlines()[-1:] or [
                f"exit code {worker.returncode}"
            ]
            if (
                worker.returncode in (-signal.SIGKILL, -signal.SIGSEGV, -signal.SIGABRT)
                or "MemoryError" in last[0]
                # what an extension of Python says that had no memory to say so
                or last[0] == "SystemError: error return without exception set"
            ):
                return {"failed": "memory"}
            raise Internal(f"the loader of CWL documents failed: {last[0]}") from None
        if not isinstance(reply, dict):
            raise Internal("the loader of CWL documents gave no object")
        return reply


def invalid(check: Check) -> Invalid:
    """Gives the error that says a document is not valid, with its problems."""
    errors = [problem for problem in check.problems if problem.severity == "error"]
    name = Path(check.path).name
    detail = (
        f"{name} is not valid: {errors[0].message}"
        if len(errors) == 1
        else f"{name} has {len(errors)} problems: {errors[0].message}"
    )
    return Invalid(detail, hint=errors[0].hint, problems=check.problems)


def _unanswered(place: str, failed: str) -> JsonObject:
    """Gives the reply for a document that exhausted its limits; it is not kept."""
    what = {
        "memory": "more memory than a document may",
        "cpu": "too much work to load",
        "time": f"more than {TIME_LIMIT:g} s to load",
    }[failed]
    problem = Problem(
        message=f"{Path(place).name} takes {what}",
        file=place,
        line=1,
        column=1,
        hint="Make it smaller: split it into files, or name data as inputs of the run.",
    )
    check = Check(path=place, valid=False, problems=(problem,), files=(place,))
    return {"check": check.model_dump(), "forms": {}}


def _place(path: str) -> str:
    return path if _remote(path) else os.path.abspath(path)  # noqa: PTH100 - `..` goes, symbolic links stay


def _remote(path: str) -> bool:
    return path.startswith(("http://", "https://"))


def _stamps(paths: Any) -> Stamps:
    stamps: Stamps = {}
    for path in paths:
        try:
            status = Path(path).stat()
            stamps[path] = (status.st_mtime_ns, status.st_size)
        except OSError:
            stamps[path] = None
    return stamps


def environment(*, remote: bool) -> dict[str, str]:
    """Gives the environment documents are looked at in: what Python and node need, nothing a document should see."""
    env = {
        name: value
        for name, value in os.environ.items()
        if name in _PASSED or name.startswith("LC_") or (remote and name.upper() in _PROXIES)
    }
    node = node_directory()
    if node:
        env["PATH"] = f"{node}{os.pathsep}{env['PATH']}" if env.get("PATH") else str(node)
    # Messages come unwrapped: schema-salad breaks lines at this width.
    env["COLUMNS"] = "100000"
    env["PYTHONUNBUFFERED"] = "1"
    return env


__all__ = ["CwlService", "Entry", "invalid"]
