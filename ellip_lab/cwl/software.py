"""Which software a document, and what it runs, asks for: read from the text alone, as `dockerpulls` reads images.

CWL v1.2, SoftwareRequirement: `packages` is a list of `package`, `version` and `specs`, or a map of the packages.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ellip_lab.cwl.contract import SoftwarePackage
from ellip_lab.cwl.dockerpulls import Node, Reader, Scalar
from ellip_lab.errors import NotFound

MARK = "SoftwareRequirement"


def software_of(document: Path, root: Path) -> tuple[SoftwarePackage, ...]:
    """Gives every package that is asked for, each once; `NotFound` without the document."""
    if not document.exists():
        raise NotFound(f"{document} does not exist")
    found = _Software(document.parent, root)
    found.follow(document, "")
    return tuple(dict.fromkeys(found.packages))


class _Software(Reader):
    """Reads a document and the files it runs, each once, and collects the software."""

    looks_for = MARK

    def __init__(self, *roots: Path) -> None:
        super().__init__(*roots)
        self.packages: list[SoftwarePackage] = []

    def collect(self, requirement: dict[str, Node], file: Path, tool: str) -> None:
        """Adds the packages of a SoftwareRequirement."""
        packages = self.imported(requirement.get("packages"), file)[0]
        if isinstance(packages, dict):
            pairs: list[tuple[str, Any]] = list(packages.items())
        else:
            listed = packages if isinstance(packages, list) else ()
            pairs = [(_word(one.get("package")), one) for one in listed if isinstance(one, dict)]
        for name, one in pairs:
            if not isinstance(name, str) or not name.strip():
                continue
            # in a map, what is no mapping is the specs (mapPredicate)
            about = one if isinstance(one, dict) else {"specs": one}
            self.packages.append(
                SoftwarePackage(
                    package=name.strip(),
                    versions=_words(about.get("version")),
                    specs=_words(about.get("specs")),
                )
            )


def _word(node: Node) -> str:
    return node.text if isinstance(node, Scalar) else ""


def _words(node: Node) -> tuple[str, ...]:
    return tuple(word for one in (node if isinstance(node, list) else [node]) if (word := _word(one).strip()))
