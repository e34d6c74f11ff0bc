"""The engine calrissian, as data: the command that submits a run to a cluster, and the one that sweeps it.

Nothing is run here, and calrissian itself is imported nowhere: it lives in an image (deploy/calrissian).
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from ellip_lab.runs.cluster import Cluster
from ellip_lab.runs.engines.cwltool import Plan
from ellip_lab.runs.request import Resolved
from ellip_lab.tasks.contract import Command

CARRIED = ("PATH", "HOME", "KUBECONFIG", "KUBERNETES_SERVICE_HOST", "KUBERNETES_SERVICE_PORT")
"""What leads to the cluster of whoever asked for the run: whoever takes it up, or sweeps, must ask the same one."""
RESUMES = 20
"""How often the submitting program is started again when it was killed: it takes up the run where it stands."""

SWEEPS = 3
"""How often a sweep is tried again: the network may be cut, and the tools of the run still be there."""


def plan(
    request: Resolved, cluster: Cluster, cache: Path, node: Path | None, environ: Mapping[str, str]
) -> Plan:
    """Says how to run a request on a cluster; the settings are the run's own from here on."""
    folders = [environ.get("PATH", os.defpath), *([str(node)] if node else [])]
    carried = {name: environ[name] for name in CARRIED if name in environ}
    env = {**carried, "PATH": os.pathsep.join(folders)}
    module = "ellip_lab.runs.engines.calrissian_child"
    run = {
        "document": str(request.document),
        "entry": request.entry,
        "inputs": request.inputs,
        "base": str(request.base),
        "outdir": str(request.outdir),
        "parallel": request.parallel,
        "container": "none",
        "custom_net": None,
        "bare": False,
        "engine_problem": None,
        "cache": str(cache),
        "cluster": cluster.model_dump(mode="json"),
    }
    return Plan(
        Command(argv=(sys.executable, "-m", module), env=env, resumes=RESUMES),
        Command(
            argv=(sys.executable, "-m", "ellip_lab.runs.engines.calrissian_cleanup"),
            env=carried,
            resumes=SWEEPS,
        ),
        run,
    )
