"""The public validator that the rules are compared with, `eoap-validator`, in an environment of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import venv
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

PINNED = "eoap-validator==0.3.1"
UNREACHABLE = (
    "Retrying (",
    "NewConnectionError",
    "Temporary failure in name resolution",
    "Network is unreachable",
)
"""What pip says when it cannot reach an index."""
DRIVER = """
import json, sys
from loguru import logger
from eoap_validator import StagingConfig, validate
logger.remove()
answers = []
for asked in json.load(sys.stdin):
    report = validate(
        asked["place"], profiles=("eoap-package", "eoap-staging"), staging=StagingConfig(**asked["staging"])
    )
    answers.append(report.to_dict()["findings"])
with open(sys.argv[1], "w") as file:
    json.dump(answers, file)
"""


def python() -> Path:
    """Gives the Python of the validator's environment, which is made once and kept in the cache of the user."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    folder = cache / "ellip-lab-tests" / f"{PINNED}-{version}"
    found = folder / "bin/python"
    if (folder / "ready").exists():
        return found
    venv.create(folder, clear=True, with_pip=True)
    made = subprocess.run(
        [found, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", PINNED],
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )
    if made.returncode and any(words in made.stderr for words in UNREACHABLE):
        pytest.skip(f"pip reaches no index, and {PINNED} is not in {folder}")
    assert made.returncode == 0, made.stderr
    (folder / "ready").touch()
    return found


def findings(asked: list[dict[str, Any]], processes: int = 2) -> list[list[dict[str, Any]]]:
    """Gives what the validator finds in each document (`place`, `staging`), several for each process."""
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "COV"))
    }
    python()
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(processes) as pool:
        shares = [asked[first::processes] for first in range(processes)]
        files = [Path(folder) / f"{number}.json" for number in range(processes)]
        made = list(pool.map(told, shares, files, [environment] * processes))
    return [made[number % processes][number // processes] for number in range(len(asked))]


def told(asked: list[dict[str, Any]], file: Path, environment: dict[str, str]) -> list[list[dict[str, Any]]]:
    """Has the validator write its findings to a file: what else it prints is on its standard output."""
    done = subprocess.run(
        [python(), "-c", DRIVER, file],
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        timeout=280,
        env=environment,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    answers: list[list[dict[str, Any]]] = json.loads(file.read_text())
    return answers
