"""Plans in their versions and who takes part in them, on the real database: what is open, what differs, who sees it."""

import pytest

from salesapi.access.principals import EVERYTHING
from salesapi.domain.shared.kernel import ThingUnknown
from salesapi.queries.paging import PageRequest
from salesapi.queries.pay.compensation_plans import compensation_plan_differences
from salesapi.queries.pay.enrolments import ENROLMENTS
from salesapi.schemas.pay.enrolments import EnrolmentFilter, EnrolmentOrder
from tests.queries.conftest import Reads
from tests.spec import uid


async def test_the_version_in_force_is_open_until_it_is_acknowledged(reads: Reads) -> None:
    where, order = EnrolmentFilter(), EnrolmentOrder.CHANGED_DESC
    page = await ENROLMENTS.page(reads.pool, EVERYTHING, where=where, order=order, page=PageRequest())
    assert {each.member_id: (each.version_in_force, each.open_version) for each in page.items} == {
        reads.ids["rep"]: (1, 1),
        reads.ids["other rep"]: (2, 2),
        reads.ids["manager"]: (None, None),
    }


async def test_what_a_version_changes_is_shown_to_its_participants(reads: Reads) -> None:
    plan = reads.ids["renewed plan"]
    found = await compensation_plan_differences(
        reads.pool, reads.scope("other rep"), plan, version_from=1, version_to=2
    )
    assert [(each.pointer, each.before, each.after) for each in found.differences] == [
        ("/components/base/rate/rate_percent", '"5"', '"4"'),
        ("/effective_from", None, '"2025-01-01"'),
    ]
    assert (found.count, found.version_from, found.version_to) == (2, 1, 2)
    for scope, version in ((reads.scope("rep"), 2), (EVERYTHING, 4)):
        with pytest.raises(ThingUnknown):
            await compensation_plan_differences(reads.pool, scope, plan, version_from=1, version_to=version)
    with pytest.raises(ThingUnknown):
        await compensation_plan_differences(reads.pool, EVERYTHING, uid(1), version_from=1, version_to=1)


@pytest.mark.parametrize(
    ("query", "pointer"), [("", "/from"), ("?from=1", "/to"), ("?from=0&to=1", "/from"), ("?from=1&to=501", "/to")]
)
async def test_both_versions_are_named(reads: Reads, query: str, pointer: str) -> None:
    answer = await reads.get(f"/v1/compensation-plans/{reads.ids['renewed plan']}/differences{query}")
    assert (answer.status_code, answer.json()["code"], answer.json()["pointer"]) == (422, "parameter.invalid", pointer)
