"""Reads templates and conditions from a mapping's plain values, and checks that the columns they take are there."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from salesapi.domain.catalogue import Catalogue
from salesapi.importing.mapping import Condition
from salesapi.importing.templates import Constant, Digest, Each, Fields, Items, Reference, Template, columns_of, parsed
from salesapi.importing.yaml_text import PlacedValues, Plain, Pointer


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """The columns that a template may take, and the columns of each kind of details."""

    columns: frozenset[str] = frozenset()
    details: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def within(self, detail: str) -> "Scope":
        """Inside of a detail: its columns and those of the row."""
        return Scope(columns=self.columns | self.details[detail])


NOTHING: Final = Scope()
"""The setup has no rows."""


class TemplateReader:
    """Reads the templates of one mapping."""

    def __init__(self, values: PlacedValues, catalogue: Catalogue, source: str) -> None:
        """`source` is the system of external ids that state no other."""
        self._values = values
        self._catalogue = catalogue
        self._source = source

    def template(self, value: Plain, path: Pointer, scope: Scope) -> Template:
        """The template that stands at a path.

        Raises:
            MappingInvalid.
        """
        made = self._template_of(value, path, scope)
        missing = sorted(set(columns_of(made)) - scope.columns)
        if missing:
            self._values.refuse(path, f"${missing[0]} is not a declared column; write $$ for a dollar sign")
        return made

    def conditions(self, value: Plain, path: Pointer, scope: Scope) -> tuple[Condition, ...]:
        """The conditions that stand at a path.

        Raises:
            MappingInvalid.
        """
        found: list[Condition] = []
        for column, wanted in self._values.record(value, path, None).items():
            place = (*path, column)
            if column not in scope.columns and column not in scope.details:
                self._values.refuse(place, f"{column} is not a declared column")
            if isinstance(wanted, dict):
                state = self._values.record(wanted, place, {"is"}).get("is")
                if state not in ("known", "unknown"):
                    self._values.refuse(
                        place, "a column `is: known` or `is: unknown`; else name the values it may hold"
                    )
                found.append(Condition(column=column, test="is_known" if state == "known" else "is_unknown"))
                continue
            if column in scope.details:
                self._values.refuse(place, "of details only `is: known` and `is: unknown` can be asked")
            allowed = wanted if isinstance(wanted, list) else [wanted]
            values = [each for each in allowed if isinstance(each, str | int) and not isinstance(each, bool)]
            if not values or len(values) != len(allowed):
                self._values.refuse(place, "name the values that the column may hold; quote true, false and null")
            found.append(Condition(column=column, test="is_one_of", values=frozenset(values)))
        return tuple(found)

    def _template_of(self, value: Plain, path: Pointer, scope: Scope) -> Template:
        if isinstance(value, str):
            return parsed(value)
        if isinstance(value, list):
            return Items(tuple(self.template(each, (*path, n), scope) for n, each in enumerate(value)))
        if not isinstance(value, dict):
            return Constant(value)
        if "ref" in value:
            return self._reference(value, path, scope)
        if "each" in value:
            return self._each(value, path, scope)
        if "digest" in value:
            self._values.record(value, path, {"digest"})
            return Digest(self.template(value["digest"], (*path, "digest"), scope))
        condition = value.get("if_known")
        return Fields(
            tuple((k, self.template(v, (*path, k), scope)) for k, v in value.items() if k != "if_known"),
            None if condition is None else self.template(condition, (*path, "if_known"), scope),
        )

    def _each(self, value: dict[str, Plain], path: Pointer, scope: Scope) -> Each:
        record = self._values.record(value, path, {"each", "values"})
        detail = record["each"]
        if not isinstance(detail, str) or detail not in scope.details:
            known = ", ".join(sorted(scope.details)) or "none"
            self._values.refuse((*path, "each"), f"there are no details {detail} here; there are {known}")
        if "values" not in record:
            self._values.refuse(path, "say in `values` what each of them becomes")
        return Each(detail, self.template(record["values"], (*path, "values"), scope.within(detail)))

    def _reference(self, value: dict[str, Plain], path: Pointer, scope: Scope) -> Reference:
        """`id` is the thing's external id in this source; `key` lists the parts of another natural key."""
        record = self._values.record(value, path, {"ref", "id", "key", "system"})
        kind = record["ref"]
        if not isinstance(kind, str) or kind not in {*self._catalogue.by_kind, "contact"}:
            self._values.refuse((*path, "ref"), f"there is no kind of thing {kind}")
        if ("id" in record) == ("key" in record):
            self._values.refuse(
                path, "a reference has the external `id` of the thing, or the `key` that it is made from"
            )
        if "id" in record:
            system = Constant(self._values.optional_text(record, "system", path) or self._source)
            return Reference(kind, (system, self.template(record["id"], (*path, "id"), scope)))
        key = record["key"]
        if not isinstance(key, list) or not key:
            self._values.refuse((*path, "key"), "list the parts of the key, such as [key, sales]")
        return Reference(kind, tuple(self.template(each, (*path, "key", n), scope) for n, each in enumerate(key)))
