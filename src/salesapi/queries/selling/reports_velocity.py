"""Stage velocity: median and p90 dwell over the visits that ended in a window; those that last are reported apart.

A dwell is calendar days between business dates. p90 is the nearest rank: a dwell that occurred, and no value in between.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from salesapi.database.conditions import days_between
from salesapi.domain.organisation.teams import Teams
from salesapi.domain.shared.states import made_from
from salesapi.queries.left_out import beyond
from salesapi.queries.reports_figures import median, quotient
from salesapi.queries.selling.reports_facts import ReportRow
from salesapi.queries.selling.reports_question import ReportQuestion
from salesapi.queries.selling.reports_stages import StageRows, groups_of, parts_by_stage
from salesapi.schemas.selling.reports import AgeBand, CensoredVisits, DwellGroup, StageDwell

AGE_BANDS: Final = ((0, 30), (31, 60), (61, 90), (91, 120), (121, None))
"""Ages in days, both ends inclusive; each band has its count in the statement."""

VELOCITY_PARTS: Final = parts_by_stage(f"""
    stay AS (
        SELECT f.key_1, f.key_2, v.pipeline_id, v.stage, v.is_negative, CASE
                   WHEN v.entered_on IS NULL OR (v.left_version IS NOT NULL AND v.left_on IS NULL)
                        OR {beyond("v.entered_on", "v.left_on")} IS NOT NULL THEN 'undated'
                   WHEN v.left_on IS NULL OR v.left_on > :as_of THEN 'censored'
                   ELSE 'ended' END AS kind,
               {days_between(first="v.entered_on", last="v.left_on")} AS days,
               {days_between(first="v.entered_on", last=":as_of")} AS age
        FROM fact f
        JOIN read.stage_visit v ON v.deal_id = f.deal_id
        WHERE v.category = 'open'
          AND (f.state IS NOT NULL OR v.entered_on IS NULL OR (v.left_version IS NOT NULL AND v.left_on IS NULL))
          AND (:as_of IS NULL OR v.entered_on IS NULL OR v.entered_on <= :as_of)
          AND (v.left_on IS NULL OR v.left_on > :as_of OR (
              (:window_from IS NULL OR v.left_on >= :window_from) AND (:window_to IS NULL OR v.left_on <= :window_to)))
    ),
    told AS (
        SELECT kind AS part, key_1, key_2, pipeline_id, stage, to_jsonb(s) AS figures
        FROM (
            SELECT kind, key_1, key_2, pipeline_id, stage, count(*) AS visits,
                   count(*) FILTER (WHERE is_negative) AS negative, sum(length) AS days, max(length) AS max,
                   percentile_disc(0.9) WITHIN GROUP (ORDER BY length) AS p90,
                   percentile_disc(0.5) WITHIN GROUP (ORDER BY length) AS middle_lower,
                   percentile_disc(0.5) WITHIN GROUP (ORDER BY length DESC) AS middle_upper,
                   jsonb_build_array(
                       count(*) FILTER (WHERE age <= 30), count(*) FILTER (WHERE age BETWEEN 31 AND 60),
                       count(*) FILTER (WHERE age BETWEEN 61 AND 90), count(*) FILTER (WHERE age BETWEEN 91 AND 120),
                       count(*) FILTER (WHERE age > 120)) AS ages
            FROM (SELECT *, CASE kind WHEN 'ended' THEN days WHEN 'censored' THEN age END AS length FROM stay) measured
            GROUP BY kind, key_1, key_2, pipeline_id, stage
        ) s
    )""")  # noqa: S608


def velocity_groups(rows: Sequence[ReportRow], question: ReportQuestion, teams: Teams) -> tuple[DwellGroup, ...]:
    """The groups of the report, from its rows."""
    has_ages = question.as_of is not None

    def dwell(of: StageRows) -> StageDwell:
        return _dwell(of, has_ages=has_ages)

    return tuple(DwellGroup(keys=keys, stages=stages) for keys, stages in groups_of(rows, question, teams, dwell))


def _dwell(of: StageRows, *, has_ages: bool) -> StageDwell:
    ended = {**_NO_VISITS, **of.part("ended")}
    return made_from(
        StageDwell,
        of,
        visits=ended["visits"],
        median_days=median(ended, "middle"),
        p90_days=ended["p90"],
        mean_days=quotient(ended["days"], by=ended["visits"]),
        max_days=ended["max"],
        negative=ended["negative"],
        undated=of.part("undated").get("visits", 0),
        censored=_censored({**_NO_VISITS, **of.part("censored")}, has_ages=has_ages),
    )


def _censored(figures: Mapping[str, Any], *, has_ages: bool) -> CensoredVisits:
    bands = zip(AGE_BANDS, figures["ages"], strict=True) if has_ages else ()
    return CensoredVisits(
        visits=figures["visits"],
        median_days=median(figures, "middle"),
        p90_days=figures["p90"],
        max_days=figures["max"],
        ages=tuple(AgeBand(days_from=first, days_to=last, visits=visits) for (first, last), visits in bands),
    )


_NO_VISITS: Final[Mapping[str, Any]] = {
    "visits": 0,
    "negative": 0,
    "days": None,
    "max": None,
    "p90": None,
    "middle_lower": None,
    "middle_upper": None,
    "ages": [0] * len(AGE_BANDS),
}
