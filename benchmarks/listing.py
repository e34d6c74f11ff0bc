"""10,000 recorded runs: the first page, as the panel and `ellip runs list` ask for it."""

from __future__ import annotations

import shutil
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

from benchmarks.measure import Line, Result, timed

RECORDS = 10_000
TARGET = 100.0
GOING = frozenset({"reserve", "environment.json"})


def measure() -> list[Result]:
    """Records one real run, copies its record under 10,000 ids, and lists them with rooms that know nothing yet."""
    from ellip_lab.lab import Lab
    from ellip_lab.runs.contract import RunQuery
    from ellip_lab.settings import Settings

    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        document = folder / "true.cwl"
        document.write_text(
            "cwlVersion: v1.2\nclass: CommandLineTool\nbaseCommand: 'true'\ninputs: []\noutputs: []\n"
        )
        settings = Settings(state=folder / "state", root=folder)
        lab = Lab(settings)
        model = lab.runs.start(str(document), {}, container="none").wait().id
        multiply(lab.tasks.root, model)

        def first_page() -> None:
            page = Lab(settings).runs.list(RunQuery(limit=50))
            if len(page.runs) != 50 or page.next is None:
                raise SystemExit(f"the page has {len(page.runs)} runs of {RECORDS}")

        first = [timed(first_page) for _ in range(9)]
        found = [timed(lambda: Lab(settings).runs.list(RunQuery(limit=50, text="true"))) for _ in range(5)]
    return [
        Line(
            "10,000 runs, first page",
            f"{median(first) * 1000:.0f} ms",
            "",
            median(first) * 1000,
            TARGET,
            "ms",
        ),
        Line(
            "10,000 runs, first page of a search",
            f"{median(found) * 1000:.0f} ms",
            "",
            median(found) * 1000,
            TARGET,
            "ms",
        ),
    ]


def multiply(root: Path, model: str) -> None:
    """Copies the record of a run under many ids, a minute apart."""
    began = datetime(2026, 1, 1, tzinfo=UTC)
    # what the supervisor has still to remove when it has told the end is no part of a record
    files = [file for file in (root / model).iterdir() if file.is_file() and file.name not in GOING]
    for number in range(RECORDS):
        stamp = (began + timedelta(minutes=number)).strftime("%Y%m%dt%H%M%S000")
        id_ = f"{stamp}-runs-{number:04x}"
        folder = root / id_
        folder.mkdir()
        for file in files:
            text = file.read_bytes()
            if model.encode() in text:
                (folder / file.name).write_bytes(text.replace(model.encode(), id_.encode()))
            else:
                (folder / file.name).hardlink_to(file)
    shutil.rmtree(root / model)
