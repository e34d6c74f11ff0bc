"""The causes a run can fail of that lie in an object store: its process has said what the store told it."""

from __future__ import annotations

from ellip_lab.runs.case import Case, Said


def stage_in(case: Case) -> Said | None:
    """Says that an input could not be fetched."""
    if case.kind != "stage-in":
        return None
    hint = case.end.get("hint") or "Look at it in the Storage panel, with the connection that the run used."
    return (f"{case.name}: an input could not be fetched", str(case.end["message"]), str(hint))


def stage_out(case: Case) -> Said | None:
    """Says that the outputs are there and could not be published."""
    if case.kind != "publish":
        return None
    hint = case.end.get("hint") or "Mend the connection, then re-run; or copy them from the output folder."
    return (
        f"{case.name}: its outputs could not be published",
        f"{case.end['message']}. The run itself has done its work: the outputs are in its output folder.",
        str(hint),
    )
