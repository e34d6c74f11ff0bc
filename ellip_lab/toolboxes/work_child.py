"""The process of one work: `python -m ellip_lab.toolboxes.work_child`, in the folder of its task.

It solves, downloads and links into a hidden folder, and puts that in its place when it is whole. Killed at any point,
it leaves what the clean-up (`work_cleaning`) takes away or brings to its end.
"""

from __future__ import annotations

import asyncio
import os
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ellip_lab.errors import Conflict, EllipError, Internal, Unavailable
from ellip_lab.settings import Settings
from ellip_lab.shell import read_json, write_json
from ellip_lab.tasks.wording import size as bytes_said
from ellip_lab.toolboxes import activating, cache, kernels, proving
from ellip_lab.toolboxes import rattler as conda
from ellip_lab.toolboxes.asking import counted
from ellip_lab.toolboxes.contract import Activation, ChangeKind, Proof, ToolboxStepName, ToolboxWorkKind
from ellip_lab.toolboxes.deciding import Decision, decide
from ellip_lab.toolboxes.failures import understood
from ellip_lab.toolboxes.home import COMMANDS, LOCK, Home, Record
from ellip_lab.toolboxes.rattler import Rattler
from ellip_lab.toolboxes.reporting import EVERY, Reporter, Steps
from ellip_lab.toolboxes.site import RECORD, Site, measured
from ellip_lab.toolboxes.wanted import Wanted

if TYPE_CHECKING:
    from rattler import PrefixRecord

STALLED = 600.0
"""Seconds of silence after which an installation is given up."""
MAKING = (ToolboxStepName.SOLVE, ToolboxStepName.DOWNLOAD, ToolboxStepName.LINK, ToolboxStepName.PROVE)


class Work:
    """Is one work on its way."""

    def __init__(self, task: Path) -> None:
        self.task = task
        order = read_json(task / "work.json")
        self.kind = ToolboxWorkKind(order["kind"])
        self.home = Home(Settings(state=Path(order["state"]), toolboxes_dir=Path(order["folder"])))
        self.name: str = order["name"]
        self.site = Site(self.home.folder, self.name, task.name)
        self.wanted = Wanted(**order["wanted"]) if order.get("wanted") else None
        self.network: dict[str, Any] = order.get("network") or {}
        self.request: dict[str, Any] = order["request"]
        making = self.wanted is not None
        self.steps = Steps(task, MAKING if making else (ToolboxStepName.REMOVE,))

    def run(self) -> int:
        """Carries the work out and gives the exit code."""
        try:
            if self.wanted is not None:
                self.make(self.wanted)
            elif self.kind is ToolboxWorkKind.REMOVE:
                self.remove()
            else:
                self.clean()
        except BaseException as error:  # a panic of the library is no Exception
            if isinstance(error, KeyboardInterrupt | SystemExit):
                raise
            self.failed(understood(error, self.wanted.channels if self.wanted else ()))
            return 1
        self.steps.tell(at_once=True)
        return 0

    def failed(self, why: EllipError) -> None:
        """Tells why it failed, in the log and in its steps."""
        lines = [problem.message for problem in why.problems]
        self.say("\n".join((f"error: {why.detail}", *lines)))
        if isinstance(why, Internal):
            import traceback

            traceback.print_exc()
        self.steps.fail({"headline": why.detail, "lines": lines, "hint": why.hint})

    @staticmethod
    def say(text: str) -> None:
        """Adds to the log; a full disk must not keep a work from its end."""
        try:
            os.write(2, f"{text}\n".encode())
        except OSError:
            return

    # -- making one

    def make(self, wanted: Wanted) -> None:
        """Makes a toolbox, or a new one in the place of the old."""
        rattler = Rattler(self.home.cache, self.network, self.home.logins)
        self.steps.begin(ToolboxStepName.SOLVE, text=", ".join(wanted.channels))
        decision = decide(rattler, self.home, wanted)
        self.decided(decision)
        self.steps.end(ToolboxStepName.SOLVE, f"{len(decision.records)} packages")
        self.site.begin(self.home.prefix(self.name) if wanted.update else None)
        conda.drop_damaged(self.site.new)  # the library reads all of them, and gives up at one that it cannot
        asyncio.run(self.link(rattler, decision))
        self.steps.end(ToolboxStepName.DOWNLOAD)
        self.steps.end(ToolboxStepName.LINK)
        conda.write_lock(self.site.new / LOCK, wanted.channels, self.home.platform, decision.records)
        self.site.swap()
        self.finish(decision)
        self.site.commit()

    def scratch(self) -> Path:
        """Gives the folder for what is needed in passing."""
        place = self.task / "work"
        place.mkdir(exist_ok=True, mode=0o700)
        return place

    def decided(self, decision: Decision) -> None:
        """Tells in the log what comes, changes and goes; `Unavailable` when it cannot come."""
        for note in decision.wanted.notes:
            self.say(f"note: {note}")
        for change in decision.changes:
            before = f" (was {change.before})" if change.before else ""
            self.say(
                f"{change.kind.value:9} {change.name} {change.version} {change.build}{before}  {change.channel}"
            )
        sizes = self.coming(decision)
        self.say(
            f"{counted(len(decision.changes), 'change')}, {decision.kept} kept; {bytes_said(sum(sizes.values()))} to download"
        )
        if self.network["offline"] and any(not decision.cached[name] for name in sizes):
            raise Unavailable(
                f"nothing is downloaded now, and the cache has no {', '.join(sorted(sizes)[:5])}",
                hint="Go online: `ellip toolbox channels --online`.",
            )

    @staticmethod
    def coming(decision: Decision) -> dict[str, int]:
        """Gives the bytes of what is to be downloaded, by name."""
        return {
            one.name: one.size or 0
            for one in decision.changes
            if one.kind is not ChangeKind.REMOVE and not one.cached
        }

    async def link(self, rattler: Rattler, decision: Decision) -> None:
        """Downloads and links; `TimeoutError` when nothing is heard for long."""
        reporter = Reporter(self.steps, self.coming(decision), len(decision.changes))
        work = asyncio.ensure_future(
            rattler.install(
                decision.records, self.site.new, self.site.final, decision.wanted.specs, reporter,
                self.home.platform, decision.lacking,
            )
        )  # fmt: skip
        while not (await asyncio.wait([work], timeout=EVERY))[0]:
            self.steps.tell()
            if time.monotonic() - reporter.heard > STALLED:
                work.cancel()
                raise TimeoutError
        await work

    def finish(self, decision: Decision) -> None:
        """Makes what stands in its place a toolbox: its activation, its proofs, its kernel, its record."""
        record = self.recorded(decision)
        env = activating.environment(
            Activation(name=self.name, prefix=record.prefix, path=record.path, env=record.env),
            dict(os.environ),
        )
        self.steps.begin(ToolboxStepName.PROVE, len(record.proving))
        proofs: list[Proof] = []
        for command in record.proving:
            self.steps.set(ToolboxStepName.PROVE, len(proofs), command)
            proofs.append(proving.prove(command, env, self.scratch()))
            mark = "passed" if proofs[-1].passed else "FAILED"
            self.say(f"{mark}: {command}\n{proofs[-1].said}".rstrip())
        failed = next((proof for proof in proofs if not proof.passed), None)
        if failed is not None and decision.wanted.update:
            raise Conflict(
                f"`{failed.command}` does not work any more with it: {failed.said.splitlines()[-1:] or ''}",
                hint="The toolbox is as it was. Ask for other versions.",
            )
        self.steps.end(ToolboxStepName.PROVE)
        record = record.model_copy(update={"proofs": tuple(proofs), "size": measured(self.site.final)})
        kernels.write(self.home, record)
        write_json(self.site.final / RECORD, record.model_dump(mode="json"), 0o644)

    def recorded(self, decision: Decision) -> Record:
        """Gives the record of the toolbox as it stands in its place."""
        wanted, prefix = decision.wanted, self.site.final
        script = conda.activation_script(prefix, self.home.platform)
        try:
            path, env = activating.measure(prefix, self.name, script)
        except (OSError, ValueError) as error:
            raise Conflict(
                f"its activation does not work: {error}",
                hint="A package of it is broken: ask for another version.",
            ) from error
        for place, text in activating.scripts(prefix, self.name, script).items():
            (prefix / place).write_text(text)
        there = conda.installed(prefix)
        contents = tuple(conda.described(one, one.name.normalized in decision.requested) for one in there)
        versions = {one.name: one.version for one in contents}
        commands = self.commands(there, decision.requested)
        now = datetime.now(UTC)
        python = versions.get("python")
        return Record(
            name=self.name, title=wanted.title, prefix=str(prefix), description=wanted.description,
            entry=wanted.entry, homepage=wanted.homepage, licence=wanted.licence, specs=tuple(wanted.specs),
            channels=tuple(wanted.channels), created=self.created(now), changed=now,
            version=next((versions[name] for name in map(conda.spec_name, wanted.specs) if name in versions), None),
            contents=contents, commands=tuple(commands[:COMMANDS]),
            command_count=sum(1 for one in there for file in one.files if _is_command(str(file))),
            env=env, path=path, proving=tuple(wanted.proving), software=tuple(wanted.software),
            python=python, ipykernel=python is not None and "ipykernel" in versions,
        )  # fmt: skip

    def created(self, now: datetime) -> datetime:
        """Gives when the toolbox was first made."""
        try:
            return Record.model_validate(read_json(self.site.old / RECORD)).created
        except (OSError, ValueError):
            return now

    @staticmethod
    def commands(there: list[PrefixRecord], requested: set[str]) -> list[str]:
        """Gives the commands of what was asked for; of everything, where that has none."""
        own = [
            Path(file).name
            for one in there
            if one.name.normalized in requested
            for file in one.files
            if _is_command(str(file))
        ]
        every = [Path(file).name for one in there for file in one.files if _is_command(str(file))]
        return sorted(own or every)

    # -- the rest

    def remove(self) -> None:
        """Removes a toolbox."""
        self.steps.begin(ToolboxStepName.REMOVE, text=self.name)
        freed = measured(self.site.final)
        kernels.remove(self.home, self.name)
        self.site.take_away()
        self.steps.more["freed"] = freed
        self.steps.end(ToolboxStepName.REMOVE, bytes_said(freed))

    def clean(self) -> None:
        """Takes packages from the cache."""
        self.steps.begin(ToolboxStepName.REMOVE)
        freed = cache.clean(
            self.home, everything=self.request["all"], index=self.request["index"], say=self.say
        )
        self.steps.more["freed"] = freed
        self.steps.end(ToolboxStepName.REMOVE, bytes_said(freed))


def _is_command(file: str) -> bool:
    return file.startswith("bin/") and file.count("/") == 1


def main() -> None:
    """Carries out the work of this folder."""
    sys.exit(Work(Path.cwd()).run())


if __name__ == "__main__":
    main()
