"""Credits follow a deal: stated shares, its owner, the win and what takes it back. Amounts are cents."""

from decimal import Decimal
from uuid import UUID

import pytest

from salesapi.domain.selling.deals import DealReassigned, DealReopened, DealShare, DealTeamChanged, DealVoided, DealWon
from salesapi.projections.pay.credits import PROJECTION, CreditRow
from tests.projections.examples import OWNERS, opened
from tests.projections.histories import Fact, rows
from tests.values_by_type import built

DEAL = UUID(int=7)
ANN, BOB = OWNERS[0], OWNERS[1]
CHRIS = UUID(int=0xC4)


def credits_after(*events: object) -> list[tuple[UUID, str, str, int | None]]:
    """Member, kind, rule and amount of each credit, in order."""
    found = rows(PROJECTION, CreditRow, *(Fact(DEAL, event) for event in events))
    return [(row.member_id, row.kind, row.rule, row.amount_minor) for row in sorted(found, key=lambda row: row.number)]


def won(amount_minor: int, owner_id: UUID = ANN) -> DealWon:
    return built(DealWon, amount_minor=amount_minor, currency="USD", owner_id=owner_id)


def team(*shares: tuple[UUID, str]) -> DealTeamChanged:
    return DealTeamChanged(
        shares=tuple(DealShare(member_id=member, kind="direct", percent=Decimal(percent)) for member, percent in shares)
    )


REOPENED = built(DealReopened)


def test_an_open_deal_credits_its_owner_with_no_amount_yet() -> None:
    assert credits_after(opened("a")) == [(ANN, "direct", "R15", None)]


def test_a_won_deal_without_shares_credits_its_owner_with_all_of_it() -> None:
    assert credits_after(opened("a"), won(10_000)) == [(ANN, "direct", "R15", 10_000)]


def test_the_credit_moves_with_the_owner_while_the_deal_is_open() -> None:
    moved = DealReassigned(owner_from=ANN, owner_to=BOB, reason=None)
    assert credits_after(opened("a"), moved, won(10_000, BOB)) == [(BOB, "direct", "R15", 10_000)]


def test_three_equal_shares_add_up_to_the_won_value() -> None:
    shares = team((ANN, "33.4"), (BOB, "33.3"), (CHRIS, "33.3"))
    assert [amount for *_, amount in credits_after(opened("a"), shares, won(10_000))] == [3_340, 3_330, 3_330]


def test_overlay_stands_beside_the_owners_whole() -> None:
    overlay = DealTeamChanged(shares=(DealShare(member_id=CHRIS, kind="overlay", percent=Decimal(50)),))
    assert credits_after(opened("a"), overlay, won(10_001)) == [
        (ANN, "direct", "R15", 10_001),
        (CHRIS, "overlay", "R17", 5_001),
    ]


@pytest.mark.parametrize(
    ("event", "expected"),
    [(REOPENED, [(ANN, "direct", "R15", None)]), (DealVoided(status_from="won", stage_from="won", reason="twice"), [])],
)
def test_a_win_that_is_taken_back_leaves_no_amount(
    event: object, expected: list[tuple[UUID, str, str, int | None]]
) -> None:
    assert credits_after(opened("a"), won(10_000), event) == expected
