"""What is kept of connections: whole, apart from its secrets, only the user's, and nothing is lost."""

from __future__ import annotations

import configparser
import json
import resource
import shutil
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.errors import KeyringError, PasswordDeleteError

from ellip_lab.errors import Conflict, Denied, Invalid, NotFound, Unavailable
from ellip_lab.s3 import keyring as ours
from ellip_lab.s3.connections import Connections
from ellip_lab.s3.contract import Auth, ConnectionRequest, Credentials
from ellip_lab.settings import Settings

ACCESS, SECRET, TOKEN = "AKSOMEBODY", "the=secret%of#some;body/+", "the-token-of-somebody"


def asked(name: str = "mine", secret: str = SECRET, **more: Any) -> ConnectionRequest:
    keys = Credentials.model_validate({"access_key": ACCESS, "secret_key": secret, "session_token": TOKEN})
    return ConnectionRequest(name=name, endpoint="http://127.0.0.1:9", credentials=keys).model_copy(
        update=more
    )


@pytest.fixture
def known(settings: Settings) -> Connections:
    return Connections(settings)


@pytest.fixture
def home(settings: Settings) -> Path:
    return settings.state / "s3"


def test_keys_stand_apart_and_are_the_users_alone(known: Connections, home: Path) -> None:
    made = known.save(asked())
    assert (made.kept_in, made.has_keys, made.default) == ("file", True, True)
    assert {file.name for file in home.iterdir()} == {"connections.json", "credentials", "lock"}
    for file in (home / "connections.json", home / "credentials"):
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(home.stat().st_mode) == 0o700
    for secret in (ACCESS, SECRET, TOKEN):
        assert secret not in (home / "connections.json").read_text()
        assert secret not in known.list().model_dump_json()
        assert secret not in repr(known.get("mine"))
    # AWS's own form: others read it too
    parser = configparser.RawConfigParser()
    parser.read(home / "credentials")
    assert dict(parser["mine"]) == {
        "aws_access_key_id": ACCESS, "aws_secret_access_key": SECRET, "aws_session_token": TOKEN,
    }  # fmt: skip
    keys = known.get("mine").keys
    assert keys is not None
    assert (keys.access, keys.secret, keys.token) == (ACCESS, SECRET, TOKEN)


def test_a_name_that_is_taken_is_a_conflict_until_it_may_be_replaced(known: Connections) -> None:
    known.save(asked())
    with pytest.raises(Conflict):
        known.save(asked(secret="other"))
    assert known.get("mine").keys.secret == SECRET  # type: ignore[union-attr]
    known.save(asked(secret="other", replace=True))
    assert known.get("mine").keys.secret == "other"  # type: ignore[union-attr]
    # null keeps the keys
    known.save(asked(replace=True, credentials=None, region="eu-west-1"))
    assert known.get("mine").keys.secret == "other"  # type: ignore[union-attr]
    assert known.get("mine").connection.region == "eu-west-1"


def test_keys_go_when_the_connection_signs_otherwise_or_goes(known: Connections, home: Path) -> None:
    known.save(asked())
    known.save(asked("other"))
    known.save(asked(replace=True, auth=Auth.ANONYMOUS))
    assert known.get("mine").keys is None
    assert not known.get("mine").connection.has_keys
    assert (home / "credentials").read_text().count(SECRET) == 1
    known.remove("other")
    assert SECRET not in (home / "credentials").read_text()
    with pytest.raises(NotFound):
        known.get("other")
    with pytest.raises(NotFound):
        known.remove("other")
    with pytest.raises(Invalid, match="was not saved here"):
        known.remove("local")
    with pytest.raises(Invalid, match="by its name"):
        known.remove(None)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"name": "local"}, "meaning of its own"),
        ({"name": "default"}, "meaning of its own"),
        ({"endpoint": "s3.example.org"}, "not a URL"),
        ({"endpoint": "https://key:secret@s3.example.org"}, "not a URL"),
        ({"endpoint": "https://s3.example.org/?X-Amz-Signature=abc"}, "not a URL"),
        ({"endpoint": "https://s3.example.org:99999"}, "not a URL"),
        ({"endpoint": "https://s3.example.org\n[other]"}, "not a URL"),
        ({"region": "eu\n[other]"}, "line breaks"),
        ({"region": ""}, "empty"),
        ({"auth": Auth.PROFILE}, "profile has no name"),
        ({"auth": Auth.ANONYMOUS, "role_arn": "arn:aws:iam::1:role/x"}, "cannot take a role"),
        ({"credentials": None}, "there are no keys"),
        ({"credentials": Credentials.model_validate({"access_key": ACCESS})}, "secret key is missing"),
        ({"credentials": Credentials.model_validate({"secret_key": SECRET})}, "access key is missing"),
        (
            {"credentials": Credentials.model_validate({"access_key": ACCESS, "secret_key": "a\n[b]"})},
            "line breaks",
        ),
        ({"ca_bundle": "/no/such/file"}, "cannot be read"),
    ],
)
def test_what_cannot_be_a_connection_is_refused_and_nothing_is_written(
    known: Connections, home: Path, changes: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(Invalid, match=sentence) as caught:
        known.save(asked(**changes))
    assert SECRET not in f"{caught.value.detail} {caught.value.hint}"
    assert not (home / "connections.json").exists()
    assert not (home / "credentials").exists()


def test_the_default_is_the_first_that_is_saved_until_another_is_chosen(known: Connections) -> None:
    assert [one.name for one in known.list().connections if one.default] == ["local"]
    known.save(asked("first"))
    known.save(asked("second"))
    assert known.get().name == "first"
    assert known.choose("second").default
    assert known.get().name == "second"
    known.remove("second")
    with pytest.raises(Invalid, match="no connection is the default") as caught:
        known.get()
    assert caught.value.hint == "Choose one, or name one: first, local."
    with pytest.raises(NotFound):
        known.choose("second")
    known.choose("local")
    assert [one.name for one in known.list().connections if one.default] == ["local"]


SAVER = """
import sys
from pathlib import Path
from ellip_lab.s3.connections import Connections
from ellip_lab.s3.contract import ConnectionRequest, Credentials
from ellip_lab.settings import Settings
state, who = sys.argv[1:]
known = Connections(Settings(state=Path(state)))
for number in range(25):
    keys = Credentials.model_validate({"access_key": f"AK{who}{number}", "secret_key": f"secret-{who}-{number}"})
    known.save(ConnectionRequest(name=f"{who}{number}", endpoint="http://127.0.0.1:9", credentials=keys))
"""


def test_those_who_save_at_once_lose_nothing(known: Connections, settings: Settings) -> None:
    savers = [
        subprocess.Popen([sys.executable, "-c", SAVER, str(settings.state), who], stderr=subprocess.PIPE)
        for who in ("a", "b", "c")
    ]
    for saver in savers:
        _, said = saver.communicate(timeout=120)
        assert saver.returncode == 0, said
    for who in ("a", "b", "c"):
        for number in range(25):
            keys = known.get(f"{who}{number}").keys
            assert keys is not None
            assert keys.secret == f"secret-{who}-{number}"


FULL = """
import resource, signal, sys
from pathlib import Path
from ellip_lab.errors import Unavailable
from ellip_lab.s3.connections import Connections
from ellip_lab.s3.contract import ConnectionRequest, Credentials
from ellip_lab.settings import Settings
known = Connections(Settings(state=Path(sys.argv[1])))
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), int(sys.argv[2])))
keys = Credentials.model_validate({"access_key": "AKNEW", "secret_key": "new" * 20, "session_token": "t" * 300})
try:
    known.save(ConnectionRequest(name="mine", endpoint="http://127.0.0.1:9", credentials=keys, replace=True))
except Unavailable as error:
    print(error.detail, "|", error.hint)
"""


@pytest.mark.parametrize("limit", [40, 400], ids=["keys-do-not-fit", "connections-do-not-fit"])
def test_a_full_disk_leaves_what_was_there(
    known: Connections, settings: Settings, home: Path, limit: int
) -> None:
    # Many connections: their file is the larger one, so that at 400 bytes the keys fit and it does not.
    known.save(asked(title="x" * 200))
    known.save(asked("second", auth=Auth.ANONYMOUS, title="x" * 200))
    before = {file.name: file.read_bytes() for file in home.iterdir()}
    assert len(before["connections.json"]) > 400
    assert resource.RLIMIT_FSIZE is not None
    if limit == 400:
        limit = len(before["credentials"]) + 400
        assert limit < len(before["connections.json"])
    done = subprocess.run(
        [sys.executable, "-c", FULL, str(settings.state), str(limit)], capture_output=True, text=True, timeout=60
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "connections cannot be written" in done.stdout
    assert "untouched" in done.stdout
    assert {file.name: file.read_bytes() for file in home.iterdir()} == before


@pytest.mark.parametrize("damage", ["{", "[]", '{"connections": [1]}', '{"connections": [{}]}', "\x00"])
def test_a_damaged_file_is_said_and_not_written_over(known: Connections, home: Path, damage: str) -> None:
    known.save(asked())
    (home / "connections.json").write_text(damage)
    listed = known.list()
    assert [one.name for one in listed.connections] == ["local"]
    assert "is damaged" in listed.problems[0]
    with pytest.raises(Invalid, match="is damaged"):
        known.save(asked("other"))
    with pytest.raises(Invalid, match="is damaged"):
        known.get("mine")
    assert (home / "connections.json").read_text() == damage


def test_a_damaged_connection_does_not_hide_the_others(known: Connections, home: Path) -> None:
    known.save(asked("good"))
    known.save(asked("bad"))
    kept = json.loads((home / "connections.json").read_text())
    kept["connections"][1]["style"] = "sideways"
    (home / "connections.json").write_text(json.dumps(kept))
    listed = known.list()
    assert [one.name for one in listed.connections] == ["good", "local"]
    assert "'bad' is damaged" in listed.problems[0]
    with pytest.raises(Invalid, match="'bad' is damaged"):
        known.get("bad")
    known.save(asked("third"))
    assert len(json.loads((home / "connections.json").read_text())["connections"]) == 3


def test_a_damaged_file_of_keys_is_said_without_its_lines(known: Connections, home: Path) -> None:
    known.save(asked())
    (home / "credentials").write_text(f"{SECRET}\n")
    with pytest.raises(Invalid) as caught:
        known.get("mine")
    assert SECRET not in f"{caught.value.detail} {caught.value.hint}"
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


def test_a_folder_that_cannot_be_written_is_said(known: Connections, settings: Settings) -> None:
    settings.state.parent.mkdir(parents=True, exist_ok=True)
    settings.state.write_text("a file")
    with pytest.raises(Unavailable, match="cannot be written"):
        known.save(asked())


class Memory(KeyringBackend):
    """A keyring of the test's own, registered as keyring's users do."""

    # of the class: keyring itself must not choose it for other tests
    priority = 0  # type: ignore[assignment]

    def __init__(self) -> None:
        super().__init__()
        self.priority = 9  # type: ignore[assignment, misc]
        self.kept: dict[tuple[str, str], str] = {}
        self.asked = 0
        self.locked = False

    def get_password(self, service: str, username: str) -> str | None:
        self.asked += 1
        if self.locked:
            raise KeyringError(f"locked: {self.kept}")
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        if self.locked:
            raise KeyringError(f"locked: {password}")
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        if self.kept.pop((service, username), None) is None:
            raise PasswordDeleteError("not found")


@pytest.fixture
def memory() -> Iterator[Memory]:
    before = keyring.get_keyring()
    backend = Memory()
    keyring.set_keyring(backend)
    yield backend
    keyring.set_keyring(before)
    ours._known.clear()


def test_a_keyring_keeps_keys_and_no_file_does(known: Connections, home: Path, memory: Memory) -> None:
    assert known.save(asked()).kept_in == "keyring"
    assert not (home / "credentials").exists()
    for file in home.iterdir():
        assert SECRET not in file.read_text()
    memory.asked = 0
    assert known.list().connections[0].has_keys
    assert memory.asked == 0, "a list asks no keyring: it might ask for a password"
    keys = known.get("mine").keys
    assert keys is not None
    assert (keys.access, keys.secret, keys.token) == (ACCESS, SECRET, TOKEN)
    known.get("mine")
    assert memory.asked == 1, "it is asked once"
    known.save(asked(secret="other", replace=True))
    assert known.get("mine").keys.secret == "other"  # type: ignore[union-attr]
    known.save(asked(replace=True, credentials=None, region="eu-west-1"))
    assert known.get("mine").keys.secret == "other"  # type: ignore[union-attr]
    known.remove("mine")
    assert not memory.kept


def test_a_keyring_that_is_locked(known: Connections, memory: Memory, home: Path) -> None:
    known.save(asked())
    memory.locked = True
    ours._known.clear()
    with pytest.raises(Denied, match="the keyring does not give the keys") as caught:
        known.get("mine")
    assert SECRET not in f"{caught.value.detail} {caught.value.hint}"
    assert caught.value.__suppress_context__
    # what is saved now goes to the file
    assert known.save(asked("second")).kept_in == "file"
    assert known.get("second").keys.secret == SECRET  # type: ignore[union-attr]
    memory.locked = False
    known.save(asked("second", replace=True))
    assert SECRET not in (home / "credentials").read_text()


def test_a_keyring_that_hangs_does_not_hold_anybody_up(
    known: Connections, memory: Memory, monkeypatch: pytest.MonkeyPatch
) -> None:
    import threading

    monkeypatch.setattr(ours, "PATIENCE", 0.5)
    waits = threading.Event()
    monkeypatch.setattr(memory, "set_password", lambda *_: waits.wait(20))
    assert known.save(asked()).kept_in == "file"
    waits.set()


REAL = """
import sys
from pathlib import Path
from ellip_lab.s3.connections import Connections
from ellip_lab.s3.contract import ConnectionRequest, Credentials
from ellip_lab.s3.surroundings import surroundings
from ellip_lab.settings import Settings
import subprocess, os
known = Connections(Settings(state=Path(sys.argv[1])))
keys = Credentials.model_validate({"access_key": "AKREAL", "secret_key": "a-real-secret"})
made = known.save(ConnectionRequest(name="mine", endpoint="http://127.0.0.1:9", credentials=keys))
found = known.get("mine").keys
used = surroundings(known, "mine")
show = "import boto3; f = boto3.session.Session().get_credentials(); print(f.method, f.access_key, f.secret_key)"
env = {k: v for k, v in os.environ.items() if k not in used.unset} | used.set
kernel = subprocess.run([sys.executable, "-c", show], env=env, capture_output=True, text=True)
print(made.kept_in, found.access, found.secret, kernel.stdout.strip() or kernel.stderr)
known.remove("mine")
import keyring
print(keyring.get_password(f"ellip-lab {known.home}", "mine"))
"""


@pytest.mark.keyring
def test_a_real_keyring(settings: Settings, tmp_path: Path) -> None:
    """gnome-keyring behind a session bus of its own: kept, found, handed to a kernel's boto3, and removed."""
    assert shutil.which("dbus-run-session"), "apt-get install dbus-daemon"
    assert shutil.which("gnome-keyring-daemon"), "apt-get install gnome-keyring"
    script = 'echo -n secret | gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1; exec "$@"'
    done = subprocess.run(
        ["dbus-run-session", "--", "sh", "-c", script, "sh", sys.executable, "-c", REAL, str(settings.state)],
        env={"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), "XDG_RUNTIME_DIR": str(tmp_path)},
        capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [
        "keyring AKREAL a-real-secret custom-process AKREAL a-real-secret",
        "None",
    ]
    assert not [f for f in (settings.state / "s3").iterdir() if "a-real-secret" in f.read_text()]
