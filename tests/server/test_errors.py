"""Whatever goes wrong, on whatever route: the right status, and the one body."""

from __future__ import annotations

import errno
import json
import logging
from typing import Any

import pytest

from ellip_lab.contract import Empty
from ellip_lab.errors import Conflict, Denied, EllipError, Internal, Invalid, NotFound, Problem, Unavailable
from ellip_lab.lab import Lab
from ellip_lab.server.problem import STATUS
from ellip_lab.server.route import PREFIX, AnyRoute
from ellip_lab.server.routes import TABLE

from .standin import Ask, example, failing, stand_in, told, url

OURS = tuple(route for route in TABLE if route.room != "openapi.json")
ROUTES = pytest.mark.parametrize("route", OURS, ids=lambda route: f"{route.method} {route.path}")
WITH_ID = pytest.mark.parametrize(
    "route",
    [route for route in OURS if "{id}" in route.path],
    ids=lambda route: f"{route.method} {route.path}",
)


def test_every_kind_has_its_status() -> None:
    assert set(STATUS) == set(EllipError.__subclasses__())
    assert len(set(STATUS.values())) == len(STATUS)


@ROUTES
async def test_every_error_of_a_room(ask: Ask, lab: Lab, route: AnyRoute) -> None:
    problems = [Problem(message="No such step", file=None, field="steps.crop", hint="Name one of the steps.")]
    for kind, status in STATUS.items():
        stand_in(lab, failing(kind("It is like that.", hint="Do this.", problems=problems)))
        details = told(await ask(url(route), **example(route)), status)
        assert details.detail == "It is like that."
        assert details.hint == "Do this."
        assert details.type.endswith("/" + kind.kind)
        assert list(details.problems) == problems


@ROUTES
async def test_a_mistake_tells_a_number_and_nothing_else(
    ask: Ask, lab: Lab, route: AnyRoute, caplog: pytest.LogCaptureFixture
) -> None:
    stand_in(lab, failing(ZeroDivisionError("the password is swordfish")))
    with caplog.at_level(logging.ERROR):
        details = told(await ask(url(route), **example(route)), 500)
    assert "swordfish" not in details.model_dump_json()
    number = details.detail.partition("number ")[2].rstrip(")")
    assert len(number) == 8
    [record] = [record for record in caplog.records if number in record.getMessage()]
    assert record.exc_info is not None
    assert isinstance(record.exc_info[1], ZeroDivisionError)


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EACCES, errno.EROFS, errno.EDQUOT, errno.EMFILE])
async def test_a_full_disk_is_no_mistake_of_ours(ask: Ask, lab: Lab, code: int) -> None:
    stand_in(lab, failing(OSError(code, "as the system says it")))
    details = told(await ask(f"{PREFIX}/runs", method="POST", body={"document": "a.cwl"}), 503)
    assert details.hint


async def test_problems_name_files_as_the_browser_knows_them(ask: Ask, lab: Lab) -> None:
    here = str(lab.settings.root / "maps" / "a.cwl")
    problems = [Problem(message="x", file=here, line=3), Problem(message="y", file="/usr/share/b.cwl")]
    stand_in(lab, failing(Invalid("It is not valid.", problems=problems)))
    details = told(await ask(f"{PREFIX}/cwl/form", params={"path": "maps/a.cwl"}), 400)
    assert [problem.file for problem in details.problems] == ["maps/a.cwl", "/usr/share/b.cwl"]


@WITH_ID
@pytest.mark.parametrize(
    "id_",
    ["nothing", "..", "20260102t030405678-runs-0A1B", "20260102t030405678-runs-0a1b%0a", "%00", "a" * 5000],
)
async def test_an_id_that_cannot_be(ask: Ask, lab: Lab, route: AnyRoute, id_: str) -> None:
    stand_in(lab, failing(AssertionError("no room is asked")))
    response = await ask(url(route, id_), **example(route))
    told(response, 405 if response.code == 405 and id_ == ".." else 404)


@ROUTES
async def test_a_word_nobody_knows(ask: Ask, lab: Lab, route: AnyRoute) -> None:
    stand_in(lab, failing(AssertionError("no room is asked")))
    call = example(route)
    near = next(iter(route.query.model_fields), None)
    call["params"] = {**call["params"], f"{near}e" if near else "colour": "1"}
    details = told(await ask(url(route), **call), 400)
    assert len(details.problems) == 1
    assert details.problems[0].hint == (f"Did you mean {near}?" if near else "Leave it out.")
    assert details.problems[0].field in call["params"]


async def test_a_field_nobody_knows(ask: Ask) -> None:
    body = {"document": "a.cwl", "inptus": {}, "parallel": "yes"}
    details = told(await ask(f"{PREFIX}/runs", method="POST", body=body), 400)
    found = {problem.field: problem for problem in details.problems}
    assert set(found) == {"inptus", "parallel"}
    assert found["inptus"].hint == "Did you mean inputs?"
    assert "boolean" in found["parallel"].message


async def test_a_field_that_is_missing(ask: Ask) -> None:
    details = told(await ask(f"{PREFIX}/runs", method="POST", body={}), 400)
    assert [problem.field for problem in details.problems] == ["document"]
    told(await ask(f"{PREFIX}/cwl/check"), 400)


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"null",
        b"[]",
        b'"text"',
        b"\xff\xfe{}",
        b'{"document": NaN}',
        b'{"document": "a.cwl", "inputs": {"n": 1e999}}',
        b'{"document": "a.cwl\\u0000"}',
        b'{"document": "a.cwl", "inputs": {"a": [{"b\\u0000": 1}]}}',
        b'{"document": "\\ud800"}',
        b'{"document": "a.cwl", "inputs": {"deep": ' + b"[" * 100_000 + b"]" * 100_000 + b"}}",
        b'{"document": "a.cwl", "inputs": {"n": ' + b"1" * 10_000 + b"}}",
    ],
)
async def test_what_is_not_a_request(ask: Ask, lab: Lab, body: bytes) -> None:
    stand_in(lab, failing(AssertionError("no room is asked")))
    told(await ask(f"{PREFIX}/runs", method="POST", body=body), 400)


async def test_a_body_that_is_too_large(ask: Ask) -> None:
    body = json.dumps({"document": "a.cwl", "inputs": {"text": "x" * 9 * 2**20}})
    told(await ask(f"{PREFIX}/runs", method="POST", body=body), 413)


PART = '--b\r\nContent-Disposition: form-data; name="document"\r\n\r\na.cwl\r\n--b--\r\n'


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("text/plain", '{"document": "a.cwl"}'),
        ("application/x-www-form-urlencoded", '{"document": "a.cwl"}'),
        ("multipart/form-data; boundary=b", PART),
        ("", '{"document": "a.cwl"}'),
    ],
)
async def test_a_body_that_is_not_said_to_be_json(ask: Ask, kind: str, body: str) -> None:
    """What a foreign page's form can send without asking first is never read."""
    response = await ask(f"{PREFIX}/runs", method="POST", body=body, headers={"Content-Type": kind})
    assert "application/json" in (told(response, 415).hint or "")


@pytest.mark.parametrize(
    "path", ["", "/", "/nothing", "/tasks/", "/tasks/a/b/c", "/runs/%2e%2e", "/TASKS", "/a%ffb"]
)
async def test_a_path_that_is_not_there(ask: Ask, path: str, jp_base_url: str, jp_fetch: Any) -> None:
    response = await ask(PREFIX + path)
    told(response, 404 if "ff" not in path else response.code)
    assert response.code in (400, 404)


@pytest.mark.parametrize("route", TABLE, ids=lambda route: f"{route.method} {route.path}")
async def test_a_method_that_is_not_there(ask: Ask, route: AnyRoute) -> None:
    there = {other.method for other in TABLE if other.path == route.path}
    for method in {"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"} - there:
        response = await ask(url(route), method=method)
        assert response.code == 405
        assert set(response.headers["Allow"].split(", ")) == {*there, "OPTIONS"}
        if method != "HEAD":
            told(response, 405)


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("limit=0", "limit"),
        ("limit=501", "limit"),
        ("limit=many", "limit"),
        ("limit=1&limit=2", "limit"),
        ("state=asleep", "state"),
        ("before=../../etc", "before"),
        ("text=%00", "null"),
        ("text=%ff", "UTF-8"),
        ("%ff=1", ""),
    ],
)
async def test_a_query_that_cannot_be_understood(
    jp_fetch: Any,
    jp_base_url: str,
    http_server_client: Any,
    jp_auth_header: Any,
    lab: Lab,
    query: str,
    said: str,
) -> None:
    stand_in(lab, failing(AssertionError("no room is asked")))
    where = f"{jp_base_url.rstrip('/')}{PREFIX}/runs?{query}"
    response = await http_server_client.fetch(where, headers=jp_auth_header, raise_error=False)
    assert said in told(response, 400).detail


async def test_what_jupyterlab_adds_to_a_query(ask: Ask, lab: Lab, jp_serverapp: Any) -> None:
    stand_in(lab, failing(Conflict("asked")))
    token = jp_serverapp.identity_provider.token
    told(await ask(f"{PREFIX}/runs", params={"1767225600000": ""}), 409)
    told(await ask(f"{PREFIX}/runs", params={"token": token, "no_track_activity": "1"}), 409)


async def test_nothing_is_asked_of_a_room_for_an_empty_word(ask: Ask, lab: Lab) -> None:
    stand_in(lab, failing(AssertionError("no room is asked")))
    told(await ask(f"{PREFIX}/cwl/check", params={"path": ""}), 400)
    assert Empty.model_fields == {}


async def test_the_tree_is_what_rooms_raise(ask: Ask, lab: Lab) -> None:
    """A subclass that a room may make has the status of its parent."""

    class NoSuchStep(NotFound):
        pass

    for error, status in [
        (NoSuchStep("No such step."), 404),
        (Denied("Not yours."), 403),
        (Unavailable("Not now."), 503),
        (Internal("Our mistake."), 500),
    ]:
        stand_in(lab, failing(error))
        told(await ask(f"{PREFIX}/runs"), status)
