"""The engine's process: submits one document to a cluster, follows it there, and records what happens.

``python -m ellip_lab.runs.engines.calrissian_child`` in the directory of a task, which holds `run.json`. The CWL
output object goes to standard output, the log to standard error; the exit code is 0, 1, or 33 for what is not
supported. Killed and started again, it finds what it had written down and goes on where the run stands.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import sys
import tarfile
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from ellip_lab.runs.engines.calrissian_run import OnCluster
    from ellip_lab.runs.engines.record import Record

Json = dict[str, Any]
SHARED = ("requests", "dateutil.parser", "pydantic")
"""What cwltool and the client of Kubernetes both import, and two threads at once may find half made."""


def main() -> NoReturn:
    """Runs what `run.json` says and ends the process."""
    from ellip_lab.shell import read_json

    gc.disable()  # loading makes a great many objects that live on
    directory = Path.cwd()
    try:
        code = run(read_json(directory / "run.json"), directory)
        sys.stdout.flush()
    except BaseException:  # noqa: BLE001 - the last place: whatever it is, it belongs into the log
        import traceback

        traceback.print_exc()
        code = 1
    sys.stderr.flush()
    os._exit(code)


def run(asked: Json, directory: Path) -> int:
    """Runs a document and gives the exit code."""
    from ellip_lab.runs.engines.record import Record
    from ellip_lab.runs.events import Events

    (directory / "work").mkdir(exist_ok=True)
    # what leads to the cluster has keys in it, which its client puts into files that outlive a process that is killed
    tempfile.tempdir = str(directory / "work")
    for name in SHARED:
        importlib.import_module(name)
    before = Events().of(directory)
    record = Record(directory)
    for event in before:
        fields = {name: value for name, value in event.items() if name not in ("at", "event")}
        record.tally.add(event["event"], fields)
    began = time.monotonic()
    ended = perform(asked, directory, record, before)
    record.event("ended", **ended, step=record.tally.failed)
    code = int(ended["exit_code"])
    record.say("run", f"{'done' if code == 0 else 'failed'} in {time.monotonic() - began:.1f} s")
    return code


def perform(asked: Json, directory: Path, record: Record, before: list[Json]) -> Json:
    """Runs what was asked for and gives the last event."""
    from ellip_lab.runs.engines import calrissian_run
    from ellip_lab.runs.engines.calrissian_outputs import PlacingError
    from ellip_lab.runs.engines.kubernetes_client import ClusterError
    from ellip_lab.runs.engines.stages import StageError
    from ellip_lab.shell import read_json

    note = directory / calrissian_run.NOTE
    on = calrissian_run.OnCluster(asked, directory, record)
    try:
        known = read_json(note) if note.exists() else {}
        outline = next((event["steps"] for event in reversed(before) if event["event"] == "document"), None)
        if known.get("submitted") and outline is not None:
            record.names([str(step["id"]) for step in outline])
            record.say("run", "taken up again")
            record.event("taken-up")
        else:
            outline = submitted(asked, directory, record, on)
            known = read_json(note)
        done = {event["pod"] for event in before if event["event"] == "job-ended" and event.get("pod")}
        found = on.see_through(outline, done)
        record.event("jobs-ended")
        with suppress(OSError):  # no file
            os.ftruncate(sys.stdout.fileno(), 0)  # one that was killed after it wrote this is taken up again
        json.dump(found, sys.stdout, indent=4, ensure_ascii=False)
        sys.stdout.write("\n")
        sys.stdout.flush()
        if asked.get("publish"):
            from ellip_lab.runs.engines import stage_out

            on.leave()
            stage_out.publish({**asked, "stage_out": known["stage_out"]}, found, directory, record)
    except calrissian_run.RunFailedError as error:
        record.say("run", error.event["message"])
        return {"exit_code": 1, "status": "permanentFail", **error.event}
    except PlacingError as error:
        record.say("run", str(error))
        return {"exit_code": 1, "status": "permanentFail", "kind": "placing", "message": str(error)}
    except ClusterError as error:
        record.say("run", error.message)
        told = {"message": error.message, "reason": error.reason}
        return {"exit_code": 1, "status": "permanentFail", "kind": "cluster", **told}
    except (OSError, tarfile.TarError) as error:
        # a file that cannot be read, a disk that is full: here, or what came from there
        where = f": {error.filename}" if isinstance(error, OSError) and error.filename else ""
        why = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        record.say("run", f"the files of the run: {why}{where}")
        told = {"message": f"the files of the run: {why}{where}", "reason": "Volume"}
        return {"exit_code": 1, "status": "permanentFail", "kind": "cluster", **told}
    except StageError as error:
        told = {"message": error.message, "hint": error.hint or ""}
        return {"exit_code": 1, "status": "permanentFail", "kind": "publish", **told}
    finally:
        on.beside.shutdown()
    return {"exit_code": 0, "status": "success"}


def submitted(asked: Json, directory: Path, record: Record, on: OnCluster) -> list[Json]:
    """Loads the document and its inputs as the engine cwltool does, and submits them; gives the steps."""
    on.connect()  # the client takes a second to load
    from cwltool.pack import pack

    from ellip_lab.cwl import schemas
    from ellip_lab.runs.cluster import Cluster
    from ellip_lab.runs.engines import calrissian_inputs as inputs
    from ellip_lab.runs.engines import calrissian_manifests as manifests
    from ellip_lab.runs.engines import calrissian_run, cwltool_provenance, cwltool_run, cwltool_talk

    os.environ["COLUMNS"] = "2000"
    os.chdir(Path(asked["document"]).parent)
    schemas.ready(Path(asked["cache"]))
    cwltool_talk.listen(record)
    loaded = cwltool_run.loaded(asked, directory, record)
    if isinstance(loaded, dict):
        event = {name: value for name, value in loaded.items() if name not in ("exit_code", "status")}
        raise calrissian_run.RunFailedError(
            event.pop("kind"), event.pop("message"), **event, exit_code=loaded["exit_code"]
        )
    loading, tool, order = loaded
    if loading.overrides_list:
        raise calrissian_run.RunFailedError(
            "unsupported", "cwltool:overrides are not supported on a cluster", exit_code=33
        )
    if tool.get_requirement(cwltool_run.SECRETS)[0]:
        # only the process that has read them knows their values; a cluster would have them in a ConfigMap
        raise calrissian_run.RunFailedError(
            "unsupported", "cwltool:Secrets are not supported on a cluster", exit_code=33
        )
    mapping = inputs.Mapping(manifests.folder_of(Cluster.model_validate(asked["cluster"]), directory.name))
    for port in tool.tool["inputs"]:
        name = str(port["id"]).rpartition("#")[2].rpartition("/")[2]
        if name in order:
            inputs_of = inputs.patterns_of(port)
            if inputs_of:
                mapping.beside(order[name], inputs_of)
            mapping.take(order[name])
    package = inputs.package_of(dict(pack(loading, tool.tool["id"])), Path(asked["document"]))
    on.beside.submit(cwltool_provenance.keep, loading, tool, directory, Path(asked["cache"]))
    mapping.take(package)
    graph = package.get("$graph")
    entry = None
    if graph:
        identity = str(tool.tool["id"]).rpartition("#")[2]
        ids = {str(one.get("id", "")).lstrip("#") for one in graph}
        entry = "main" if "main" in ids else identity.rpartition("/")[2]
    outline = next(event["steps"] for event in reversed(_events(directory)) if event["event"] == "document")
    on.pin()
    on.submit(package, order, entry, mapping.files, asked.get("stage_out"))
    gc.freeze()
    gc.enable()
    return list(outline)


def _events(directory: Path) -> list[Json]:
    from ellip_lab.runs.events import Events

    return Events().of(directory)


if __name__ == "__main__":
    main()
