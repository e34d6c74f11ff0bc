"""Plans: what an installation or an update would do, found out by a process of its own."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

from ellip_lab.contract import JsonObject
from ellip_lab.errors import Internal, Unavailable, restored
from ellip_lab.shell import run
from ellip_lab.toolboxes.contract import PackageChange, ToolboxPlan, ToolboxRequest, ToolboxUpdate
from ellip_lab.toolboxes.wanted import Wanted, Wanting
from ellip_lab.toolboxes.wording import channel_word

if TYPE_CHECKING:
    from ellip_lab.toolboxes.catalogue import Catalogue
    from ellip_lab.toolboxes.channels import ChannelStore
    from ellip_lab.toolboxes.home import Home

PATIENCE = 180.0
"""Seconds that a plan may take; an installation may take longer."""


class Planning:
    """Understands requests, and makes plans of them."""

    def __init__(self, home: Home, catalogue: Catalogue, channels: ChannelStore) -> None:
        self._home = home
        self._catalogue = catalogue
        self._channels = channels

    @property
    def wanting(self) -> Wanting:
        """Gives what understands requests, with the default channels as they are now."""
        return Wanting(self._home, self._catalogue, self._channels.read().default)

    def install(self, request: ToolboxRequest) -> ToolboxPlan:
        """Says what an installation would do."""
        return self._plan(self.wanting.install(request))

    def update(self, request: ToolboxUpdate) -> ToolboxPlan:
        """Says what an update would do."""
        return self._plan(self.wanting.update(request))

    def order(self, wanted: Wanted) -> JsonObject:
        """Gives what a child needs to carry out what is wanted."""
        from dataclasses import asdict

        return {
            "folder": str(self._home.folder),
            "state": str(self._home.settings.state),
            "wanted": asdict(wanted),
            "network": self._channels.network(),
        }

    def _plan(self, wanted: Wanted) -> ToolboxPlan:
        self.check()
        answer = self._asked(self.order(wanted))
        if "error" in answer:
            raise restored(answer["error"])
        offline = self._channels.read().offline
        common: dict[str, Any] = {
            "name": wanted.name, "title": wanted.title, "platform": self._home.platform, "offline": offline,
            "prefix": wanted.prefix, "free": self._home.free(), "commands": tuple(wanted.proving),
        }  # fmt: skip
        if "unsolvable" in answer:
            why = answer["unsolvable"]
            return ToolboxPlan(
                **common, possible=False, problems=(why["detail"],), hint=why["hint"],
                explanation="\n".join(why["lines"]) or None, specs=tuple(wanted.specs),
                channels=tuple(channel_word(one) for one in wanted.channels),
            )  # fmt: skip
        found = answer["plan"]
        problems = list(found["notes"])
        room = found["disk"] + found["download"] <= common["free"]
        if not room:
            problems.append("there is not enough room on the disk")
        missing = offline and found["download"] > 0
        if missing:
            problems.append("nothing is downloaded now, and the cache does not have every package")
        hint = "Go online, or choose what is in the cache." if missing else None
        return ToolboxPlan(
            **common, possible=room and not missing, problems=tuple(problems), hint=hint,
            specs=tuple(found["specs"]), channels=tuple(channel_word(one) for one in found["channels"]),
            changes=tuple(PackageChange(**one) for one in found["changes"]), kept=found["kept"],
            download=found["download"], cached=found["cached"], disk=found["disk"],
        )  # fmt: skip

    def check(self) -> None:
        """Raises `Unavailable` where nothing can be installed."""
        problem, hint = self._home.problem()
        if problem:
            raise Unavailable(problem, hint=hint)

    @staticmethod
    def _asked(order: JsonObject) -> JsonObject:
        """Has a child make a plan; `Unavailable` when it takes too long."""
        done = run(
            # -P: this process stands in the workspace, whose files are no modules of the child
            (sys.executable, "-P", "-m", "ellip_lab.toolboxes.plan_child"),
            timeout=PATIENCE,
            stdin=json.dumps(order).encode(),
        )
        try:
            answer: JsonObject = json.loads(done.stdout)
        except ValueError as error:
            last = done.stderr.decode(errors="replace").strip().splitlines()[-1:]
            raise Internal(f"the plan ended with code {done.returncode}: {''.join(last)[:300]}") from error
        return answer
