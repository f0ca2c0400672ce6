"""The arguments of a question as both doors need them: name, type, description, default, and the name that each door gives it.

An argument is a field of the question's record. Its names follow from the field (`as_of` is `asOf`) unless `Named` says
otherwise; `Texts` says how REST reads and describes what no type tells.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import MISSING, dataclass, fields, is_dataclass
from datetime import date
from types import NoneType, UnionType
from typing import Annotated, Any, Final, TypeAlias, Union, get_args, get_origin, get_type_hints

from salesapi.domain.shared.kernel import About
from salesapi.queries.paging import PageRequest

REQUIRED: Final = MISSING


@dataclass(frozen=True, slots=True)
class Named:
    """The names of an argument in the doors; None: the door does not take it."""

    rest: str | None
    graphql: str | None


@dataclass(frozen=True, slots=True)
class Texts:
    """The way in which REST reads an argument from the texts that were sent for it, and its schema in OpenAPI."""

    read: Callable[[Sequence[str]], object]
    """Raises a ValueError whose message says what is wanted."""
    schema: dict[str, Any]
    name: str | None = None
    """Its name in REST, where it is another one."""
    is_repeated: bool = False
    """Whether it may be sent several times."""
    spelling: str = ""
    """How it is written there, said behind what both doors say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Argument:
    """One argument. `kind` is its type without null and marks."""

    field: str
    annotation: Any
    kind: Any
    about: str
    default: Any
    rest: str | None
    graphql: str | None
    texts: Texts | None
    follows_page: bool
    """Whether it is told after those of the page."""

    @property
    def is_required(self) -> bool:
        """True where it must be sent."""
        return self.default is REQUIRED

    @property
    def is_filter(self) -> bool:
        """True where it is a record: REST takes its fields one by one, GraphQL as an input."""
        return isinstance(self.kind, type) and is_dataclass(self.kind)


def arguments_of(record: type) -> tuple[Argument, ...]:
    """The arguments of a question, in the order of its record's fields; the page is not among them."""
    hints = get_type_hints(record, include_extras=True)
    declared: Any = record
    found, follows_page = [], False
    for field in fields(declared):
        if hints[field.name] is PageRequest:
            follows_page = True
        else:
            found.append(_argument(field.name, hints[field.name], _default(field), follows_page=follows_page))
    return tuple(found)


def page_field(record: type) -> str | None:
    """The field that takes the page, where the question has pages."""
    hints = get_type_hints(record)
    return next((name for name, hint in hints.items() if hint is PageRequest), None)


def camel(name: str) -> str:
    """`closed_from` as `closedFrom`."""
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)


def path_names(path: str) -> tuple[str, ...]:
    """The names in braces of a path, in their order."""
    return tuple(re.findall(r"{(\w+)}", path))


def _argument(name: str, annotation: Any, default: Any, *, follows_page: bool) -> Argument:
    marks = _marks(annotation)
    named = next((mark for mark in marks if isinstance(mark, Named)), Named(camel(name), camel(name)))
    texts = next((mark for mark in marks if isinstance(mark, Texts)), None)
    about = next((mark.text for mark in reversed(marks) if isinstance(mark, About)), "")
    return Argument(
        field=name,
        annotation=annotation,
        kind=_plain(annotation),
        about=about,
        default=default,
        rest=texts.name if texts is not None and texts.name else named.rest,
        graphql=named.graphql,
        texts=texts,
        follows_page=follows_page,
    )


def _default(field: Any) -> Any:
    return field.default_factory() if field.default_factory is not MISSING else field.default


def _marks(annotation: Any) -> tuple[Any, ...]:
    """All marks of a type, those of its alternatives too, the outermost last."""
    if get_origin(annotation) is Annotated:
        inner, *marks = get_args(annotation)
        return (*_marks(inner), *marks)
    if get_origin(annotation) in (Union, UnionType):
        return tuple(mark for arm in get_args(annotation) for mark in _marks(arm))
    return ()


def _plain(annotation: Any) -> Any:
    if get_origin(annotation) is Annotated:
        return _plain(get_args(annotation)[0])
    if get_origin(annotation) in (Union, UnionType):
        arms = [arm for arm in get_args(annotation) if arm is not NoneType]
        return _plain(arms[0]) if len(arms) == 1 else annotation
    return annotation


def bound_of(argument: Argument, kind: type) -> int | None:
    """The value of a bound of this kind (`Ge` or `Le` of annotated_types), where the argument has one."""
    mark = next((mark for mark in _marks(argument.annotation) if isinstance(mark, kind)), None)
    return getattr(mark, kind.__name__.lower()) if mark is not None else None


WindowFrom: TypeAlias = Annotated[date | None, Named("from", "windowFrom"), About("First day of the window.")]
WindowTo: TypeAlias = Annotated[date | None, Named("to", "windowTo"), About("Last day of the window.")]
