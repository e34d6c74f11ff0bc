"""Imports lead downwards only, in Python and in TypeScript; and the check itself can fail."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SRC = ROOT / "src"


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    """Runs import-linter with the project's contracts on a copy of the package."""
    program = Path(sys.executable).parent / "lint-imports"
    return subprocess.run(
        [program, "--no-cache"],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
        env={"PYTHONPATH": "."},
    )


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("floors")
    shutil.copytree(
        ROOT / "ellip_lab",
        made / "ellip_lab",
        ignore=shutil.ignore_patterns("__pycache__", "labextension", "water-*"),
    )
    shutil.copy(ROOT / "pyproject.toml", made)
    return made


def test_imports_lead_downwards() -> None:
    done = lint(ROOT)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("file", "line"),
    [
        ("tasks/service.py", "from ellip_lab.runs import contract"),
        ("cwl/service.py", "from ellip_lab.containers import contract"),
        ("runs/contract.py", "import tornado"),
        ("packages/contract.py", "from jupyter_server import serverapp"),
        ("cwl/folding.py", "import pygls"),
        ("cli/lsp.py", "from ellip_lab.lsp import words"),
        ("cli/lsp.py", "import lsprotocol"),
        ("lsp/words.py", "import click"),
        ("settings.py", "from ellip_lab.lab import Lab"),
        ("server/route.py", "from ellip_lab.cli import exits"),
    ],
)
def test_one_that_leads_up_is_found(copy: Path, file: str, line: str) -> None:
    place = copy / "ellip_lab" / file
    before = place.read_text(encoding="utf-8")
    place.write_text(f"{before}\n{line}\n", encoding="utf-8")
    try:
        assert lint(copy).returncode != 0
    finally:
        place.write_text(before, encoding="utf-8")


def wrong_turns(source: Path) -> list[str]:
    """Gives the imports of the browser side that do not lead downwards.

    `src/kit` < rooms < `src/index.ts`; a room reaches another only through its `tokens`; a view reaches the
    server only through its model.
    """
    found = []
    for file in sorted([*source.rglob("*.ts"), *source.rglob("*.tsx")]):
        if "__tests__" in file.parts:
            continue
        where = file.relative_to(source)
        floor = where.parts[0]
        text = file.read_text(encoding="utf-8")
        for target in re.findall(r"""(?:from|import)\s*\(?\s*['"](\.[^'"]*)['"]""", text):
            place = (file.parent / target).resolve()
            there = (
                place.relative_to(source.resolve()).parts if place.is_relative_to(source.resolve()) else ()
            )
            if len(where.parts) == 1 or not there or there[0] == floor:
                if file.suffix == ".tsx" and there[-1:] == ("client",):
                    found.append(f"{where}: a view reaches the client {target}")
                continue
            if there[0] in ("kit", "contract", "icons") or there[0].startswith("contract"):
                continue
            if floor == "kit":
                found.append(f"{where}: the ground reaches up to {target}")
            elif there[1:] != ("tokens",):
                found.append(f"{where}: reaches into another room by {target}")
    return found


def test_the_browsers_imports_lead_downwards() -> None:
    assert (SRC / "kit").is_dir()
    assert wrong_turns(SRC) == []


@pytest.mark.parametrize(
    ("file", "line"),
    [
        ("kit/log.ts", "import { IRuns } from '../runs/tokens';"),
        ("runs/panel.tsx", "import { RunsClient } from './client';"),
        ("runs/model.ts", "import { CwlClient } from '../cwl/client';"),
        ("runs/model.ts", "const late = await import('../cwl/form');"),
    ],
)
def test_one_that_leads_astray_is_found(tmp_path: Path, file: str, line: str) -> None:
    place = tmp_path / file
    place.parent.mkdir()
    place.write_text(f"{line}\nimport {{ a }} from '../kit/format';\n", encoding="utf-8")
    assert len(wrong_turns(tmp_path)) == 1
