"""Tries a connection step by step, as a person with a terminal would: which one fails says what is wrong."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from ellip_lab.errors import Denied, EllipError, Invalid, Unavailable
from ellip_lab.s3 import boto
from ellip_lab.s3.connections import Connections, Known
from ellip_lab.s3.contract import Auth, ConnectionTest, StepResult, TestRequest, TestStep
from ellip_lab.s3.probing import Probe, Said
from ellip_lab.s3.refusals import refusal

STEPS = ("credentials", "name", "connect", "tls", "answer", "clock", "sign-in", "buckets", "list")
PATIENCE = 10.0
"""Seconds a step may take."""

Outcome = Said | None
"""What a step has found, or None where there was nothing to try."""


def test(connections: Connections, request: TestRequest) -> ConnectionTest:
    """Tries a connection; a bad one is an answer, only a bad request is an error."""
    if (request.name is None) == (request.request is None):
        raise Invalid("either the name of a connection or its settings are needed")
    try:
        known = connections.of(request.request) if request.request else connections.get(request.name)
    except (Denied, Unavailable) as error:
        # Its keys cannot be had, or the store on this machine does not start.
        return _told({"credentials": _failed("credentials", error)})
    return _Trial(known, request.bucket).run()


class _Trial:
    """Is one test of one connection."""

    def __init__(self, known: Known, bucket: str | None) -> None:
        self._known = known
        self._asked = bucket or next(iter(known.connection.buckets), None)
        self._client: Any = None
        self._probe: Probe | None = None
        self._first: str | None = None
        self._steps: dict[str, TestStep] = {}

    def run(self) -> ConnectionTest:
        try:
            signs = self._try("credentials", self._credentials)
            if self._client is None:
                return _told(self._steps)
            self._probe = Probe(boto.reach_of_client(self._known, self._client))
            for name, step in (
                ("name", self._probe.resolve),
                ("connect", self._probe.connect),
                ("tls", self._probe.secure),
                ("answer", self._probe.answer),
                ("clock", self._probe.clock),
            ):
                if not self._try(name, step):
                    return _told(self._steps)
            if signs and self._try("sign-in", self._sign_in) and self._try("buckets", self._buckets):
                self._try("list", self._list)
            return _told(self._steps)
        finally:
            if self._probe:
                self._probe.close()
            if self._client is not None:
                self._client.close()

    def _try(self, name: str, step: Callable[[], Outcome]) -> bool:
        """Carries a step out for a bounded time; tells whether to go on."""
        ended: list[TestStep] = []

        def work() -> None:
            try:
                said = step()
                result = StepResult.OK if said and said.tried else StepResult.SKIPPED
                detail, hint = (said.detail, said.hint) if said else ("", None)
                ended.append(TestStep(name=name, result=result, detail=detail, hint=hint))
            except Exception as error:  # noqa: BLE001 - whatever it is, it is the answer, in words of ours
                ended.append(_failed(name, error))

        thread = threading.Thread(target=work, name=f"test-{name}", daemon=True)
        thread.start()
        thread.join(PATIENCE)
        late = TestStep(
            name=name, result=StepResult.FAILED, detail=f"no answer within {PATIENCE:g} seconds",
            hint="Check the network, and the proxy if you need one.",
        )  # fmt: skip
        self._steps[name] = ended[0] if ended else late
        return self._steps[name].result is not StepResult.FAILED

    def _credentials(self) -> Outcome:
        connection = self._known.connection
        if connection.auth is Auth.ANONYMOUS:
            self._client = self._made()
            return Said("nobody signs in: what is open to everybody can be read", tried=False)
        try:
            self._client = self._made()
        except EllipError:
            # The way there can be tried without them.
            anonymous = connection.model_copy(update={"auth": Auth.ANONYMOUS, "role_arn": None})
            self._client = boto.make_client(Known(anonymous, self._known.home), attempts=1)
            raise
        found = boto.credentials_of(self._known, self._client)
        return Said(f"found ({found.method})" + (", with a session token" if found.token else ""))

    def _made(self) -> Any:
        return boto.make_client(self._known, attempts=1, connect=PATIENCE / 2, read=PATIENCE)

    def _sign_in(self) -> Outcome:
        """Lists buckets: a refusal to list them is an answer to somebody who is known."""
        if self._known.connection.auth is Auth.ANONYMOUS:
            return Said("nobody signs in", tried=False)
        try:
            found = self._client.list_buckets().get("Buckets") or []
        except Exception as error:
            told = refusal(error, "signing in")
            if isinstance(told, Denied) and "may not list buckets" in told.detail:
                return Said("the keys are known to the service")
            raise told or error from error
        self._first = next((str(bucket["Name"]) for bucket in found), None)
        self._count = len(found)
        return Said("the keys are known to the service")

    _count: int | None = None

    def _buckets(self) -> Outcome:
        if self._count is not None:
            return Said(f"{self._count} can be listed")
        if self._known.connection.auth is Auth.ANONYMOUS:
            return Said("nobody may list them", tried=False)
        hint = None if self._asked else "Name the buckets in the connection; what is in them may be readable."
        return Said("these credentials may not list buckets", hint, tried=False)

    def _list(self) -> Outcome:
        bucket = self._asked or self._first
        if bucket is None:
            return Said("no bucket is known to try", tried=False)
        try:
            with boto.translated(f"bucket {bucket!r}"):
                reply = self._client.list_objects_v2(Bucket=bucket, MaxKeys=1)
        except Denied as error:
            if self._asked:
                raise
            return Said(error.detail, error.hint, tried=False)
        contents = reply.get("Contents") or []
        if not contents or not contents[0]["Size"]:
            return Said(f"{bucket!r} can be listed")
        with boto.translated(f"the first object of bucket {bucket!r}"):
            body = self._client.get_object(Bucket=bucket, Key=contents[0]["Key"], Range="bytes=0-0")["Body"]
            body.read(1)
            body.close()
        return Said(f"{bucket!r} can be listed and read")


def _failed(name: str, error: Exception) -> TestStep:
    """Says why a step failed, never in the words of a library: they may repeat a key."""
    told: EllipError | None
    if isinstance(error, EllipError):
        detail, hint = error.detail, error.hint
    else:
        told = refusal(error, name)
        detail, hint = (told.detail, told.hint) if told else (type(error).__name__, None)
    return TestStep(name=name, result=StepResult.FAILED, detail=detail, hint=hint)


def _told(steps: dict[str, TestStep]) -> ConnectionTest:
    """Gives every step; those that were not reached are skipped."""
    every = tuple(
        steps.get(name, TestStep(name=name, result=StepResult.SKIPPED, detail="not reached"))
        for name in STEPS
    )
    return ConnectionTest(works=all(step.result is not StepResult.FAILED for step in every), steps=every)
