"""What the reports by stage share: the order of stages as a CTE, and the rows of a group by stage. No clock."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar
from uuid import UUID

from salesapi.domain.organisation.teams import Teams
from salesapi.queries.selling.reports_facts import ReportRow, by_group, keys_of
from salesapi.queries.selling.reports_question import ReportQuestion
from salesapi.schemas.figures import ReportKey

_ORDER: Final = """
    stage_order AS MATERIALIZED (
        SELECT p.pipeline_id, (v.value ->> 'number')::bigint AS pipeline_version, s.value ->> 'key' AS stage,
               s.value ->> 'name' AS name, s.value ->> 'category' AS category, s.rank,
               (row_number() OVER (
                   PARTITION BY p.pipeline_id, v.value ->> 'number', s.value ->> 'category' ORDER BY s.rank
               ))::int AS step
        FROM read.pipeline p, jsonb_array_elements(p.versions) v,
             jsonb_array_elements(v.value -> 'stages') WITH ORDINALITY s (value, rank)
    ),
    latest_stage AS MATERIALIZED (
        SELECT DISTINCT ON (pipeline_id, stage) pipeline_id, stage, name, rank
        FROM stage_order ORDER BY pipeline_id, stage, pipeline_version DESC
    )"""
"""`step` counts the stages of one category, from 1: the next open stage of a pipeline has the next step."""


_ANSWER: Final = """
    answer AS (
        SELECT part, key_1, key_2, figures || jsonb_build_object('name', o.name, 'rank', o.rank) AS figures
        FROM told LEFT JOIN latest_stage o USING (pipeline_id, stage)
    )"""
"""The last part of a report by stage, whose own CTE `told` has the figures of each stage, among them pipeline_id and stage."""


def parts_by_stage(own: str) -> tuple[str, ...]:
    """The parts of a report by stage: its own text stands between the order of the stages and the answer."""
    return _ORDER, own, _ANSWER


@dataclass(frozen=True, slots=True, kw_only=True)
class StageRows:
    """All rows of one stage in one group; `parts` are those of which a stage has one, by their name."""

    pipeline_id: UUID
    stage: str
    name: str | None
    rows: tuple[ReportRow, ...]

    def part(self, name: str) -> Mapping[str, Any]:
        """The figures of a part, or nothing where there is none."""
        return next((row.figures for row in self.rows if row.part == name), {})


Stage = TypeVar("Stage")


def groups_of(
    rows: Sequence[ReportRow], question: ReportQuestion, teams: Teams, shape: Callable[[StageRows], Stage]
) -> Iterator[tuple[tuple[ReportKey, ...], tuple[Stage, ...]]]:
    """Each group's keys and its stages, by pipeline and in the order of the stages."""
    for group in by_group(rows, question):
        stages: dict[tuple[str, int, str], list[ReportRow]] = {}
        for row in group:
            figures = row.figures
            stages.setdefault((figures["pipeline_id"], figures["rank"] or 0, figures["stage"]), []).append(row)
        yield (
            keys_of(group, question, teams),
            tuple(
                shape(
                    StageRows(
                        pipeline_id=UUID(pipeline_id), stage=stage, name=found[0].figures["name"], rows=tuple(found)
                    )
                )
                for (pipeline_id, _, stage), found in sorted(stages.items(), key=lambda item: item[0])
            ),
        )
