"""Receivables as of a day: open amounts by age, and the collection cycle, in one statement over the read model `invoice`.

What is open of an invoice at the end of a day is its total less all money and credit notes up to that day; overpaid ones are
not open. One that is settled on that day or before cannot be open on it, so only the others are looked into. A settling day
is the one known now: when a receipt bounces, its invoice was never settled by it. Whether an invoice is contested, is as
known now. Amounts of several currencies are never added. Amounts are minor units; days are calendar days.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise
from typing import Any, Final, TypeAlias

from salesapi.access.principals import Scope
from salesapi.database.conditions import days_between
from salesapi.database.connections import Pool
from salesapi.domain.shared.dates import DaySpan
from salesapi.domain.shared.kernel import FieldInvalid
from salesapi.queries.cash.invoices import INVOICES
from salesapi.queries.filters import Filters
from salesapi.queries.left_out import PART, beyond, days_meant, left_out, told_as_left_out
from salesapi.queries.report_rows import GROUPS_MAX, ROWS_MAX, TooManyGroups, rows_of
from salesapi.queries.reports_figures import median, quotient
from salesapi.schemas.cash import receivables as wire
from salesapi.schemas.figures import LeftOut, ReportKey

READ_MODELS: Final = ("invoice", "customer")
BUCKET_DAYS: Final = (30, 60, 90)
"""The last day overdue of each bucket but the open one, where the question does not say."""
BUCKETS_MAX: Final = 12
BUCKET_DAYS_MAX: Final = 3_650
"""Longest bound of a bucket, in days."""

_Parts: TypeAlias = dict[str, Mapping[str, Any]]

_CHOSEN: Final = Filters(wire.ReceivablesFilter)
_STATEMENT: Final = f"""
    WITH seen AS (
        SELECT i.*, CASE WHEN :by_customer THEN i.customer_id::text END AS key,
               {beyond("i.issued_on", "i.settled_on", "least(i.due_on, :end_day - 1)")} AS beyond_on
        FROM read.invoice i
        WHERE NOT i.is_voided AND {{chosen}}
    ),
    standing AS (
        SELECT s.key, s.currency, s.due_on, s.is_disputed,
               s.issued_on IS NULL OR s.beyond_on IS NOT NULL OR e.is_undated AS is_undated,
               s.total_minor - e.paid_minor AS open_minor
        FROM seen s
        CROSS JOIN LATERAL (
            SELECT coalesce(sum(allocated_minor + credited_minor) FILTER (WHERE "on" <= :as_of), 0) AS paid_minor,
                   coalesce(bool_or("on" IS NULL AND allocated_minor + credited_minor <> 0), false) AS is_undated
            FROM jsonb_to_recordset(s.entries) AS entry ("on" date, allocated_minor bigint, credited_minor bigint)
        ) e
        WHERE (s.issued_on IS NULL OR s.issued_on <= :as_of) AND (s.settled_on IS NULL OR s.settled_on > :as_of)
    ),
    aged AS (
        SELECT *, CASE WHEN is_undated THEN 'undated'
                       WHEN due_on IS NULL THEN 'without_due_date'
                       WHEN due_on >= :as_of THEN 'not_due'
                       ELSE 'overdue_'
                           || width_bucket({days_between(first="due_on", last=":as_of")} - 1, :bucket_days) END AS part
        FROM standing
        WHERE open_minor > 0 OR is_undated
    ),
    settled AS (
        SELECT key, currency, allocated_minor, {days_between(first="issued_on", last="settled_on")} AS days,
               {days_between(first="due_on", last="settled_on")} AS late_days,
               due_on IS NOT NULL AS is_due_known, settled_on IS NULL OR issued_on IS NULL OR beyond_on IS NOT NULL AS is_undated
        FROM seen
        WHERE open_minor <= 0 AND allocated_minor > 0
          AND (settled_on IS NULL
               OR (:window_from IS NULL OR settled_on >= :window_from) AND settled_on <= least(:window_to, :as_of))
    ),
    answer AS (
        SELECT part, key, currency, jsonb_build_object('invoices', count(*), 'amount', sum(open_minor)) AS figures
        FROM aged GROUP BY part, key, currency
        UNION ALL
        SELECT 'disputed', key, currency, jsonb_build_object('invoices', count(*), 'amount', sum(open_minor))
        FROM aged WHERE is_disputed AND NOT is_undated GROUP BY key, currency
        UNION ALL
        SELECT 'unknown_cycle', key, currency, jsonb_build_object('invoices', count(*))
        FROM settled WHERE is_undated GROUP BY key, currency
        UNION ALL
        SELECT 'cycle', key, currency, jsonb_build_object(
            'invoices', count(*), 'amount', sum(allocated_minor), 'days', sum(days),
            'weighted_days', sum(days::numeric * allocated_minor),
            'middle_lower', percentile_disc(0.5) WITHIN GROUP (ORDER BY days),
            'middle_upper', percentile_disc(0.5) WITHIN GROUP (ORDER BY days DESC),
            'due', count(*) FILTER (WHERE is_due_known), 'late', count(*) FILTER (WHERE late_days > 0),
            'late_amount', coalesce(sum(allocated_minor) FILTER (WHERE late_days > 0), 0),
            'late_days', coalesce(sum(late_days) FILTER (WHERE late_days > 0), 0))
        FROM settled WHERE NOT is_undated GROUP BY key, currency
    )
    (SELECT a.part, a.key, a.currency, a.figures, c.name AS label
    FROM answer a
    LEFT JOIN read.customer c ON c.customer_id = a.key::uuid
    LIMIT {{limit}})
    UNION ALL
    SELECT '{PART}', NULL, NULL, figures, NULL FROM ({told_as_left_out(id="invoice_id", source="seen")}) beyond
"""  # noqa: S608


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivablesQuestion:
    """A whole question, the same for both doors. Days are inclusive.

    Raises:
        FieldInvalid: the buckets are not ascending days within their bounds.
    """

    as_of: date
    filter: wire.ReceivablesFilter = field(default_factory=wire.ReceivablesFilter)
    by_customer: bool = False
    bucket_days: tuple[int, ...] = BUCKET_DAYS
    window_from: date | None = None
    window_to: date | None = None

    def __post_init__(self) -> None:
        """Checks the buckets."""
        ascending = (0, *self.bucket_days, BUCKET_DAYS_MAX + 1)
        if len(self.bucket_days) > BUCKETS_MAX or any(first >= second for first, second in pairwise(ascending)):
            reason = (
                f"Buckets end on at most {BUCKETS_MAX} ascending days from 1 to {BUCKET_DAYS_MAX}, such as 30, 60, 90."
            )
            raise FieldInvalid(reason=reason, pointer="/bucketDays")


async def receivables_groups(
    pool: Pool, question: ReceivablesQuestion, scope: Scope, meant: DaySpan
) -> tuple[tuple[wire.ReceivablesGroup, ...], tuple[LeftOut, ...]]:
    """The groups of the report: by currency, and by the customers' names where it is by customer; unknown ones last.

    After them come the invoices with a day beyond those that can be meant.

    Raises:
        TooManyGroups, ReportTimedOut.
    """
    chosen = INVOICES.seen(scope)
    _CHOSEN.add_to(chosen, question.filter)
    named = {
        "as_of": ("date", question.as_of),
        "bucket_days": ("int[]", question.bucket_days),
        "window_from": ("date", question.window_from),
        "window_to": ("date", question.window_to),
        "by_customer": ("boolean", question.by_customer),
        **days_meant(meant),
    }
    rows = await rows_of(pool, _STATEMENT.format(chosen=chosen.text, limit=ROWS_MAX + 1), named, chosen)
    groups: dict[tuple[str | None, str, str | None], _Parts] = {}
    for row in (row for row in rows if row["part"] != PART):
        figures = json.loads(row["figures"])
        groups.setdefault((row["key"], row["currency"], row["label"]), {})[row["part"]] = figures
    if len(groups) > GROUPS_MAX:
        raise TooManyGroups(most=GROUPS_MAX)
    shown = tuple(
        _group(ReportKey(dimension="customer", value=key, label=label), currency, parts, question)
        for (key, currency, label), parts in sorted(groups.items(), key=lambda each: _place(*each[0]))
    )
    return shown, left_out("invoice", rows)


def _place(key: str | None, currency: str, label: str | None) -> tuple[bool, str, str, str]:
    return key is None, label or "", key or "", currency


def _group(key: ReportKey, currency: str, parts: _Parts, question: ReceivablesQuestion) -> wire.ReceivablesGroup:
    overdue = _overdue(parts, question.bucket_days)
    not_due, undue = _open(parts, "not_due"), _open(parts, "without_due_date")
    return wire.ReceivablesGroup(
        keys=(key,) if question.by_customer else (),
        currency=currency,
        open=wire.OpenInvoices(
            invoices=not_due.invoices + undue.invoices + sum(bucket.invoices for bucket in overdue),
            amount_minor=not_due.amount_minor + undue.amount_minor + sum(bucket.amount_minor for bucket in overdue),
        ),
        not_due=not_due,
        overdue=overdue,
        without_due_date=undue,
        disputed=_open(parts, "disputed"),
        undated=parts.get("undated", _NONE)["invoices"],
        collection=_collection(parts),
    )


def _overdue(parts: _Parts, bucket_days: Sequence[int]) -> tuple[wire.AgeingBucket, ...]:
    bounds = zip((0, *bucket_days), (*bucket_days, None), strict=True)
    buckets = [(first + 1, last, parts.get(f"overdue_{n}", _NONE)) for n, (first, last) in enumerate(bounds)]
    return tuple(
        wire.AgeingBucket(days_from=first, days_to=last, invoices=figures["invoices"], amount_minor=figures["amount"])
        for first, last, figures in buckets
    )


def _open(parts: _Parts, part: str) -> wire.OpenInvoices:
    figures = parts.get(part, _NONE)
    return wire.OpenInvoices(invoices=figures["invoices"], amount_minor=figures["amount"])


def _collection(parts: _Parts) -> wire.CollectionCycle:
    figures = parts.get("cycle", _NO_CYCLE)
    return wire.CollectionCycle(
        invoices=figures["invoices"],
        amount_minor=figures["amount"],
        mean_days=quotient(figures["days"], by=figures["invoices"]),
        weighted_mean_days=quotient(figures["weighted_days"], by=figures["amount"]),
        median_days=median(figures, "middle"),
        late=figures["late"],
        late_share=quotient(figures["late"], by=figures["due"]),
        late_amount_minor=figures["late_amount"],
        late_days=figures["late_days"],
        undated=parts.get("unknown_cycle", _NONE)["invoices"],
    )


_NONE: Final[Mapping[str, Any]] = {"invoices": 0, "amount": 0}
_NO_CYCLE: Final[Mapping[str, Any]] = {
    **_NONE,
    "days": None,
    "weighted_days": None,
    "middle_lower": None,
    "middle_upper": None,
    "due": 0,
    "late": 0,
    "late_amount": 0,
    "late_days": 0,
}
