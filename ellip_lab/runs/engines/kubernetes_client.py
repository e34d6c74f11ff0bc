"""The client of Kubernetes, wrapped: what this program asks of a cluster, with plain JSON for answers.

The library is imported at first use, and only here. Every error is a `ClusterError` that says what was refused.
"""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from ellip_lab.runs.cluster import Cluster

Json = dict[str, Any]
INSIDE = Path("/var/run/secrets/kubernetes.io/serviceaccount/namespace")
PATIENCE = 30
"""Seconds that the cluster has for one answer."""
SILENT = 600
"""Seconds after which a log that says nothing is asked for again."""
WATCH = 60
"""Seconds after which a watch is asked for again, should the connection have died unnoticed."""
PIECE = 1 << 16
CHUNK = 65_536
APART = 600
"""Seconds that the clocks of this machine and of a node may be apart."""


def loaded() -> bool:
    """Loads the library, and what of it is only loaded when it is used; tells whether it is installed."""
    try:
        from kubernetes import client, config
        from kubernetes.stream import stream
    except ImportError:
        return False
    return all(
        (config, stream, client.CoreV1Api, client.BatchV1Api, client.AuthorizationV1Api, client.VersionApi)
    )


class ClusterError(Exception):
    """The cluster has refused, or does not answer."""

    def __init__(self, message: str, reason: str, status: int = 0) -> None:
        super().__init__(message)
        self.message = message
        self.reason = reason
        """`Forbidden`, `NotFound`, `Conflict`, `Unreachable`, `Configuration`, `Uninstalled`, or the cluster's own."""
        self.status = status


class Kubernetes:
    """Is the one namespace of a cluster that runs go to."""

    def __init__(self, cluster: Cluster) -> None:
        try:
            from kubernetes import client
            from kubernetes import config as configuration
        except ImportError as error:
            raise ClusterError("the client of Kubernetes is not installed", "Uninstalled") from error
        config: Any = configuration  # its functions have no types
        settings = client.Configuration()
        namespace = None
        self.pinned: Json = {}
        """What the settings of the cluster leave open, as it holds now: somebody may choose another context later."""
        try:
            if cluster.kubeconfig is None and INSIDE.exists() and not os.environ.get("KUBECONFIG"):
                config.load_incluster_config(client_configuration=settings)
                namespace = INSIDE.read_text().strip()
                self.where = "the cluster this runs in"
            else:
                # named in any case: the library remembers what KUBECONFIG was when it was loaded
                file = (
                    str(Path(cluster.kubeconfig).expanduser())
                    if cluster.kubeconfig
                    else os.environ.get("KUBECONFIG") or str(Path("~/.kube/config").expanduser())
                )
                config.load_kube_config(file, cluster.context, client_configuration=settings)
                contexts, current = config.list_kube_config_contexts(file)
                named = next((one for one in contexts if one["name"] == cluster.context), current)
                self.pinned = {"kubeconfig": file, "context": named["name"]}
                namespace = named["context"].get("namespace")
                self.where = f"context {named['name']}"
        except (config.ConfigException, OSError, ValueError, KeyError, TypeError) as error:
            raise ClusterError(f"no cluster is configured: {error}", "Configuration") from error
        settings.retries = False  # what can be tried again is, and is told
        self.namespace = cluster.namespace or namespace or "default"
        self.pinned["namespace"] = self.namespace
        self._settings = settings
        self._client = client
        api = client.ApiClient(settings)
        self._core = client.CoreV1Api(api)
        self._batch = client.BatchV1Api(api)
        self._access = client.AuthorizationV1Api(api)
        self._version = client.VersionApi(api)

    def version(self) -> str:
        """Gives the version of the server (`v1.20.2`)."""
        return str(self._ask(self._version.get_code)["gitVersion"])

    def may(self, verb: str, group: str, resource: str, account: str | None = None) -> bool:
        """Tells whether this program, or a service account of the namespace, may do something (`pods/log`)."""
        name, _, sub = resource.partition("/")
        attributes = {"namespace": self.namespace, "verb": verb, "group": group, "resource": name}
        spec: Json = {"resourceAttributes": {**attributes, **({"subresource": sub} if sub else {})}}
        if account is None:
            create: Callable[..., Any] = self._access.create_self_subject_access_review
            kind = "SelfSubjectAccessReview"
        else:
            spec["user"] = f"system:serviceaccount:{self.namespace}:{account}"
            spec["groups"] = ["system:serviceaccounts", f"system:serviceaccounts:{self.namespace}"]
            create, kind = self._access.create_subject_access_review, "SubjectAccessReview"
        body = {"apiVersion": "authorization.k8s.io/v1", "kind": kind, "spec": spec}
        return bool(self._ask(create, body)["status"].get("allowed"))

    def create_job(self, body: Json) -> Json:
        """Makes a Job."""
        return self._ask(self._batch.create_namespaced_job, self.namespace, body)

    def jobs(self, selector: str) -> list[Json]:
        """Gives the Jobs with a label."""
        reply = self._ask(self._batch.list_namespaced_job, self.namespace, label_selector=selector)
        return cast(list[Json], reply["items"])

    def delete_job(self, name: str) -> None:
        """Deletes a Job in the foreground: it is gone when its pods are."""
        options = {"propagationPolicy": "Foreground"}
        self._gone(self._batch.delete_namespaced_job, name, self.namespace, body=options)

    def create_config(self, body: Json) -> Json:
        """Makes a ConfigMap."""
        return self._ask(self._core.create_namespaced_config_map, self.namespace, body)

    def own_config(self, name: str, job: Json) -> None:
        """Makes a Job the owner of a ConfigMap: it goes when the Job goes."""
        about = {"apiVersion": "batch/v1", "kind": "Job", "controller": True, "blockOwnerDeletion": False}
        owner = {**about, "name": job["metadata"]["name"], "uid": job["metadata"]["uid"]}
        body = {"metadata": {"ownerReferences": [owner]}}
        self._ask(self._core.patch_namespaced_config_map, name, self.namespace, body)

    def configs(self, selector: str) -> list[Json]:
        """Gives the ConfigMaps with a label."""
        reply = self._ask(self._core.list_namespaced_config_map, self.namespace, label_selector=selector)
        return cast(list[Json], reply["items"])

    def delete_config(self, name: str) -> None:
        """Deletes a ConfigMap."""
        self._gone(self._core.delete_namespaced_config_map, name, self.namespace)

    def claim(self, name: str) -> Json:
        """Gives a claim."""
        return self._ask(self._core.read_namespaced_persistent_volume_claim, name, self.namespace)

    def create_pod(self, body: Json) -> Json:
        """Makes a pod."""
        return self._ask(self._core.create_namespaced_pod, self.namespace, body)

    def pod(self, name: str) -> Json:
        """Gives a pod."""
        return self._ask(self._core.read_namespaced_pod, name, self.namespace)

    def pods(self, selector: str) -> tuple[list[Json], str]:
        """Gives the pods with a label, and the version of the list that a watch goes on from."""
        reply = self._ask(self._core.list_namespaced_pod, self.namespace, label_selector=selector)
        return reply["items"], reply["metadata"]["resourceVersion"]

    def delete_pod(self, name: str, grace: int) -> None:
        """Deletes a pod; it has `grace` seconds to end by itself."""
        self._gone(self._core.delete_namespaced_pod, name, self.namespace, grace_period_seconds=grace)

    def watch_pods(self, selector: str, version: str) -> Iterator[tuple[str, Json]]:
        """Gives what happens to the pods with a label, until the connection ends."""
        with self._streamed(
            self._core.list_namespaced_pod, self.namespace, label_selector=selector, resource_version=version,
            watch=True, timeout_seconds=WATCH, _request_timeout=(PATIENCE, WATCH + PATIENCE),
        ) as lines:  # fmt: skip
            for line in lines:
                event = json.loads(line)
                if event["type"] == "ERROR":
                    return
                yield event["type"], event["object"]

    def log(self, pod: str, container: str | None, since: str | None) -> Iterator[bytes]:
        """Gives the lines of a log, each with its time before it, until the container has ended.

        `since` is the time of a line (`2026-11-22T10:11:12.123456789Z`); that line, and others of the same
        second, may come again.
        """
        query: Json = {"follow": True, "timestamps": True}
        if container:
            query["container"] = container
        if since:
            from datetime import UTC, datetime

            past = datetime.now(UTC) - datetime.fromisoformat(f"{since[:19]}+00:00")
            # by the clock of this machine, which may be behind the node's; what comes again is known by its time
            query["since_seconds"] = max(1, int(past.total_seconds())) + APART
        with self._streamed(
            self._core.read_namespaced_pod_log, pod, self.namespace, **query,
            _request_timeout=(PATIENCE, SILENT),
        ) as lines:  # fmt: skip
            yield from lines

    def execute(
        self, pod: str, container: str, argv: list[str], *, stdin: Iterator[bytes] | None = None,
        sink: Callable[[bytes], object] | None = None, patience: float | None = None,
    ) -> tuple[int, bytes]:  # fmt: skip
        """Runs a command in a container, gives its exit code and what it wrote to standard error.

        The command must know by itself where its input ends: older clusters cannot close it.
        """
        from kubernetes.stream import stream

        core = self._client.CoreV1Api(self._client.ApiClient(self._settings))  # `stream` changes its client
        with _told():
            talk = stream(
                core.connect_get_namespaced_pod_exec, pod, self.namespace, container=container, command=argv,
                stdin=stdin is not None, stdout=True, stderr=True, tty=False, binary=True,
                _preload_content=False, _request_timeout=patience,
            )  # fmt: skip
            talk._all = _Unkept()  # it would keep everything that is written, without end
            sender = None
            if stdin is not None:

                def send(pieces: Iterator[bytes] = stdin) -> None:
                    for piece in pieces:
                        for start in range(0, len(piece), PIECE):
                            talk.write_stdin(piece[start : start + PIECE])

                sender = _Sender(send)
                sender.start()
            wrote = b""
            while talk.is_open():
                talk.update(timeout=1)
                if (piece := talk.read_channel(1)) and sink:
                    sink(piece)
                wrote = (wrote + talk.read_channel(2))[-PIECE:]
                if sender and sender.error:
                    talk.close()
                    raise sender.error
            for piece in (talk.read_channel(1),):
                if piece and sink:
                    sink(piece)
            wrote += talk.read_channel(2)
            told = json.loads(talk.read_channel(3) or b"{}")
            talk.close()  # the cluster has closed its end: ours is left to us
        if told.get("status") == "Success":
            return 0, wrote
        causes = (told.get("details") or {}).get("causes") or [{}]
        code = str(causes[0].get("message", ""))
        if not code.isdigit():
            raise ClusterError(str(told.get("message") or "the connection was cut"), "Unreachable")
        return int(code), wrote

    def happened(self, pod: str) -> list[Json]:
        """Gives the cluster's events about a pod."""
        reply = self._ask(
            self._core.list_namespaced_event, self.namespace, field_selector=f"involvedObject.name={pod}"
        )
        return cast(list[Json], reply["items"])

    def _ask(self, method: Callable[..., Any], *arguments: Any, **query: Any) -> Json:
        query.setdefault("_request_timeout", PATIENCE)
        with _told():
            return cast(Json, json.loads(method(*arguments, **query, _preload_content=False).data))

    def _gone(self, method: Callable[..., Any], *arguments: Any, **query: Any) -> None:
        try:
            self._ask(method, *arguments, **query)
        except ClusterError as error:
            if error.status != 404:
                raise

    @contextmanager
    def _streamed(
        self, method: Callable[..., Any], *arguments: Any, **query: Any
    ) -> Iterator[Iterator[bytes]]:
        with _told():
            reply = method(*arguments, **query, _preload_content=False)
        try:
            yield _lines(reply)
        finally:
            reply.close()
            reply.release_conn()


class _Unkept:
    """Takes what is written, and keeps nothing."""

    def write(self, data: bytes) -> int:
        """Forgets it."""
        return len(data)


class _Sender(threading.Thread):
    """Sends in its own time what a command reads."""

    def __init__(self, send: Callable[[], None]) -> None:
        super().__init__(name="ellip-send", daemon=True)
        self._send = send
        self.error: Exception | None = None

    def run(self) -> None:
        """Sends everything; an error is the reader's to raise."""
        try:
            self._send()
        except Exception as error:  # noqa: BLE001 - it is raised again by whoever waits for the command
            self.error = error


def _lines(reply: Any) -> Iterator[bytes]:
    """Gives whole lines, with their newline; the last one as it is."""
    rest = b""
    while True:
        with _told():
            # what there is, at once: `stream` of some versions waits until a piece is full
            piece = reply.read1(CHUNK) if hasattr(reply, "read1") else next(reply.stream(CHUNK), b"")
        if not piece:
            break
        *lines, rest = (rest + piece).split(b"\n")
        for line in lines:
            yield line + b"\n"
    if rest:
        yield rest


@contextmanager
def _told() -> Iterator[None]:
    """Makes what the library raises one kind of error."""
    from kubernetes.client.exceptions import ApiException
    from urllib3.exceptions import HTTPError
    from websocket import WebSocketException

    try:
        yield
    except ApiException as error:
        if not error.status:
            raise ClusterError(f"the cluster does not answer: {error.reason}", "Unreachable") from error
        try:
            body = json.loads(error.body or b"")
            message, reason = str(body["message"]), str(body.get("reason") or error.reason)
        except (ValueError, KeyError, TypeError):
            message = str(error.reason)
            reason = {401: "Unauthorized", 403: "Forbidden", 404: "NotFound"}.get(error.status, "Refused")
        raise ClusterError(message, reason, int(error.status)) from error
    except (HTTPError, WebSocketException, OSError) as error:
        raise ClusterError(f"the cluster does not answer: {error}", "Unreachable") from error
