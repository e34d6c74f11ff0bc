"""The libraries of JavaScript that processes bring for their expressions."""

from __future__ import annotations

from ellip_lab.cwl.diagnosis.found import Found
from ellip_lab.cwl.diagnosis.javascript import Script
from ellip_lab.cwl.diagnosis.model import Process, requirements_of
from ellip_lab.cwl.diagnosis.places import Written
from ellip_lab.cwl.diagnosis.tree import get, items, kind_of
from ellip_lab.cwl.language.nodes import Node, Scalar


class Libraries:
    """Knows which names the libraries of each process declare."""

    def __init__(self, found: Found) -> None:
        self.found = found
        self._libraries: dict[int, frozenset[str] | None] = {}

    def declared(self, process: Process | None, step: Node | None) -> frozenset[str] | None:
        """Gives the names that the libraries an expression is evaluated with declare; None when not all are known."""
        if process is None:
            return None
        own = self._libraries.get(id(process), frozenset())
        own_of_step = requirements_of(step) if step else {}
        if own is None or "InlineJavascriptRequirement" in own_of_step:
            return None
        names = set(own)
        for caller, _ in process.callers:
            names |= self._libraries.get(id(caller)) or frozenset()
            if caller.file is not process.file or caller.callers:
                return None
        return frozenset(names)

    def read(self, process: Process) -> None:
        """Looks at the libraries of a process, and keeps what they declare."""
        requirement = process.requirements.get("InlineJavascriptRequirement")
        names: set[str] = set()
        known = True
        for item in items(get(requirement, "expressionLib")):
            code, placed = self._code(process, item)
            if code is None:
                known = False
                continue
            script = Script(code)
            names |= script.declared()
            fault = script.fault()
            if fault and placed:
                start, end, message = fault
                self.found.add("cwl/expression", placed.stretch(start, end), f"JavaScript: {message}")
        self._libraries[id(process)] = frozenset(names) if known else None

    def _code(self, process: Process, item: Node) -> tuple[str | None, Written | None]:
        if isinstance(item, Scalar) and kind_of(item) == "string":
            return item.value, Written(self.found.text.content, item)
        return None, None
