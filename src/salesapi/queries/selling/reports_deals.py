"""The deal report: counts by status and stage, win rates, values by currency, sales cycles. Amounts are minor units."""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from salesapi.domain.organisation.teams import Teams
from salesapi.queries.reports_figures import median, quotient
from salesapi.queries.selling.reports_facts import ReportRow, by_group, keys_of
from salesapi.queries.selling.reports_question import ReportQuestion
from salesapi.schemas.selling.reports import Cycle, DealGroup, DealsInStage, DealValues

# percentile_disc upwards and downwards gives the two middle values, both whole numbers; percentile_cont would be a float.
DEAL_PARTS: Final = """
    answer AS (
        SELECT 'group' AS part, key_1, key_2, jsonb_build_object(
            'open', count(*) FILTER (WHERE state = 'open'),
            'won', count(*) FILTER (WHERE state = 'won'),
            'lost', count(*) FILTER (WHERE state = 'lost'),
            'undated', count(*) FILTER (WHERE is_undated),
            'unvalued', count(*) FILTER (WHERE state IS NOT NULL AND amount_minor IS NULL)
        ) AS figures
        FROM fact GROUP BY key_1, key_2
        UNION ALL
        SELECT 'cycle', key_1, key_2, jsonb_build_object(
            'state', state,
            'deals', count(days),
            'undated', count(*) - count(days),
            'days', sum(days),
            'min', min(days),
            'max', max(days),
            'middle_lower', percentile_disc(0.5) WITHIN GROUP (ORDER BY days),
            'middle_upper', percentile_disc(0.5) WITHIN GROUP (ORDER BY days DESC)
        )
        FROM (
            SELECT key_1, key_2, state, days FROM fact WHERE state IN ('won', 'lost')
            UNION ALL
            SELECT key_1, key_2, 'closed', days FROM fact WHERE state IN ('won', 'lost')
        ) closed
        GROUP BY key_1, key_2, state
        UNION ALL
        SELECT 'currency', key_1, key_2, jsonb_build_object(
            'currency', currency,
            'open', count(*) FILTER (WHERE state = 'open'),
            'open_minor', coalesce(sum(amount_minor) FILTER (WHERE state = 'open'), 0),
            'won', count(*) FILTER (WHERE state = 'won'),
            'won_minor', coalesce(sum(amount_minor) FILTER (WHERE state = 'won'), 0),
            'lost', count(*) FILTER (WHERE state = 'lost'),
            'lost_minor', coalesce(sum(amount_minor) FILTER (WHERE state = 'lost'), 0),
            'won_lower', percentile_disc(0.5) WITHIN GROUP (ORDER BY amount_minor) FILTER (WHERE state = 'won'),
            'won_upper', percentile_disc(0.5) WITHIN GROUP (ORDER BY amount_minor DESC) FILTER (WHERE state = 'won')
        )
        FROM fact WHERE state IS NOT NULL AND amount_minor IS NOT NULL GROUP BY key_1, key_2, currency
        UNION ALL
        SELECT 'stage', key_1, key_2, jsonb_build_object('pipeline_id', pipeline_id, 'stage', stage, 'deals', count(*))
        FROM fact WHERE state IS NOT NULL GROUP BY key_1, key_2, pipeline_id, stage
    )"""


def deal_groups(rows: Sequence[ReportRow], question: ReportQuestion, teams: Teams) -> tuple[DealGroup, ...]:
    """The groups of the report, from its rows."""
    return tuple(_group(group, question, teams) for group in by_group(rows, question))


def _group(rows: Sequence[ReportRow], question: ReportQuestion, teams: Teams) -> DealGroup:
    counts: Mapping[str, Any] = next((row.figures for row in rows if row.part == "group"), _NO_DEALS)
    cycles = {row.figures["state"]: _cycle(row.figures) for row in rows if row.part == "cycle"}
    values = [_values(row.figures) for row in rows if row.part == "currency"]
    stages = [_stage(row.figures) for row in rows if row.part == "stage"]
    return DealGroup(
        keys=keys_of(rows, question, teams),
        deals=counts["open"] + counts["won"] + counts["lost"],
        open=counts["open"],
        won=counts["won"],
        lost=counts["lost"],
        undated=counts["undated"],
        unvalued=counts["unvalued"],
        win_rate=quotient(counts["won"], by=counts["won"] + counts["lost"]),
        stages=tuple(sorted(stages, key=lambda each: (str(each.pipeline_id), each.stage))),
        values=tuple(sorted(values, key=lambda each: each.currency)),
        won_cycle=cycles.get("won", _NO_CYCLE),
        lost_cycle=cycles.get("lost", _NO_CYCLE),
        closed_cycle=cycles.get("closed", _NO_CYCLE),
    )


def _cycle(figures: Mapping[str, Any]) -> Cycle:
    return Cycle(
        deals=figures["deals"],
        undated=figures["undated"],
        median_days=median(figures, "middle"),
        mean_days=quotient(figures["days"], by=figures["deals"]),
        min_days=figures["min"],
        max_days=figures["max"],
    )


def _values(figures: Mapping[str, Any]) -> DealValues:
    return DealValues(
        currency=figures["currency"],
        open_deals=figures["open"],
        open_amount_minor=figures["open_minor"],
        won_deals=figures["won"],
        won_amount_minor=figures["won_minor"],
        lost_deals=figures["lost"],
        lost_amount_minor=figures["lost_minor"],
        won_mean_minor=quotient(figures["won_minor"], by=figures["won"]),
        won_median_minor=median(figures, "won"),
        win_rate=quotient(figures["won_minor"], by=figures["won_minor"] + figures["lost_minor"]),
    )


def _stage(figures: Mapping[str, Any]) -> DealsInStage:
    return DealsInStage(pipeline_id=UUID(figures["pipeline_id"]), stage=figures["stage"], deals=figures["deals"])


_NO_DEALS: Final[Mapping[str, Any]] = {"open": 0, "won": 0, "lost": 0, "undated": 0, "unvalued": 0}
_NO_CYCLE: Final = Cycle(deals=0, undated=0, median_days=None, mean_days=None, min_days=None, max_days=None)
