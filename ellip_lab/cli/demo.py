"""`ellip demo`: the demo package on its scene, from nothing to a picture, and the Lab on the result."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ellip_lab.cli.exits import FAILED, Ended

if TYPE_CHECKING:
    from ellip_lab.containers.contract import ContainerEngine
    from ellip_lab.lab import Lab
    from ellip_lab.packages.contract import Demo
    from ellip_lab.runs.contract import Run

NAME = "Water bodies of Olinda"


@click.command()
@click.option(
    "--dir",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("demo"),
    show_default=True,
    help="The workspace: the package and the results go there, and the Lab shows it.",
)
@click.option(
    "--container",
    type=click.Choice(["auto", "podman", "docker", "none"]),
    default="auto",
    show_default=True,
    help="What runs containers.",
)
@click.option("--headless", is_flag=True, help="Print the catalogue's and the picture's path; start no Lab.")
@click.option("--no-lab", is_flag=True, help="Copy and run, and end.")
@click.option(
    "--port", type=click.IntRange(1, 65535), help="The Lab's port.  [default: a free one from 8888]"
)
def demo(folder: Path, container: str, headless: bool, no_lab: bool, port: int | None) -> None:
    """Copy the demo package into a folder, run it on a Landsat scene, and open the Lab on the result.

    It can be repeated: what is there is kept, and edited files stay as they are.
    """
    from ellip_lab.lab import Lab
    from ellip_lab.packages.contract import DemoRequest
    from ellip_lab.settings import Settings

    folder = folder.expanduser().absolute()
    folder.mkdir(parents=True, exist_ok=True)
    lab = Lab(Settings(root=folder))
    began = time.monotonic()
    engine = chosen(lab, container)
    step("The package and its scene")
    package = lab.packages.demo(DemoRequest())
    say(f"{package.document}\n{package.parameters}\nscene in the object store {lab.s3.show_store().endpoint}")
    if engine.kind != "none":
        step("The image")
        made = lab.packages.demo_image(Path(package.folder), engine, say)
        say("made" if made else "there already")
    step("The run")
    record = carried_through(lab, package, engine)
    step("The result")
    catalogue, picture = result(lab, record)
    say(f"{NAME}: done in {time.monotonic() - began:.0f} s")
    if headless or no_lab:
        click.echo(catalogue)
        click.echo(picture)
        return
    say(f"{catalogue}\n{picture}")
    from ellip_lab.cli.laboratory import opened

    opened(folder, record.id, port)


def step(title: str) -> None:
    """Says that a part begins."""
    click.echo(f"\n{click.style(title, bold=True)}", err=True)


def say(text: str) -> None:
    """Says what happens within a part."""
    for line in text.splitlines():
        click.echo(f"  {line}", err=True)


def chosen(lab: Lab, container: str) -> ContainerEngine:
    """Finds the container engine and says which; `auto` goes on without one, visibly.

    `Unavailable` when the one that was named does not work.
    """
    from ellip_lab.errors import Unavailable

    step("The container engine")
    engine = lab.containers.find(container)
    if not engine.works:
        raise Unavailable(engine.problem or f"{container} does not work", hint=engine.hint)
    if engine.kind == "none":
        say("none: the tools run as ordinary processes of this machine")
        if engine.problem:
            click.echo(f"{click.style('warning:', fg='yellow', bold=True)} {engine.problem}", err=True)
            click.echo(f"{click.style('hint:', fg='cyan', bold=True)} {engine.hint}", err=True)
    else:
        say(f"{engine.kind} {engine.version}")
    return engine


def carried_through(lab: Lab, package: Demo, engine: ContainerEngine) -> Run:
    """Runs the package, shown as `ellip run` shows it; ends the command when the run is not done."""
    from ellip_lab.cli.foreground import exit_code, watched, why
    from ellip_lab.cli.interrupting import delivered_later
    from ellip_lab.cwl.parameters import read_parameters
    from ellip_lab.runs.contract import ContainerChoice, RunRequest
    from ellip_lab.tasks.contract import State

    request = RunRequest(
        document=package.document,
        inputs=read_parameters(Path(package.parameters)).inputs,
        base=package.folder,
        container=ContainerChoice(engine.kind.value),
        name=NAME,
    )
    with delivered_later() as deliver:
        handle = lab.runs.start(request)
    record = watched(lab, handle, quiet=False, deliver=deliver)
    if record.state is not State.DONE:
        click.echo(why(record, with_log=False), err=True)
        raise Ended(exit_code(record) or FAILED)
    return record


def result(lab: Lab, record: Run) -> tuple[Path, Path]:
    """Checks the catalogue of a run and makes the picture of its raster; gives both paths.

    `Invalid` when the output is not a valid catalogue with one Item and one raster.
    """
    from ellip_lab.errors import Invalid

    folders = [
        Path(output.path)
        for output in record.outputs
        if output.path and lab.stac.is_catalogue(Path(output.path))
    ]
    if not folders:
        raise Invalid("the run gave no catalogue", hint=f"ellip runs show {record.id}")
    problems = lab.stac.validate(folders[0])
    if any(problem.severity == "error" for problem in problems):
        raise Invalid("the catalogue is not valid", problems=problems)
    catalogue = lab.stac.read(folders[0])
    rasters = [
        Path(asset.href)
        for item in catalogue.items
        for asset in item.assets
        if lab.stac.has_quicklook(Path(asset.href))
    ]
    if not rasters:
        raise Invalid("the catalogue has no raster", hint=f"ellip runs show {record.id}")
    picture = Path(record.outdir) / "quicklook.png"
    picture.write_bytes(lab.stac.quicklook(rasters[0], 800))
    return Path(catalogue.path), picture
