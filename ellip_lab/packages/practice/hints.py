"""Hints beyond the rules: what a platform stumbles over, where it is certain."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ellip_lab.cwl.marked import Node
from ellip_lab.packages.practice.describing import described
from ellip_lab.packages.practice.package import Package
from ellip_lab.packages.practice.parts import Part, Process
from ellip_lab.packages.practice.rule import Verdict, failed, filled, required, review, rule, unapplied
from ellip_lab.packages.practice.staging import kinds, type_of
from ellip_lab.packages.practice.tools import image_of

RESOURCES = {"coresMin": 1, "coresMax": 1, "ramMin": 1024, "ramMax": 2048}
_URL = re.compile(r"(?i)^(https?|s3|ftp)://")
_FETCHING = frozenset(("curl", "wget", "aria2c", "s3cmd", "s5cmd", "ftp", "lftp"))
"""Programs that do nothing without a network."""


def images(package: Package) -> Iterator[tuple[Process, Part, str]]:
    """Gives every image that a tool has, once for each place it is written at."""
    seen: set[int] = set()
    for tool in package.tools:
        for context in tool.contexts:
            one = context.get("DockerRequirement")
            image = image_of(one)
            if one is not None and image and id(one.part.node) not in seen:
                seen.add(id(one.part.node))
                yield tool, one.part.get("dockerPull") or one.part, image


def tag_of(image: str) -> str:
    """Gives the tag of an image's name, or nothing."""
    return image.partition("@")[0].rpartition("/")[2].partition(":")[2]


@rule(
    id="hint/image-tag",
    number="hint",
    title="Images have a tag",
    text="An image without a tag, or with `latest`, is another one tomorrow.",
    passed="every image has a tag or a digest",
    severity="warning",
    subject="CommandLineTool",
    source=None,
)
def image_tags(package: Package) -> Iterator[Verdict]:
    """Tells which images have no tag, or `latest`."""
    if not any(images(package)):
        yield unapplied("no tool names an image")
    for _, part, image in images(package):
        if "@" in image or "$(" in image:
            continue
        tag = tag_of(image)
        if tag in ("", "latest"):
            said = "has no tag" if not tag else "is whatever is the latest"
            yield failed(
                part, f"image {image} {said}", hint="Name a version, or a digest: `name@sha256:...`."
            )


@rule(
    id="hint/image-digest",
    number="hint",
    title="Images are pinned",
    text="A digest names one image for ever; a tag can be moved.",
    passed="every image is named by its digest",
    severity="information",
    profile="scheduler",
    subject="CommandLineTool",
    source=None,
)
def image_digests(package: Package) -> Iterator[Verdict]:
    """Tells which images are not named by a digest."""
    if not any(images(package)):
        yield unapplied("no tool names an image")
    for _, part, image in images(package):
        if "@sha256:" not in image and "$(" not in image:
            yield failed(
                part,
                f"image {image} is named by its tag",
                hint="Pin it: `ellip images pin` gives the digest.",
            )


@rule(
    id="hint/log",
    number="hint",
    title="The log is seen",
    text="A tool that sends both its standard output and its standard error to files hides its log from the platform.",
    passed="every tool leaves the platform a log",
    severity="warning",
    subject="CommandLineTool",
    source=None,
)
def logs(package: Package) -> Iterator[Verdict]:
    """Tells which tools hide their log."""
    for tool in package.tools:
        if redirected(tool, "stdout") and redirected(tool, "stderr"):
            yield failed(
                tool.part.get("stderr") or tool.part,
                f"{tool.called} sends stdout and stderr to files: a platform shows no log of it",
                hint="Leave stderr alone.",
            )


def redirected(tool: Process, stream: str) -> bool:
    """Says whether a stream of a tool goes to a file."""
    if filled(tool.part.node.get(stream)):
        return True
    outputs = tool.part.get("outputs")
    return any(stream in kinds(type_of(port)) for port in outputs.members()) if outputs else False


@rule(
    id="hint/network",
    number="hint",
    title="Who needs the network says so",
    text="From CWL v1.1 on a tool has no network unless NetworkAccess says that it needs one.",
    passed="no tool is seen to need a network that it does not ask for",
    severity="warning",
    subject="CommandLineTool",
    source="https://www.commonwl.org/v1.2/CommandLineTool.html#NetworkAccess",
    fixable=True,
)
def networks(package: Package) -> Iterator[Verdict]:
    """Tells which tools are seen to need a network that they do not ask for."""
    if package.version == "v1.0":
        yield unapplied("in CWL v1.0 every tool has the network")
        return
    for tool in package.tools:
        if all("NetworkAccess" in context for context in tool.contexts):
            continue
        reason = reaching(tool)
        if reason is not None:
            part, why = reason
            change = ("Add NetworkAccess", required(tool.part, "NetworkAccess", {"networkAccess": True}))
            yield review(part, f"{tool.called} {why}, and has no NetworkAccess", change=change)


def reaching(tool: Process) -> tuple[Part, str] | None:
    """Tells by what a tool is seen to reach for the network: its program, or an address in its command."""
    command = tool.part.get("baseCommand")
    words = list(texts(command.node)) if command else []
    if command and words and words[0].rpartition("/")[2] in _FETCHING:
        return command, f"runs {words[0]}"
    arguments = tool.part.get("arguments")
    for part in (command, arguments):
        address = next((word for word in texts(part.node) if _URL.match(word)), None) if part else None
        if part and address:
            return part, f"has the address {address} in its command"
    inputs = tool.part.get("inputs")
    for port in inputs.members() if inputs else ():
        default = port.node.get("default")
        if "string" in kinds(type_of(port)) and default is not None and _URL.match(default.said):
            return port, f"takes the address {default.said}"
    return None


def texts(node: Node) -> Iterator[str]:
    """Gives the words of a command: a text, or those of a list and of its `valueFrom`."""
    if node.kind == "scalar":
        yield node.text
    for item in node.items:
        value = item.get("valueFrom") if item.kind == "mapping" else item
        if value is not None:
            yield value.text


@rule(
    id="hint/one-document",
    number="hint",
    title="The package is one document",
    text="A platform is given one document: what it runs is in it, not in files beside it.",
    passed="everything is in one document",
    severity="warning",
    source=None,
)
def one_document(package: Package) -> Iterator[Verdict]:
    """Tells which steps run other files."""
    seen: set[str] = set()
    for workflow in package.workflows:
        for step in package.steps(workflow):
            run = step.get("run")
            named = (run.node.said or run.said("$import")).partition("#")[0] if run else ""
            if run and named and named not in seen:
                seen.add(named)
                yield failed(
                    run,
                    f"step {step.name} runs {named}, another file",
                    hint="`cwltool --pack` makes one document of it; or write it under $graph.",
                )


@rule(
    id="hint/outputs",
    number="hint",
    title="Outputs are described",
    text="Every output of the Workflow has a `label` and a `doc`: a platform shows them.",
    passed="every output has a label and a doc",
    severity="information",
    subject="Workflow",
    source=None,
    fixable=True,
)
def outputs_described(package: Package) -> Iterator[Verdict]:
    """Tells which outputs are not described."""
    if package.entry is None:
        yield unapplied("no Workflow is chosen")
        return
    for port in package.ports(package.entry, "outputs"):
        for field in ("label", "doc"):
            if port.node.kind == "mapping" and (
                verdict := described(port, field, f"output {port.name}", port.name)
            ):
                yield verdict


@rule(
    id="hint/resources",
    number="hint",
    title="Tools ask for resources",
    text="For every CommandLineTool a ResourceRequirement with cores and memory holds: a scheduler places it by them.",
    passed="every tool asks for cores and memory",
    severity="error",
    profile="scheduler",
    subject="CommandLineTool",
    source="https://www.commonwl.org/v1.2/CommandLineTool.html#ResourceRequirement",
    fixable=True,
)
def resources(package: Package) -> Iterator[Verdict]:
    """Tells which tools do not ask for cores and memory."""
    for tool in package.tools:
        missing: list[str] = []
        for context in tool.contexts:
            one = context.get("ResourceRequirement")
            keys = one.part.node.keys() if one is not None and not one.hint else []
            missing += [key for key in RESOURCES if key not in keys and key not in missing]
        if missing:
            own = tool.part.get("requirements")
            change = ("Ask for resources", required(tool.part, "ResourceRequirement", RESOURCES))
            yield failed(
                own or tool.part,
                f"{tool.called} does not ask for {', '.join(missing)}",
                hint="Look at what it used in earlier runs.",
                change=change,
            )


ALL = (image_tags, logs, networks, one_document, outputs_described, image_digests, resources)
