"""A check after a keystroke, with the warm process up, against `cwltool --validate`; and what else an editor asks."""

from __future__ import annotations

import itertools
import os
import tempfile
from pathlib import Path

from benchmarks.measure import SCRIPTS, Result, command, paired, ratio, warmed

DOCUMENT = Path(__file__).parent.parent / "ellip_lab" / "packages" / "water-bodies" / "water-bodies.cwl"
TARGET = 0.1


def measure() -> list[Result]:
    """Measures the demo package's document, with another text each time; the way of the server is not in it."""
    from ellip_lab.cwl.editing import DocumentText, GraphQuery, TextPlace
    from ellip_lab.lab import Lab
    from ellip_lab.packages.contract import PackageQuery
    from ellip_lab.settings import Settings

    text = DOCUMENT.read_text()
    line = 1 + text[: text.index("outputSource")].count("\n")
    strokes = itertools.count()
    with tempfile.TemporaryDirectory() as made, warmed():
        folder = Path(made)
        place = folder / "water-bodies.cwl"
        place.write_text(text)
        lab = Lab(Settings(state=folder / "state", root=folder))
        path = str(place)
        validate = command(
            [str(SCRIPTS / "cwltool"), "--validate", path], folder, {**os.environ, "PYTHONWARNINGS": "ignore"}
        )

        def typed() -> str:
            return f"{text}\n# {next(strokes)}\n"

        asked = {
            "check after a keystroke, warm": lambda: lab.cwl.diagnose(DocumentText(path=path, text=typed())),
            "the same with the rules of 20-089r1": lambda: lab.packages.check(
                PackageQuery(path=path, text=typed())
            ),
            "completion": lambda: lab.cwl.complete(TextPlace(path=path, text=typed(), line=line, column=20)),
            "graph": lambda: lab.cwl.graph(GraphQuery(path=path, text=typed())),
        }
        return [ratio(name, *paired(one, validate), TARGET, "--validate") for name, one in asked.items()]
