"""The funnel: by snapshot (who is in which stage, and how stages were left in a window) and by cohort (of the deals that
entered a stage in a window, how many ever came further). Exits and entries count by their business dates.
"""

from collections.abc import Sequence
from typing import Final

from salesapi.domain.organisation.teams import Teams
from salesapi.domain.shared.states import made_from
from salesapi.queries.reports_figures import quotient
from salesapi.queries.selling.reports_facts import ReportRow
from salesapi.queries.selling.reports_question import ReportQuestion
from salesapi.queries.selling.reports_stages import StageRows, groups_of, parts_by_stage
from salesapi.schemas.selling.reports import CohortGroup, CohortStage, SnapshotGroup, SnapshotStage, StageAmount

SNAPSHOT_PARTS: Final = parts_by_stage("""
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
              AND (:window_from IS NULL OR v.left_on >= :window_from)
              AND (:window_to IS NULL OR v.left_on <= :window_to)
              AND (:as_of IS NULL OR v.left_on <= :as_of)))
        GROUP BY f.key_1, f.key_2, v.pipeline_id, v.stage
    ),
    told AS (
        SELECT 'place' AS part, key_1, key_2, pipeline_id, stage, to_jsonb(p) AS figures FROM place p
        UNION ALL
        SELECT 'worth', key_1, key_2, pipeline_id, stage, to_jsonb(w) FROM worth w
        UNION ALL
        SELECT 'leaving', key_1, key_2, pipeline_id, stage, to_jsonb(l) FROM leaving l
    )""")

# The course of a deal is folded once, into sets of open stages: the bit number `step` of an integer (a pipeline has at most 30
# stages). Deals of one course are counted together before they are told apart by stage.
COHORT_PARTS: Final = parts_by_stage("""
    course AS (
        SELECT v.deal_id,
               bit_or(1::bigint << s.step) FILTER (
                   WHERE v.category = 'open'
                     AND v.entered_on >= coalesce(:window_from, '-infinity')
                     AND v.entered_on <= least(:window_to, :as_of, 'infinity')
               ) AS entered,
               bit_or(1::bigint << s.step) FILTER (
                   WHERE v.category = 'open' AND (:as_of IS NULL OR v.entered_on <= :as_of)
               ) AS reached,
               coalesce(bool_or(v.category = 'won' AND (:as_of IS NULL OR v.entered_on <= :as_of)), false) AS has_won,
               coalesce(bit_or(1::bigint << s.step) FILTER (WHERE v.category = 'open' AND v.entered_on IS NULL), 0)
               & ~coalesce(bit_or(1::bigint << s.step) FILTER (WHERE v.category = 'open' AND v.entered_on IS NOT NULL), 0)
               AS undated
        FROM read.stage_visit v
        JOIN stage_order s USING (pipeline_id, pipeline_version, stage)
        WHERE v.deal_id IN (SELECT deal_id FROM fact)
        GROUP BY v.deal_id
    ),
    alike AS (
        SELECT f.key_1, f.key_2, f.pipeline_id, f.pipeline_version, f.state, c.reached, c.has_won, c.undated,
               CASE WHEN f.state IS NOT NULL THEN coalesce(c.entered, 0) ELSE 0 END AS entered, count(*) AS deals
        FROM fact f
        JOIN course c ON c.deal_id = f.deal_id
        GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9
    ),
    cohort AS (
        SELECT a.key_1, a.key_2, a.pipeline_id, s.stage,
               sum(CASE WHEN is_in THEN a.deals ELSE 0 END) AS entered,
               sum(CASE WHEN is_in AND (a.has_won OR a.reached >> (s.step + 1) & 1 = 1) THEN a.deals ELSE 0 END) AS reached_next,
               sum(CASE WHEN is_in AND (a.has_won OR a.reached >> (s.step + 1) > 0) THEN a.deals ELSE 0 END) AS passed,
               sum(CASE WHEN is_in AND a.state = 'open' THEN a.deals ELSE 0 END) AS still_open,
               sum(CASE WHEN is_in AND a.state = 'won' THEN a.deals ELSE 0 END) AS won,
               sum(CASE WHEN is_in AND a.state = 'lost' THEN a.deals ELSE 0 END) AS lost,
               sum(CASE WHEN a.undated >> s.step & 1 = 1 THEN a.deals ELSE 0 END) AS undated
        FROM alike a
        JOIN stage_order s USING (pipeline_id, pipeline_version)
        CROSS JOIN LATERAL (SELECT a.entered >> s.step & 1 = 1 AS is_in) entering
        WHERE s.category = 'open' AND (a.entered | a.undated) >> s.step & 1 = 1
        GROUP BY a.key_1, a.key_2, a.pipeline_id, s.stage
    ),
    told AS (
        SELECT 'cohort' AS part, key_1, key_2, pipeline_id, stage, to_jsonb(c) AS figures FROM cohort c
    )""")


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
    return made_from(
        SnapshotStage,
        of,
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
        conversion=quotient(forward, by=forward + lost + backward),
    )


def _cohort(of: StageRows) -> CohortStage:
    cohort = of.part("cohort")
    return made_from(
        CohortStage,
        of,
        entered=cohort["entered"],
        reached_next=cohort["reached_next"],
        conversion=quotient(cohort["reached_next"], by=cohort["entered"]),
        passed=cohort["passed"],
        step_through=quotient(cohort["passed"], by=cohort["entered"]),
        still_open=cohort["still_open"],
        won=cohort["won"],
        lost=cohort["lost"],
        undated=cohort["undated"],
    )
