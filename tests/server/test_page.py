"""The REST page of the docs says what the route table says."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from ellip_lab.server.app import EllipLabApp
from ellip_lab.server.events import SCHEMA_ID
from ellip_lab.server.problem import STATUS

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "server.md").read_text(encoding="utf-8")


def test_no_drift() -> None:
    done = subprocess.run(
        [sys.executable, ROOT / "scripts" / "rest-page", "--check"],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr


def test_every_link_leads_to_a_heading() -> None:
    headings = {
        re.sub(r"[^\w -]", "", line.lstrip("# ")).lower() for line in PAGE.splitlines() if line[:1] == "#"
    }
    assert set(re.findall(r"\]\(#([\w-]+)\)", PAGE)) <= headings


def test_what_is_written_by_hand_is_true() -> None:
    for kind, status in STATUS.items():
        assert re.search(rf"^\| {status.value} \| `{kind.kind}`", PAGE, re.M), kind
    for trait in EllipLabApp.class_own_traits(config=True):
        assert f"| `{trait}` |" in PAGE
    assert SCHEMA_ID in PAGE
