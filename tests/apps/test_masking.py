"""What looks like a secret does not get into a log; what does not, stays as it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from ellip_lab.apps.masking import Masking

MASKING = {
    "GITHUB_TOKEN": "verysecret-1",
    "MY_PASSWORD": "short",
    "PATH": "/usr/bin",
    "SSH_KEY": "/etc/passwd",
    "AWS_SECRET_ACCESS_KEY": "/begins/with+a/slash",
}


@pytest.mark.parametrize(
    ("line", "masked"),
    [
        ("sent verysecret-1 to it", "sent *** to it"),
        ("PASSWORD=abc def", "PASSWORD=*** def"),
        ('{"api_key": "abc", "b": 1}', '{"api_key": "***", "b": 1}'),
        ("--access-token=abc --port=1", "--access-token=*** --port=1"),
        ("GET /?token=abc&b=2", "GET /?token=***&b=2"),
        ("Authorization: Bearer abcdefgh.ijk", "Authorization: Bearer ***"),
        ("Authorization: token abcdefghijk", "Authorization: token ***"),
        ("postgres://me:word@host/db", "postgres://me:***@host/db"),
        ("with /begins/with+a/slash", "with ***"),
        ("got ghp_0123456789abcdefghij01", "got ***"),
        ("AKIAABCDEFGHIJKLMNOP", "***"),
        ("x eyJhbGciOiJI.eyJzdWIiOiIx.c2ln y", "x *** y"),
    ],
)
def test_what_looks_like_a_secret(line: str, masked: str) -> None:
    assert Masking(MASKING).line(line.encode()).decode() == masked


@pytest.mark.parametrize(
    "line",
    [
        "listening on /run/user/0/ellip-lab/app-1/s",
        "it is short of memory",
        "key of /etc/passwd",
        "Token expired, sign in again",
        "2026-01-02T03:04:05 INFO http://localhost:80/a@b",
        "keyboard = us",
    ],
)
def test_what_does_not(line: str) -> None:
    assert Masking(MASKING).line(line.encode()).decode() == line


def test_a_word_that_is_called_like_a_file_is_a_secret(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "verysecret-1").touch()
    assert Masking(MASKING).line(b"sent verysecret-1") == b"sent ***"


def test_a_private_key_goes_over_lines() -> None:
    masking = Masking({})
    lines = [
        b"-----BEGIN RSA PRIVATE KEY-----\n",
        b"MIIE\n",
        b"abc\n",
        b"-----END RSA PRIVATE KEY-----\n",
        b"MIIE\n",
    ]
    assert b"".join(masking.line(line) for line in lines) == (
        b"-----BEGIN RSA PRIVATE KEY-----\n***\n***\n-----END RSA PRIVATE KEY-----\nMIIE\n"
    )
