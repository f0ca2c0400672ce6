"""The table of who sees what: complete, and the one that lists and guides agree with."""

from typing import get_args

import pytest

from salesapi.access.reaches import (
    KINDS,
    MASKED_EVENTS,
    MASKS,
    REACHES,
    ReachUndeclared,
    gets_all_of,
    refuse_undeclared,
)
from salesapi.api.reads.catalogue import READS
from salesapi.api.reads.declaration import ListRead
from salesapi.domain.catalogue import whole_catalogue
from salesapi.domain.shared.kernel import Role
from tests.conftest import REPOSITORY

LETTERS = {"all": "all", "team": "team and own", "own": "own", "none": "-"}


def test_every_kind_of_stream_and_every_role_has_a_line() -> None:
    refuse_undeclared(whole_catalogue().by_kind)
    assert all(set(reaches) == set(get_args(Role)) for reaches in REACHES.values())


def test_a_kind_that_is_left_out_does_not_start() -> None:
    with pytest.raises(ReachUndeclared, match="gift"):
        refuse_undeclared([*whole_catalogue().by_kind, "gift"])


def test_masked_events_and_fields_are_declared() -> None:
    assert set(MASKED_EVENTS) <= set(whole_catalogue().events)
    assert set(MASKED_EVENTS.values()) <= {f"{model}.{field}" for model, masks in MASKS.items() for field in masks}


def test_lists_are_bounded_by_the_scope_of_their_kind() -> None:
    listings = [read.listing for read in READS if isinstance(read, ListRead)]
    kinds = {each.source.split()[0].removeprefix("read."): each for each in listings}
    compared = {kind: listing.scope_of for kind, listing in kinds.items() if KINDS.get(kind) in ("rows", "pay")}
    assert compared == {kind: KINDS[kind] for kind in compared}
    assert len(compared) >= 15, "the lists of most kinds are compared"


def test_an_integration_gets_no_pay_and_no_costs_and_others_get_all() -> None:
    kind_of = {event.name: stream.kind for stream in whole_catalogue().streams for event in stream.events}
    for name, kind in kind_of.items():
        is_hidden = KINDS[kind] == "pay" or name == "product.cost_set"
        assert gets_all_of(frozenset({"integration"}), kind=kind, event=name) is not is_hidden, name
        for role in ("finance", "auditor", "admin"):
            assert gets_all_of(frozenset({role}), kind=kind, event=name), (role, name)


def test_the_guide_says_what_the_table_says() -> None:
    guide = (REPOSITORY / "docs" / "guides" / "roles.md").read_text()
    for line in guide_lines():
        assert line in guide.splitlines(), f"docs/guides/roles.md lacks: {line}"


def guide_lines() -> list[str]:
    """The rows of the guide's tables."""
    names = get_args(Role)
    lines = [f"| things | {' | '.join(names)} |"]
    for group, reaches in REACHES.items():
        kinds = ", ".join(sorted(kind.replace("_", " ") for kind, its in KINDS.items() if its == group))
        lines.append(f"| {kinds} | {' | '.join(LETTERS[reaches[role]] for role in names)} |")
    for model, masks in MASKS.items():
        for field, mask in masks.items():
            seen = ", ".join(name for name in names if name in mask.roles)
            own = "; the member and its managers" if mask.is_shown_in_scope else ""
            lines.append(f"| `{field}` of a {model} | {seen}{own} |")
    return lines
