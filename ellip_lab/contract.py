"""The one base of every word that crosses a door."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

JsonObject = dict[str, Any]
"""A JSON object whose keys the project does not choose: CWL inputs, a JSON Schema, an output object."""

Path_ = Annotated[str, Field(min_length=1, max_length=4096)]
"""A path: relative to the server's root at the server door, absolute in the rooms."""


class Contract(BaseModel):
    """Is a frozen value object; a word nobody knows is an error, never ignored."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class Empty(Contract):
    """Is the reply of a verb that has nothing to say."""


class Acknowledged(Contract):
    """Is the reply of a verb that has been carried out on one record."""

    id: str
    """The record."""
