"""Where credentials come from, as botocore finds them, and that nobody is asked before they are needed."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs

import pytest

from ellip_lab.errors import Denied, Invalid
from ellip_lab.s3 import boto
from ellip_lab.s3.connections import Connections
from ellip_lab.s3.contract import Auth, ConnectionRequest, Credentials, Source
from ellip_lab.settings import Settings
from s3.fakes import BUCKETS, Fake, Reply, refused, serving
from s3.stores import WeedServer


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A home folder without AWS's files, and an environment without its variables."""
    import os

    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / ".aws").mkdir()
    yield tmp_path
    boto.close_clients()


def write(home: Path, name: str, text: str) -> None:
    (home / ".aws" / name).write_text(text)


def later(minutes: str = "60") -> str:
    return (datetime.now(UTC) + timedelta(minutes=int(minutes))).strftime("%Y-%m-%dT%H:%M:%SZ")


def service(answer: dict[str, str]) -> object:
    """A fake of the services that give credentials: STS, and the metadata of an EC2 machine."""

    def reply(method: str, path: str, _headers: dict[str, str]) -> Reply:
        if method == "PUT":
            return Reply(200, b"a-token-of-metadata")
        if path.endswith("/security-credentials/"):
            return Reply(200, b"a-role")
        if "/security-credentials/" in path:
            keys = {"Code": "Success", "AccessKeyId": answer["access"], "SecretAccessKey": answer["secret"],
                    "Token": answer["token"], "Expiration": later()}  # fmt: skip
            return Reply(200, json.dumps(keys).encode())
        action = answer["action"]
        body = (
            f"<{action}Response xmlns='https://sts.amazonaws.com/doc/2011-06-15/'><{action}Result><Credentials>"
            f"<AccessKeyId>{answer['access']}</AccessKeyId><SecretAccessKey>{answer['secret']}</SecretAccessKey>"
            f"<SessionToken>{answer['token']}</SessionToken><Expiration>{later(answer.get('minutes', '60'))}</Expiration>"
            f"</Credentials>"
            f"<AssumedRoleUser><Arn>arn:aws:sts::1:assumed-role/x/y</Arn><AssumedRoleId>a:b</AssumedRoleId>"
            f"</AssumedRoleUser></{action}Result></{action}Response>"
        )
        return Reply(200, body.encode(), {"Content-Type": "text/xml"})

    return reply


ROLE = {
    "action": "AssumeRole",
    "access": "ASIAROLE",
    "secret": "a-secret-of-a-role",
    "token": "a-token-of-a-role",
}


def names(known: Connections) -> list[str]:
    return [one.name for one in known.list().connections]


def test_profiles_are_listed_and_used(home: Path, settings: Settings, store: WeedServer) -> None:
    reader = store.identities["reader"]
    write(
        home, "config",
        f"[default]\nregion = eu-west-1\n[profile work]\nendpoint_url = {store.endpoint}\nregion = us-east-1\n"
        f"[profile served]\nservices = ours\n[services ours]\ns3 =\n  endpoint_url = {store.endpoint}\n"
        "[profile 'with space/slash']\nrole_arn = arn:aws:iam::1:role/x\nsource_profile = work\n"
        "[profile local]\nregion = eu-central-1\ns3 =\n  addressing_style = path\n",
    )  # fmt: skip
    write(
        home, "credentials",
        f"[work]\naws_access_key_id = {reader.access}\naws_secret_access_key = {reader.secret}\n[only]\n",
    )  # fmt: skip
    known = Connections(settings)
    listed = known.list()
    assert listed.problems == ()
    assert names(known) == [
        "local", "default", "work", "served", "with-space-slash", "aws-local", "only",
    ]  # fmt: skip
    found = {one.name: one for one in listed.connections}
    assert (found["work"].source, found["work"].endpoint) == (Source.PROFILE, store.endpoint)
    assert found["work"].has_keys
    assert not found["default"].has_keys
    assert found["served"].endpoint == store.endpoint
    assert found["with-space-slash"].profile == "with space/slash"
    assert found["aws-local"].style == "path"
    said = listed.model_dump_json()
    assert reader.access not in said
    assert reader.secret not in said
    client = boto.client_of(known.get("work"))
    assert {bucket["Name"] for bucket in client.list_buckets()["Buckets"]} >= {"public", "one"}
    # a saved one of that name goes before it, and the profile is still there
    known.save(store.request("work", "admin"))
    assert known.get("work").connection.source is Source.SAVED
    assert known.get("aws-work").connection.profile == "work"


def test_new_keys_in_a_file_are_used_at_once(home: Path, settings: Settings, store: WeedServer) -> None:
    write(home, "config", f"[profile work]\nendpoint_url = {store.endpoint}\nregion = us-east-1\n")
    write(home, "credentials", "[work]\naws_access_key_id = AKOLD\naws_secret_access_key = expired\n")
    known = Connections(settings)
    with pytest.raises(Denied), boto.translated("buckets"):
        boto.client_of(known.get("work")).list_buckets()
    reader = store.identities["reader"]
    write(
        home, "credentials",
        f"[work]\naws_access_key_id = {reader.access}\naws_secret_access_key = {reader.secret}\n",
    )  # fmt: skip
    assert boto.client_of(known.get("work")).list_buckets()["Buckets"]


@pytest.mark.parametrize("damage", ["no section", "[profile x\n", "[a]\nb\n", "[a]\n[a]\n\xff"])
def test_a_damaged_file_of_aws_is_said(home: Path, settings: Settings, damage: str) -> None:
    (home / ".aws" / "config").write_bytes(damage.encode("latin-1"))
    known = Connections(settings)
    assert [problem for problem in known.list().problems if ".aws/config cannot be read" in problem]
    assert names(known) == ["local"]


def test_the_environment_is_the_default_when_it_says_something(
    home: Path, settings: Settings, store: WeedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = Connections(settings)
    assert names(known) == ["local"]
    reader = store.identities["reader"]
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", reader.access)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", reader.secret)
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", store.endpoint)
    assert names(known) == ["environment", "local"]
    assert reader.secret not in known.list().model_dump_json()
    used = known.get()
    assert (used.name, used.connection.source) == ("environment", Source.ENVIRONMENT)
    assert boto.reach_of(used).endpoint == store.endpoint
    assert not boto.reach_of(used).virtual
    assert boto.client_of(used).list_buckets()["Buckets"]
    # somebody who has saved one means that one
    known.save(store.request("mine", "admin"))
    assert known.get().name == "mine"


def test_keys_of_ones_own_are_not_mixed_with_the_environment(
    home: Path, settings: Settings, store: WeedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {
        "AWS_ACCESS_KEY_ID": "AKWRONG", "AWS_SECRET_ACCESS_KEY": "wrong", "AWS_SESSION_TOKEN": "wrong",
        "AWS_PROFILE": "nobody", "AWS_ENDPOINT_URL": "http://127.0.0.1:9", "AWS_REGION": "mars-1",
    }.items():  # fmt: skip
        monkeypatch.setenv(name, value)
    known = Connections(settings)
    known.save(store.request("mine", "reader"))
    known.save(store.request("open", None))
    assert boto.client_of(known.get("mine")).list_buckets()["Buckets"]
    assert boto.client_of(known.get("open")).list_objects_v2(Bucket="public")["KeyCount"]
    amazon = ConnectionRequest(
        name="amazon", credentials=Credentials.model_validate({"access_key": "a", "secret_key": "b"})
    )
    known.save(amazon)
    assert boto.reach_of(known.get("amazon")).endpoint.endswith(".amazonaws.com")


def test_a_credential_process_is_run_when_it_is_needed(
    home: Path, settings: Settings, store: WeedServer
) -> None:
    reader = store.identities["reader"]
    mark = home / "asked"
    program = home / "process.py"
    keys = {"Version": 1, "AccessKeyId": reader.access, "SecretAccessKey": reader.secret}
    program.write_text(
        f"import pathlib; pathlib.Path({str(mark)!r}).touch(); print('''{json.dumps(keys)}''')"
    )
    write(
        home, "config",
        f"[profile work]\ncredential_process = {sys.executable} {program}\nendpoint_url = {store.endpoint}\n"
        "[profile broken]\ncredential_process = /no/such/program\nregion = us-east-1\n",
    )  # fmt: skip
    known = Connections(settings)
    assert "work" in names(known)
    used = known.get("work")
    assert not mark.exists()
    assert boto.client_of(used).list_buckets()["Buckets"]
    assert mark.exists()
    signing = boto.signing_of(used)
    assert signing is not None
    assert signing.method == "custom-process"
    with pytest.raises(Denied, match="connection 'broken': the credentials could not be had"):
        boto.signing_of(known.get("broken"))


def test_web_identity(home: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """As a pod of Kubernetes has it (IRSA): a file with a token, and a role."""
    (home / "token").write_text("a-token-of-the-cluster")
    with serving(service(ROLE | {"action": "AssumeRoleWithWebIdentity"})) as sts:  # type: ignore[arg-type]
        monkeypatch.setenv("AWS_WEB_IDENTITY_TOKEN_FILE", str(home / "token"))
        monkeypatch.setenv("AWS_ROLE_ARN", "arn:aws:iam::1:role/pod")
        monkeypatch.setenv("AWS_ENDPOINT_URL_STS", sts.url)
        monkeypatch.setenv("AWS_REGION", "eu-west-1")
        known = Connections(settings)
        assert names(known) == ["environment", "local"]
        used = known.get()
        assert sts.requests == []
        signing = boto.signing_of(used)
        asked = parse_qs(sts.requests[0][3].decode())
    assert signing is not None
    assert (signing.access, signing.token) == ("ASIAROLE", "a-token-of-a-role")
    assert signing.expires is not None
    assert signing.method == "assume-role-with-web-identity"
    assert asked["WebIdentityToken"] == ["a-token-of-the-cluster"]


def test_the_role_of_a_machine_is_not_asked_for_before_it_is_needed(
    home: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(service(ROLE)) as metadata:  # type: ignore[arg-type]
        monkeypatch.setenv("AWS_EC2_METADATA_SERVICE_ENDPOINT", metadata.url)
        monkeypatch.setenv("AWS_REGION", "eu-west-1")
        known = Connections(settings)
        known.save(ConnectionRequest(name="machine", auth=Auth.CHAIN, region="eu-west-1"))
        known.list()
        used = known.get("machine")
        assert metadata.requests == []
        signing = boto.signing_of(used)
        assert [path for _, path, _, _ in metadata.requests]
    assert signing is not None
    assert (signing.access, signing.token, signing.method) == ("ASIAROLE", "a-token-of-a-role", "iam-role")


@pytest.mark.parametrize(
    ("minutes", "times"), [("60", 1), ("5", 3)], ids=["good-for-a-while", "about-to-end"]
)
def test_a_role_is_taken_with_the_keys_of_the_connection(
    home: Path, settings: Settings, minutes: str, times: int
) -> None:
    """At the connection's own endpoint, as MinIO and Ceph have it; botocore asks again in time."""
    seen: list[dict[str, str]] = []
    give = service(ROLE | {"minutes": minutes})

    def answer(method: str, path: str, headers: dict[str, str]) -> Reply:
        if "/sts/" in headers["authorization"]:
            return give(method, path, headers)  # type: ignore[operator, no-any-return]
        seen.append(headers)
        return BUCKETS

    with serving(answer) as fake:
        keys = Credentials.model_validate({"access_key": "AKMINE", "secret_key": "a-secret-of-mine"})
        known = Connections(settings)
        known.save(
            ConnectionRequest(
                name="role", endpoint=fake.url, region="us-east-1", credentials=keys,
                role_arn="arn:aws:iam::1:role/x", external_id="an-id",
            )
        )  # fmt: skip
        used = known.get("role")
        assert fake.requests == []
        client = boto.client_of(used)
        for _ in range(3):
            client.list_buckets()
        asked = [
            (parse_qs(body.decode()), headers)
            for _, _, headers, body in fake.requests
            if "/sts/" in headers["authorization"]
        ]
    assert len(asked) == times
    assert asked[0][0]["RoleArn"] == ["arn:aws:iam::1:role/x"]
    assert asked[0][0]["ExternalId"] == ["an-id"]
    assert all("Credential=AKMINE/" in headers["authorization"] for _, headers in asked)
    assert len(seen) == 3
    assert all("Credential=ASIAROLE/" in headers["authorization"] for headers in seen)
    assert all(headers["x-amz-security-token"] == "a-token-of-a-role" for headers in seen)


def test_a_role_that_may_not_be_taken(home: Path, settings: Settings) -> None:
    with serving(lambda *_: refused("AccessDenied")) as fake:
        keys = Credentials.model_validate({"access_key": "AKMINE", "secret_key": "a-secret-of-mine"})
        known = Connections(settings)
        asked = ConnectionRequest(
            name="r", endpoint=fake.url, credentials=keys, role_arn="arn:aws:iam::1:role/x"
        )
        known.save(asked)
        with pytest.raises(Denied, match="the role may not be assumed"):
            boto.signing_of(known.get("r"))


def test_a_profile_that_wants_a_number_does_not_wait_for_one(home: Path, settings: Settings) -> None:
    write(
        home, "config",
        "[profile work]\nrole_arn = arn:aws:iam::1:role/x\nsource_profile = base\nmfa_serial = arn:aws:iam::1:mfa/x\n"
        "region = us-east-1\n[profile base]\naws_access_key_id = a\naws_secret_access_key = b\n",
    )  # fmt: skip
    with pytest.raises(Invalid, match="MFA"):
        boto.signing_of(Connections(settings).get("work"))


def test_a_session_token_is_sent(home: Path, settings: Settings) -> None:
    with serving(lambda *_: BUCKETS) as fake:
        keys = Credentials.model_validate(
            {"access_key": "AKMINE", "secret_key": "a-secret", "session_token": "a-token-of-mine"}
        )
        known = Connections(settings)
        known.save(ConnectionRequest(name="t", endpoint=fake.url, credentials=keys))
        boto.client_of(known.get("t")).list_buckets()
        assert fake.requests[0][2]["x-amz-security-token"] == "a-token-of-mine"


def paying(fake: Fake, settings: Settings) -> Connections:
    keys = Credentials.model_validate({"access_key": "AKMINE", "secret_key": "a-secret"})
    known = Connections(settings)
    known.save(ConnectionRequest(name="p", endpoint=fake.url, credentials=keys, requester_pays=True))
    return known


def test_the_caller_pays_wherever_an_operation_has_room_for_it(home: Path, settings: Settings) -> None:
    with serving(lambda *_: Reply(200, b"<x/>", {"Content-Type": "application/xml"})) as fake:
        client = boto.client_of(paying(fake, settings).get("p"))
        client.list_objects_v2(Bucket="abc")
        client.head_object(Bucket="abc", Key="k")
        client.get_object(Bucket="abc", Key="k")["Body"].read()
        client.put_object(Bucket="abc", Key="k", Body=b"x")
        client.list_buckets()
        sent = [headers.get("x-amz-request-payer") for _, _, headers, _ in fake.requests]
    assert sent == ["requester"] * 4 + [None]


def test_another_region_is_followed(home: Path, settings: Settings) -> None:
    """As Amazon says it: the region of the bucket stands in a header, and the request is signed for it."""

    def answer(_method: str, _path: str, headers: dict[str, str]) -> Reply:
        if "/eu-west-3/s3/" in headers["authorization"]:
            return Reply(
                200,
                b"<ListBucketResult><KeyCount>7</KeyCount></ListBucketResult>",
                {"Content-Type": "application/xml"},
            )
        return refused(
            "AuthorizationHeaderMalformed",
            400,
            "<Region>eu-west-3</Region>",
            **{"x-amz-bucket-region": "eu-west-3"},
        )

    keys = Credentials.model_validate({"access_key": "AKMINE", "secret_key": "a-secret"})
    with serving(answer) as fake:
        known = Connections(settings)
        known.save(ConnectionRequest(name="r", endpoint=fake.url, region="us-east-1", credentials=keys))
        reply = boto.client_of(known.get("r")).list_objects_v2(Bucket="abc")
    assert reply["KeyCount"] == 7


def test_a_profile_of_the_environment_that_is_not_there(
    home: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_PROFILE", "nobody")
    known = Connections(settings)
    assert names(known) == ["environment", "local"]
    with pytest.raises(Invalid, match="there is no such profile"):
        boto.client_of(known.get())


def test_an_endpoint_of_a_profile_that_is_no_url(home: Path, settings: Settings) -> None:
    write(home, "config", "[profile work]\nendpoint_url = not a url\nregion = us-east-1\n")
    write(home, "credentials", "[work]\naws_access_key_id = a\naws_secret_access_key = b\n")
    with pytest.raises(Invalid, match="settings cannot be used"):
        boto.client_of(Connections(settings).get("work"))
