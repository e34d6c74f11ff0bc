"""What a store refuses, or a network does: one error with a hint, and never a key, a token or a signature in it."""

from __future__ import annotations

import re
import socket
import threading
import traceback
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from ellip_lab.errors import Conflict, Denied, EllipError, Invalid, NotFound, Unavailable
from ellip_lab.s3 import boto
from ellip_lab.s3.connections import Connections
from ellip_lab.s3.contract import ConnectionRequest, Credentials
from ellip_lab.s3.refusals import CODES, REDIRECTS, REFUSALS, SAME
from ellip_lab.settings import Settings
from s3.fakes import PAGE, Reply, refused, serving
from s3.stores import WeedServer, free_ports

ACCESS, SECRET, TOKEN = "AKREFUSED1234567890", "a-secret-that-is-refused", "a-token-that-is-refused"
LEAK = (
    f"<Message>key {ACCESS} token {TOKEN} https://h/b?X-Amz-Signature=0123456789abcdef</Message>"
    f"<AWSAccessKeyId>{ACCESS}</AWSAccessKeyId><Token-0>{TOKEN}</Token-0><SignatureProvided>0123456789abcdef"
    f"</SignatureProvided><StringToSign>AWS4-HMAC-SHA256 {ACCESS}</StringToSign>"
)
"""What stores put into their errors."""


def client(settings: Settings, endpoint: str, **more: Any) -> Any:
    keys = Credentials.model_validate({"access_key": ACCESS, "secret_key": SECRET, "session_token": TOKEN})
    asked = ConnectionRequest(name="x", endpoint=endpoint, region="us-east-1", credentials=keys).model_copy(
        update=more
    )
    return boto.make_client(Connections(settings).of(asked), attempts=1, connect=5, read=5)


def told(call: Callable[[], Any], what: str = "s3://abc/k") -> EllipError:
    """The one error a call ends with."""
    with pytest.raises(EllipError) as caught, boto.translated(what):
        call()
    error = caught.value
    for text in (error.detail, str(error.hint), str(error), repr(error)):
        for secret in (ACCESS, SECRET, TOKEN, "0123456789abcdef", "X-Amz"):
            assert secret not in text
    assert what in error.detail or "list buckets" in error.detail
    assert not error.hint or error.hint.endswith((".", "!"))
    return error


@pytest.fixture(autouse=True)
def closed() -> Iterator[None]:
    yield
    boto.close_clients()


@pytest.mark.parametrize("code", sorted({*CODES, *SAME} - {code for code in SAME if code.isdigit()}))
def test_a_code_is_a_kind_a_sentence_and_a_hint(settings: Settings, code: str) -> None:
    with serving(lambda *_: refused(code, 400, LEAK)) as fake:
        s3 = client(settings, fake.url)
        error = told(lambda: s3.get_object(Bucket="abc", Key="k"))
        s3.close()
    assert type(error) is CODES[SAME.get(code, code)][0]


@pytest.mark.parametrize(
    ("status", "kind"),
    [(404, NotFound), (403, Denied), (401, Denied), (412, Conflict), (416, Invalid), (405, Unavailable),
     (500, Unavailable), (503, Unavailable), (507, Unavailable), (418, Invalid), (599, Unavailable)],
)  # fmt: skip
def test_a_status_without_a_body(settings: Settings, status: int, kind: type[EllipError]) -> None:
    with serving(lambda *_: Reply(status, b"")) as fake:
        s3 = client(settings, fake.url)
        assert type(told(lambda: s3.head_object(Bucket="abc", Key="k"))) is kind
        s3.close()


def test_a_code_nobody_knows_is_repeated_only_when_it_is_a_word(settings: Settings) -> None:
    for code, shown in (("SomethingElse", "SomethingElse"), (f"x {ACCESS}", "400")):
        with serving(lambda *_, code=code: refused(code, 400, LEAK)) as fake:
            s3 = client(settings, fake.url)
            error = told(lambda s3=s3: s3.get_object(Bucket="abc", Key="k"))
            s3.close()
        assert isinstance(error, Invalid)
        assert f"({shown})" in error.detail


@pytest.mark.parametrize("code", sorted(REFUSALS))
def test_a_refusal_says_what_was_not_allowed(settings: Settings, code: str) -> None:
    with serving(lambda *_: refused(code, 403, LEAK)) as fake:
        s3 = client(settings, fake.url)
        calls: dict[str, Callable[[], Any]] = {
            "may not be read": lambda: s3.get_object(Bucket="abc", Key="k"),
            "may not be listed": lambda: s3.list_objects_v2(Bucket="abc"),
            "may not list buckets": s3.list_buckets,
            "may not be changed": lambda: s3.put_object(Bucket="abc", Key="k", Body=b""),
        }
        for sentence, call in calls.items():
            error = told(call)
            assert isinstance(error, Denied)
            assert sentence in error.detail
            assert error.hint
        s3.close()


def test_real_refusals(connections: Connections, store: WeedServer) -> None:
    reader = boto.client_of(connections.get("reader"))
    assert isinstance(told(lambda: reader.put_object(Bucket="one", Key="k", Body=b"x")), Denied)
    holder = boto.client_of(connections.get("keyholder"))
    assert "may not be listed" in told(lambda: holder.list_objects_v2(Bucket="public")).detail
    admin = boto.client_of(connections.get("admin"))
    assert isinstance(told(lambda: admin.get_object(Bucket="public", Key="nothing")), NotFound)
    error = told(lambda: admin.list_objects_v2(Bucket="no-such-bucket"))
    assert isinstance(error, NotFound)
    assert "no such bucket" in error.detail
    assert isinstance(told(lambda: admin.create_bucket(Bucket="public")), Conflict)
    condition = {"IfMatch": '"0123456789abcdef0123456789abcdee"'}
    assert isinstance(
        told(lambda: admin.put_object(Bucket="public", Key="hello.txt", Body=b"", **condition)), Conflict
    )


@pytest.mark.parametrize("code", sorted(code for code in REDIRECTS if not code.isdigit()))
def test_a_redirect_to_another_region(settings: Settings, code: str) -> None:
    with serving(
        lambda *_: refused(
            code, 301, f"<Region>eu-west-3</Region>{LEAK}", **{"x-amz-bucket-region": "eu-west-3"}
        )
    ) as fake:
        s3 = client(settings, fake.url)
        error = told(lambda: s3.put_object(Bucket="abc", Key="k", Body=b"x"))
        s3.close()
    assert isinstance(error, Invalid)
    assert "in another region (eu-west-3)" in error.detail


@pytest.mark.parametrize("status", [200, 403, 404, 500])
def test_a_web_page(settings: Settings, status: int) -> None:
    with serving(lambda *_: Reply(status, PAGE.body, PAGE.headers)) as fake:
        s3 = client(settings, fake.url)
        for call in (s3.list_buckets, lambda: s3.list_objects_v2(Bucket="abc")):
            with pytest.raises(Unavailable, match="a web page"), boto.translated("s3://abc/k"):
                call()
        s3.close()


def test_a_web_page_that_is_an_object_is_read(connections: Connections, store: WeedServer) -> None:
    bucket = store.bucket()
    admin = boto.client_of(connections.get("admin"))
    admin.put_object(Bucket=bucket, Key="a.html", Body=PAGE.body, ContentType="text/html")
    assert admin.get_object(Bucket=bucket, Key="a.html")["Body"].read() == PAGE.body
    assert admin.head_object(Bucket=bucket, Key="a.html")["ContentType"] == "text/html"


def test_what_is_not_xml(settings: Settings) -> None:
    with serving(lambda *_: Reply(200, b"{}", {"Content-Type": "application/json"})) as fake:
        s3 = client(settings, fake.url)
        assert isinstance(told(s3.list_buckets), Unavailable)
        s3.close()


def test_nobody_listens(settings: Settings) -> None:
    port = free_ports("one")["one"]
    s3 = client(settings, f"http://127.0.0.1:{port}")
    error = told(s3.list_buckets)
    assert isinstance(error, Unavailable)
    assert f"127.0.0.1:{port} refuses connections" in error.detail


def test_a_host_that_is_not_there(settings: Settings) -> None:
    s3 = client(settings, "http://no-such-host.invalid")
    error = told(s3.list_buckets)
    assert isinstance(error, Unavailable)
    assert "there is no host no-such-host.invalid" in error.detail


class Cutter:
    """Takes a connection, sends what it is told to, and cuts it."""

    def __init__(self, sends: bytes, waits: bool = False) -> None:
        self._sends = sends
        self._waits = waits
        self._over = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        while True:
            try:
                link, _ = self._listener.accept()
            except OSError:
                return
            link.recv(65_536)
            link.sendall(self._sends)
            if self._waits:
                self._over.wait(30)
            link.close()

    def close(self) -> None:
        self._over.set()
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(10)


def test_a_connection_that_is_cut(settings: Settings) -> None:
    cutter = Cutter(b"")
    s3 = client(settings, cutter.url)
    error = told(s3.list_buckets)
    cutter.close()
    assert isinstance(error, Unavailable)
    assert "was cut" in error.detail


def test_one_that_is_cut_in_the_middle_of_an_object(settings: Settings) -> None:
    cutter = Cutter(b'HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\nETag: "a"\r\n\r\nthe beginning')
    s3 = client(settings, cutter.url)
    body = s3.get_object(Bucket="abc", Key="k")["Body"]
    error = told(body.read)
    cutter.close()
    assert isinstance(error, Unavailable)
    assert "was cut" in error.detail


def test_one_that_hangs(settings: Settings) -> None:
    cutter = Cutter(b"", waits=True)
    keys = Credentials.model_validate({"access_key": ACCESS, "secret_key": SECRET})
    known = Connections(settings).of(ConnectionRequest(name="x", endpoint=cutter.url, credentials=keys))
    s3 = boto.make_client(known, attempts=1, read=0.5)
    error = told(s3.list_buckets)
    cutter.close()
    assert isinstance(error, Unavailable)
    assert "does not answer in time" in error.detail


def test_an_authority_nobody_knows(secure_store: WeedServer, settings: Settings) -> None:
    s3 = client(settings, secure_store.endpoint)
    error = told(s3.list_buckets)
    assert isinstance(error, Unavailable)
    assert "its certificate is not trusted" in error.detail
    assert "CA bundle" in str(error.hint)


def test_tls_where_there_is_none(store: WeedServer, settings: Settings) -> None:
    s3 = client(settings, store.endpoint.replace("http:", "https:"))
    error = told(s3.list_buckets)
    assert isinstance(error, Unavailable)
    assert "does not speak TLS" in error.detail


def test_what_is_not_botocores_is_left_alone() -> None:
    with pytest.raises(ZeroDivisionError), boto.translated("x"):
        raise ZeroDivisionError
    with pytest.raises(Conflict, match="ours"), boto.translated("x"):
        raise Conflict("ours")


def test_what_is_logged_with_an_error_has_no_secret(settings: Settings) -> None:
    """A traceback shows the whole chain of errors, botocore's own among them."""
    with serving(lambda *_: refused("InvalidAccessKeyId", 403, LEAK)) as fake:
        s3 = client(settings, fake.url)
        with pytest.raises(EllipError) as leaked, boto.translated("s3://abc/k"):
            s3.get_object(Bucket="abc", Key="k")
        s3.close()
    text = "".join(traceback.format_exception(leaked.value))
    assert "InvalidAccessKeyId" in str(leaked.value.__cause__.response)  # type: ignore[union-attr]
    assert "ClientError" in text or "InvalidAccessKeyId" in text
    assert ACCESS not in text
    assert TOKEN not in text
    port = free_ports("one")["one"]
    s3 = client(settings, f"http://127.0.0.1:{port}")
    url = s3.generate_presigned_url("get_object", Params={"Bucket": "abc", "Key": "k"})
    signature = re.search(r"Signature=([0-9a-f]+)", url)
    assert signature
    calls: tuple[Callable[[], Any], ...] = (s3.list_buckets, lambda: s3.get_object(Bucket="abc", Key="k"))
    for call in calls:
        with pytest.raises(EllipError) as caught, boto.translated("s3://abc/k"):
            call()
        text = "".join(traceback.format_exception(caught.value))
        assert ACCESS not in text
        assert SECRET not in text
        assert TOKEN not in text
