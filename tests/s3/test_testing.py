"""The test of a connection: it says which step fails, and never raises for a bad one."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from ellip_lab.errors import Invalid, NotFound
from ellip_lab.s3 import testing
from ellip_lab.s3.connections import Connections
from ellip_lab.s3.contract import (
    Auth,
    ConnectionRequest,
    ConnectionTest,
    Credentials,
    StepResult,
    TestRequest,
)
from ellip_lab.settings import Settings
from s3.fakes import BUCKETS, PAGE, Reply, expired, refused, serving
from s3.stores import WeedServer, authority, free_ports

SECRET = "not-the-secret-of-anybody-1234567890"
TOKEN = "not-a-token-of-anybody-0987654321"


def request(
    endpoint: str, *, secret: str = SECRET, token: str | None = None, **more: object
) -> ConnectionRequest:
    keys = Credentials.model_validate(
        {"access_key": "AKNOBODY", "secret_key": secret, "session_token": token}
    )
    return ConnectionRequest(
        name="tried", endpoint=endpoint, region="us-east-1", credentials=keys
    ).model_copy(update=more)


def tried(
    connections: Connections, asked: ConnectionRequest | str, bucket: str | None = None
) -> ConnectionTest:
    if isinstance(asked, str):
        told = testing.test(connections, TestRequest(name=asked, bucket=bucket))
    else:
        told = testing.test(connections, TestRequest(request=asked, bucket=bucket))
    assert [step.name for step in told.steps] == list(testing.STEPS)
    said = told.model_dump_json()
    assert SECRET not in said
    assert TOKEN not in said
    assert "AKNOBODY" not in said
    return told


def results(told: ConnectionTest) -> dict[str, str]:
    return {step.name: step.result.value for step in told.steps}


def failure(told: ConnectionTest) -> tuple[str, str, str | None]:
    """The one step that failed; what comes after it was not reached."""
    (step,) = [step for step in told.steps if step.result is StepResult.FAILED]
    assert not told.works
    after = told.steps[told.steps.index(step) + 1 :]
    assert step.name in ("credentials",) or all(one.result is StepResult.SKIPPED for one in after)
    return step.name, step.detail, step.hint


def test_a_good_one_passes_every_step(connections: Connections, secure_store: WeedServer) -> None:
    connections.save(secure_store.request("secure", "admin"))
    told = tried(connections, "secure", "public")
    assert told.works
    assert set(results(told).values()) == {"ok"}
    assert told.steps[-1].detail == "'public' can be listed and read"


def test_without_tls_that_is_said(connections: Connections) -> None:
    told = tried(connections, "admin")
    assert told.works
    assert results(told)["tls"] == "skipped"
    assert "nothing is encrypted" in told.steps[3].detail


def test_one_that_is_not_saved_yet_leaves_nothing_behind(store: WeedServer, settings: Settings) -> None:
    known = Connections(settings)
    assert tried(known, store.request("new", "reader")).works
    assert not (settings.state / "s3").exists()


def test_a_known_one_is_tried_with_other_settings_and_the_keys_it_has(
    connections: Connections, secure_store: WeedServer
) -> None:
    changed = connections.get("admin").connection
    asked = ConnectionRequest(name="admin", endpoint=changed.endpoint, region="eu-west-1", replace=True)
    assert tried(connections, asked).works


def test_anybody_reads_what_is_open(connections: Connections) -> None:
    told = tried(connections, "anyone", "public")
    assert told.works
    assert results(told)["sign-in"] == "skipped"
    assert results(told)["list"] == "ok"


def test_a_closed_port(connections: Connections) -> None:
    port = free_ports("one")["one"]
    name, detail, hint = failure(tried(connections, request(f"http://127.0.0.1:{port}")))
    assert (name, detail) == ("connect", f"127.0.0.1:{port} refuses connections")
    assert hint == "Check the port, and that the store runs."


def test_a_name_that_is_not_there(connections: Connections) -> None:
    name, detail, _ = failure(tried(connections, request("http://no-such-host.invalid:9000")))
    assert (name, detail) == ("name", "there is no host no-such-host.invalid")


def test_a_web_page(connections: Connections) -> None:
    with serving(lambda *_: PAGE) as fake:
        name, detail, hint = failure(tried(connections, request(fake.url)))
    assert (name, detail) == ("answer", "a web page answers, not an object store")
    assert hint is not None


def test_something_else_that_answers(connections: Connections) -> None:
    with serving(lambda *_: Reply(200, b"{}", {"Content-Type": "application/json"})) as fake:
        name, detail, _ = failure(tried(connections, request(fake.url)))
    assert (name, detail) == ("answer", "what answers is not an object store (status 200)")


def test_an_authority_nobody_knows(connections: Connections, secure_store: WeedServer) -> None:
    asked = secure_store.request("secure", "admin", ca_bundle=None)
    name, detail, hint = failure(tried(connections, asked))
    assert (name, detail) == ("tls", "the certificate of 127.0.0.1 is not trusted")
    assert "CA bundle" in str(hint)


def test_a_certificate_for_another_host(connections: Connections, tmp_path: Path) -> None:
    ca = authority(tmp_path, "DNS:other.example.org")
    with serving(lambda *_: BUCKETS, tmp_path / "server.pem") as fake:
        name, detail, _ = failure(tried(connections, request(fake.url, ca_bundle=str(ca))))
    assert (name, detail) == ("tls", "the certificate of 127.0.0.1 is for another host")


def test_a_certificate_that_has_expired(connections: Connections, tmp_path: Path) -> None:
    certificate = expired(tmp_path)
    with serving(lambda *_: BUCKETS, certificate) as fake:
        name, detail, _ = failure(tried(connections, request(fake.url, ca_bundle=str(certificate))))
    assert (name, detail) == ("tls", "the certificate of 127.0.0.1 has expired")


def test_http_where_there_is_none(connections: Connections, store: WeedServer) -> None:
    name, detail, hint = failure(tried(connections, request(store.endpoint.replace("http:", "https:"))))
    assert (name, detail) == ("tls", "127.0.0.1 does not speak TLS as it should")
    assert hint == "An endpoint without TLS begins with http://."


def test_a_wrong_key(connections: Connections, store: WeedServer) -> None:
    name, detail, hint = failure(tried(connections, request(store.endpoint)))
    assert (name, detail) == ("sign-in", "signing in: the store does not know the access key")
    assert hint is not None


def test_a_wrong_secret(connections: Connections, store: WeedServer) -> None:
    keys = Credentials.model_validate({"access_key": store.identities["admin"].access, "secret_key": SECRET})
    name, detail, _ = failure(tried(connections, request(store.endpoint, credentials=keys)))
    assert (name, detail) == ("sign-in", "signing in: the secret key does not fit the access key")


@pytest.mark.parametrize(
    ("code", "status", "sentence"),
    [
        ("ExpiredToken", 400, "signing in: the session token has expired"),
        ("InvalidToken", 400, "signing in: the session token is not valid"),
        (
            "RequestTimeTooSkewed",
            403,
            "signing in: the clock of this machine differs too much from the store's",
        ),
    ],
)
def test_what_a_service_says_of_the_sign_in(
    connections: Connections, code: str, status: int, sentence: str
) -> None:
    def answer(_method: str, _path: str, headers: dict[str, str]) -> Reply:
        if "authorization" not in headers:
            return refused("AccessDenied")
        assert headers["x-amz-security-token"] == TOKEN
        return refused(code, status, f"<Token-0>{TOKEN}</Token-0><AWSAccessKeyId>AKNOBODY</AWSAccessKeyId>")

    with serving(answer) as fake:
        name, detail, hint = failure(tried(connections, request(fake.url, token=TOKEN)))
    assert (name, detail) == ("sign-in", sentence)
    assert hint is not None


@pytest.mark.parametrize(("seconds", "way"), [(-3600, "60 minutes ahead of"), (86_400, "24 hours behind")])
def test_a_clock_that_is_wrong(connections: Connections, seconds: int, way: str) -> None:
    with serving(lambda *_: Reply(200, BUCKETS.body, BUCKETS.headers, time.time() + seconds)) as fake:
        name, detail, hint = failure(tried(connections, request(fake.url)))
    assert (name, detail) == ("clock", f"the clock of this machine is {way} the service's")
    assert "timedatectl" in str(hint)


def test_one_who_may_read_but_not_list(connections: Connections) -> None:
    told = tried(connections, "keyholder")
    assert results(told)["sign-in"] == "ok"
    name, detail, hint = failure(tried(connections, "keyholder", "public"))
    assert (name, detail) == ("list", "bucket 'public' may not be listed")
    assert "may still be readable" in str(hint)


def test_a_bucket_that_is_not_there(connections: Connections) -> None:
    name, detail, _ = failure(tried(connections, "admin", "no-such-bucket"))
    assert (name, detail) == ("list", "bucket 'no-such-bucket': there is no such bucket")


def test_keys_that_are_gone(connections: Connections, settings: Settings) -> None:
    (settings.state / "s3" / "credentials").unlink()
    told = tried(connections, "admin")
    assert failure(told)[0] == "credentials"
    # the way there is tried all the same
    assert results(told)["answer"] == "ok"


def test_a_chain_that_finds_nothing(
    connections: Connections, store: WeedServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    asked = store.request("chain", None, auth=Auth.CHAIN)
    name, detail, _ = failure(tried(connections, asked))
    assert (name, detail) == ("credentials", "connection 'chain': no credentials were found")


def test_a_step_that_hangs_ends(connections: Connections, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(testing, "PATIENCE", 1.0)
    with serving(lambda *_: (time.sleep(5), BUCKETS)[1]) as fake:
        before = time.monotonic()
        name, detail, _ = failure(tried(connections, request(fake.url)))
        assert time.monotonic() - before < 4
    assert (name, detail) == ("answer", "no answer within 1 seconds")


def test_a_bad_question_is_an_error(connections: Connections) -> None:
    with pytest.raises(NotFound):
        testing.test(connections, TestRequest(name="nowhere"))
    with pytest.raises(Invalid, match="either"):
        testing.test(connections, TestRequest())
    with pytest.raises(Invalid, match="not a URL"):
        testing.test(connections, TestRequest(request=request("ftp://x")))
