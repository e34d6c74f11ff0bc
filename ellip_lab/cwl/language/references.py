"""Every place that names what stands at a place."""

from __future__ import annotations

from typing import Any

from ellip_lab.cwl.language.definition import span_of
from ellip_lab.cwl.language.document import asked, place_in
from ellip_lab.cwl.language.names import everywhere, use_at


def answer(request: dict[str, Any]) -> dict[str, Any]:
    """Gives every place that names what stands at a place, its definition first."""
    document = asked(request)
    use = use_at(document, place_in(document, request))
    found = everywhere(document, use.target) if use is not None else []
    return {"spans": [span_of(one) for one in found]}
