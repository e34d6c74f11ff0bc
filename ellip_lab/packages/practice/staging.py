"""Requirements 12 to 14 of OGC 20-089r1: EO data comes in and goes out as Directories.

Which input is EO data is known to its author only. What takes a File, or a text whose name speaks of scenes and
products, is to be looked at; nothing here fails for what a name suggests.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ellip_lab.cwl.marked import Node
from ellip_lab.packages.practice.package import Package
from ellip_lab.packages.practice.parts import Part, short
from ellip_lab.packages.practice.rule import Verdict, failed, passed, review, rule, unapplied

_SPEAKING = re.compile(
    r"(?i)(?<![a-z])(stac|scenes?|granules?|products?|acquisitions?|catalog(ue)?s?|items?|sentinel-?\d?|landsat)(?![a-z])"
)
_BARE = re.compile(r"^([^\[\]?]*)(\[\])*\??$")


def kinds(node: Node | None, depth: int = 0) -> set[str]:
    """Gives the types of a type, its arrays and options opened: `File[]?` is File."""
    if node is None or depth > 10:
        return set()
    if node.kind == "sequence":
        return {kind for item in node.items for kind in kinds(item, depth + 1)}
    if node.kind == "mapping":
        kind = node.get("type")
        if kind is not None and kind.said == "array":
            return kinds(node.get("items"), depth + 1)
        return {kind.said} if kind is not None and kind.kind == "scalar" else kinds(kind, depth + 1)
    match = _BARE.match(node.text)
    return {match[1] if match else node.text} - {"null", ""}


def type_of(port: Part) -> Node | None:
    """Gives the type of an input or an output, written short or long."""
    if port.node.kind == "mapping" and port.node.get("type") is not None:
        return port.node.get("type")
    return port.node if port.node.kind != "mapping" else None


def staged(port: Part) -> str:
    """Says of an input whether EO data comes by it: `yes` for a Directory, `perhaps`, or nothing."""
    found = kinds(type_of(port))
    if "Directory" in found:
        return "yes" if found == {"Directory"} else "perhaps"
    if "File" in found:
        return "perhaps"
    words = f"{port.name.replace('_', ' ')} {port.said('label')}"
    return "perhaps" if found == {"string"} and _SPEAKING.search(words) else ""


def judged(port: Part, what: str) -> Iterator[Verdict]:
    """Tells how an input stands that EO data may come by."""
    state = staged(port)
    kind = " or ".join(sorted(kinds(type_of(port))))
    if state == "yes":
        yield passed(f"{what} is a Directory")
    elif state:
        yield review(
            port,
            f"{what} is a {kind}: if it is EO data, a platform stages it in as a Directory with a STAC catalogue",
            hint="Leave it when it is no EO data, or the program fetches it by itself.",
        )


@rule(
    id="app-pck-stage-in/clt-stac",
    number="12",
    title="Tools take EO data as a Directory",
    text="An input of a CommandLineTool that EO data is staged in for is a Directory, with a STAC catalogue in it.",
    passed="",
    severity="information",
    subject="CommandLineTool",
)
def tool_data(package: Package) -> Iterator[Verdict]:
    """Looks at the inputs of tools that EO data may come by."""
    verdicts = list(tool_verdicts(package))
    yield from verdicts or [
        unapplied("no tool takes EO data from the Workflow's inputs, as far as can be told")
    ]


def tool_verdicts(package: Package) -> Iterator[Verdict]:
    """Looks at the inputs of tools that are linked to an input of the application which may be EO data."""
    if package.entry is None:
        return
    outer = {port.name for port in package.inputs(package.entry) if staged(port)}
    seen: set[int] = set()
    for step in package.steps(package.entry):
        tool = package.run(step)
        links = step.get("in")
        if tool is None or tool.kind != "CommandLineTool" or links is None:
            continue
        linked = {link.name for link in links.members() if outer & set(sources_of(link))}
        for port in package.inputs(tool):
            if port.name in linked and id(port.node) not in seen:
                seen.add(id(port.node))
                yield from judged(port, f"input {port.name} of {tool.called}")


def sources_of(link: Part) -> list[str]:
    """Gives the inputs of the Workflow that an input of a step is linked to."""
    source: Node | None = link.node
    if link.node.kind == "mapping":
        source = link.node.get("source")
    if source is None:
        return []
    named = [source] if source.kind == "scalar" else source.items
    return [short(one.said) for one in named if one.said and "/" not in one.said.rpartition("#")[2]]


@rule(
    id="app-pck-stage-in/wf-stac",
    number="13",
    title="The Workflow takes EO data as a Directory",
    text="An input of the Workflow that EO data is staged in for is a Directory, with a STAC catalogue in it.",
    passed="",
    severity="information",
    subject="Workflow",
)
def workflow_data(package: Package) -> Iterator[Verdict]:
    """Looks at the inputs of the Workflow that EO data may come by."""
    ports = package.inputs(package.entry) if package.entry else iter(())
    verdicts = [verdict for port in ports for verdict in judged(port, f"input {port.name}")]
    yield from verdicts or [unapplied("no input takes EO data, as far as their types and names tell")]


@rule(
    id="app-pck-stage-out/output-stac",
    number="14",
    title="The result is a Directory",
    text="The output of the Workflow is a Directory that collects everything to be staged out, with a STAC catalogue.",
    passed="the output is a Directory",
    severity="warning",
    subject="Workflow",
)
def results(package: Package) -> Iterator[Verdict]:
    """Looks for the Directory that is staged out."""
    if package.entry is None:
        yield unapplied("no Workflow is chosen")
        return
    ports = list(package.ports(package.entry, "outputs"))
    folders = [port for port in ports if kinds(type_of(port)) == {"Directory"}]
    outputs = package.entry.part.get("outputs")
    if not folders:
        yield failed(
            ports[0] if ports else outputs or package.entry.part,
            "no output is a Directory: a platform stages out nothing",
            hint="Let a last tool write a folder with catalog.json, the Items and the files, and make it the output.",
        )
    elif len(ports) > 1:
        rest = next((port for port in ports if port not in folders), folders[-1])
        yield review(
            rest, f"there are {len(ports)} outputs: see that {folders[0].name} collects what is to be kept"
        )


ALL = (tool_data, workflow_data, results)
