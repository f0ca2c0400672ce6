"""What a list reads from: read models with their columns. Names in texts of SQL are held against them when a list is declared.

The texts of lists have their keywords in capitals, so that a word in lower case is a name: a column of a read model that is
named, or what the text itself names (`AS name`). A misspelt one is refused at start and not when the list is first asked.
"""

import re
from collections.abc import Mapping
from functools import cache
from typing import Final

from salesapi.database.columns import Column, columns_of
from salesapi.projections.catalogue import PROJECTIONS
from salesapi.projections.projection import Projection

_BY_NAME: Final[Mapping[str, Projection]] = {projection.name: projection for projection in PROJECTIONS}
_OPAQUE: Final = re.compile(r"'(?:[^']|'')*'|::[a-z]+(?:\[\])*|\baccess\.\w+")
"""Literals, the types of casts, and functions of a schema that is no read model."""
_READ_MODEL: Final = re.compile(r"\bread\.(\w+)(?:\s+([a-z]\w*))?")
_MADE: Final = re.compile(r'(?:\bAS|\))\s+"?([a-z]\w*)"?(?:\s*\(([^()]*)\))?')
_NAME: Final = re.compile(r'\b(?:([a-z]\w*)\.)?"?\b([a-z]\w*)\b(?!\s*\()')
"""A name with its alias. What a parenthesis follows is a function."""
_WORD: Final = re.compile(r"[a-z]\w*")
_VALUES: Final = frozenset({"true", "false", "null"})


class DeclarationWrong(TypeError):
    """A read is declared with parts that do not fit together; told at start, with the declaration and the part."""


def read_models_in(*texts: str) -> tuple[str, ...]:
    """Returns the read models that texts of SQL name, each once, in their order."""
    return tuple(dict.fromkeys(name for text in texts for name, _ in _READ_MODEL.findall(text)))


def refuse_unknown_read_models(declaration: str, names: tuple[str, ...]) -> None:
    """Refuses the names of read models that there are not.

    Raises:
        DeclarationWrong.
    """
    for name in names:
        if name not in _BY_NAME:
            raise DeclarationWrong(f"{declaration}: there is no read model `{name}`")


class Source:
    """The FROM of a list: one read model, or a text that begins with it.

    Raises:
        DeclarationWrong: it names no read model that there is, or a name in it is unknown.
    """

    def __init__(self, text: str, *, declaration: str) -> None:
        self.text = text
        self.declaration = declaration
        named = _READ_MODEL.search(text)
        if named is None:
            raise DeclarationWrong(f"{declaration}: `{text}` names no read model")
        self.read_model = named[1]
        self.prefix = "" if named[2] is None else f"{named[2]}."
        """What stands before the columns of the read model, where the text gives it an alias."""
        self.check(text, part="its source")

    def key(self) -> str:
        """Returns the column that tells its rows apart.

        Raises:
            DeclarationWrong: several do.
        """
        key = _BY_NAME[self.read_model].key
        if len(key) != 1:
            raise DeclarationWrong(
                f"{self.declaration}: its read model has the key {key}, so that its `id` is to be said"
            )
        return f"{self.prefix}{key[0]}"

    def column(self, name: str) -> Column | None:
        """Returns the column of the read model, where there is one; its alias may be before it."""
        return _columns(self.read_model).get(name.removeprefix(self.prefix))

    def sql_type(self, name: str) -> str | None:
        """Returns the type of the column of the read model, where there is one."""
        column = self.column(name)
        return None if column is None else column.sql_type

    def has(self, name: str) -> bool:
        """Returns whether its rows have this name: a column of the read model, or one that the text makes."""
        return self.column(name) is not None or name in _made(self.text)

    def check(self, text: str, *, part: str) -> None:
        """Refuses a text of SQL over this source with a name that there is not.

        Raises:
            DeclarationWrong: with the part of the declaration and the name.
        """
        read_models = read_models_in(self.text, text)
        refuse_unknown_read_models(self.declaration, read_models)
        aliases = {alias: name for each in (self.text, text) for name, alias in _READ_MODEL.findall(each) if alias}
        made = {*_made(self.text), *_made(text), *aliases, *_VALUES}
        anywhere = {*made, *(column for name in read_models for column in _columns(name))}
        for alias, name in _NAME.findall(_READ_MODEL.sub("", _OPAQUE.sub("", text))):
            known = {*made, *_columns(aliases[alias])} if alias in aliases else anywhere
            if name not in known:
                raise DeclarationWrong(f"{self.declaration}: {part} names `{name}`, which `{text}` has no column for")


@cache
def _columns(read_model: str) -> Mapping[str, Column]:
    return {column.name: column for column in columns_of(_BY_NAME[read_model].row)}


def _made(text: str) -> set[str]:
    """Names that a text gives itself, with those of the columns of what it makes."""
    return {word for name, columns in _MADE.findall(text) for word in (name, *_WORD.findall(columns))}
