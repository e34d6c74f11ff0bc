"""A check after a keystroke, with the warm process up, against `cwltool --validate`; and what else an editor asks."""

from __future__ import annotations

import gc
import itertools
import os
import sys
import tempfile
from pathlib import Path
from statistics import median

from benchmarks.measure import SCRIPTS, Line, Result, command, paired, ratio, timed, warmed

DOCUMENT = Path(__file__).parent.parent / "ellip_lab" / "packages" / "water-bodies" / "water-bodies.cwl"
CORPUS = Path(__file__).parent.parent / "tests" / "cwl" / "broken"
TARGET = 0.1
COLD_CHECK = """
import sys
from pathlib import Path
from ellip_lab.cwl import schemas
from ellip_lab.cwl.language.diagnose import answer
schemas.ready(Path("cache"))
answer({"path": sys.argv[1], "text": None})
"""


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
        lines = [ratio(name, *paired(one, validate), TARGET, "--validate") for name, one in asked.items()]
    return [*lines, *broken()]


def broken() -> list[Line]:
    """Measures each document of the corpus of broken ones, in a process that has loaded what the warm one has."""
    import yaml

    from ellip_lab.cwl import schemas
    from ellip_lab.cwl.language import warm
    from ellip_lab.cwl.language.diagnose import answer

    with tempfile.TemporaryDirectory() as made:
        schemas.ready(Path(made) / "cache")  # made once for a user
        warm()
        gc.disable()  # as the warm process has it
        texts = [
            (path := CORPUS / "base" / one["base"], path.read_text().replace(one["old"], one["new"], 1))
            for one in yaml.safe_load((CORPUS / "mutations.yml").read_text())
        ]
        texts += [
            (Path(made) / "document.cwl", one["text"])
            for one in yaml.safe_load((CORPUS / "by_hand.yml").read_text())
            if isinstance(one.get("text"), str)
        ]
        times = [
            timed(lambda path=path, text=text: answer({"path": str(path), "text": text}))
            for path, text in texts
        ]
        cold = [timed(command([sys.executable, "-P", "-c", COLD_CHECK, str(path)], Path(made)))
                for path in sorted((CORPUS / "base").glob("*.cwl"))]  # fmt: skip
    name = f"{len(times)} broken documents"
    return [
        Line(f"{name}, warm, median", f"{median(times) * 1e3:.1f} ms", "", median(times) * 1e3, 100, "ms"),
        Line(f"{name}, warm, slowest", f"{max(times) * 1e3:.0f} ms", "", max(times) * 1e3, 100, "ms"),
        Line("a document in a process of its own, slowest", f"{max(cold):.2f} s", "", max(cold), 1, "s"),
    ]
