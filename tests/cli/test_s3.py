"""`ellip s3`, the real command against a real store."""

from __future__ import annotations

import json
import os
import pty
import re
import select
import shlex
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from s3.stores import WeedServer

from .conftest import Desk

PATIENCE = 90.0


@pytest.fixture
def at(desk: Desk, store: WeedServer, tmp_path: Path) -> Iterator[Desk]:
    """A desk that knows the store as `admin`, its default, and as nobody, `anyone`."""
    desk.env = {name: value for name, value in desk.env.items() if not name.startswith("AWS_")} | {
        "AWS_CONFIG_FILE": str(tmp_path / "none"),
        "AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "none"),
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    admin = store.identities["admin"]
    where = ("--endpoint", store.endpoint, "--region", "us-east-1", "--style", "path")
    given = f"{admin.access}\n{admin.secret}\n"
    for words, stdin in (
        (("admin", "--keys-from", "stdin", "--default"), given),
        (("anyone", "--anonymous", "--bucket", "public"), ""),
    ):
        done = desk.ellip("s3", "add", *words, *where, stdin=stdin)
        assert done.returncode == 0, done.stderr
        assert admin.secret not in done.stdout + done.stderr
    yield desk


@pytest.fixture
def bucket(store: WeedServer) -> str:
    return store.bucket("cli")


@pytest.fixture
def client(store: WeedServer) -> Iterator[Any]:
    found = store.client("admin")
    yield found
    found.close()


def fine(done: subprocess.CompletedProcess[str]) -> str:
    assert done.returncode == 0, (done.args, done.stdout, done.stderr)
    return done.stdout


def test_connections_are_listed_and_tried(at: Desk, store: WeedServer) -> None:
    rows = {
        row.split("\t")[0]: row.split("\t")[1:] for row in fine(at.ellip("s3", "connections")).splitlines()
    }
    assert rows["admin"][0] == "*"
    assert rows["anyone"][:3] == ["", "saved", "anonymous"]
    assert rows["local"][1] == "embedded"
    known = json.loads(fine(at.ellip("s3", "connections", "--json")))["connections"]
    assert {one["name"] for one in known} >= {"admin", "anyone", "local"}
    assert "✓" in fine(at.ellip("s3", "test", "admin"))
    broken = at.ellip("s3", "add", "broken", "--endpoint", "http://127.0.0.1:9", "--anonymous")
    fine(broken)
    tried = at.ellip("s3", "test", "broken")
    assert tried.returncode == 1
    assert "✗" in tried.stdout
    assert "Traceback" not in tried.stderr
    fine(at.ellip("s3", "forget", "broken", "--yes"))
    assert at.ellip("s3", "test", "broken").returncode == 3


def test_keys_never_stand_on_the_command_line(at: Desk, store: WeedServer) -> None:
    told = at.ellip("s3", "add", "--help").stdout
    assert "--secret" not in told
    assert "--access" not in told
    nobody = at.ellip("s3", "add", "x", "--endpoint", store.endpoint)
    assert nobody.returncode == 2
    assert "--keys-from" in nobody.stderr
    half = at.ellip("s3", "add", "x", "--endpoint", store.endpoint, "--keys-from", "stdin", stdin="only\n")
    assert half.returncode == 1
    assert "secret" in half.stderr
    one = store.identities["one"]
    at.env |= {"AWS_ACCESS_KEY_ID": one.access, "AWS_SECRET_ACCESS_KEY": one.secret}
    fine(at.ellip("s3", "add", "x", "--endpoint", store.endpoint, "--style", "path", "--keys-from", "env"))
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        del at.env[name]
    assert fine(at.ellip("s3", "ls", "s3://x@one/")) == ""


def test_keys_are_asked_for_on_a_terminal(at: Desk, store: WeedServer) -> None:
    admin = store.identities["admin"]
    leader, follower = pty.openpty()
    command = at.argv("s3", "add", "typed", "--endpoint", store.endpoint, "--style", "path")
    with subprocess.Popen(
        command, cwd=at.folder, env=at.env, stdin=follower, stdout=follower, stderr=follower, start_new_session=True
    ) as process:  # fmt: skip
        os.close(follower)
        said = ""
        for question, answer in (
            ("Access key", admin.access),
            ("Secret key", admin.secret),
            ("Session token", ""),
        ):
            said += until(leader, question)
            os.write(leader, f"{answer}\n".encode())
        said += until(leader, "saved: typed")
        assert process.wait(PATIENCE) == 0
    os.close(leader)
    assert admin.secret not in said
    assert "hello.txt" in fine(at.ellip("s3", "ls", "s3://typed@public"))


def until(leader: int, text: str) -> str:
    """Reads a terminal until it shows a text."""
    said, end = "", time.monotonic() + PATIENCE
    while text not in said:
        assert time.monotonic() < end, said
        if select.select([leader], [], [], 0.5)[0]:
            said += os.read(leader, 65_536).decode(errors="replace")
    return said


def test_a_preset_fills_in_what_it_knows(at: Desk) -> None:
    fine(at.ellip("s3", "presets"))
    known = json.loads(fine(at.ellip("s3", "presets", "--json")))["presets"]
    opened = next(one for one in known if one["auth"] == "anonymous" and one["buckets"])
    saved = json.loads(fine(at.ellip("s3", "add", "open", "--preset", opened["id"], "--json")))
    assert saved["auth"] == "anonymous"
    assert saved["buckets"] == opened["buckets"]
    assert saved["region"] == opened["region"]
    asks = next(one for one in known if one["asks_endpoint"])
    refused = at.ellip("s3", "add", "mine", "--preset", asks["id"], "--anonymous")
    assert refused.returncode == 1
    assert "--endpoint" in refused.stderr
    assert at.ellip("s3", "add", "x", "--preset", "nothing", "--anonymous").returncode == 3


def test_buckets(at: Desk) -> None:
    assert "made: " in fine(at.ellip("s3", "mb", "s3://cli-made-here"))
    assert at.ellip("s3", "mb", "cli-made-here").returncode == 4
    assert "s3://cli-made-here/" in fine(at.ellip("s3", "ls")).splitlines()
    assert "s3://admin@cli-made-here/" in fine(at.ellip("s3", "ls", "s3://admin@")).splitlines()
    assert fine(at.ellip("s3", "ls", "s3://anyone@")).splitlines() == ["s3://anyone@public/"]
    at.write("a.txt", "a")
    fine(at.ellip("s3", "cp", "-q", "a.txt", "s3://cli-made-here/"))
    full = at.ellip("s3", "rb", "s3://cli-made-here")
    assert full.returncode == 4
    assert "hint:" in full.stderr
    fine(at.ellip("s3", "rm", "-q", "--yes", "s3://cli-made-here/a.txt"))
    fine(at.ellip("s3", "rb", "s3://cli-made-here"))
    assert at.ellip("s3", "ls", "s3://cli-made-here/").returncode == 3


def test_lists_a_page_at_a_time(at: Desk, bucket: str, client: Any) -> None:
    for number in range(25):
        client.put_object(Bucket=bucket, Key=f"many/{number:03}", Body=b"x" * number)
    client.put_object(Bucket=bucket, Key="top\n\x1b[2J.txt", Body=b"")
    first = at.ellip("s3", "ls", f"s3://{bucket}/many/", "-n", "10")
    assert fine(first).splitlines() == [f"{number:03}" for number in range(10)]
    token = re.search(r"--after (\S+)", first.stderr)
    assert token is not None
    second = fine(at.ellip("s3", "ls", f"s3://{bucket}/many/", "-n", "10", "--after", *shlex.split(token[1])))
    assert second.splitlines()[0] == "010"
    whole = at.ellip("s3", "ls", f"s3://{bucket}/many/", "-n", "10", "--all")
    assert len(fine(whole).splitlines()) == 25
    assert "more" not in whole.stderr
    pages = fine(at.ellip("s3", "ls", f"s3://{bucket}/many/", "-n", "10", "--all", "--json")).splitlines()
    assert [len(json.loads(page)["objects"]) for page in pages] == [10, 10, 5]
    top = fine(at.ellip("s3", "ls", f"s3://{bucket}"))
    assert top.splitlines() == ["many/", "top\\x0a\\x1b[2J.txt"], "a key cannot move the cursor"
    long = fine(at.ellip("s3", "ls", "-l", f"s3://{bucket}/many/00")).splitlines()
    assert long[3].split("\t")[0] == "3 B"
    assert long[3].split("\t")[3] == "003"
    assert len(fine(at.ellip("s3", "ls", "-r", f"s3://{bucket}/")).splitlines()) == 26


def test_bytes_go_through_unchanged(at: Desk, bucket: str, client: Any) -> None:
    body = bytes(range(256)) * 20_000
    client.put_object(Bucket=bucket, Key="a b.bin", Body=body)
    done = subprocess.run(
        at.argv("s3", "cat", f"s3://{bucket}/a b.bin"), env=at.env, cwd=at.folder, capture_output=True,
        timeout=PATIENCE, check=True,
    )  # fmt: skip
    assert done.stdout == body
    missing = at.ellip("s3", "cat", f"s3://{bucket}/nothing")
    assert missing.returncode == 3
    assert missing.stdout == ""
    assert at.ellip("s3", "cat", f"s3://{bucket}").returncode == 1
    assert at.ellip("s3", "cat", f"s3://anyone@{bucket}/a b.bin").returncode == 5
    head = subprocess.run(
        f"{' '.join(at.argv('s3', 'cat'))} 's3://{bucket}/a b.bin' | head -c 5 | wc -c",
        shell=True, env=at.env, cwd=at.folder, capture_output=True, text=True, timeout=PATIENCE, check=True,
    )  # fmt: skip
    assert (head.stdout.strip(), head.stderr) == ("5", ""), "a reader that has enough is no error"


def test_copies_there_and_back(at: Desk, bucket: str) -> None:
    for name in ("data/a.txt", "data/deep/b ö.txt", "data/c.bin"):
        at.write(name, name)
    up = at.ellip("s3", "cp", "data/", f"s3://{bucket}/in/")
    assert fine(up) == ""
    assert "done: 3 files" in up.stderr
    assert sorted(fine(at.ellip("s3", "ls", "-r", f"s3://{bucket}/in/")).splitlines()) == [
        "a.txt", "c.bin", "deep/b ö.txt",
    ]  # fmt: skip
    again = at.ellip("s3", "cp", "data/", f"s3://{bucket}/in/")
    assert again.returncode == 4
    assert "exist" in again.stderr
    skipped = json.loads(fine(at.ellip("s3", "cp", "--skip", "--json", "data/", f"s3://{bucket}/in/")))
    assert (skipped["state"], skipped["skipped"]) == ("done", 3)
    fine(at.ellip("s3", "mv", "-q", f"s3://{bucket}/in/", f"s3://{bucket}/moved/"))
    assert fine(at.ellip("s3", "ls", "-r", f"s3://{bucket}/in/")) == ""
    fine(at.ellip("s3", "cp", "-q", f"s3://{bucket}/moved/", "back/"))
    assert (at.folder / "back/deep/b ö.txt").read_text() == "data/deep/b ö.txt"
    listed = fine(at.ellip("s3", "transfers"))
    assert f"s3://{bucket}/moved/" in listed
    assert at.ellip("s3", "cp", "nothing.txt", f"s3://{bucket}/").returncode == 3


def test_sync_and_delete_ask_first(at: Desk, bucket: str) -> None:
    for number in range(3):
        at.write(f"data/{number}", "x" * number)
    fine(at.ellip("s3", "sync", "-q", "data/", f"s3://{bucket}/to/"))
    (at.folder / "data/1").unlink()
    asked = at.ellip("s3", "sync", "--delete", "data/", f"s3://{bucket}/to/")
    assert asked.returncode == 2
    assert "Delete 1 " in asked.stderr
    assert "--yes" in asked.stderr
    fine(at.ellip("s3", "sync", "-q", "--delete", "--yes", "data/", f"s3://{bucket}/to/"))
    assert fine(at.ellip("s3", "ls", f"s3://{bucket}/to/")).splitlines() == ["0", "2"]
    asked = at.ellip("s3", "rm", f"s3://{bucket}/to/")
    assert asked.returncode == 2
    assert "Delete 2 objects (2 B)?" in asked.stderr
    assert fine(at.ellip("s3", "ls", f"s3://{bucket}/to/")).splitlines() == ["0", "2"]
    fine(at.ellip("s3", "rm", "--yes", "-q", f"s3://{bucket}/to/"))
    assert fine(at.ellip("s3", "ls", f"s3://{bucket}/to/")) == ""
    path = at.ellip("s3", "rm", "--yes", "data/")
    assert path.returncode == 1
    assert (at.folder / "data/0").exists()


def test_ctrl_c_stops_it_and_it_goes_on(at: Desk, bucket: str, client: Any) -> None:
    for name in range(4):
        with (at.folder / f"{name}.bin").open("wb") as file:
            file.truncate(400 * 2**20)
    names = [f"{name}.bin" for name in range(4)]
    with at.started("s3", "cp", *names, f"s3://{bucket}/big/") as process:
        assert process.stderr is not None
        first = process.stderr.readline()
        process.send_signal(signal.SIGINT)
        said = first + process.stderr.read()
        assert process.wait(PATIENCE) == 130, said
    assert "stopped" in said
    id_ = re.search(r"ellip s3 resume (\S+)", said)
    assert id_ is not None, said
    done = at.ellip("s3", "resume", id_[1], timeout=300)
    assert done.returncode == 0, done.stderr
    sizes = [client.head_object(Bucket=bucket, Key=f"big/{name}")["ContentLength"] for name in names]
    assert sizes == [400 * 2**20] * 4


def test_left_running(at: Desk, bucket: str) -> None:
    at.write("a.txt", "a")
    id_ = fine(at.ellip("s3", "cp", "--detach", "a.txt", f"s3://{bucket}/")).strip()
    assert "-s3-" in id_
    end = time.monotonic() + PATIENCE
    while (state := json.loads(fine(at.ellip("tasks", "show", id_, "--json")))["state"]) != "done":
        assert time.monotonic() < end, state


def test_a_url_for_anybody(at: Desk, bucket: str, client: Any) -> None:
    import urllib.request

    client.put_object(Bucket=bucket, Key="a.txt", Body=b"seen")
    url = fine(at.ellip("s3", "presign", f"s3://{bucket}/a.txt", "--expires", "15m")).strip()
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(url, timeout=30) as reply:
        assert reply.read() == b"seen"
    assert at.ellip("s3", "presign", f"s3://{bucket}/a.txt", "--expires", "8d").returncode == 1
    assert at.ellip("s3", "presign", f"s3://{bucket}/a.txt", "--expires", "soon").returncode == 2


def test_versions(at: Desk, bucket: str, client: Any) -> None:
    client.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    for body in (b"old", b"newer"):
        client.put_object(Bucket=bucket, Key="a.txt", Body=body)
    rows = [row.split("\t") for row in fine(at.ellip("s3", "versions", f"s3://{bucket}/a.txt")).splitlines()]
    assert [row[2] for row in rows] == ["5 B", "3 B"]
    assert fine(at.ellip("s3", "cat", "--version", rows[1][0], f"s3://{bucket}/a.txt")) == "old"
    fine(at.ellip("s3", "restore", f"s3://{bucket}/a.txt", rows[1][0]))
    assert fine(at.ellip("s3", "cat", f"s3://{bucket}/a.txt")) == "old"


PROGRAM = """
import boto3
print(boto3.client("s3").get_object(Bucket="public", Key="hello.txt")["Body"].read().decode())
"""


def test_a_shell_uses_a_connection(at: Desk, store: WeedServer) -> None:
    script = f"eval \"$({' '.join(at.argv('s3', 'env', 'admin'))})\" && python -c '{PROGRAM}'"
    env = {**at.env, "AWS_ACCESS_KEY_ID": "wrong", "AWS_SECRET_ACCESS_KEY": "wrong"}
    done = subprocess.run(
        ["bash", "-c", script.replace("python -c", f"{at.argv()[0]} -c")],
        env=env, cwd=at.folder, capture_output=True, text=True, timeout=PATIENCE, check=False,
    )  # fmt: skip
    assert done.stdout == "hello\n", done.stderr
    said = at.ellip("s3", "env", "admin").stdout
    assert not [secret for secret in store.secrets if secret in said]


@pytest.mark.parametrize(
    "words",
    [
        ("ls", "s3://x"),
        ("ls", "s3://no such@bucket/"),
        ("ls", "nothing"),
        ("cat", "s3://public/"),
        ("presign", "s3://"),
        ("cp", "a", "b"),
        ("mb", "s3://bucket/key"),
    ],
)
def test_what_is_not_an_address(at: Desk, words: tuple[str, ...]) -> None:
    done = at.ellip("s3", *words)
    assert done.returncode in (1, 3), (done.stdout, done.stderr)
    assert "error:" in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


@pytest.mark.parametrize(
    ("words", "unloaded"),
    [
        (("s3", "--help"), ("pydantic", "boto3", "botocore", "rich", "ellip_lab.lab")),
        (("s3", "cp", "--help"), ("boto3", "botocore", "obstore", "rich", "ellip_lab.lab")),
        (("s3", "connections", "--json"), ("boto3", "obstore", "rich", "tornado")),
    ],
)
def test_nothing_is_loaded_that_is_not_used(
    at: Desk, words: tuple[str, ...], unloaded: tuple[str, ...]
) -> None:
    program = (
        "import sys\nfrom ellip_lab.cli import ellip\nfrom ellip_lab.cli.exits import carried_out\n"
        f"code = carried_out(ellip, {list(words)!r})\n"
        f"print([name for name in {unloaded!r} if name in sys.modules], file=sys.stderr)\nsys.exit(code)"
    )
    done = subprocess.run(
        [at.argv()[0], "-c", program], env=at.env, cwd=at.folder, capture_output=True, text=True, timeout=PATIENCE,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stderr.strip().splitlines()[-1] == "[]"


def test_the_store_on_this_machine_lives_as_long_as_the_shell(at: Desk) -> None:
    script = f"""
eval "$({" ".join(at.argv("s3", "env", "local"))})" || exit 9
{" ".join(at.argv("s3", "mb", "s3://local@mine"))} >/dev/null || exit 8
sleep 8
{at.argv()[0]} -c 'import boto3; print([b["Name"] for b in boto3.client("s3").list_buckets()["Buckets"]])'
"""
    done = subprocess.run(
        ["bash", "-c", script],
        env=at.env,
        cwd=at.folder,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    try:
        assert done.stdout == "['mine']\n", (done.returncode, done.stderr)
        end = time.monotonic() + PATIENCE
        while at.ellip("s3", "show").returncode != 3:
            assert time.monotonic() < end, "it ends after the shell"
            time.sleep(0.5)
    finally:
        at.ellip("s3", "stop")
