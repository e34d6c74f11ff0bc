"""The page of the rules is what their data say, and the check of it can fail."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import yaml

from ellip_lab.packages.rules import ALL

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs/rules.md"
SCRIPT = ROOT / "scripts/rules-page"


def checked(page: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, SCRIPT, "--check", "--page", page], capture_output=True, text=True, check=False
    )


def test_the_page_is_what_the_rules_say() -> None:
    assert checked(PAGE).returncode == 0
    text = PAGE.read_text()
    for rule in ALL:
        assert f"`{rule.id}`" in text
        assert rule.text in text


def test_a_page_that_lags_is_told(tmp_path: Path) -> None:
    copy = Path(shutil.copy(PAGE, tmp_path / "rules.md"))
    copy.write_text(PAGE.read_text().replace(ALL[4].text, "something else"))
    told = checked(copy)
    assert told.returncode == 1
    assert "scripts/rules-page" in told.stderr


def test_it_is_in_the_navigation() -> None:
    assert "rules.md" in (ROOT / "mkdocs.yml").read_text()
    assert yaml.safe_load((ROOT / "mkdocs.yml").read_text())["nav"]
