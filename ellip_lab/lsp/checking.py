"""Diagnostics while somebody types: the last text counts, checks of a document never overlap."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor
from typing import TYPE_CHECKING

from ellip_lab.errors import EllipError, Problem
from ellip_lab.packages.contract import PackageQuery, PackageReport, Profile, RuleState

if TYPE_CHECKING:
    from ellip_lab.lab import Lab

QUIET = 0.15
"""Seconds without a change, after which a text is looked at."""
VALID = "app-pck/cwl/valid"
"""The rule that says no more than the problems do."""
Publish = Callable[[str, int | None, list[Problem]], None]
Current = Callable[[str], tuple[str, str, int | None] | None]


class Checking:
    """Looks at each open document when it rests, and tells what is wrong with its last text."""

    def __init__(self, lab: Lab, pool: Executor, current: Current, publish: Publish) -> None:
        """Takes how to learn (path, text, version) of a document, or None when it is not one; and how to tell."""
        self.profile = Profile.BEST_PRACTICE
        self.reports: dict[str, tuple[int | None, PackageReport]] = {}
        """Of each document the last report, and the version that it is about."""
        self._lab = lab
        self._pool = pool
        self._current = current
        self._publish = publish
        self._changed: dict[str, float] = {}
        self._following: dict[str, asyncio.Task[None]] = {}

    def look(self, uri: str, *, quiet: float = QUIET) -> None:
        """Looks at a document after a moment without changes."""
        self._changed[uri] = asyncio.get_running_loop().time() + quiet
        if uri not in self._following:
            self._following[uri] = asyncio.create_task(self._follow(uri))

    def look_at_all(self) -> None:
        """Looks at every document that was looked at, as after a change of the profile."""
        for uri in list(self.reports):
            self.look(uri, quiet=0)

    def forget(self, uri: str) -> None:
        """Takes back what was said of a document that is closed."""
        self._changed.pop(uri, None)
        self.reports.pop(uri, None)
        self._publish(uri, None, [])

    async def _follow(self, uri: str) -> None:
        try:
            while uri in self._changed:
                rest = self._changed[uri] - asyncio.get_running_loop().time()
                if rest > 0:
                    await asyncio.sleep(rest)
                    continue
                asked = self._changed[uri]
                await self._check(uri)
                if self._changed.get(uri) == asked:
                    del self._changed[uri]
        finally:
            del self._following[uri]

    async def _check(self, uri: str) -> None:
        now = self._current(uri)
        if now is None:
            self.reports.pop(uri, None)
            self._publish(uri, None, [])
            return
        path, text, version = now
        query = PackageQuery(path=path, text=text, profile=self.profile)
        loop = asyncio.get_running_loop()
        report: PackageReport | None = None
        try:
            report = await loop.run_in_executor(self._pool, self._lab.packages.check, query)
        except EllipError as error:
            problems = list(error.problems) or [
                Problem(message=error.detail, hint=error.hint, line=1, column=1)
            ]
        else:
            problems = told(report) if report else []
        after = self._current(uri)
        if after is None or after[1] != text:
            return  # it was changed or closed meanwhile: what was found is about another text
        if report is not None:
            self.reports[uri] = (version, report)
        self._publish(uri, version, [one for one in problems if one.file in (None, path)])


def told(report: PackageReport) -> list[Problem]:
    """Gives the problems of a report, and the rules that fail."""
    found = list(report.problems)
    for finding in report.findings:
        if finding.state is RuleState.FAILED and finding.problem is not None and finding.rule != VALID:
            problem = finding.problem
            found.append(problem if problem.code else problem.model_copy(update={"code": finding.rule}))
    return found
