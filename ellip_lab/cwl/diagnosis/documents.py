"""What a document consists of: one process, or several in a `$graph`; and which process a mapping is meant to be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ellip_lab.cwl.diagnosis import repeated
from ellip_lab.cwl.diagnosis.found import listed, meant
from ellip_lab.cwl.diagnosis.says import got
from ellip_lab.cwl.diagnosis.tree import entries, get, head_of, imports, real, word
from ellip_lab.cwl.diagnosis.vocabulary import LATEST, PROCESSES, vocabulary
from ellip_lab.cwl.language.nodes import Mapping, Node, Sequence

if TYPE_CHECKING:
    from ellip_lab.cwl.diagnosis.structure import Structure

_ANYWHERE = ("cwlVersion", "id", "label", "doc", "class")


def look(structure: Structure, root: Mapping) -> None:
    """Looks at a document: one process, or several in a `$graph`."""
    repeated.keys(structure.found, root)
    graph = get(root, "$graph")
    if graph is None:
        near = next((one for one in entries(root) if meant(one, ["$graph"], 0.8)), None)
        if near and "class" not in entries(root):
            structure.found.add("cwl/unknown-field", entries(root)[near].key, f"`{near}` is not a field here",
                           "Did you mean `$graph`?")  # fmt: skip
        else:
            structure.process(root, structure.outside, None)
        return
    if isinstance(graph, Sequence):
        seen: set[str] = set()
        for item in map(real, graph.items):
            name = word(get(item, "id"))
            if name is None and isinstance(item, Mapping) and not imports(item):
                structure.found.add(
                    "cwl/missing-field", head_of(item), "the field `id` is missing",
                    "A process of a `$graph` has a name.", field="id",
                )  # fmt: skip
            elif name is not None and name.lstrip("#") in seen:
                place = entries(item)["id"].value
                structure.found.add(
                    "cwl/duplicate-id",
                    place,
                    f"`{name}` names a second process here",
                    "Give it another name.",
                )
            seen.add((name or "").lstrip("#"))
    else:
        structure.found.add(
            "cwl/value", entries(root)["$graph"].key, f"`$graph` is {got(graph)}; expected a list of processes",
            "Begin each process with `- class: ...`, and give it an `id`.",
        )  # fmt: skip
        return
    for item in graph.items:
        process = real(item)
        if isinstance(process, Mapping):
            if not structure.reference(process):
                structure.process(process, structure.outside, None)
        else:
            structure.found.add("cwl/value", item, f"`$graph` is a list of processes; this is {got(process)}")


def guessed(structure: Structure, node: Mapping, anchor: Node | None, empty: Node | None) -> str | None:
    """Says that the class is missing, and gives what the fields say it is."""
    fields = entries(node)
    scores = {
        name: sum(key in vocabulary(LATEST).records[name].fields for key in fields if key not in _ANYWHERE)
        for name in PROCESSES
    }
    best = max(PROCESSES, key=lambda name: scores[name])
    near = next((pair for key, pair in fields.items() if meant(key, ["class"]) and key != "class"), None)
    kind = meant(word(near.value) or "", PROCESSES) if near else None
    if near and kind:
        structure.found.suggest(node, "class")
        structure.found.add(
            "cwl/unknown-field",
            near.key,
            f"`{near.key.value}` is not a field here",
            "Did you mean `class`?",
        )
        return None
    structure.found.add(
        "cwl/missing-field",
        empty or anchor or head_of(node),
        "the field `class` is missing",
        f"Write `class: {best}`, if it is one."
        if scores[best]
        else f"A process is one of {listed(PROCESSES)}.",
        field="class",
    )
    return best if scores[best] else None
