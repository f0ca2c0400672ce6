"""GraphQL enums from the `Literal` types of commands and read models: `"lower_inclusive"` is `LOWER_INCLUSIVE`.

An enum is named as its type alias (`TierBoundary: TypeAlias = Literal[...]`) in the module that uses it; a literal without
an alias is named by its record and field (`DealStatus`). The names are part of the contract, and one name has one meaning.
"""

import sys
from enum import Enum
from typing import Any, Final, get_args

import strawberry

from salesapi.domain.pay.records import payout_run_states
from salesapi.domain.selling import deals

NAMED: Final[dict[object, str]] = {deals.Status: "DealStatus", payout_run_states.Status: "PayoutRunStatus"}
"""Literals whose alias says too little outside of its own module."""


class EnumsClash(TypeError):
    """Two different sets of values claim one name."""


class Enums:
    """All enums of one schema."""

    def __init__(self) -> None:
        self._by_name: dict[str, type[Enum]] = {}

    def of(self, literal: object, owner: type, field: str) -> type[Enum]:
        """The enum for a literal that stands in this field of this record.

        Raises:
            EnumsClash: when the name is taken by other values.
        """
        name = (
            NAMED.get(literal) or _alias(literal, owner.__module__) or owner.__name__ + field.title().replace("_", "")
        )
        return self.named(name, [str(value) for value in get_args(literal)])

    def named(self, name: str, values: list[str]) -> type[Enum]:
        """The enum of this name with these values.

        Raises:
            EnumsClash: when the name is taken by other values.
        """
        made = self._by_name.get(name)
        if made is None:
            build: Any = Enum  # The functional form: mypy takes a call of Enum for the look-up of a member.
            symbols = {value.upper().replace("-", "_").replace(".", "_"): value for value in values}
            made = self._by_name[name] = strawberry.enum(build(name, symbols))
        if [member.value for member in made] != values:
            raise EnumsClash(f"the enum {name} stands for {[member.value for member in made]} and for {values}")
        return made


def _alias(literal: object, module: str) -> str | None:
    named = vars(sys.modules[module]).items()
    return next((name for name, value in named if value == literal and not name.startswith("_")), None)
