"""Templates: how a command's values are filled from the cleaned columns of a row.

`$column` takes the column's value as it is; inside other text it is written out (`$$` is a dollar sign). Unknown stays
unknown: a text, id or digest made of an unknown column is null, and nothing is put in its place. `each` makes a list of the
rows that belong to a row. No clock.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, TypeAlias, assert_never

from salesapi.domain.shared.kernel import natural_id
from salesapi.importing.calculating import Row, details_of

IDS_KEPT_MAX: Final = 10_000
"""Ids made from natural keys that are kept, because rows name the same owner, product and customer again and again."""
DIGEST_CHARACTERS: Final = 32
"""Hexadecimal characters of a digest: 128 bits, so that no two texts get the same one."""
_PARTS: Final = re.compile(r"\$(?:(\$)|([A-Za-z_][A-Za-z0-9_]*))")


@dataclass(frozen=True, slots=True)
class Constant:
    """A value that every row has."""

    value: str | int | bool | None


@dataclass(frozen=True, slots=True)
class ColumnValue:
    """The value of a column."""

    column: str


@dataclass(frozen=True, slots=True)
class Text:
    """Text with columns in it."""

    parts: tuple[str | ColumnValue, ...]


@dataclass(frozen=True, slots=True)
class Fields:
    """A record; where `if_known` is unknown it is null, and as an item of a list it is left out."""

    fields: tuple[tuple[str, "Template"], ...]
    if_known: "Template | None" = None


@dataclass(frozen=True, slots=True)
class Items:
    """A list."""

    items: tuple["Template", ...]


@dataclass(frozen=True, slots=True)
class Each:
    """A list with an item for each detail of the row; the detail's columns stand before those of the row."""

    detail: str
    item: "Template"


@dataclass(frozen=True, slots=True)
class Reference:
    """The id of the thing of this kind with this natural key."""

    kind: str
    parts: tuple["Template", ...]


@dataclass(frozen=True, slots=True)
class Digest:
    """A text that stands for another one without showing it, such as for a person's name in an external id."""

    of: "Template"


Template: TypeAlias = Constant | ColumnValue | Text | Fields | Items | Each | Reference | Digest


def parsed(text: str) -> Template:
    """The template that a text is."""
    parts: list[str | ColumnValue] = []
    end = 0
    for found in _PARTS.finditer(text):
        parts.append(text[end : found.start()])
        parts.append("$" if found[1] else ColumnValue(found[2]))
        end = found.end()
    parts.append(text[end:])
    kept = tuple(part for part in parts if part != "")
    match kept:
        case (ColumnValue() as only,):
            return only
        case _ if not any(isinstance(part, ColumnValue) for part in kept):
            return Constant("".join(str(part) for part in kept))
        case _:
            return Text(kept)


def columns_of(template: Template) -> Iterator[str]:
    """The columns of the row itself that a template takes."""
    match template:
        case Constant() | Each():
            return
        case ColumnValue():
            yield template.column
        case Text():
            yield from (part.column for part in template.parts if isinstance(part, ColumnValue))
        case Fields():
            inner = [value for _, value in template.fields]
            for value in inner if template.if_known is None else [*inner, template.if_known]:
                yield from columns_of(value)
        case Items(items=inner_items) | Reference(parts=inner_items):
            for value in inner_items:
                yield from columns_of(value)
        case Digest():
            yield from columns_of(template.of)
        case _ as never:
            assert_never(never)


def filled(template: Template, row: Row) -> object:
    """The value that a template has for a row, ready for JSON."""
    match template:
        case Constant():
            return template.value
        case ColumnValue():
            return row[template.column]
        case Text():
            texts = known_texts(part if isinstance(part, str) else row[part.column] for part in template.parts)
            return None if texts is None else "".join(texts)
        case Fields():
            if template.if_known is not None and filled(template.if_known, row) is None:
                return None
            return {name: filled(value, row) for name, value in template.fields}
        case Items():
            return [value for item in template.items if (value := filled(item, row)) is not None]
        case Each():
            inner = ({**row, **detail} for detail in details_of(row, template.detail))
            return [value for each in inner if (value := filled(template.item, each)) is not None]
        case Reference():
            parts = known_texts(filled(part, row) for part in template.parts)
            return None if parts is None else _natural_id(template.kind, parts)
        case Digest():
            text = filled(template.of, row)
            return None if text is None else _digest(str(text))
        case _ as never:
            assert_never(never)


def filled_text(template: Template, row: Row) -> str | None:
    """The same as text, for keys and ids."""
    value = filled(template, row)
    return None if value is None else str(value)


def known_texts(values: Iterable[object]) -> tuple[str, ...] | None:
    """The values as texts; None where one of them is unknown."""
    texts: list[str] = []
    for value in values:
        if value is None:
            return None
        texts.append(str(value))
    return tuple(texts)


@lru_cache(maxsize=IDS_KEPT_MAX)
def _natural_id(kind: str, parts: tuple[str, ...]) -> str:
    return str(natural_id(kind, *parts))


@lru_cache(maxsize=IDS_KEPT_MAX)
def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:DIGEST_CHARACTERS]
