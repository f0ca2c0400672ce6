"""Plans in their versions and who takes part in them, on the real database: what is open, what differs, who sees it."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from salesapi.access.principals import EVERYTHING, Scope
from salesapi.domain.pay.plans.enrolment_overrides import ComponentOverride
from salesapi.domain.shared.kernel import ThingUnknown
from salesapi.queries.paging import PageRequest
from salesapi.queries.pay.compensation_plans import PLANS, compensation_plan_differences
from salesapi.queries.pay.enrolments import ENROLMENTS
from salesapi.schemas.pay.enrolments import Enrolment, EnrolmentFilter, EnrolmentOrder, EnrolmentSpan
from tests.queries.conftest import Reads
from tests.spec import uid

ALL = PageRequest(first=100)
NOBODY = Scope(member_ids=frozenset())


async def enrolled(reads: Reads, scope: Scope = EVERYTHING, **where: Any) -> dict[str, Enrolment]:
    """The enrolments that are found, by the member's name."""
    page = await ENROLMENTS.page(
        reads.pool, scope, where=EnrolmentFilter(**where), order=EnrolmentOrder.CHANGED_DESC, page=ALL
    )
    names = {reads.ids[name]: name for name in ("rep", "other rep", "manager")}
    return {names[found.member_id]: found for found in page.items}


async def test_the_version_in_force_is_open_until_it_is_acknowledged(reads: Reads) -> None:
    found = await enrolled(reads)
    shown = {name: (each.version_in_force, each.open_version) for name, each in found.items()}
    assert shown == {"rep": (1, 1), "other rep": (2, 2), "manager": (None, None)}
    (acknowledged,) = found["other rep"].acknowledged
    assert (acknowledged.plan_version, acknowledged.acknowledged_on) == (1, date(2025, 2, 1))


async def test_who_left_takes_part_until_its_last_day(reads: Reads) -> None:
    manager = (await enrolled(reads))["manager"]
    assert (manager.left_on, manager.leaving) == (date(2025, 12, 31), "retirement")
    agreed = ComponentOverride(component_key="base", rate_percent=Decimal("3.3"))
    assert manager.spans == (
        EnrolmentSpan(
            effective_from=None,
            effective_until=date(2026, 1, 1),
            component_keys=None,
            overrides=(agreed,),
            draw_minor=None,
        ),
    )


async def test_enrolments_are_found_by_what_is_open_and_who_has_left(reads: Reads) -> None:
    for where, names in (
        ({"is_open": True}, {"rep", "other rep"}),
        ({"is_open": False}, {"manager"}),
        ({"has_left": True}, {"manager"}),
        ({"has_left": False, "plan_id": (reads.ids["renewed plan"],)}, {"other rep"}),
        ({"member_id": (reads.ids["rep"], reads.ids["manager"])}, {"rep", "manager"}),
    ):
        assert set(await enrolled(reads, **where)) == names, where


async def test_an_enrolment_is_seen_with_the_pay_of_its_member(reads: Reads) -> None:
    assert set(await enrolled(reads, reads.scope("rep"))) == {"rep"}
    assert await enrolled(reads, NOBODY) == {}


async def test_a_plan_shows_its_notice(reads: Reads) -> None:
    assert (await PLANS.one(reads.pool, EVERYTHING, reads.ids["renewed plan"])).notice_days == 30


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
