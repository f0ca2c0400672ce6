"""Who is paid for the deals of `deal_stories`: a team for every 25 owners, three plans, enrolments and quotas of a year.

Beside them a fourth plan, which pays with the cash: live statements are measured by it.
"""

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from bench.bench_database import Database
from bench.deal_stories import META, OWNERS, codec
from salesapi.demo.company import tiers
from salesapi.domain.organisation.teams import TREE, TeamFormed, TeamLeaderAppointed, TeamMembershipChanged
from salesapi.domain.pay.plans.compensation_plans import CompensationPlanDrafted, CompensationPlanVersionPublished
from salesapi.domain.pay.plans.enrolments import EnrolmentBegun, EnrolmentQuotaSet, enrolment_ref
from salesapi.domain.pay.plans.plan_components import Component, Release, Rounding
from salesapi.domain.pay.plans.plan_rates import Accelerator, FlatRate
from salesapi.domain.pay.rules.release import PaymentRelease
from salesapi.domain.shared.kernel import StreamRef, natural_id
from salesapi.eventlog.postgresql import PostgreSQLEventLog
from salesapi.eventlog.recorder import AppendRequest, StreamAppend

TEAM_MEMBERS: Final = 25
PERIODS: Final = ("2025Q1", "2025Q2", "2025Q3", "2025Q4")
QUOTA_MINOR: Final = 150_000_000
PLANS: Final = tuple(natural_id("compensation_plan", "bench", key) for key in ("flat", "ladder", "quota"))
CASH: Final = natural_id("compensation_plan", "bench", "cash")


def components() -> tuple[tuple[Component, ...], ...]:
    """Lists what each plan pays: flat with the leaders' override; a ladder; by attainment, with an accelerator."""
    ladder = tiers("amount", "new", (0, 80_000_000, "1"), (80_000_000, 160_000_000, "2"), (160_000_000, None, "4"))
    return (
        (
            Component(key="base", name="Base", credit="direct", rate=FlatRate(rate_percent=Decimal(3))),
            Component(
                key="override", name="Override", credit="manager_override", rate=FlatRate(rate_percent=Decimal("0.5"))
            ),
        ),
        (Component(key="ladder", name="Ladder", credit="direct", rate=ladder),),
        (
            Component(
                key="attained",
                name="Attained",
                credit="direct",
                rate=tiers("attainment_percent", "all", (0, 80, "1"), (80, 100, "2"), (100, None, "3")),
            ),
            Component(
                key="faster",
                name="Faster",
                credit="direct",
                rate=FlatRate(
                    rate_percent=Decimal(1),
                    accelerator=Accelerator(above_attainment_percent=Decimal(100), factor=Decimal("1.5")),
                ),
                cap_minor=5_000_000,
            ),
        ),
    )


def with_cash() -> tuple[Component, ...]:
    """Makes the fourth plan's component: two percent of a deal, in proportion to what the customer has paid of it."""
    payment = PaymentRelease(bank_fee="counts_as_paid", prepayment="releases_on_receipt", nothing_due="release_nothing")
    release = Release(on="payment", payment=payment, order="pro_rata")
    return (
        Component(key="cash", name="Cash", credit="direct", rate=FlatRate(rate_percent=Decimal(2)), release=release),
    )


def streams() -> Iterator[tuple[StreamRef, list[object]]]:
    tree: list[object] = []
    for first in range(0, len(OWNERS), TEAM_MEMBERS):
        team_id = natural_id("team", "bench", str(first))
        tree.append(
            TeamFormed(team_id=team_id, name="Team", parent_id=None, region=None, effective_from=None, external_id=None)
        )
        tree += [
            TeamMembershipChanged(team_id=team_id, member_id=member_id, effective_from=None, effective_until=None)
            for member_id in OWNERS[first : first + TEAM_MEMBERS]
        ]
        tree.append(TeamLeaderAppointed(team_id=team_id, member_id=OWNERS[first], effective_from=None))
    yield TREE, tree
    for plan_id, of_plan in (*zip(PLANS, components(), strict=True), (CASH, with_cash())):
        yield (
            StreamRef("compensation_plan", plan_id),
            [
                CompensationPlanDrafted(
                    key=str(plan_id), name="Plan", currency="CNY", legal_entity=None, external_id=None
                ),
                CompensationPlanVersionPublished(
                    plan_version=1,
                    period="quarter",
                    components=of_plan,
                    rounding=Rounding(scope="line", mode="half_up"),
                    guarantee=None,
                    draw=None,
                    effective_from=None,
                    reason="bench",
                ),
            ],
        )
    for member_id in OWNERS:
        begun = [
            EnrolmentBegun(
                member_id=member_id, plan_id=plan_id, effective_from=None, effective_until=None, component_keys=None
            )
            for plan_id in (*PLANS, CASH)
        ]
        quotas = [
            EnrolmentQuotaSet(
                member_id=member_id, measure="credited_amount", period=period, amount_minor=QUOTA_MINOR, currency="CNY"
            )
            for period in PERIODS
        ]
        yield enrolment_ref(member_id), [*begun, *quotas]


async def append_pay(database: Database) -> None:
    coder = codec()
    log = await PostgreSQLEventLog.connect(database.urls.application_url)
    try:
        for stream, events in streams():
            encoded = await coder.encode(
                [(stream, version, event, None, META) for version, event in enumerate(events, 1)]
            )
            await log.append(
                AppendRequest(appends=(StreamAppend(stream=stream, expected_version=0, events=tuple(encoded)),))
            )
    finally:
        await log.close()
