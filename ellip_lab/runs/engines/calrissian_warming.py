"""What the warm process loads for runs on a cluster: the client, a second and 30 MB, where one is set."""

from __future__ import annotations

import os
from pathlib import Path


def ready(state: Path) -> None:
    """Loads the program that follows a run, and where a cluster is set the client with all that it loads late."""
    from ellip_lab.runs.cluster import place
    from ellip_lab.runs.engines import calrissian_child, calrissian_run  # noqa: F401 - loaded for the forks
    from ellip_lab.runs.engines.kubernetes_client import INSIDE, loaded

    if place(state).exists() or (INSIDE.exists() and not os.environ.get("KUBECONFIG")):
        loaded()
