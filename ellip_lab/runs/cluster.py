"""The cluster that the engine calrissian runs on: what a person sets, in one file that every door reads.

`cluster.toml` in the state folder, or the file that `ELLIP_LAB_CLUSTER` names. Nothing of it is a secret: keys
stay in the kubeconfig, or in the service account of the pod that this program runs in.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import Field, ValidationError

from ellip_lab.contract import Contract
from ellip_lab.errors import Invalid, Problem
from ellip_lab.shell import write_atomic

FILE = "cluster.toml"
OF_IMAGE = "image"
"""What the file says for the user of the image: TOML has no null."""
NAMED = "ELLIP_LAB_CLUSTER"
"""The variable that names another file."""
QUANTITY = r"^[0-9]+(\.[0-9]+)?(m|k|K|M|G|T|Ki|Mi|Gi|Ti)?$"
WORD = r"^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$"


class Cluster(Contract):
    """Is where and how calrissian runs."""

    kubeconfig: str | None = None
    """The kubeconfig file; null for the pod's own service account, or KUBECONFIG, or ~/.kube/config."""
    context: str | None = None
    """The context of the kubeconfig; null for its current one."""
    namespace: str | None = Field(default=None, pattern=WORD)
    """Where everything is made; null for the context's, or the pod's own."""
    service_account: str = Field(default="calrissian", pattern=WORD)
    """What calrissian itself may do: pods and their logs, nothing else (deploy/)."""
    claim: str = Field(default="calrissian", pattern=WORD)
    """The ReadWriteMany claim that every pod of a run shares."""
    mount: str = Field(default="/calrissian", pattern=r"^/[^:]+$")
    """Where pods see the claim."""
    mounted_at: str | None = None
    """Where this machine sees the claim; null when it does not: then files go through a pod."""
    image: str = Field(default="localhost/ellip/calrissian:0.18.1", min_length=1)
    """The image with calrissian (deploy/calrissian/Containerfile)."""
    pull_policy: str = Field(default="IfNotPresent", pattern="^(Always|IfNotPresent|Never)$")
    pull_secrets: tuple[str, ...] = ()
    """Secrets for the registry of the image. Those for the tools' images belong to the service account."""
    max_ram: str = Field(default="8Gi", pattern=QUANTITY)
    """What all tools of a run together may ask for."""
    max_cores: str = Field(default="4", pattern=QUANTITY)
    deadline: int = Field(default=86_400, ge=10)
    """Seconds after which the cluster ends a run, whatever it does."""
    keep: int = Field(default=600, ge=0)
    """Seconds that the cluster keeps an ended Job which nobody has removed."""
    patience: int = Field(default=600, ge=5)
    """Seconds that a pod may wait for room on a node before the run is told failed."""
    runner_cpu: str = Field(default="100m", pattern=QUANTITY)
    """What calrissian itself asks for; its tools ask for what the document says."""
    runner_memory: str = Field(default="256Mi", pattern=QUANTITY)
    runner_memory_limit: str = Field(default="2Gi", pattern=QUANTITY)
    user: int | None = Field(default=1000, ge=0)
    """The user and group that everything runs as; null for the images' own."""
    default_container: str | None = None
    """The image of tools that name none."""
    node_selector: dict[str, str] = Field(default={})
    pod_labels: dict[str, str] = Field(default={})
    pod_env: dict[str, str] = Field(default={})
    """What every tool sees in its environment."""


class Finding(Contract):
    """Is one thing that a run on the cluster needs."""

    name: str
    """What it is (`connection`, `pods/log`, `claim`, `image`, `service account calrissian`)."""
    works: bool
    message: str
    """What was found."""
    hint: str | None = None
    """How to mend it."""


class EngineCheck(Contract):
    """Says whether runs can go to the cluster that is set, and what is missing."""

    works: bool
    where: str | None = None
    namespace: str | None = None
    version: str | None = None
    """The version of Kubernetes."""
    findings: tuple[Finding, ...] = ()


def place(state: Path, environ: Mapping[str, str] = os.environ) -> Path:
    """Gives the file of the settings."""
    named = environ.get(NAMED)
    return Path(named).expanduser().absolute() if named else state / FILE


def read(state: Path, environ: Mapping[str, str] = os.environ) -> Cluster:
    """Gives the settings; the defaults where there is no file, `Invalid` where it is none of ours."""
    file = place(state, environ)
    try:
        found = tomllib.loads(file.read_text("utf-8"))
    except FileNotFoundError:
        found = {}
    except (OSError, ValueError) as error:
        raise Invalid(f"{file} cannot be read: {error}", hint="Mend it, or remove it.") from error
    return made(found, str(file))


def made(found: dict[str, Any], where: str) -> Cluster:
    """Makes the settings of a table; `Invalid`, with every problem, when it says what nobody understands."""
    try:
        return Cluster.model_validate({**found, "user": None} if found.get("user") == OF_IMAGE else found)
    except ValidationError as error:
        problems = [
            Problem(message=one["msg"], field=".".join(str(part) for part in one["loc"]), file=where)
            for one in error.errors()
        ]
        raise Invalid(f"{where}: {problems[0].field}: {problems[0].message}", problems=problems) from error


def save(state: Path, cluster: Cluster) -> Path:
    """Writes the settings, only what differs from the defaults, and gives the file; `Invalid` for what is no text."""
    import tomli_w

    try:
        words = cluster.model_dump(mode="json", exclude_defaults=True)
        if words.get("user", 0) is None:
            words["user"] = OF_IMAGE
        data = tomli_w.dumps(words).encode()
    except UnicodeEncodeError as error:
        raise Invalid("the settings hold half a character", hint="Type the names again.") from error
    file = place(state)
    file.parent.mkdir(parents=True, exist_ok=True)
    write_atomic(file, data, 0o600)
    return file
