"""Commands of an image as programs of an ordinary user: what they write is that user's."""

# ruff: noqa: F811 - a fixture that tests name

from __future__ import annotations

from pathlib import Path

from podman_store import IMAGE

from .test_rootless import USER, Somebody, pytestmark, somebody  # noqa: F401 - a fixture, and what skips


def test_what_an_exposed_command_writes_is_the_users(somebody: Somebody) -> None:
    told = somebody.asks(
        "os.environ['PATH'] = str(home / '.local/bin') + ':' + os.environ['PATH']\n"
        f"found = rooms.expose(words.ExposeRequest(image={IMAGE!r}, commands=('sh',)))\n"
        "told['file'], told['on_path'] = found.exposed[0].path, found.on_path\n"
    )
    assert told == {"file": f"{somebody.env['HOME']}/.local/bin/sh", "on_path": True}
    home = somebody.env["HOME"]
    said = somebody.does(
        "/bin/sh",
        "-c",
        f"cd {home} && umask 027 && {told['file']} -c 'id -u; pwd; cat > new.txt; exit 4'",
        stdin=b"in",
    )
    # the user of this test has no range of further ids: root inside is that user outside
    assert (said.stdout.decode(), said.stderr.decode(), said.returncode) == (f"0\n{home}\n", "", 4)
    status = Path(f"{home}/new.txt").stat()
    assert (status.st_uid, status.st_gid, status.st_mode & 0o777) == (USER, USER, 0o640)
