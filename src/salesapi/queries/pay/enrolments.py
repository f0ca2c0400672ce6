"""The list of enrolments. An enrolment is seen by those whose pay scope holds its member. Today is the date in UTC."""

from typing import Final

from salesapi.queries.listings import Listing
from salesapi.queries.row_scopes import by_pay
from salesapi.schemas.pay.enrolments import Enrolment, EnrolmentFilter, EnrolmentOrder

ENROLMENTS: Final = Listing(
    Enrolment,
    source="""(
        SELECT e.*, i.version_in_force,
            CASE WHEN NOT e.acknowledged @> jsonb_build_array(jsonb_build_object('plan_version', i.version_in_force))
            THEN i.version_in_force END AS open_version
        FROM read.enrolment e
        CROSS JOIN LATERAL (SELECT (now() AT TIME ZONE 'UTC')::date AS today) t
        CROSS JOIN LATERAL (
            SELECT max(v.number) AS version_in_force
            FROM read.compensation_plan p
            CROSS JOIN jsonb_array_elements_text(p.effective_dates) WITH ORDINALITY AS v (effective_from, number)
            WHERE p.plan_id = e.plan_id AND coalesce(v.effective_from::date <= t.today, true) AND EXISTS (
                SELECT FROM jsonb_to_recordset(e.spans) AS s (effective_from date, effective_until date)
                WHERE coalesce(s.effective_from <= t.today, true) AND coalesce(t.today < s.effective_until, true)
            )
        ) i
    ) e""",
    id="e.enrolment_id",
    scope=by_pay(),
    where=EnrolmentFilter,
    conditions={"is_open": "open_version IS NOT NULL", "has_left": "left_on IS NOT NULL"},
    order=EnrolmentOrder.CHANGED_DESC,
)
