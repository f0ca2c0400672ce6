"""What each list shows of its rows, said once more in words of its own: whom it is for, what hides, what a filter means.

Most filters and orders say by their names which column they mean (`owner_id`, `opened_from`, `amount_desc`); here stands what
their names do not say. Rows are those of the read models.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Final, TypeAlias
from uuid import UUID

from salesapi.domain.cash.receipts import ReceiptPart
from salesapi.domain.customers.persons import Consent, ErasureRequest, LegalHold
from salesapi.domain.selling.deals import DealLine
from salesapi.projections.cash import agreements, invoices, receipts
from salesapi.projections.customers import customers, persons, satisfactions
from salesapi.projections.organisation import api_keys, approvals, calendars, members, principals
from salesapi.projections.pay import (
    awards,
    compensation_plans,
    credits,
    enrolments,
    objections,
    payout_runs,
    points,
    pool_shares,
    statements,
)
from salesapi.projections.projection import Projection
from salesapi.projections.reference import currency_rates, products, rate_tables
from salesapi.projections.selling import (
    activities,
    attribution_touches,
    campaigns,
    deals,
    forecast_sheets,
    leads,
    pipelines,
    targets,
)
from tests.spec import uid
from tests.values_by_type import built

Values: TypeAlias = Mapping[str, object]
"""Columns of a row that matter to a test; the others are made from their types."""
LONG_AGO, FAR_OFF = date(2020, 1, 1), date(2999, 1, 1)
LONG_AGO_AT, FAR_OFF_AT = datetime(2020, 1, 1, tzinfo=UTC), datetime(2999, 1, 1, tzinfo=UTC)
ONE, OTHER = uid(0x01), uid(0x02)


@dataclass(frozen=True)
class MadeRow:
    """A row to put into a read model."""

    projection: Projection
    values: Values


@dataclass(frozen=True)
class Owned:
    """A thing of a member: its columns, and rows of other read models that make it so."""

    values: Values
    around: tuple[MadeRow, ...] = ()


@dataclass(frozen=True)
class Means:
    """The meaning of a filter with this value: what it finds, `inside`, and what it leaves, `outside`."""

    value: object
    inside: Sequence[Values]
    outside: Sequence[Values]
    around: tuple[MadeRow, ...] = ()


OwnedBy: TypeAlias = Callable[[UUID | None, int], Owned]
"""`owned_by(member | None, number)`: how the thing of this number is this member's, or nobody's."""


def by_column(column: str) -> OwnedBy:
    """The column names the member."""
    return lambda member, number: Owned({column: member})


def by_customer(member: UUID | None, number: int) -> Owned:
    """The member owns its customer."""
    customer_id = uid(0xC0_00 + number)
    customer = MadeRow(customers.PROJECTION, {"customer_id": customer_id, "owner_id": member})
    return Owned({"customer_id": customer_id}, (customer,))


def by_lead(member: UUID | None, number: int) -> Owned:
    """The member owns its lead."""
    lead_id = uid(0x1E_00 + number)
    lead = MadeRow(leads.PROJECTION, {"lead_id": lead_id, "owner_id": member})
    return Owned({"lead_id": lead_id, "member_id": None}, (lead,))


def by_known_lead(member: UUID | None, number: int) -> Owned:
    """The member owns the lead that it is about."""
    lead_id = uid(0x1F_00 + number)
    lead = MadeRow(leads.PROJECTION, {"lead_id": lead_id, "owner_id": member})
    return Owned({"subject_kind": "lead", "subject_id": lead_id}, (lead,))


def by_party(member: UUID | None, number: int) -> Owned:
    """The member is among those whom it concerns."""
    return Owned({"party_ids": (uid(0xAA), member)})


def by_participant(member: UUID | None, number: int) -> Owned:
    """The member takes part in it, as somebody did who is not in it any longer."""
    plan_id = uid(0xF1_00 + number)
    enrolled = {"plan_id": plan_id, "enrolment_id": uid(0xE0_00 + number), "is_participant": True, "member_id": member}
    return Owned({"plan_id": plan_id}, (MadeRow(enrolments.PROJECTION, enrolled),))


def by_statement(member: UUID | None, number: int) -> Owned:
    """The member has a statement of it that stands."""
    run = {"payout_run_id": uid(0x50_00 + number), "calculated_position": 7}
    statement = MadeRow(statements.PROJECTION, {**run, "member_id": member, "issued_position": number})
    return Owned({**run, "status": "issued"}, (statement,))


def standing_run(values: Values) -> tuple[MadeRow, ...]:
    """The run by which a statement stands."""
    return (MadeRow(payout_runs.PROJECTION, {**run_of(values), "status": "issued"}),)


def run_of(values: Values) -> dict[str, object]:
    """Picks what a statement says of its run."""
    return {name: values[name] for name in ("payout_run_id", "plan_id", "period", "calculated_position")}


@dataclass(frozen=True)
class ListFacts:
    """One list."""

    projection: Projection
    owned_by: OwnedBy | None
    """None where everybody sees everything."""
    has_pool: bool = False
    """Whether everybody sees what is nobody's."""
    id: str = ""
    """The column that tells rows of one place apart; the first of the key unless it is another."""
    shows: str = "position"
    """The column and field by which a test knows a row again."""
    columns: Mapping[str, str] = field(default_factory=dict)
    """Columns that filters or orders mean, where their names do not say it."""
    texts: tuple[str, ...] = ()
    """Columns in which `text` is looked for."""
    hidden: Values = field(default_factory=dict)
    """What is not listed unless it is asked for."""
    base: Values = field(default_factory=dict)
    """Columns that all rows of the tests have."""
    means: Mapping[str, Means] = field(default_factory=dict)
    """Filters that are more than a column."""
    in_words: tuple[str, ...] = ()
    """Fields that are shown with words beside what is stored."""
    around: Callable[[Values], tuple[MadeRow, ...]] = lambda values: ()
    """Rows of other read models without which a row is not listed."""

    @property
    def id_column(self) -> str:
        """See `id`."""
        return self.id or self.projection.key[0]


def is_true(column: str) -> Means:
    """The filter asks whether the column holds anything."""
    return Means(True, inside=[{column: ONE}], outside=[{column: None}])


IN_POOL: Final = Means(True, inside=[{"owner_id": None}], outside=[{"owner_id": ONE}])
LEFT: Final = Means(True, inside=[{"left_on": LONG_AGO}, {"left_on": FAR_OFF}], outside=[{"left_on": None}])
VOIDED: Final = {"status": "voided"}
HOLD: Final = built(LegalHold)
OTHER_PURPOSE: Final = built(Consent, purpose="calls", is_withdrawn=False)
PLAN_OF_TWO: Final = MadeRow(
    compensation_plans.PROJECTION, {"plan_id": ONE, "versions": (), "effective_dates": (None, LONG_AGO, FAR_OFF)}
)
"""Its second version is in force."""


def of_deal(*product_ids: UUID) -> Values:
    """The lines of a deal, and the one product of all of them."""
    (product_id,) = set(product_ids) if len(set(product_ids)) == 1 else (None,)
    return {"product_id": product_id, "lines": tuple(DealLine(product_id=each) for each in product_ids)}


def parts(**ids: UUID | None) -> Values:
    """Makes what a receipt is for: a part for something else, and this."""
    others = ReceiptPart(deal_id=uid(0xDD), invoice_id=None, amount_minor=1)
    part = ReceiptPart(**{"deal_id": None, "invoice_id": None, **ids, "amount_minor": 2})  # type: ignore[arg-type]
    return {"allocations": (others, part)}


def enrolled(acknowledged: tuple[int, ...], until: date | None = None) -> Values:
    """A participant of `PLAN_OF_TWO` who acknowledged these versions."""
    span = enrolments.SpanColumn(
        effective_from=None, effective_until=until, component_keys=None, overrides=(), draw_minor=None
    )
    versions = tuple(enrolments.AcknowledgedColumn(plan_version=each, acknowledged_on=None) for each in acknowledged)
    return {"plan_id": ONE, "spans": (span,), "acknowledged": versions}


FACTS: Final[Mapping[str, ListFacts]] = {
    "deals": ListFacts(
        deals.PROJECTION,
        by_column("owner_id"),
        columns={"expected": "expected_close_on"},
        texts=("title",),
        hidden=VOIDED,
        means={
            "product_id": Means(
                ONE, inside=[of_deal(ONE, ONE), of_deal(OTHER, ONE)], outside=[of_deal(OTHER), of_deal()]
            )
        },
    ),
    "leads": ListFacts(
        leads.PROJECTION,
        by_column("owner_id"),
        has_pool=True,
        texts=("name", "company"),
        hidden=VOIDED,
        means={"is_in_pool": IN_POOL},
    ),
    "activities": ListFacts(activities.PROJECTION, by_column("owner_id"), hidden=VOIDED),
    "customers": ListFacts(
        customers.PROJECTION, by_column("owner_id"), has_pool=True, texts=("name",), means={"is_in_pool": IN_POOL}
    ),
    "products": ListFacts(products.PROJECTION, None, texts=("name",)),
    "members": ListFacts(members.PROJECTION, None, texts=("name",), means={"has_left": LEFT}),
    "pipelines": ListFacts(pipelines.PROJECTION, None),
    "campaigns": ListFacts(campaigns.PROJECTION, None, texts=("name",)),
    "agreements": ListFacts(
        agreements.PROJECTION,
        by_customer,
        has_pool=True,
        texts=("title",),
        means={"is_renewed": is_true("renewed_by")},
    ),
    "invoices": ListFacts(
        invoices.PROJECTION,
        by_customer,
        hidden={"is_voided": True},
        means={
            "is_open": Means(True, inside=[{"open_minor": 1}], outside=[{"open_minor": 0}, {"open_minor": -1}]),
        },
    ),
    "receipts": ListFacts(
        receipts.PROJECTION,
        by_customer,
        means={
            "deal_id": Means(ONE, inside=[parts(deal_id=ONE)], outside=[parts(deal_id=OTHER), parts(invoice_id=ONE)]),
            "invoice_id": Means(
                ONE, inside=[parts(invoice_id=ONE)], outside=[parts(invoice_id=OTHER), parts(deal_id=ONE)]
            ),
        },
    ),
    "satisfactions": ListFacts(satisfactions.PROJECTION, by_customer, has_pool=True, columns={"recorded": "position"}),
    "persons": ListFacts(
        persons.PROJECTION,
        by_known_lead,
        has_pool=True,
        means={
            "is_held": Means(True, inside=[{"holds": (HOLD,)}], outside=[{"holds": ()}]),
            "is_requested": Means(True, inside=[{"requests": (built(ErasureRequest),)}], outside=[{"requests": ()}]),
            "purpose": Means(
                "news",
                inside=[{"consents": (OTHER_PURPOSE, replace(OTHER_PURPOSE, purpose="news"))}],
                outside=[
                    {"consents": (OTHER_PURPOSE, replace(OTHER_PURPOSE, purpose="news", is_withdrawn=True))},
                    {"consents": (OTHER_PURPOSE,)},
                    {"consents": ()},
                ],
            ),
        },
    ),
    "attributionTouches": ListFacts(attribution_touches.PROJECTION, by_lead, has_pool=True),
    "forecastSheets": ListFacts(forecast_sheets.PROJECTION, by_column("owner_id")),
    "targets": ListFacts(targets.PROJECTION, by_column("owner_id")),
    "rateTables": ListFacts(rate_tables.PROJECTION, None),
    "currencyRates": ListFacts(currency_rates.PROJECTION, None, id="rate_id", columns={"on": "day"}),
    "calendars": ListFacts(calendars.PROJECTION, None),
    "principals": ListFacts(principals.PROJECTION, None),
    "apiKeys": ListFacts(api_keys.PROJECTION, None),
    "compensationPlans": ListFacts(compensation_plans.PROJECTION, by_participant, base={"versions": ()}),
    "enrolments": ListFacts(
        enrolments.PROJECTION,
        by_column("member_id"),
        id="enrolment_id",
        means={
            "is_open": Means(
                True,
                inside=[enrolled(()), enrolled((1,))],
                outside=[enrolled((1, 2)), enrolled((), until=LONG_AGO)],
                around=(PLAN_OF_TWO,),
            ),
            "has_left": LEFT,
        },
    ),
    "credits": ListFacts(
        credits.PROJECTION,
        by_column("member_id"),
        means={
            "is_earned": Means(
                True, inside=[{"amount_minor": 0}, {"amount_minor": 5}], outside=[{"amount_minor": None}]
            )
        },
    ),
    "payoutRuns": ListFacts(payout_runs.PROJECTION, by_statement),
    "statements": ListFacts(
        statements.PROJECTION,
        by_column("member_id"),
        id="issued_position",
        shows="issued_position",
        columns={"issued": "issued_position"},
        around=standing_run,
    ),
    "approvals": ListFacts(
        approvals.PROJECTION,
        by_party,
        means={
            "waiting_for": Means(
                ONE, inside=[{"waiting_ids": (OTHER, ONE)}], outside=[{"waiting_ids": (OTHER,)}, {"waiting_ids": ()}]
            ),
            "is_overdue": Means(
                True,
                inside=[{"status": "pending", "due_on": LONG_AGO}],
                outside=[
                    {"status": "pending", "due_on": FAR_OFF},
                    {"status": "pending", "due_on": None},
                    {"status": "granted", "due_on": LONG_AGO},
                ],
            ),
        },
    ),
    "objections": ListFacts(
        objections.PROJECTION,
        by_column("member_id"),
        means={
            "is_open": Means(
                True,
                inside=[{"status": "open"}, {"status": "answered"}],
                outside=[{"status": "rejected"}, {"status": "withdrawn"}],
            ),
            "is_overdue": Means(
                True,
                inside=[
                    {"status": "open", "answer_due_at": LONG_AGO_AT, "answer_due_on": FAR_OFF},
                    {"status": "open", "answer_due_at": None, "answer_due_on": LONG_AGO},
                ],
                outside=[
                    {"status": "open", "answer_due_at": FAR_OFF_AT, "answer_due_on": LONG_AGO},
                    {"status": "open", "answer_due_at": None, "answer_due_on": FAR_OFF},
                    {"status": "answered", "answer_due_at": LONG_AGO_AT, "answer_due_on": LONG_AGO},
                ],
            ),
        },
    ),
    "awards": ListFacts(awards.PROJECTION, by_column("member_id")),
    "pointsBalances": ListFacts(points.PROJECTION, by_column("member_id")),
    "pointsEntries": ListFacts(
        points.ENTRIES, by_column("member_id"), id="position", columns={"entered_desc": "position"}, in_words=("given",)
    ),
    "allPoolShares": ListFacts(pool_shares.PROJECTION, by_column("owner_id")),
}
"""By the list's name."""
