"""The filter of a list: each of its fields with the condition that it sets, compared when it is made.

Most conditions follow from the name of the field and its type: `owner_id` is the column of that name or one of several values,
`opened_from` a day from which `opened_on` is. Only those that differ are written. A list holds all of them against its columns.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from types import MappingProxyType
from typing import Any, Final, Generic, Literal, TypeAlias, TypeVar, get_args, get_origin, get_type_hints

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


NO_OTHERS: Final[Mapping[str, str | Condition]] = MappingProxyType({})
Form: TypeAlias = Literal["several", "one", "claim"]
_BOUNDS: Final = {"from": ">=", "to": "<="}


def contains(expression: str) -> Condition:
    """The text anywhere in the expression, in any case."""
    return Condition(text=f"{expression} ILIKE {{}}", parameter=_anywhere)


class Filters(Generic[Filter]):
    """The conditions of a filter's fields. `others` are those that do not follow; `prefix` stands before columns that do.

    Raises:
        DeclarationWrong: a condition is for no field, or does not fit the type of its field.
    """

    def __init__(
        self, where: type[Filter], others: Mapping[str, str | Condition] = NO_OTHERS, *, prefix: str = ""
    ) -> None:
        assert is_dataclass(where), "filters are records"
        names = [field.name for field in fields(where)]
        if unknown := [name for name in others if name not in names]:
            raise DeclarationWrong(f"{where.__name__}: the condition `{unknown[0]}` has no field")
        self.where = where
        self.conditions: dict[str, Condition] = {}
        hints = get_type_hints(where)
        for name in names:
            given = others.get(name) or f"{prefix}{_following(name, hints[name])}"
            condition = Condition(text=given) if isinstance(given, str) else given
            if condition.parameter is None and _form_of_text(condition.text) != _form_of_type(hints[name]):
                raise DeclarationWrong(
                    f"{where.__name__}: `{condition.text}` does not fit the type of its field `{name}`"
                )
            self.conditions[name] = condition

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


def _following(name: str, hint: object) -> str:
    """The condition that follows from a field."""
    stem, _, end = name.rpartition("_")
    if end in _BOUNDS and date in _kinds(hint):
        return f"{stem}_on {_BOUNDS[end]} {{}}"
    return {"several": f"{name} = ANY({{}})", "one": f"{name} = {{}}", "claim": name}[_form_of_type(hint)]


def _form_of_text(text: str) -> Form:
    if "ANY({" in text:
        return "several"
    return "one" if "{" in text else "claim"


def _form_of_type(hint: object) -> Form:
    kinds = _kinds(hint)
    if tuple in kinds:
        return "several"
    return "claim" if bool in kinds else "one"


def _kinds(hint: object) -> list[object]:
    return [get_origin(kind) or kind for kind in get_args(hint) or (hint,)]


def _anywhere(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"
