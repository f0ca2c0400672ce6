"""The deals that a report is about, as the first part of its statement: one row a deal in the CTE `fact`.

Columns of `fact`: deal_id, pipeline_id, pipeline_version, stage, state (open, won or lost; null where a date that the question
needs is unknown, so that the deal is in no figure), is_undated, amount_minor, currency, days (opening to closing), key_1, key_2.
Without an `asOf` deals stand as they are known now; undated ones are then counted and only said to be undated. With one, a
deal stands in the stage visit of that day's end, so that a later reopening changes nothing before it; amount, product and
customer are the latest known. Of a customer out of scope only the id is told, as the deal names it, and of a lead out of scope
nothing. Amounts are minor units; days are calendar days.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from salesapi.access.principals import Scope
from salesapi.database.columns import columns_of
from salesapi.database.conditions import Conditions, Named, days_between
from salesapi.database.connections import Pool
from salesapi.domain.organisation.teams import Teams
from salesapi.domain.shared.attributes import AttributeValue
from salesapi.domain.shared.dates import DaySpan
from salesapi.queries.filters import Condition, Filters
from salesapi.queries.left_out import PART, beyond, days_meant, left_out, told_as_left_out
from salesapi.queries.organisation.organisation import ReportingLine
from salesapi.queries.report_rows import GROUPS_MAX, ROWS_MAX, TooManyGroups, name_order, rows_of
from salesapi.queries.selling.reports_question import Dimension, Grouping, ReportQuestion
from salesapi.queries.sources import DeclarationWrong, read_models_in
from salesapi.schemas.figures import LeftOut, ReportKey
from salesapi.schemas.selling.reports import ReportFilter


@dataclass(frozen=True, slots=True)
class ReportRow:
    """One row of a report's statement: a part of the figures of one group."""

    part: str
    keys: tuple[str | None, str | None]
    labels: tuple[str | None, str | None]
    figures: Mapping[str, Any]


_LINE_COLUMNS: Final = columns_of(ReportingLine)
_LINE: Final = f"""
    line AS (
        SELECT member_id, coalesce(effective_from, '-infinity') AS effective_from,
               coalesce(effective_until, 'infinity') AS effective_until, team_id, manager_id, region, is_for_undated
        FROM unnest({", ".join(f":line_{column.name}" for column in _LINE_COLUMNS)})
             AS l ({", ".join(column.name for column in _LINE_COLUMNS)})
    )"""  # noqa: S608

_KNOWN_NOW: Final = """
    known AS (
        SELECT d.deal_id, d.pipeline_id, d.pipeline_version, d.stage, d.status, d.owner_id, d.customer_id, d.lead_id,
               d.product_id, d.amount_minor, d.currency, d.opened_on, d.closed_on, false AS is_unknown
        FROM read.deal d
        WHERE d.status <> 'voided' AND (:scope_member_ids IS NULL OR d.owner_id = ANY (:scope_member_ids))
    )"""

# A visit that an undated one follows may have ended before the day, or not.
_KNOWN_AS_OF: Final = """
    in_force AS (
        SELECT DISTINCT ON (v.deal_id) v.deal_id, v.stage, v.category, v.owner_id, v.entered_on,
               v.left_version IS NOT NULL AND v.left_on IS NULL AS is_unknown
        FROM read.stage_visit v
        WHERE v.entered_on <= :as_of AND (v.left_on IS NULL OR v.left_on > :as_of)
        ORDER BY v.deal_id, v.number DESC
    ),
    known AS (
        SELECT d.deal_id, d.pipeline_id, d.pipeline_version, coalesce(v.stage, d.stage) AS stage,
               coalesce(v.category, d.status) AS status, coalesce(v.owner_id, d.owner_id) AS owner_id, d.customer_id,
               d.lead_id, d.product_id, d.amount_minor, d.currency, d.opened_on,
               CASE WHEN v.category <> 'open' THEN v.entered_on END AS closed_on,
               v.deal_id IS NULL OR v.is_unknown AS is_unknown
        FROM read.deal d
        LEFT JOIN in_force v ON v.deal_id = d.deal_id
        WHERE d.status <> 'voided' AND (:scope_member_ids IS NULL OR d.owner_id = ANY (:scope_member_ids))
          AND (v.deal_id IS NOT NULL OR d.opened_on IS NULL)
    )"""

_PLACED: Final = f"""
    placed AS (
        SELECT k.*, l.team_id, l.manager_id, l.region,
               k.is_unknown OR k.beyond_on IS NOT NULL
               OR (num_nonnulls(:opened_from, :opened_to) > 0 AND k.opened_on IS NULL)
               OR (num_nonnulls(:closed_from, :closed_to) > 0 AND k.closed_on IS NULL) AS is_left_out,
               num_nonnulls(:as_of, :opened_from, :opened_to, :closed_from, :closed_to) = 0
               AND (k.opened_on IS NULL OR (k.status <> 'open' AND k.closed_on IS NULL)) AS is_undated
        FROM (SELECT *, {beyond("opened_on", "closed_on")} AS beyond_on FROM known) k
        LEFT JOIN line l ON l.member_id = k.owner_id AND CASE
            WHEN coalesce(k.closed_on, k.opened_on) IS NULL THEN l.is_for_undated
            ELSE NOT l.is_for_undated AND coalesce(k.closed_on, k.opened_on) >= l.effective_from
                 AND coalesce(k.closed_on, k.opened_on) < l.effective_until END
    )"""  # noqa: S608

_FACT: Final = f"""
    fact AS MATERIALIZED (
        SELECT b.deal_id, b.pipeline_id, b.pipeline_version, b.stage,
               CASE WHEN NOT b.is_left_out THEN b.status END AS state, b.is_left_out OR b.is_undated AS is_undated,
               b.beyond_on, b.amount_minor, b.currency, {days_between(first="b.opened_on", last="b.closed_on")} AS days,
               {{key_1}} AS key_1, {{key_2}} AS key_2
        FROM placed b
        LEFT JOIN read.product p ON p.product_id = b.product_id
        LEFT JOIN read.customer c ON c.customer_id = b.customer_id
             AND (:scope_member_ids IS NULL OR c.owner_id IS NULL OR c.owner_id = ANY (:scope_member_ids))
        LEFT JOIN read.lead a ON a.lead_id = b.lead_id
             AND (:scope_member_ids IS NULL OR a.owner_id IS NULL OR a.owner_id = ANY (:scope_member_ids))
        WHERE {{chosen}}
    )"""  # noqa: S608


def _attributes(sent: Sequence[AttributeValue]) -> str:
    return json.dumps([{"key": each.key, "value": each.value} for each in sent])


_CHOSEN: Final = Filters(
    ReportFilter,
    {
        "product_category": "p.category = ANY({})",
        "customer_attribute": Condition(text="c.attributes @> {}::jsonb", parameter=_attributes),
        "opened_from": "b.opened_on IS NULL OR b.opened_on >= {}",
        "opened_to": "b.opened_on IS NULL OR b.opened_on <= {}",
        "closed_from": "b.status <> 'open' AND (b.closed_on IS NULL OR b.closed_on >= {})",
        "closed_to": "b.status <> 'open' AND (b.closed_on IS NULL OR b.closed_on <= {})",
    },
    prefix="b.",
)
"""The conditions of the filter, over `placed` as `b`, its one product as `p` and its customer as `c`."""

_NONE: Final = "NULL::text"
_KEYS: Final[Mapping[Dimension, str]] = {
    Dimension.PIPELINE: "b.pipeline_id::text",
    Dimension.STAGE: "b.stage",
    Dimension.OWNER: "b.owner_id::text",
    Dimension.MANAGER: "b.manager_id::text",
    Dimension.TEAM: "b.team_id::text",
    Dimension.REGION: "b.region",
    Dimension.PRODUCT: "b.product_id::text",
    Dimension.PRODUCT_CATEGORY: "p.category",
    Dimension.CUSTOMER: "b.customer_id::text",
    Dimension.CAMPAIGN: "a.campaign",
    Dimension.OPENED_MONTH: "to_char(b.opened_on::timestamp, 'YYYY-MM')",
    Dimension.OPENED_QUARTER: "to_char(b.opened_on::timestamp, 'YYYY\"Q\"Q')",
    Dimension.OPENED_YEAR: "to_char(b.opened_on::timestamp, 'YYYY')",
    Dimension.CLOSED_MONTH: "to_char(b.closed_on::timestamp, 'YYYY-MM')",
    Dimension.CLOSED_QUARTER: "to_char(b.closed_on::timestamp, 'YYYY\"Q\"Q')",
    Dimension.CLOSED_YEAR: "to_char(b.closed_on::timestamp, 'YYYY')",
}
_ATTRIBUTE_KEYS: Final = tuple(
    "jsonb_path_query_first(c.attributes, '$[*] ? (@.key == $key).value', "
    f"jsonb_build_object('key', (:attribute_keys)[{slot}])) #>> '{{}}'"
    for slot in (1, 2)
)
"""The value of the customer's attribute that is asked for in this place."""

_NAMES: Final[Mapping[Dimension, str]] = {
    Dimension.PIPELINE: "SELECT n.name FROM read.pipeline n WHERE n.pipeline_id = {key}::uuid",
    Dimension.OWNER: "SELECT n.name FROM read.member n WHERE n.member_id = {key}::uuid",
    Dimension.MANAGER: "SELECT n.name FROM read.member n WHERE n.member_id = {key}::uuid",
    Dimension.PRODUCT: "SELECT n.name FROM read.product n WHERE n.product_id = {key}::uuid",
    Dimension.CUSTOMER: """SELECT n.name FROM read.customer n WHERE n.customer_id = {key}::uuid
        AND (:scope_member_ids IS NULL OR n.owner_id IS NULL OR n.owner_id = ANY (:scope_member_ids))""",
    Dimension.CAMPAIGN: "SELECT n.name FROM read.campaign n WHERE n.key = {key}",
}
READ_MODELS: Final = read_models_in(_KNOWN_NOW, _KNOWN_AS_OF, _FACT, *_NAMES.values())
"""The read models that the reports rest on."""
if _without_key := set(Dimension) - {*_KEYS, Dimension.ATTRIBUTE}:
    raise DeclarationWrong(f"reports by {', '.join(sorted(_without_key))}: say in _KEYS which key a deal has there")


def _statement(parts: Sequence[str], question: ReportQuestion, chosen: Conditions) -> str:
    """Returns the whole statement: the facts, then the report's own CTEs in `parts`, of which the last, `answer`, has the
    columns part, key_1, key_2 and figures. Made of this package's own texts only.
    """
    known = _KNOWN_NOW if question.as_of is None else _KNOWN_AS_OF
    fact = _FACT.format(key_1=_key(question.group_by, 0), key_2=_key(question.group_by, 1), chosen=chosen.text)
    labels = f"{_label(question.group_by, 0)} AS label_1, {_label(question.group_by, 1)} AS label_2"
    ctes = ",".join((_LINE, known, _PLACED, fact, *parts))
    shown = f"SELECT part, key_1, key_2, {labels}, figures FROM answer LIMIT {ROWS_MAX + 1}"  # noqa: S608
    left = f"SELECT '{PART}', {', '.join([_NONE] * 4)}, figures FROM ({told_as_left_out(id='deal_id', source='fact')}) beyond"  # noqa: S608
    return f"WITH {ctes} ({shown}) UNION ALL {left}"


def _named(question: ReportQuestion, scope: Scope, lines: tuple[list[object], ...], meant: DaySpan) -> Named:
    """The parameters that the texts name, each with its type and value."""
    asked = question.filter
    return {
        **{
            f"line_{column.name}": (f"{column.sql_type}[]", line)
            for column, line in zip(_LINE_COLUMNS, lines, strict=True)
        },
        "scope_member_ids": ("uuid[]", scope.member_ids),
        "as_of": ("date", question.as_of),
        "opened_from": ("date", asked.opened_from),
        "opened_to": ("date", asked.opened_to),
        "closed_from": ("date", asked.closed_from),
        "closed_to": ("date", asked.closed_to),
        "attribute_keys": ("text[]", [grouping.attribute_key for grouping in question.group_by]),
        "window_from": ("date", question.window_from),
        "window_to": ("date", question.window_to),
        **days_meant(meant),
    }


async def fetched(
    pool: Pool,
    parts: Sequence[str],
    question: ReportQuestion,
    *,
    scope: Scope,
    lines: tuple[list[object], ...],
    meant: DaySpan,
) -> tuple[list[ReportRow], tuple[LeftOut, ...]]:
    """Runs a report's statement; answers its rows, and the deals with a day beyond those that can be meant.

    Raises:
        TooManyGroups: beyond `ROWS_MAX`.
        ReportTimedOut: after `REPORT_TIMEOUT_SECONDS`.
    """
    chosen = Conditions()
    _CHOSEN.add_to(chosen, question.filter)
    rows = await rows_of(pool, _statement(parts, question, chosen), _named(question, scope, lines, meant), chosen)
    shown = [
        ReportRow(
            row["part"],
            (row["key_1"], row["key_2"]),
            (row["label_1"], row["label_2"]),
            json.loads(row["figures"]),
        )
        for row in rows
        if row["part"] != PART
    ]
    return shown, left_out("deal", rows)


def by_group(rows: Sequence[ReportRow], question: ReportQuestion) -> Iterator[list[ReportRow]]:
    """The rows of each group together, groups in the order of their labels, unknown ones last.

    Without a grouping there is one group, also where there is no deal.

    Raises:
        TooManyGroups: beyond `GROUPS_MAX`.
    """
    groups: dict[tuple[str | None, str | None], list[ReportRow]] = {} if question.group_by else {(None, None): []}
    for row in rows:
        groups.setdefault(row.keys, []).append(row)
    if len(groups) > GROUPS_MAX:
        raise TooManyGroups(most=GROUPS_MAX)
    ordered = sorted(
        groups.values(), key=lambda group: [name_order(value, label=label) for value, label in _pairs(group)]
    )
    return iter(ordered)


def keys_of(group: Sequence[ReportRow], question: ReportQuestion, teams: Teams) -> tuple[ReportKey, ...]:
    """The keys of a group with the names that people know."""
    if not group:
        return ()
    return tuple(
        ReportKey(
            dimension=grouping.text,
            value=value,
            label=_team_name(teams, value) if grouping.dimension is Dimension.TEAM else label,
        )
        for grouping, (value, label) in zip(question.group_by, _pairs(group), strict=False)
    )


def _key(group_by: Sequence[Grouping], slot: int) -> str:
    if slot >= len(group_by):
        return _NONE
    dimension = group_by[slot].dimension
    return _ATTRIBUTE_KEYS[slot] if dimension is Dimension.ATTRIBUTE else _KEYS[dimension]


def _label(group_by: Sequence[Grouping], slot: int) -> str:
    named = _NAMES.get(group_by[slot].dimension) if slot < len(group_by) else None
    return f"({named.format(key=f'key_{slot + 1}')})" if named else _NONE


def _pairs(group: Sequence[ReportRow]) -> list[tuple[str | None, str | None]]:
    return list(zip(group[0].keys, group[0].labels, strict=True)) if group else []


def _team_name(teams: Teams, value: str | None) -> str | None:
    team = teams.by_id.get(UUID(value)) if value else None
    return team.name if team else None
