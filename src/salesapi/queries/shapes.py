"""How rows become wire shapes: which columns answer the fields of a shape, and what is found for several things at once."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final, TypeVar, get_type_hints

from salesapi.database.columns import Column, columns_of
from salesapi.domain.shared.kernel import ExternalId
from salesapi.queries.sources import DeclarationWrong, Source

Key = TypeVar("Key")
Item = TypeVar("Item")
NO_NAMES: Final[Mapping[str, str]] = MappingProxyType({})


def by_key(keys: Iterable[Key], pairs: Iterable[tuple[Key, Item]]) -> dict[Key, tuple[Item, ...]]:
    """Returns for each key what was found for it, in its order, and nothing where nothing was."""
    found: dict[Key, list[Item]] = {key: [] for key in keys}
    for key, item in pairs:
        found[key].append(item)
    return {key: tuple(items) for key, items in found.items()}


def selection(source: Source, shape: type, *, id: str = "", expressions: Mapping[str, str] = NO_NAMES) -> str:
    """Returns the columns of a statement over a source that answer the fields of a shape.

    A field is the column of its name, unless an expression answers it. `id` is the id of the thing where no column is called
    so, and an external id is made of its two columns.

    Raises:
        DeclarationWrong: a field is not answered, or by a column of another type; an expression is for no field.
    """
    hints = get_type_hints(shape)
    unused = set(expressions) - set(hints)
    if unused:
        raise DeclarationWrong(f"{source.declaration}: the expression `{min(unused)}` is for no field")
    answers: list[str] = []
    for field in columns_of(shape):
        if field.name in expressions:
            source.check(expressions[field.name], part=f"the expression of `{field.name}`")
            answers.append(f'{expressions[field.name]} AS "{field.name}"')
        elif hints[field.name] == ExternalId | None and source.has("external_system"):
            answers.append(_external_id(source.prefix))
        elif field.name == "id" and not source.has("id"):
            answers.append(f"{id} AS id")
        else:
            _refuse_other_column(source, field)
            answers.append(f"{source.prefix}{field.name}")
    return ", ".join(answers)


def _external_id(prefix: str) -> str:
    made = f"jsonb_build_object('system', {prefix}external_system, 'id', {prefix}external_id)"
    return f"CASE WHEN {prefix}external_id IS NOT NULL THEN {made} END AS external_id"


def _refuse_other_column(source: Source, field: Column) -> None:
    if not source.has(field.name):
        raise DeclarationWrong(
            f"{source.declaration}: its field `{field.name}` is no column, and no expression answers it"
        )
    column = source.column(field.name)
    if column is not None and (column.sql_type != field.sql_type or (column.is_nullable and not field.is_nullable)):
        raise DeclarationWrong(
            f"{source.declaration}: its field `{field.name}` is {field.described}, but the column {column.described}"
        )
