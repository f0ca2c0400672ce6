"""Who sees what: one table from kinds of things to the reach of each role, and one of what is masked for whom.

Lists, single things, the feed and the events beside statements all ask here. A kind of stream without a line does not start.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final, Literal, TypeAlias

from salesapi.domain.shared.kernel import Role, roles

Reach: TypeAlias = Literal["all", "team", "own", "none"]
"""Which things a principal sees of one kind: everybody's, its team tree's, its own, or none."""
Kinds: TypeAlias = Literal["open", "rows", "pay"]
"""Kinds of one reach: what belongs to nobody, business of a member, and pay of a member."""

REACHES: Final[Mapping[Kinds, Mapping[Role, Reach]]] = {
    "open": dict.fromkeys(roles("rep", "manager", "finance", "auditor", "admin", "integration"), "all"),
    "rows": {
        "rep": "own",
        "manager": "team",
        "finance": "all",
        "auditor": "all",
        "admin": "all",
        "integration": "all",
    },
    "pay": {
        "rep": "own",
        "manager": "team",
        "finance": "all",
        "auditor": "all",
        "admin": "all",
        "integration": "none",
    },
}
KINDS: Final[Mapping[str, Kinds]] = {
    **dict.fromkeys(("attribute_definition", "pipeline", "member", "team", "product", "rate_table"), "open"),
    **dict.fromkeys(("calendar", "campaign", "principal", "api_key", "retention_rule"), "open"),
    **dict.fromkeys(("customer", "lead", "deal", "activity", "forecast_sheet", "target", "person"), "rows"),
    **dict.fromkeys(("agreement", "invoice", "receipt", "approval"), "rows"),
    **dict.fromkeys(("compensation_plan", "enrolment", "payout_run", "objection", "award", "points"), "pay"),
    "pool_shares": "pay",
}
"""Each kind of stream. Its read model, its events in the feed and those beside a statement follow from its line."""
_ORDER: Final[tuple[Reach, ...]] = ("none", "own", "team", "all")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mask:
    """A field that is null for all but these roles."""

    roles: frozenset[Role]
    is_shown_in_scope: bool = False
    """True where the row is a member, who is shown to itself and to its managers."""


MASKS: Final[Mapping[str, Mapping[str, Mask]]] = {
    "member": {
        "email": Mask(roles=roles("finance", "admin"), is_shown_in_scope=True),
        "employee_number": Mask(roles=roles("finance", "auditor", "admin", "integration"), is_shown_in_scope=True),
    },
    "product": {"costs": Mask(roles=roles("finance", "auditor", "admin"))},
}
"""Fields of read models that some roles get as null; a filter by one of them finds only where it is shown."""

MASKED_EVENTS: Final[Mapping[str, str]] = {"product.cost_set": "product.costs"}
"""Events that state a masked field in clear, with the field: who does not see it does not get them."""


class ReachUndeclared(Exception):
    """A kind of stream has no line in the table of reaches. A programming mistake, shown at the start."""


def refuse_undeclared(kinds: Iterable[str]) -> None:
    """Compares the table with the streams that there are.

    Raises:
        ReachUndeclared: with the kinds that only one of the two has.
    """
    if differing := set(kinds) ^ set(KINDS):
        raise ReachUndeclared(f"say who sees {', '.join(sorted(differing))} in KINDS, or take the line out")


@cache
def reach_over(having: frozenset[Role], kinds: Kinds) -> Reach:
    """The widest reach of the roles over these kinds."""
    return max((REACHES[kinds][role] for role in having), key=_ORDER.index, default="none")


def gets_all_of(having: frozenset[Role], *, kind: str, event: str) -> bool:
    """Tells whether the roles see all events of a stored type, which are of this kind of stream, with all their fields."""
    return reach_over(having, KINDS[kind]) == "all" and MASKED_EVENTS.get(event, "") in {"", *unmasked(having)}


@cache
def unmasked(having: frozenset[Role]) -> frozenset[str]:
    """The masked fields that the roles see of every row, as `member.email`."""
    return frozenset(
        f"{model}.{field}" for model, masks in MASKS.items() for field, mask in masks.items() if mask.roles & having
    )


ALL_UNMASKED: Final = frozenset(f"{model}.{field}" for model, masks in MASKS.items() for field in masks)
"""What a caller sees that is no principal: our own work."""
