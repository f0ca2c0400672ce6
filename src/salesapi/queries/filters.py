"""The filter of a list: each of its fields with the condition that it sets, in one table, compared when it is made."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from typing import Any, Final, Generic, TypeVar, get_args, get_origin, get_type_hints

from salesapi.database.conditions import Conditions
from salesapi.queries.sources import DeclarationWrong

Filter = TypeVar("Filter")


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """The condition that one field of a filter sets on a row.

    A field of several values needs `ANY({})`, one of a single value `{}`. A text without a place is a claim, for a field that
    is true or false: the claim or its opposite.
    """

    text: str
    unsent: str = ""
    """What holds where the field is not sent."""
    parameter: Callable[[Any], object] | None = None
    """Makes the parameter of what is sent, where that is not the value itself."""


EXTERNAL: Final = {"external_system": "external_system = {}", "external_id": "external_id = {}"}
"""The conditions of the two fields for the id of a thing in another system."""


def contains(expression: str) -> Condition:
    """The text anywhere in the expression, in any case."""
    return Condition(text=f"{expression} ILIKE {{}}", parameter=_anywhere)


class Filters(Generic[Filter]):
    """The conditions of a filter's fields.

    Raises:
        DeclarationWrong: a field has no condition, a condition no field, or one does not fit the type of its field.
    """

    def __init__(self, where: type[Filter], conditions: Mapping[str, str | Condition]) -> None:
        assert is_dataclass(where), "filters are records"
        names = [field.name for field in fields(where)]
        for name in (*names, *conditions):
            if name not in conditions:
                raise DeclarationWrong(f"{where.__name__}: its field `{name}` has no condition")
            if name not in names:
                raise DeclarationWrong(f"{where.__name__}: the condition `{name}` has no field")
        self.where = where
        self.conditions = {
            name: Condition(text=condition) if isinstance(condition, str) else condition
            for name, condition in conditions.items()
        }
        hints = get_type_hints(where)
        for name, condition in self.conditions.items():
            if condition.parameter is None and _form_of_text(condition.text) != _form_of_type(hints[name]):
                raise DeclarationWrong(
                    f"{where.__name__}: `{condition.text}` does not fit the type of its field `{name}`"
                )

    def add_to(self, conditions: Conditions, where: Filter | None) -> None:
        """Adds the conditions that a filter sets, or those of a filter of which nothing is sent."""
        for name, condition in self.conditions.items():
            value = None if where is None else getattr(where, name)
            if value is None:
                if condition.unsent:
                    conditions.add(condition.unsent)
            elif isinstance(value, bool):
                conditions.add(condition.text if value else f"NOT ({condition.text})")
            elif condition.parameter is not None:
                conditions.add(condition.text, condition.parameter(value))
            else:
                conditions.add(condition.text, list(value) if isinstance(value, tuple) else value)


def _form_of_text(text: str) -> str:
    if "ANY({" in text:
        return "several"
    return "one" if "{" in text else "claim"


def _form_of_type(hint: object) -> str:
    kinds = [get_origin(kind) or kind for kind in get_args(hint) or (hint,)]
    if tuple in kinds:
        return "several"
    return "claim" if bool in kinds else "one"


def _anywhere(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"
