"""Names that stand somewhere twice, or that are missing in a list."""

from __future__ import annotations

from ellip_lab.cwl.diagnosis.found import Found
from ellip_lab.cwl.diagnosis.tree import REFERENCES, entries, head_of, named, real
from ellip_lab.cwl.diagnosis.vocabulary import Field
from ellip_lab.cwl.language.nodes import Mapping, Sequence


def keys(found: Found, node: Mapping) -> None:
    """Finds keys that stand in a mapping a second time."""
    seen: set[str] = set()
    for pair in node.pairs:
        name = pair.key.value
        if name in seen and name != "<<":
            found.add(
                "cwl/duplicate-key",
                pair.key,
                f"the key `{name}` stands here a second time",
                "Keep one of them.",
            )
        seen.add(name)


def nameless(found: Found, node: Sequence, one: Field) -> set[int]:
    """Finds entries of a list that have no id; gives those that are a name and what belongs to it."""
    wrong: set[int] = set()
    record = one.kinds.items.records[0] if one.kinds.items and one.kinds.items.records else None
    if one.subject not in ("id", "name") or record is None:
        return wrong
    required = one.subject in record.fields and record.fields[one.subject].required
    for item in map(real, node.items):
        if isinstance(item, Mapping) and not required and one.subject not in entries(item) and not any(
            name in entries(item) for name in REFERENCES
        ):  # fmt: skip
            only = (
                item.pairs[0]
                if len(item.pairs) == 1 and item.pairs[0].key.value not in record.fields
                else None
            )
            if only:
                wrong.add(id(item))
            found.add(
                "cwl/missing-field", head_of(item), f"the field `{one.subject}` is missing",
                f"Write `- {one.subject}: {only.key.value}`, or leave the dash out." if only
                else "Each entry of a list has a name.", field=one.subject,
            )  # fmt: skip
    return wrong


def ids(found: Found, node: Sequence, one: Field) -> None:
    """Finds ids that a list has a second time."""
    seen: set[str] = set()
    for name, place, value in named(node, one.subject or "id"):
        if value is not None and name in seen and one.subject in ("id", "name"):
            found.add(
                "cwl/duplicate-id", place, f"`{name}` names a second thing here", "Give it another name."
            )
        seen.add(name)
