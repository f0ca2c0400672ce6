"""What differs between two versions of a plan, place by place, as its participants and approvers read it. Pure.

A place is a pointer (RFC 6901) into the version as the doors show it, with components and awards named by their key instead
of their number: `/components/base/rate_percent`. Decimals differ where their values do: 5 and 5.0 are the same.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from decimal import Decimal
from itertools import islice, zip_longest
from typing import Annotated, Final, TypeAlias
from uuid import UUID

from salesapi.domain.pay.plans.compensation_plans import CompensationPlanVersion
from salesapi.domain.shared.kernel import About, record

DIFFERENCES_MAX: Final = 1_000
"""Most differences that are listed; all are counted."""

Tree: TypeAlias = "Mapping[str, Tree] | tuple[Tree, ...] | str | int | Decimal | None"


@record
class PlanDifference:
    """A place and what each version says there, as JSON text; null is nothing."""

    pointer: Annotated[
        str, About("Where in the version (RFC 6901), components by their key: `/components/base/rate_percent`.")
    ]
    before: Annotated[str | None, About("What the one version says there, as JSON; null is nothing.")]
    after: Annotated[str | None, About("What the other version says there, as JSON; null is nothing.")]


@record
class PlanDifferences:
    """The first differences, in the order of the plan's fields, and how many there are in all."""

    differences: tuple[PlanDifference, ...]
    count: int


def plan_differences(*, before: CompensationPlanVersion, after: CompensationPlanVersion) -> PlanDifferences:
    """Lists what the later version changes; their numbers are no difference. At most `DIFFERENCES_MAX` are listed."""
    found = _differences("", _version(before), _version(after))
    listed = tuple(islice(found, DIFFERENCES_MAX))
    return PlanDifferences(differences=listed, count=len(listed) + sum(1 for _ in found))


def _version(version: CompensationPlanVersion) -> dict[str, Tree]:
    """Its fields in their order, with the components and awards by key."""
    tree = {each.name: _tree(getattr(version, each.name)) for each in fields(version) if each.name != "number"}
    tree["components"] = {component.key: _tree(component) for component in version.components}
    tree["awards"] = {award.key: _tree(award) for award in version.awards}
    return tree


def _tree(value: object) -> Tree:
    if is_dataclass(value) and not isinstance(value, type):
        return {each.name: _tree(getattr(value, each.name)) for each in fields(value)}
    if isinstance(value, tuple):
        return tuple(_tree(each) for each in value)
    if isinstance(value, date | UUID):
        return str(value)
    assert value is None or isinstance(value, str | int | Decimal), (
        "a plan consists of records, tuples and plain values"
    )
    return value


def _differences(pointer: str, before: Tree, after: Tree) -> Iterator[PlanDifference]:
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        if pointer in ("/components", "/awards"):
            yield from _order(pointer, list(before), list(after))
        for name in dict.fromkeys((*before, *after)):
            escaped = name.replace("~", "~0").replace("/", "~1")
            yield from _differences(f"{pointer}/{escaped}", before.get(name), after.get(name))
    elif isinstance(before, tuple) and isinstance(after, tuple):
        for index, (old, new) in enumerate(zip_longest(before, after)):
            yield from _differences(f"{pointer}/{index}", old, new)
    elif before != after:
        yield PlanDifference(pointer=pointer, before=_text(before), after=_text(after))


def _order(pointer: str, before: list[str], after: list[str]) -> Iterator[PlanDifference]:
    """They are evaluated in their order, so another order of the same ones is a difference."""
    if [key for key in before if key in after] != [key for key in after if key in before]:
        yield PlanDifference(pointer=pointer, before=_text(tuple(before)), after=_text(tuple(after)))


def _text(value: Tree) -> str | None:
    """The value as JSON, without what it leaves open; decimals are strings, as at the doors."""
    return None if value is None else json.dumps(_stated(value), ensure_ascii=False)


def _stated(value: Tree) -> object:
    if isinstance(value, Mapping):
        return {name: _stated(each) for name, each in value.items() if each is not None}
    if isinstance(value, tuple):
        return [_stated(each) for each in value]
    return format(value, "f") if isinstance(value, Decimal) else value
