"""Steps that wait for themselves, and workflows that run themselves."""

from __future__ import annotations

from ellip_lab.cwl.diagnosis.found import Found
from ellip_lab.cwl.diagnosis.model import Model, Process, Step, source_name
from ellip_lab.cwl.diagnosis.tree import entries
from ellip_lab.cwl.language.nodes import Scalar


def waiting(found: Found, workflow: Process, steps: dict[str, Step]) -> None:
    """Finds steps that wait for one another."""
    after: dict[str, list[tuple[str, Scalar]]] = {name: [] for name in steps}
    for step in steps.values():
        for entry in (step.inputs or {}).values():
            for source in entry.sources:
                head = source_name(source, workflow).rpartition("/")[0]
                if head in steps:
                    after[step.name].append((head, source))
    state: dict[str, int] = {}
    told: set[frozenset[str]] = set()
    for start in steps:
        if state.get(start):
            continue
        trail: list[str] = []
        stack = [(start, iter(after[start]))]
        state[start] = 1
        trail.append(start)
        while stack:
            name, links = stack[-1]
            link = next(links, None)
            if link is None:
                state[name] = 2
                trail.pop()
                stack.pop()
                continue
            head, source = link
            if state.get(head) == 1:
                ring = trail[trail.index(head) :]
                if frozenset(ring) not in told:
                    told.add(frozenset(ring))
                    found.add(
                        "cwl/cycle", source, f"the step {ring[0]} waits for itself" if len(ring) == 1
                        else f"the steps {' and '.join(sorted(ring))} wait for one another",
                        "Cut one of the links between them." if len(ring) > 1 else "Name another source.",
                    )  # fmt: skip
            elif not state.get(head):
                state[head] = 1
                trail.append(head)
                stack.append((head, iter(after[head])))


def running_themselves(found: Found, model: Model) -> set[int]:
    """Finds steps that run the workflow they are in, by whatever way; gives which ones."""
    loops: set[int] = set()
    own = model.files.own
    for process in model.processes:
        if process.file is not own:
            continue
        for step in (process.steps or {}).values():
            if step.run is not None and _reaches(step.run, process):
                pair = entries(step.node)["run"]
                loops.add(id(step))
                direct = step.run is process
                found.add(
                    "cwl/recursion", pair.value,
                    "the workflow runs itself" if direct else f"the workflow runs itself, by way of {step.run.name or 'another'}",
                    "A workflow cannot be a step of itself.",
                )  # fmt: skip
    return loops


def _reaches(start: Process, goal: Process) -> bool:
    seen: set[int] = set()
    stack = [start]
    while stack:
        process = stack.pop()
        if process is goal:
            return True
        if id(process) in seen:
            continue
        seen.add(id(process))
        stack += [step.run for step in (process.steps or {}).values() if step.run is not None]
    return False
