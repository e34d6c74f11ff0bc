"""Surroundings: real boto3, s3fs and GDAL in processes of their own read an object, and no variable is a secret."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import rasterio
from rasterio.transform import from_origin

from ellip_lab.s3 import boto, weed
from ellip_lab.s3.connections import Connections
from ellip_lab.s3.contract import Auth, Style, Surroundings
from ellip_lab.s3.surroundings import surroundings
from ellip_lab.settings import Settings
from s3.stores import WeedServer

BOTO3 = """
import boto3, json, os, sys
bucket, key = sys.argv[1:]
if os.environ.get("AWS_NO_SIGN_REQUEST") or os.environ.get("AWS_REQUEST_PAYER"):
    from ellip_lab.s3 import boto  # what the magic does: boto3 has no variable for these
    boto.renew_default_session(
        anonymous="AWS_NO_SIGN_REQUEST" in os.environ, requester_pays="AWS_REQUEST_PAYER" in os.environ
    )
print(len(boto3.client("s3").get_object(Bucket=bucket, Key=key)["Body"].read()))
"""
S3FS = """
import s3fs, sys
print(len(s3fs.S3FileSystem().cat("/".join(sys.argv[1:]))))
"""
RASTERIO = """
import rasterio, sys
with rasterio.open("s3://" + "/".join(sys.argv[1:])) as scene:
    print(int(scene.read(1).sum()))
"""
# GDAL alone, as gdalinfo and QGIS have it: no session of boto3 gives it keys
GDAL = """
import sys
sys.modules["boto3"] = None
import rasterio
with rasterio.open("/vsis3/" + "/".join(sys.argv[1:])) as scene:
    print(int(scene.read(1).sum()))
"""
WRONG = {"AWS_ACCESS_KEY_ID": "AKWRONG", "AWS_SECRET_ACCESS_KEY": "wrong", "AWS_SESSION_TOKEN": "wrong",
         "AWS_ENDPOINT_URL": "http://127.0.0.1:9", "AWS_PROFILE": "nobody"}  # fmt: skip
"""What a kernel may have from before; each of them would lead elsewhere."""


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("scene") / "a.tif"
    shape = {"width": 32, "height": 32, "count": 1, "dtype": "uint8"}
    with rasterio.open(
        place, "w", driver="GTiff", crs="EPSG:4326", transform=from_origin(0, 1, 0.1, 0.1), **shape
    ) as made:
        made.write(np.ones((1, 32, 32), "uint8"))
    return place


def put(store: WeedServer, scene: Path, bucket: str) -> None:
    admin = store.client("admin")
    admin.put_object(Bucket=bucket, Key="folder/a b.tif", Body=scene.read_bytes())
    admin.close()


def environment(used: Surroundings, home: Path, **more: str) -> dict[str, str]:
    """The environment of a kernel after the connection is used in it."""
    base = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "GDAL_"))}
    base |= WRONG | more | {"HOME": str(home)}
    return {name: value for name, value in base.items() if name not in used.unset} | used.set


def output(program: str, bucket: str, env: dict[str, str]) -> str:
    done = subprocess.run(
        [sys.executable, "-c", program, bucket, "folder/a b.tif"], env=env, capture_output=True, text=True, timeout=120
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def read_everywhere(used: Surroundings, bucket: str, scene: Path, home: Path) -> None:
    env = environment(used, home)
    size = str(scene.stat().st_size)
    assert output(BOTO3, bucket, env) == size
    assert output(S3FS, bucket, env) == size
    assert output(RASTERIO, bucket, env) == "1024"
    assert output(GDAL, bucket, env) == "1024"


def without_secrets(used: Surroundings, *secrets: str) -> None:
    said = used.model_dump_json()
    for secret in secrets:
        assert secret not in said
    assert not {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"} & set(used.set)


def test_a_saved_connection_is_used(
    connections: Connections, store: WeedServer, scene: Path, settings: Settings, tmp_path: Path
) -> None:
    bucket = store.bucket()
    put(store, scene, bucket)
    used = surroundings(connections, "reader")
    without_secrets(used, *store.secrets, *(one.access for one in store.identities.values()))
    assert set(WRONG) - set(used.set) <= set(used.unset)
    config = settings.state / "s3" / "config"
    assert stat.S_IMODE(config.stat().st_mode) == 0o600
    assert not [secret for secret in store.secrets if secret in config.read_text()]
    read_everywhere(used, bucket, scene, tmp_path)


def test_one_over_tls_with_its_own_authority(
    connections: Connections, secure_store: WeedServer, scene: Path, tmp_path: Path
) -> None:
    connections.save(secure_store.request("secure", "admin"))
    put(secure_store, scene, "one")
    used = surroundings(connections, "secure")
    without_secrets(used, *secure_store.secrets)
    read_everywhere(used, "one", scene, tmp_path)


def test_an_anonymous_one(connections: Connections, store: WeedServer, scene: Path, tmp_path: Path) -> None:
    put(store, scene, "public")
    used = surroundings(connections, "anyone")
    assert used.set["AWS_NO_SIGN_REQUEST"] == "YES"
    read_everywhere(used, "public", scene, tmp_path)
    # the next one signs again
    assert "AWS_NO_SIGN_REQUEST" in surroundings(connections, "admin").unset


@pytest.fixture
def embedded(settings: Settings) -> Iterator[Connections]:
    yield Connections(settings)
    boto.close_clients()
    weed.stop(settings.state / "store")


def test_the_store_on_this_machine(
    embedded: Connections, scene: Path, settings: Settings, tmp_path: Path
) -> None:
    known = embedded.get("local")
    client = boto.client_of(known)
    client.create_bucket(Bucket="mine")
    client.put_object(Bucket="mine", Key="folder/a b.tif", Body=scene.read_bytes())
    used = surroundings(embedded, None)
    assert used.connection == "local"
    without_secrets(used, *weed.keys(settings.state / "store"))
    read_everywhere(used, "mine", scene, tmp_path)


def test_a_profile_of_the_users_own(
    connections: Connections, store: WeedServer, scene: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bucket = store.bucket()
    put(store, scene, bucket)
    admin = store.identities["admin"]
    (tmp_path / ".aws").mkdir()
    (tmp_path / ".aws/config").write_text(
        f"[profile work]\nregion = eu-west-1\nendpoint_url = {store.endpoint}\n"
    )
    (tmp_path / ".aws/credentials").write_text(
        f"[work]\naws_access_key_id = {admin.access}\naws_secret_access_key = {admin.secret}\n"
    )
    monkeypatch.setenv("HOME", str(tmp_path))
    used = surroundings(connections, "work")
    without_secrets(used, *store.secrets)
    assert used.set["AWS_PROFILE"] == "work"
    assert used.set["AWS_REGION"] == "eu-west-1"
    read_everywhere(used, bucket, scene, tmp_path)


def test_the_environment_keeps_its_keys_and_loses_what_was_used_before(
    connections: Connections, store: WeedServer, scene: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bucket = store.bucket()
    put(store, scene, bucket)
    admin = store.identities["admin"]
    keys = {"AWS_ACCESS_KEY_ID": admin.access, "AWS_SECRET_ACCESS_KEY": admin.secret}
    for name, value in {**keys, "AWS_ENDPOINT_URL": store.endpoint}.items():
        monkeypatch.setenv(name, value)
    used = surroundings(connections, "environment")
    without_secrets(used, *store.secrets)
    assert not set(keys) & set(used.unset)
    before = surroundings(connections, "reader").set
    env = environment(used, tmp_path, **{**before, **keys, "AWS_SESSION_TOKEN": ""})
    assert output(BOTO3, bucket, env) == str(scene.stat().st_size)
    assert output(GDAL, bucket, env) == "1024"


def test_what_variables_cannot_say_is_handed_over_by_a_process(
    connections: Connections, store: WeedServer, scene: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A profile with the bucket in the host name: the process reads the user's files, and the kernel ours."""
    admin = store.identities["admin"]
    own = tmp_path / "elsewhere"
    own.mkdir()
    (own / "credentials").write_text(
        f"[work]\naws_access_key_id = {admin.access}\naws_secret_access_key = {admin.secret}\n"
    )
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(own / "credentials"))
    asked = store.request("named", None, auth=Auth.PROFILE, profile="work", style=Style.VIRTUAL)
    connections.save(asked)
    used = surroundings(connections, "named")
    without_secrets(used, *store.secrets)
    config = Path(used.set["AWS_CONFIG_FILE"]).read_text()
    assert "credential_process" in config
    assert not [secret for secret in store.secrets if secret in config]
    program = (
        "import boto3, json\n"
        "s = boto3.session.Session(); c = s.get_credentials(); f = c.get_frozen_credentials()\n"
        "print(json.dumps([c.method, f.access_key, f.secret_key, s.client('s3').meta.config.s3['addressing_style']]))"
    )
    found = json.loads(output(program, "x", environment(used, tmp_path)))
    assert found == ["custom-process", admin.access, admin.secret, "virtual"]


def test_a_removed_connection_is_in_no_file(
    connections: Connections, store: WeedServer, settings: Settings
) -> None:
    surroundings(connections, "admin")
    connections.remove("admin")
    surroundings(connections, "reader")
    home = settings.state / "s3"
    for file in home.iterdir():
        assert "admin" not in file.read_text()
        assert store.identities["admin"].secret not in file.read_text()


def test_a_process_that_cannot_hand_over_says_so_in_one_sentence(
    connections: Connections, settings: Settings
) -> None:
    for name, sentence in (
        ("anyone", "connection 'anyone' is anonymous"),
        ("nobody", "there is no connection 'nobody'"),
    ):
        done = subprocess.run(
            [sys.executable, "-m", "ellip_lab.s3.credentials_child", name, "--state", str(settings.state),
             "--config", os.devnull, "--credentials", os.devnull],
            capture_output=True, text=True, timeout=60,
        )  # fmt: skip
        assert (done.returncode, done.stdout, done.stderr.strip()) == (1, "", sentence)
