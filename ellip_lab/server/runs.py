"""The routes of room `runs`."""

from __future__ import annotations

from ellip_lab.contract import Acknowledged, Empty
from ellip_lab.cwl.editing import Graph
from ellip_lab.runs.cluster import Cluster, EngineCheck
from ellip_lab.runs.comparison import CompareQuery, Comparison
from ellip_lab.runs.contract import (
    Engines,
    QuicklookQuery,
    RemoveQuery,
    RerunRequest,
    Run,
    RunLogQuery,
    RunPage,
    RunQuery,
    RunRequest,
    Script,
    ScriptQuery,
    Used,
    UsedQuery,
)
from ellip_lab.runs.reckoning import RunUsage
from ellip_lab.server.route import Action, Call, Method, Picture, Route
from ellip_lab.server.tasks import telling
from ellip_lab.tasks.contract import LogChunk


def list_(call: Call[RunQuery, Empty]) -> RunPage:
    """Lists runs, newest first, a page at a time."""
    return call.lab.runs.list(call.query)


def start(call: Call[Empty, RunRequest]) -> Run:
    """Starts a run of a document, and gives it as it stands in the queue."""
    started = call.lab.runs.start(call.workspace.request(call.body))
    return call.workspace.show_run(started.show())


def engines(call: Call[Empty, Empty]) -> Engines:
    """Says which container engines work here, and what would mend those that do not."""
    return call.lab.runs.engines()


def cluster(call: Call[Empty, Empty]) -> Cluster:
    """Gives the settings of the cluster that the engine calrissian runs on."""
    return call.lab.runs.cluster()


def save_cluster(call: Call[Empty, Cluster]) -> Cluster:
    """Keeps other settings of the cluster; runs that are on their way keep theirs."""
    return call.lab.runs.save_cluster(call.body)


def check_engine(call: Call[Empty, Empty]) -> EngineCheck:
    """Tries the cluster that is set: what is missing for a run, and how to mend it; it takes some seconds."""
    return call.lab.runs.check_engine()


def show(call: Call[Empty, Empty]) -> Run:
    """Gives everything known of one run."""
    return call.workspace.show_run(call.lab.runs.show(call.id))


def log(call: Call[RunLogQuery, Empty]) -> LogChunk:
    """Gives a stretch of a run's log, or of one of its jobs', and waits for more where there is none yet."""
    return call.lab.runs.log(call.id, call.query)


def stop(call: Call[Empty, Empty]) -> Run:
    """Stops a run: its processes and its containers."""
    return call.workspace.show_run(call.lab.runs.stop(call.id))


def rerun(call: Call[Empty, RerunRequest]) -> Run:
    """Starts a run again, with the same or with other inputs."""
    before = call.lab.runs.show(call.id).request
    started = call.lab.runs.rerun(call.id, call.workspace.rerun(call.body, before))
    return call.workspace.show_run(started.show())


def remove(call: Call[RemoveQuery, Empty]) -> Acknowledged:
    """Removes the record of an ended run, and its outputs when asked."""
    return call.lab.runs.remove(call.id, call.query)


def quicklook(call: Call[QuicklookQuery, Empty]) -> Picture:
    """Draws an output of a run that is a raster or an image, as PNG."""
    return Picture(call.lab.runs.quicklook(call.id, call.query))


def script(call: Call[ScriptQuery, Empty]) -> Script:
    """Says a run again, as a command line or as Python."""
    return call.lab.runs.script(call.id, call.query)


def graph(call: Call[Empty, Empty]) -> Graph:
    """Gives the document of a run, as it was then, as a graph whose steps are the run's."""
    return call.workspace.show_written(call.lab.runs.graph(call.id))


def used(call: Call[Empty, UsedQuery]) -> Used:
    """Gives what the tools of a document have used in the runs that are kept, and what they should ask for."""
    return call.workspace.show_written(call.lab.runs.used(call.workspace.written(call.body)))


def usage(call: Call[Empty, Empty]) -> RunUsage:
    """Gives what a run has used, step by step and in all: reserved on a cluster, measured on this machine."""
    return call.lab.runs.usage(call.id)


def compare(call: Call[CompareQuery, Empty]) -> Comparison:
    """Compares what a run has given with what another has: by content, STAC catalogues by what they say."""
    return call.lab.runs.compare(call.id, call.query)


ROUTES = (
    Route(
        method=Method.GET,
        path="/runs/cluster",
        action=Action.READ,
        query=Empty,
        body=Empty,
        reply=Cluster,
        verb=cluster,
    ),
    Route(
        method=Method.POST,
        path="/runs/cluster",
        action=Action.WRITE,
        query=Empty,
        body=Cluster,
        reply=Cluster,
        verb=save_cluster,
    ),
    Route(
        method=Method.POST,
        path="/runs/cluster/check",
        action=Action.EXECUTE,
        query=Empty,
        body=Empty,
        reply=EngineCheck,
        verb=check_engine,
    ),
    Route(
        method=Method.POST,
        path="/runs/used",
        action=Action.READ,
        query=Empty,
        body=UsedQuery,
        reply=Used,
        verb=used,
    ),
    Route(
        method=Method.GET,
        path="/runs/{id}/graph",
        action=Action.READ,
        query=Empty,
        body=Empty,
        reply=Graph,
        verb=graph,
    ),
    Route(
        method=Method.GET,
        path="/runs",
        action=Action.READ,
        query=RunQuery,
        body=Empty,
        reply=RunPage,
        verb=list_,
    ),
    Route(
        method=Method.POST,
        path="/runs",
        action=Action.EXECUTE,
        query=Empty,
        body=RunRequest,
        reply=Run,
        verb=start,
        status=201,
    ),
    Route(
        method=Method.GET,
        path="/runs/engines",
        action=Action.READ,
        query=Empty,
        body=Empty,
        reply=Engines,
        verb=engines,
    ),
    Route(
        method=Method.GET,
        path="/runs/{id}",
        action=Action.READ,
        query=Empty,
        body=Empty,
        reply=Run,
        verb=show,
    ),
    Route(
        method=Method.GET,
        path="/runs/{id}/log",
        action=Action.READ,
        query=RunLogQuery,
        body=Empty,
        reply=LogChunk,
        verb=log,
        until=telling,
    ),
    Route(
        method=Method.POST,
        path="/runs/{id}/stop",
        action=Action.EXECUTE,
        query=Empty,
        body=Empty,
        reply=Run,
        verb=stop,
    ),
    Route(
        method=Method.POST,
        path="/runs/{id}/rerun",
        action=Action.EXECUTE,
        query=Empty,
        body=RerunRequest,
        reply=Run,
        verb=rerun,
        status=201,
    ),
    Route(
        method=Method.DELETE,
        path="/runs/{id}",
        action=Action.WRITE,
        query=RemoveQuery,
        body=Empty,
        reply=Acknowledged,
        verb=remove,
    ),
    Route(
        method=Method.GET,
        path="/runs/{id}/quicklook",
        action=Action.READ,
        query=QuicklookQuery,
        body=Empty,
        reply=Picture,
        verb=quicklook,
    ),
    Route(
        method=Method.GET,
        path="/runs/{id}/script",
        action=Action.READ,
        query=ScriptQuery,
        body=Empty,
        reply=Script,
        verb=script,
    ),
    Route(
        method=Method.GET,
        path="/runs/{id}/compare",
        action=Action.READ,
        query=CompareQuery,
        body=Empty,
        reply=Comparison,
        verb=compare,
    ),
    Route(
        method=Method.GET,
        path="/runs/{id}/usage",
        action=Action.READ,
        query=Empty,
        body=Empty,
        reply=RunUsage,
        verb=usage,
    ),
)
