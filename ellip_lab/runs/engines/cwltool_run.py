"""Loads a document, its inputs, and runs it: what cwltool's `main` does, with its errors told apart."""

from __future__ import annotations

import copy
import gc
import json
import os
import sys
import threading
from functools import partial
from pathlib import Path
from typing import Any, cast

from cwltool.context import LoadingContext
from cwltool.errors import GraphTargetMissingException, UnsupportedRequirement, WorkflowException
from cwltool.executors import JobExecutor, MultithreadedJobExecutor, SingleJobExecutor
from cwltool.load_tool import (
    default_loader,
    fetch_document,
    jobloaderctx,
    make_tool,
    resolve_and_validate_document,
    resolve_overrides,
)
from cwltool.mutation import MutationManager
from cwltool.process import Process, add_sizes, shortname
from cwltool.secrets import SecretStore
from cwltool.stdfsaccess import StdFsAccess
from cwltool.utils import (
    adjustDirObjs,
    normalizeFilesDirs,
    trim_listing,
    visit_class,
)
from ruamel.yaml.comments import CommentedMap
from schema_salad.exceptions import ValidationException
from schema_salad.ref_resolver import Loader, file_uri, uri_file_path
from schema_salad.sourceline import cmap, strip_dup_lineno

from ellip_lab.runs.engines import cwltool_outline, cwltool_placing, cwltool_provenance, cwltool_talk
from ellip_lab.runs.engines.cwltool_sources import CarefulFetcher
from ellip_lab.runs.engines.cwltool_tools import Builder, Context, EngineMissing
from ellip_lab.runs.engines.record import Record
from ellip_lab.runs.engines.stage_in import StageIn
from ellip_lab.runs.engines.stages import StageError, with_own_steps
from ellip_lab.runs.remote import remotes

OVERRIDES = "http://commonwl.org/cwltool#overrides"
SECRETS = "http://commonwl.org/cwltool#Secrets"
FILES = ("File", "Directory")


def perform(asked: dict[str, Any], directory: Path, record: Record) -> dict[str, Any]:
    """Runs what was asked for and gives the last event: exit code, and for a failure its kind and message."""
    cwltool_talk.listen(record)
    context = _context(asked, directory, record)
    found = loaded(asked, directory, record, context)
    if isinstance(found, dict):
        return found
    loading, tool, order = found
    gc.freeze()
    gc.enable()
    packing = threading.Thread(
        target=cwltool_provenance.keep,
        args=(loading, tool, directory, Path(asked["cache"])),
        name="ellip-keep",
    )
    executor = cwltool_placing.executor(
        MultithreadedJobExecutor if asked["parallel"] else SingleJobExecutor, record, Path(asked["outdir"])
    )
    if asked["parallel"]:
        context.select_resources = executor.select_resources
    try:
        outputs, status = _execute(executor, tool, order, context)
    except cwltool_placing.PlacingError as error:
        return _failed(record, "placing", error)
    except EngineMissing as error:
        return _failed(record, "engine", error, 33)
    except UnsupportedRequirement as error:
        return _failed(record, "unsupported", error, 33)
    except ValidationException as error:
        return _failed(record, "inputs", error)
    except WorkflowException as error:
        kind = "inputs" if "job input record" in str(error) else "workflow"
        kind = "unsupported" if "abstract Operation" in str(error) else kind
        return _failed(record, kind, error)
    except OSError as error:
        return _failed(record, "system", error)
    finally:
        record.event("jobs-ended")
        packing.start()
    if status == "success" and outputs is not None:
        json.dump(_told(outputs), sys.stdout, indent=4, ensure_ascii=False, default=str)
        sys.stdout.write("\n")
        sys.stdout.flush()
    packing.join()
    if status == "success" and asked.get("publish"):
        from ellip_lab.runs.engines import stage_out

        try:
            stage_out.publish(asked, _told(outputs) or {}, directory, record)
        except StageError as error:
            return _stage_failed("publish", error)
    return {"exit_code": 0 if status == "success" else 1, "status": status}


def loaded(
    asked: dict[str, Any], directory: Path, record: Record, context: Context | None = None
) -> tuple[LoadingContext, Process, dict[str, Any]] | dict[str, Any]:
    """Gives the document, loaded, and its inputs; or the last event, when they cannot be used."""
    context = context or _context(asked, directory, record)
    try:
        return _load(asked, context, directory, record)
    except GraphTargetMissingException as error:
        return _failed(record, "entry", error)
    except InputsError as error:
        return _failed(record, "inputs", error)
    except StageError as error:
        return _stage_failed("stage-in", error)
    except UnsupportedRequirement as error:
        return _failed(record, "unsupported", error, 33)
    except Exception as error:  # noqa: BLE001 - cwltool raises whatever a broken document brings about
        unknown = f"Reference '#{asked['entry']}' not found" in str(error)
        return _failed(record, "entry" if unknown else "document", error)


def _context(asked: dict[str, Any], directory: Path, record: Record) -> Context:
    work = directory / "work"
    for name in ("cid", "tmp", "out"):
        (work / name).mkdir(parents=True, exist_ok=True)
    context = Context(
        {
            "basedir": asked["base"],
            "outdir": asked["outdir"],
            "use_container": asked["container"] != "none",
            "podman": asked["container"] == "podman",
            "custom_net": asked["custom_net"],
            "cidfile_dir": str(work / "cid"),
            "tmpdir_prefix": f"{work / 'tmp'}/",
            "tmp_outdir_prefix": f"{work / 'out'}/",
        },
        record,
    )
    context.run_id = directory.name
    context.engine_problem = asked["engine_problem"]
    context.toolbox = asked.get("toolbox")
    if context.toolbox:
        record.say("run", f"toolbox {context.toolbox['name']} is active for tools without a container")
    if asked.get("software"):
        record.say("run", asked["software"])
    context.secret_store = SecretStore()
    context.make_fs_access = StdFsAccess
    context.find_default_container = lambda _: None
    return context


def _load(
    asked: dict[str, Any], context: Context, directory: Path, record: Record
) -> tuple[LoadingContext, Process, dict[str, Any]]:
    """Loads the document and its inputs, each once, and tells what it consists of."""
    loading = LoadingContext(
        {"construct_tool_object": Builder(bare=asked["bare"]), "podman": context.podman, "do_update": True}
    )
    loading.fetcher_constructor = CarefulFetcher
    loading.loader = default_loader(CarefulFetcher)
    document = file_uri(asked["document"])
    uri = f"{document}#{asked['entry']}" if asked["entry"] else document
    staging = StageIn(asked, directory, record)
    staging.take(asked["inputs"])
    order, overrides = _order(asked, document)
    loading.overrides_list.extend(overrides)
    loading, document_object, uri = fetch_document(uri, loading)
    loading, uri = resolve_and_validate_document(loading, document_object, uri)
    try:
        tool = make_tool(uri, loading)
    except GraphTargetMissingException:
        flows = [one["id"] for one in document_object.get("$graph", ()) if one.get("class") == "Workflow"]
        if asked["entry"] or len(flows) != 1:
            raise
        tool = make_tool(flows[0], loading)  # the only Workflow is what a person means
    _complete(order, tool, loading)
    staging.take(order)
    outline = cwltool_outline.outline(tool, Path(asked["document"]), asked["entry"])
    own = outline["steps"]
    outline["steps"] = with_own_steps(own, staging.needed, bool(asked.get("publish")))
    asked["stage_out"] = outline["steps"][-1]["id"] if asked.get("publish") else None
    record.names([str(step["id"]) for step in outline["steps"]])
    record.event("document", **outline)
    if outline["kind"] != "Workflow":
        context.path = (str(own[0]["id"]),)
        context.name = context.path[0]
        record.event("expand", step=context.step, total=1)
    staging.carry_out(outline["steps"])
    return loading, tool, _initial(order, tool, loading, context)


def _order(asked: dict[str, Any], document: str) -> tuple[CommentedMap, list[Any]]:
    """Resolves the input object: its relative paths against its base, its imports, its overrides."""
    try:
        whole = cmap(asked["inputs"])
        resolved, _ = Loader(jobloaderctx.copy()).resolve_all(
            whole, f"{file_uri(asked['base'])}/", checklinks=False
        )
        order = cast(CommentedMap, resolved)
        overrides = []
        if OVERRIDES in order:
            overrides = resolve_overrides(order, f"{file_uri(asked['base'])}/", document)
            del order[OVERRIDES]
    except Exception as error:
        raise InputsError(str(error)) from error
    order.pop("id", None)
    return order, overrides


def _complete(order: Any, tool: Process, loading: LoadingContext) -> None:
    """Adds the defaults of the document to the input object."""
    for one in tool.tool["inputs"]:
        if "default" in one and shortname(one["id"]) not in order:
            # what is fetched gets another location, which is not the document's
            fetched = next(remotes(one["default"]), None) is not None
            order[shortname(one["id"])] = copy.deepcopy(one["default"]) if fetched else one["default"]
    if loading.jobdefaults:
        for name, value in loading.jobdefaults.items():
            order.setdefault(name, value)


def _initial(order: Any, tool: Process, loading: LoadingContext, context: Context) -> dict[str, Any]:
    """Readies the input object as cwltool does; every file that it names must be there."""
    declared = cast(dict[str, Any], tool.metadata.get("$namespaces") or {})
    namespaces = {**(order.get("$namespaces") or {}), **declared}
    formats = Loader(namespaces)

    def located(file: Any) -> None:
        if "location" not in file and "path" in file:
            file["location"] = file.pop("path")
        if "format" in file:
            file["format"] = formats.expand_url(file["format"], "")

    fs = StdFsAccess(context.basedir)
    for name, value in order.items():
        visit_class(value, FILES, located)
        visit_class(value, FILES, partial(_present, name))
    visit_class(order, ("File",), partial(add_sizes, fs))
    adjustDirObjs(order, trim_listing)
    normalizeFilesDirs(order)
    secrets = tool.get_requirement(SECRETS)[0]
    if secrets and context.secret_store:
        named = cast(list[str], secrets["secrets"])
        context.secret_store.store([shortname(one) for one in named], order)
    order.pop("cwl:tool", None)
    return dict(order)


def _present(name: str, file: Any) -> None:
    location = file.get("location")
    if not isinstance(location, str) or ("://" in location and not location.startswith("file://")):
        return
    if location.startswith("_:"):
        return
    place = Path(uri_file_path(location) if location.startswith("file://") else location)
    kind = "folder" if file["class"] == "Directory" else "file"
    if not place.exists():
        raise InputsError(f"input {name}: there is no {kind} {place}")
    if (kind == "folder") != place.is_dir():
        raise InputsError(f"input {name}: {place} is not a {kind}")
    if not os.access(place, os.R_OK):
        raise InputsError(f"input {name}: {place} cannot be read")


def _execute(
    executor: JobExecutor, tool: Process, order: dict[str, Any], context: Context
) -> tuple[Any, str]:
    outputs, status = executor(tool, order, context)
    return outputs, status


def _told(outputs: Any) -> Any:
    """Gives the output object as cwltool prints it."""

    def located(one: Any) -> None:
        for field in ("path", "nameext", "nameroot", "dirname"):
            one.pop(field, None)
        if str(one.get("location", "")).startswith("file://"):
            one["path"] = uri_file_path(one["location"])

    visit_class(outputs, FILES, located)
    visit_class(outputs, ("File",), MutationManager().unset_generation)
    return outputs


def _failed(record: Record, kind: str, error: BaseException, code: int = 1) -> dict[str, Any]:
    message = cwltool_talk.calm(strip_dup_lineno(str(error))) or type(error).__name__
    record.say("run", message)
    return {"exit_code": code, "status": "permanentFail", "kind": kind, "message": message}


def _stage_failed(kind: str, error: StageError) -> dict[str, Any]:
    told = {"message": error.message, "hint": error.hint}
    return {"exit_code": 1, "status": "permanentFail", "kind": kind, **told}


class InputsError(Exception):
    """The input object cannot be used."""
