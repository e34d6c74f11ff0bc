"""The rules as words of the room, and the question how a document stands to them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ellip_lab.packages.contract import PackageQuery, PackageReport, Rule
from ellip_lab.packages.practice.answer import RULES, rules_of

if TYPE_CHECKING:
    from ellip_lab.cwl.service import CwlService
    from ellip_lab.packages.practice.rule import Ruling


def words(ruling: Ruling) -> Rule:
    """Gives a rule without its function."""
    return Rule(
        id=ruling.id,
        number=ruling.number,
        title=ruling.title,
        text=ruling.text,
        severity=ruling.severity,
        profile=ruling.profile,
        source=ruling.source,
        fixable=ruling.fixable,
    )


ALL: tuple[Rule, ...] = tuple(words(ruling) for ruling in RULES)


def check(cwl: CwlService, query: PackageQuery) -> PackageReport:
    """Tells how a document stands to the rules of a profile; it is looked at where documents are loaded.

    `NotFound` when there is no such file; `Invalid` when it takes more than the limits allow.
    """
    reply = cwl.ask("ellip_lab.packages.practice.answer:answer", query.model_dump(mode="json"))
    rules = tuple(words(ruling) for ruling in rules_of(query.profile))
    return PackageReport.model_validate({**reply, "rules": rules})
