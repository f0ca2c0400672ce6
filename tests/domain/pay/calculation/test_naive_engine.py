"""The engine against the naive one: generated companies whose statements must be the same to the minor unit.

Each company follows from its number and the printed seed; three quarters are locked one by one, and deals are won, reopened and
won again before and after the locks, so that corrections, guarantees and draws are compared as well.
"""

from collections.abc import Iterable
from random import Random
from uuid import UUID

from salesapi.domain.pay.statements.statements import Statement
from tests.domain.pay.generated_companies import SPANS, Story
from tests.domain.pay.naive_commission import Pay, Payroll
from tests.laws import budget

SEED = 20261122
COMPANIES = budget(300)


def summed(pairs: Iterable[tuple[object, int]]) -> dict[object, int]:
    """Sums by key, without those that are nothing."""
    sums: dict[object, int] = {}
    for key, minor in pairs:
        sums[key] = sums.get(key, 0) + minor
    return {key: minor for key, minor in sums.items() if minor}


def by_engine(statement: Statement) -> dict[object, int]:
    """The engine's statement in the naive one's grain; what posts nothing leaves no trace."""
    return summed(
        (_place(line.kind, line.period, line.component, line.deal_id), line.posted_minor) for line in statement.lines
    )


def _place(kind: str, period: str, component: str, deal_id: UUID | None) -> object:
    if deal_id is None:
        return "floor"
    return (period, component, deal_id) if kind == "adjustment" else (component, deal_id)


def by_hand(pay: Pay) -> dict[object, int]:
    """The naive pay in the same form."""
    return summed([*pay.earned.items(), *pay.corrected.items(), ("floor", pay.floor)])


def test_generated_companies_are_paid_to_the_minor_unit_as_the_naive_engine_pays_them() -> None:
    print(f"seed {SEED}")  # noqa: T201 - pytest shows it with a failure
    paid = 0
    for number in range(COMPANIES):
        story = Story(Random(SEED + number))
        payroll = Payroll(story.company)
        for span in SPANS:
            story.happen()
            expected = {member_id: by_hand(pay) for member_id, pay in payroll.run(span).items()}
            statements = story.log.lock(span.text)
            found = {member_id: by_engine(statement) for member_id, statement in statements.items()}
            for member_id in expected.keys() | found.keys():
                told = f"company {number}, {span.text}, member {member_id.int:#x}"
                assert found.get(member_id, {}) == expected.get(member_id, {}), told
                paid += bool(found.get(member_id))
    assert paid > 2 * COMPANIES, "most companies pay somebody"
