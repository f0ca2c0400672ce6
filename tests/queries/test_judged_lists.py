"""Approvals, objections, awards, points and pools: worklists and filters on the real database, and who sees what."""

from typing import Any
from uuid import UUID

import pytest

from salesapi.access.principals import EVERYTHING, Scope
from salesapi.domain.shared.kernel import ThingUnknown
from salesapi.queries.organisation.approvals import APPROVALS
from salesapi.queries.paging import PageRequest
from salesapi.queries.pay.awards import AWARDS
from salesapi.queries.pay.objections import OBJECTIONS
from salesapi.queries.pay.points import BALANCES, ENTRIES
from salesapi.queries.pay.pool_shares import SHARES
from salesapi.schemas.organisation.approvals import ApprovalFilter, ApprovalOrder
from salesapi.schemas.pay.awards import AwardFilter, AwardOrder
from salesapi.schemas.pay.objections import ObjectionFilter, ObjectionOrder
from salesapi.schemas.pay.points import PointsEntryFilter, PointsEntryOrder
from salesapi.schemas.pay.pool_shares import PoolSharesFilter, PoolSharesOrder
from tests.queries.conftest import Reads

ALL = PageRequest(first=100)
NOBODY = Scope(member_ids=frozenset())


async def approval_ids(reads: Reads, scope: Scope = EVERYTHING, **where: Any) -> list[UUID]:
    """The approvals that are found, the one due first before."""
    page = await APPROVALS.page(reads.pool, scope, where=ApprovalFilter(**where), order=ApprovalOrder.DUE_ASC, page=ALL)
    return [found.id for found in page.items]


async def claims(reads: Reads, scope: Scope = EVERYTHING, **where: Any) -> list[str | None]:
    """The claims of the objections that are found, the one to be answered first before."""
    page = await OBJECTIONS.page(
        reads.pool, scope, where=ObjectionFilter(**where), order=ObjectionOrder.ANSWER_DUE_ASC, page=ALL
    )
    return [found.claim for found in page.items]


async def reasons(reads: Reads, scope: Scope = EVERYTHING, **where: Any) -> list[str]:
    """The reasons of the awards that are found, those without an amount last."""
    page = await AWARDS.page(reads.pool, scope, where=AwardFilter(**where), order=AwardOrder.AMOUNT_DESC, page=ALL)
    return [found.reason for found in page.items]


async def test_an_approval_waits_for_those_whose_turn_it_is(reads: Reads) -> None:
    mine = [reads.ids["approval"]]
    assert await approval_ids(reads, waiting_for=reads.ids["manager"]) == mine
    assert await approval_ids(reads, waiting_for=reads.ids["other rep"]) == []
    assert await approval_ids(reads, waiting_for=reads.ids["rep"]) == []


async def test_approvals_are_found_by_what_they_are_about_and_when_they_are_due(reads: Reads) -> None:
    mine = [reads.ids["approval"]]
    for where, found in (
        ({"subject_id": (reads.ids["deal 0"],), "subject_kind": "deal"}, mine),
        ({"subject_kind": "award"}, []),
        ({"requester_id": reads.ids["rep"]}, mine),
        ({"is_overdue": True, "status": ("pending",)}, mine),
        ({"is_overdue": False}, []),
    ):
        assert await approval_ids(reads, **where) == found, where


async def test_an_approval_is_seen_by_all_whom_it_concerns(reads: Reads) -> None:
    for name in ("rep", "manager", "other rep"):
        assert (await APPROVALS.one(reads.pool, reads.scope(name), reads.ids["approval"])).reason == "12 percent off"
    assert await approval_ids(reads, NOBODY) == []
    with pytest.raises(ThingUnknown):
        await APPROVALS.one(reads.pool, NOBODY, reads.ids["approval"])


async def test_objections_wait_until_they_are_decided_and_are_overdue_until_they_are_answered(reads: Reads) -> None:
    assert await claims(reads, is_open=True) == ["Too many fields", "Why"]
    assert await claims(reads, is_open=False) == []
    assert await claims(reads, is_overdue=True) == ["Too many fields"]
    assert await claims(reads, status=("answered",)) == ["Why"]
    assert await claims(reads, subject_kind="process_step", subject_id=(reads.ids["pipeline"],)) != []


async def test_objections_awards_and_points_are_seen_with_the_pay_of_their_member(reads: Reads) -> None:
    ids, other = reads.ids, reads.scope("other rep")
    assert await claims(reads, reads.scope("rep")) == ["Too many fields", "Why"]
    assert await claims(reads, other) == await reasons(reads, other) == []
    for one, id in ((OBJECTIONS.one, ids["objection"]), (AWARDS.one, ids["award"]), (BALANCES.one, ids["rep"])):
        with pytest.raises(ThingUnknown):
            await one(reads.pool, other, id)
        assert (await one(reads.pool, reads.scope("manager", "rep"), id)).id == id


async def test_awards_wait_for_their_approval(reads: Reads) -> None:
    assert await reasons(reads) == ["Launch", "Follow-ups on time"]
    assert await reasons(reads, status=("granted",)) == ["Launch"]
    assert await reasons(reads, kind=("spiff",), plan_id=reads.ids["plan"], period="2026-04") == ["Launch"]
    assert await reasons(reads, period_corrected="2026-04") == []


async def test_share_points_of_pools_wait_for_their_approval_and_are_seen_with_their_leader(reads: Reads) -> None:
    async def periods(scope: Scope = EVERYTHING, **where: Any) -> list[str]:
        asked = PoolSharesFilter(**where)
        page = await SHARES.page(reads.pool, scope, where=asked, order=PoolSharesOrder.PERIOD_DESC, page=ALL)
        return [found.period for found in page.items]

    assert await periods() == ["2026-04", "2026-03"]
    assert await periods(status=("stated",)) == await periods(period="2026-04") == ["2026-04"]
    assert await periods(plan_id=reads.ids["plan"], award_key="pool", owner_id=(reads.ids["rep"],)) == []
    assert await periods(reads.scope("manager")) == ["2026-04", "2026-03"]
    assert await periods(reads.scope("rep")) == []
    with pytest.raises(ThingUnknown):
        await SHARES.one(reads.pool, reads.scope("rep"), reads.ids["pool shares"])
    shown = await SHARES.one(reads.pool, EVERYTHING, reads.ids["pool shares"])
    assert [(share.member_id, str(share.points)) for share in shown.approved_shares] == [(reads.ids["rep"], "2.5")]


async def test_points_show_what_was_credited_and_redeemed(reads: Reads) -> None:
    balance = await BALANCES.one(reads.pool, EVERYTHING, reads.ids["rep"])
    assert (balance.balance, balance.credited, balance.redeemed) == (15, 40, 25)
    where = PointsEntryFilter(member_id=(reads.ids["rep"],))
    page = await ENTRIES.page(reads.pool, EVERYTHING, where=where, order=PointsEntryOrder.ENTERED_DESC, page=ALL)
    assert [(entry.number, entry.points, entry.award_id) for entry in page.items] == [
        (2, -25, None),
        (1, 40, reads.ids["award"]),
    ]
