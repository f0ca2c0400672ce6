"""The funnel: by snapshot (who is in which stage, and how stages were left in a window) and by cohort (of the deals that
entered a stage in a window, how many ever came further). Exits and entries count by their business dates.
"""

from collections.abc import Sequence
from typing import Final

from salesapi.domain.teams import Teams
from salesapi.queries.reports_facts import ReportRow
from salesapi.queries.reports_figures import quotient
from salesapi.queries.reports_question import ReportQuestion
from salesapi.queries.reports_stages import StageRows, groups_of
from salesapi.schemas.reports import CohortGroup, CohortStage, SnapshotGroup, SnapshotStage, StageAmount

SNAPSHOT_PARTS: Final = """
    place AS (
        SELECT key_1, key_2, pipeline_id, stage, count(*) FILTER (WHERE state IS NOT NULL) AS deals,
               count(*) FILTER (WHERE is_undated) AS undated
        FROM fact GROUP BY key_1, key_2, pipeline_id, stage
    ),
    worth AS (
        SELECT key_1, key_2, pipeline_id, stage, currency, count(*) AS deals, sum(amount_minor) AS amount_minor
        FROM fact WHERE state IS NOT NULL AND amount_minor IS NOT NULL
        GROUP BY key_1, key_2, pipeline_id, stage, currency
    ),
    leaving AS (
        SELECT f.key_1, f.key_2, v.pipeline_id, v.stage,
               count(*) FILTER (WHERE v.left_on IS NOT NULL AND v.way_out IN ('forward', 'skip', 'won')) AS forward,
               count(*) FILTER (WHERE v.left_on IS NOT NULL AND v.way_out = 'lost') AS lost,
               count(*) FILTER (WHERE v.left_on IS NOT NULL AND v.way_out = 'backward') AS backward,
               count(*) FILTER (WHERE v.left_on IS NULL) AS undated
        FROM fact f
        JOIN read.stage_visit v ON v.deal_id = f.deal_id
        WHERE v.category = 'open' AND v.left_version IS NOT NULL
          AND (v.left_on IS NULL OR (
              f.state IS NOT NULL
              AND ($24::date IS NULL OR v.left_on >= $24)
              AND ($25::date IS NULL OR v.left_on <= $25)
              AND ($9::date IS NULL OR v.left_on <= $9)))
        GROUP BY f.key_1, f.key_2, v.pipeline_id, v.stage
    ),
    answer AS (
        SELECT 'place' AS part, key_1, key_2, jsonb_build_object(
            'pipeline_id', pipeline_id, 'stage', stage, 'name', o.name, 'rank', o.rank, 'deals', deals, 'undated', undated
        ) AS figures
        FROM place LEFT JOIN latest_stage o USING (pipeline_id, stage)
        UNION ALL
        SELECT 'worth', key_1, key_2, jsonb_build_object(
            'pipeline_id', pipeline_id, 'stage', stage, 'name', o.name, 'rank', o.rank, 'currency', currency, 'deals', deals,
            'amount_minor', amount_minor
        )
        FROM worth LEFT JOIN latest_stage o USING (pipeline_id, stage)
        UNION ALL
        SELECT 'leaving', key_1, key_2, jsonb_build_object(
            'pipeline_id', pipeline_id, 'stage', stage, 'name', o.name, 'rank', o.rank, 'forward', forward, 'lost', lost,
            'backward', backward, 'undated', undated
        )
        FROM leaving LEFT JOIN latest_stage o USING (pipeline_id, stage)
    )"""

# `DISTINCT`: a deal that entered a stage again within the window is in its cohort once.
COHORT_PARTS: Final = """
    entering AS (
        SELECT DISTINCT f.deal_id, f.key_1, f.key_2, f.state, v.pipeline_id, v.pipeline_version, v.stage
        FROM fact f
        JOIN read.stage_visit v ON v.deal_id = f.deal_id
        WHERE f.state IS NOT NULL AND v.category = 'open' AND v.entered_on IS NOT NULL
          AND ($24::date IS NULL OR v.entered_on >= $24)
          AND ($25::date IS NULL OR v.entered_on <= $25)
          AND ($9::date IS NULL OR v.entered_on <= $9)
    ),
    reaching AS (
        SELECT e.deal_id, e.key_1, e.key_2, e.state, e.pipeline_id, e.stage,
               bool_or(w.category = 'won' OR w.stage = s.next_stage) AS has_reached_next,
               bool_or(w.category = 'won' OR (w.category = 'open' AND t.rank > s.rank)) AS has_passed
        FROM entering e
        JOIN stage_order s USING (pipeline_id, pipeline_version, stage)
        JOIN read.stage_visit w ON w.deal_id = e.deal_id AND ($9::date IS NULL OR w.entered_on <= $9)
        JOIN stage_order t ON t.pipeline_id = w.pipeline_id AND t.pipeline_version = w.pipeline_version AND t.stage = w.stage
        GROUP BY e.deal_id, e.key_1, e.key_2, e.state, e.pipeline_id, e.stage
    ),
    cohort AS (
        SELECT key_1, key_2, pipeline_id, stage, count(*) AS entered,
               count(*) FILTER (WHERE has_reached_next) AS reached_next, count(*) FILTER (WHERE has_passed) AS passed,
               count(*) FILTER (WHERE state = 'open') AS still_open, count(*) FILTER (WHERE state = 'won') AS won,
               count(*) FILTER (WHERE state = 'lost') AS lost
        FROM reaching GROUP BY key_1, key_2, pipeline_id, stage
    ),
    unknown AS (
        SELECT key_1, key_2, pipeline_id, stage, count(*) AS undated
        FROM (
            SELECT f.key_1, f.key_2, v.pipeline_id, v.stage
            FROM fact f
            JOIN read.stage_visit v ON v.deal_id = f.deal_id
            WHERE v.category = 'open'
            GROUP BY f.key_1, f.key_2, f.deal_id, v.pipeline_id, v.stage
            HAVING count(v.entered_on) = 0
        ) visited
        GROUP BY key_1, key_2, pipeline_id, stage
    ),
    answer AS (
        SELECT 'cohort' AS part, key_1, key_2, jsonb_build_object(
            'pipeline_id', pipeline_id, 'stage', stage, 'name', o.name, 'rank', o.rank, 'entered', entered,
            'reached_next', reached_next, 'passed', passed, 'still_open', still_open, 'won', won, 'lost', lost
        ) AS figures
        FROM cohort LEFT JOIN latest_stage o USING (pipeline_id, stage)
        UNION ALL
        SELECT 'unknown', key_1, key_2, jsonb_build_object(
            'pipeline_id', pipeline_id, 'stage', stage, 'name', o.name, 'rank', o.rank, 'undated', undated
        )
        FROM unknown LEFT JOIN latest_stage o USING (pipeline_id, stage)
    )"""


def snapshot_groups(rows: Sequence[ReportRow], question: ReportQuestion, teams: Teams) -> tuple[SnapshotGroup, ...]:
    """The groups of the snapshot, from its rows."""
    return tuple(
        SnapshotGroup(keys=keys, stages=stages) for keys, stages in groups_of(rows, question, teams, _snapshot)
    )


def cohort_groups(rows: Sequence[ReportRow], question: ReportQuestion, teams: Teams) -> tuple[CohortGroup, ...]:
    """The groups of the cohorts, from their rows."""
    return tuple(CohortGroup(keys=keys, stages=stages) for keys, stages in groups_of(rows, question, teams, _cohort))


def _snapshot(of: StageRows) -> SnapshotStage:
    place, leaving = of.part("place"), of.part("leaving")
    forward, lost, backward = (leaving.get(way, 0) for way in ("forward", "lost", "backward"))
    values = [row.figures for row in of.rows if row.part == "worth"]
    return SnapshotStage(
        pipeline_id=of.pipeline_id,
        stage=of.stage,
        name=of.name,
        deals=place.get("deals", 0),
        undated=place.get("undated", 0),
        values=tuple(
            StageAmount(currency=each["currency"], deals=each["deals"], amount_minor=each["amount_minor"])
            for each in sorted(values, key=lambda each: str(each["currency"]))
        ),
        exits_forward=forward,
        exits_lost=lost,
        exits_backward=backward,
        exits_undated=leaving.get("undated", 0),
        conversion=quotient(forward, forward + lost + backward),
    )


def _cohort(of: StageRows) -> CohortStage:
    cohort = of.part("cohort")
    entered, reached_next, passed = (cohort.get(name, 0) for name in ("entered", "reached_next", "passed"))
    return CohortStage(
        pipeline_id=of.pipeline_id,
        stage=of.stage,
        name=of.name,
        entered=entered,
        reached_next=reached_next,
        conversion=quotient(reached_next, entered),
        passed=passed,
        step_through=quotient(passed, entered),
        still_open=cohort.get("still_open", 0),
        won=cohort.get("won", 0),
        lost=cohort.get("lost", 0),
        undated=of.part("unknown").get("undated", 0),
    )
