"""The one base of every word that crosses a door."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

if TYPE_CHECKING:
    from pydantic import GetJsonSchemaHandler
    from pydantic.json_schema import JsonSchemaValue
    from pydantic_core import CoreSchema

JsonObject = dict[str, Any]
"""A JSON object whose keys the project does not choose: CWL inputs, a JSON Schema, an output object."""

Path_ = Annotated[str, Field(min_length=1, max_length=4096)]
"""A path: relative to the server's root at the server door, absolute in the rooms."""


class Contract(BaseModel):
    """Is a frozen value object; a word nobody knows is an error, never ignored."""

    # A command uses a few of the hundred words it loads: each is built when it is used.
    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    @classmethod
    def __get_pydantic_json_schema__(
        cls, core_schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """Describes each field with the text below it.

        pydantic's own `use_attribute_docstrings` reads the source of every class when it is loaded, for the few
        who ask for a schema.
        """
        schema = handler(core_schema)
        fields = handler.resolve_ref_schema(schema).get("properties", {})
        for base in cls.__mro__:
            if issubclass(base, Contract):
                for name, text in _described(base.__module__).get(base.__qualname__, {}).items():
                    if name in fields:
                        fields[name].setdefault("description", text)
        return schema


class Empty(Contract):
    """Is the reply of a verb that has nothing to say."""


class Acknowledged(Contract):
    """Is the reply of a verb that has been carried out on one record."""

    id: str
    """The record."""


@cache
def _described(module: str) -> dict[str, dict[str, str]]:
    """Gives the text below each field of each class at the top of a module."""
    import ast
    import inspect
    import sys

    found: dict[str, dict[str, str]] = {}
    try:
        source = inspect.getsource(sys.modules[module])
    except OSError:  # installed without it
        return found
    for one in ast.parse(source).body:
        if isinstance(one, ast.ClassDef):
            fields = found.setdefault(one.name, {})
            for field, after in zip(one.body, one.body[1:], strict=False):
                if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name):
                    match after:
                        case ast.Expr(value=ast.Constant(value=str(text))):
                            fields[field.target.id] = inspect.cleandoc(text)
    return found
