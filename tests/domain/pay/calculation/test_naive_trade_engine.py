"""The engine against the naive one where pay follows the trade: release, clawback, year, currencies, margins, quotas by days.

Each company follows from its number and the printed seed. Three quarters are locked one by one; facts are dated anywhere, before
and after the locks, so that corrections are compared as well.
"""

from collections.abc import Iterable
from random import Random
from uuid import UUID

from salesapi.domain.pay.statements.statements import Statement
from tests.domain.pay.generated_companies import SPANS
from tests.domain.pay.generated_traded_companies import TradedStory
from tests.domain.pay.naive_trade import TradePayroll
from tests.laws import budget

SEED = 20261123
COMPANIES = budget(300)


def by_engine(statements: Iterable[Statement]) -> dict[tuple[object, ...], int]:
    """Sums what statements post for member, component and deal, with the period where it is a correction."""
    found: dict[tuple[object, ...], int] = {}
    for statement in statements:
        for line in statement.lines:
            key: tuple[object, ...] = (statement.member_id, line.component, _deal(line.deal_id))
            key = (line.period, *key) if line.rule == "R53" else key
            found[key] = found.get(key, 0) + line.posted_minor
    return {key: minor for key, minor in found.items() if minor}


def _deal(deal_id: UUID | None) -> UUID:
    assert deal_id is not None, "nothing else is paid here than deals"
    return deal_id


def test_companies_with_trade_are_paid_to_the_minor_unit_as_the_naive_engine_pays_them() -> None:
    print(f"seed {SEED}")  # noqa: T201 - pytest shows it with a failure
    paid = 0
    for number in range(COMPANIES):
        story = TradedStory(Random(SEED + number))
        payroll = TradePayroll(story.company)
        for span in SPANS:
            story.happen()
            expected = payroll.run(span)
            found = by_engine(story.log.lock(span.text).values())
            assert found == expected, f"company {number}, {span.text}"
            paid += len(found)
    assert paid > 3 * COMPANIES
