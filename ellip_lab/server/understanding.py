"""Understands what a request says, and says a reply: text on one side, words on the other."""

from __future__ import annotations

import difflib
import json
import math
import re
from collections.abc import Callable
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError
from pydantic_core import PydanticSerializationError

from ellip_lab.contract import Contract
from ellip_lab.errors import Invalid, NotFound, Problem
from ellip_lab.tasks.contract import TaskId

ID = TypeAdapter[str](TaskId)
M = TypeVar("M", bound=Contract)


def record(id_: str = "") -> str:
    """Gives the id of the path; `NotFound` when no record can have it."""
    if id_:
        try:
            ID.validate_python(id_)
        except ValidationError as error:
            raise NotFound(
                "There is no record of that id", hint="List the records to see their ids."
            ) from error
    return id_


def understood(read: Callable[[], M], model: type[M], where: str) -> M:
    """Gives the words that a query or a body stands for.

    `Invalid` names every field that is wrong; a field nobody knows gets the nearest name as a hint.
    """
    try:
        return read()
    except ValidationError as error:
        problems = [
            problem(model, dict(item)) for item in error.errors(include_url=False, include_input=False)
        ]
    raise Invalid(
        f"The {where} cannot be understood: {problems[0]}", hint=problems[0].hint, problems=problems
    )


def problem(model: type[Contract], item: dict[str, Any]) -> Problem:
    """Gives one complaint of pydantic as a problem."""
    field = ".".join(str(part) for part in item["loc"]) or None
    if item["type"] != "extra_forbidden":
        return Problem(message=str(item["msg"]), field=field)
    near = difflib.get_close_matches(str(item["loc"][-1]), model.model_fields, n=1, cutoff=0.5)
    there = ", ".join(model.model_fields)
    hint = f"Did you mean {near[0]}?" if near else f"There are: {there}." if there else "Leave it out."
    return Problem(message="There is no such field", field=field, hint=hint)


def refuse_impossible(value: Any) -> None:
    """Refuses what no path, argument or file here can hold, wherever it stands: null characters, infinity."""
    if isinstance(value, str):
        if "\x00" in value:
            raise Invalid("Text cannot hold a null character", hint="Leave it out.")
    elif isinstance(value, float):
        if not math.isfinite(value):
            raise Invalid("A number is too large")
    elif isinstance(value, list):
        for item in value:
            refuse_impossible(item)
    elif isinstance(value, dict):
        for name, item in value.items():
            refuse_impossible(name)
            refuse_impossible(item)


def written(reply: Contract) -> str:
    """Gives a reply as JSON, also where a file's name is not UTF-8 (the bytes nobody can read replaced)."""
    try:
        return reply.model_dump_json()
    except PydanticSerializationError:
        return re.sub(
            "[\ud800-\udfff]", "\ufffd", json.dumps(reply.model_dump(mode="json"), ensure_ascii=False)
        )
