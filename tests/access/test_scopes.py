"""Row scope by role: what a rep, a manager with teams below its own, finance and an integration reach, on which day."""

from datetime import date
from typing import Final, get_args
from uuid import UUID

import pytest

from salesapi.access.principals import EVERYTHING, Principal, Scope
from salesapi.access.scopes import Scopes
from salesapi.commands.stream_states import StreamStates
from salesapi.domain.catalogue import Catalogue
from salesapi.domain.organisation.teams import (
    TREE,
    TeamEvent,
    TeamFormed,
    TeamLeaderAppointed,
    TeamMembershipChanged,
    TeamMoved,
)
from salesapi.domain.shared.kernel import Role
from salesapi.eventlog.codec import Codec, EventMeta
from salesapi.eventlog.memory import MemoryEventLog
from salesapi.eventlog.recorder import AppendRequest, StreamAppend
from salesapi.eventlog.upcasts import UPCASTS
from tests.privacy.memory_keys import MemoryKeys
from tests.spec import ACTOR, uid
from tests.values_by_type import bare

NORTH, HARBOUR, QUAY, SOUTH = uid(1), uid(2), uid(3), uid(4)
MANAGER, REP, IN_HARBOUR, AT_THE_QUAY, IN_THE_SOUTH, LEADER_OF_HARBOUR = (uid(number) for number in range(11, 17))
TODAY, NEXT_MONTH = date(2026, 3, 10), date(2026, 4, 1)
NOBODY: Final = Scope(member_ids=frozenset())


def formed(team_id: UUID, parent_id: UUID | None = None) -> TeamFormed:
    return bare(TeamFormed, team_id=team_id, name="Team", parent_id=parent_id)


def leads(team_id: UUID, member_id: UUID) -> TeamLeaderAppointed:
    return TeamLeaderAppointed(team_id=team_id, member_id=member_id, effective_from=None)


def joined(team_id: UUID, member_id: UUID, since: date | None = None) -> TeamMembershipChanged:
    return TeamMembershipChanged(team_id=team_id, member_id=member_id, effective_from=since, effective_until=None)


COMPANY: Final = (
    formed(NORTH),
    formed(HARBOUR, NORTH),
    formed(QUAY, HARBOUR),
    formed(SOUTH),
    leads(NORTH, MANAGER),
    leads(HARBOUR, LEADER_OF_HARBOUR),
    joined(NORTH, REP),
    joined(HARBOUR, IN_HARBOUR),
    joined(HARBOUR, LEADER_OF_HARBOUR),
    joined(QUAY, AT_THE_QUAY),
    joined(SOUTH, IN_THE_SOUTH),
)
"""The north with the harbour below it and the quay below that, and the south beside it."""


async def scopes(*events: TeamEvent) -> Scopes:
    """Scopes over a company with these teams."""
    log, codec = MemoryEventLog(), Codec(Catalogue().event_types(), MemoryKeys(), UPCASTS)
    meta = EventMeta(actor_id=ACTOR, principal_kind="member", command="Example")
    encoded = await codec.encode([(TREE, number, event, None, meta) for number, event in enumerate(events, start=1)])
    await log.append(AppendRequest(appends=(StreamAppend(stream=TREE, expected_version=0, events=tuple(encoded)),)))
    return Scopes(StreamStates(log, codec, Catalogue()))


def member(member_id: UUID | None, *roles: Role) -> Principal:
    return Principal(id=uid(0xF), name="Somebody", roles=frozenset(roles), member_id=member_id)


def of(*members: UUID) -> Scope:
    return Scope(member_ids=frozenset(members))


CASES: Final[list[tuple[str, Principal, Scope, Scope]]] = [
    ("a rep sees its own", member(REP, "rep"), of(REP), of(REP)),
    (
        "a manager sees all teams below",
        member(MANAGER, "manager"),
        of(MANAGER, REP, IN_HARBOUR, LEADER_OF_HARBOUR, AT_THE_QUAY),
        of(MANAGER, REP, IN_HARBOUR, LEADER_OF_HARBOUR, AT_THE_QUAY),
    ),
    (
        "a leader further below sees from there on",
        member(LEADER_OF_HARBOUR, "manager"),
        of(LEADER_OF_HARBOUR, IN_HARBOUR, AT_THE_QUAY),
        of(LEADER_OF_HARBOUR, IN_HARBOUR, AT_THE_QUAY),
    ),
    ("a manager without a team sees its own", member(IN_THE_SOUTH, "manager"), of(IN_THE_SOUTH), of(IN_THE_SOUTH)),
    ("the widest role counts", member(REP, "rep", "finance"), EVERYTHING, EVERYTHING),
    ("finance sees all", member(None, "finance"), EVERYTHING, EVERYTHING),
    ("an auditor sees all", member(None, "auditor"), EVERYTHING, EVERYTHING),
    ("an admin sees all", member(None, "admin"), EVERYTHING, EVERYTHING),
    ("an integration sees no pay", member(None, "integration"), EVERYTHING, NOBODY),
    ("a rep that is no member sees nothing", member(None, "rep"), NOBODY, NOBODY),
    ("a manager that is no member sees nothing", member(None, "manager"), NOBODY, NOBODY),
    ("without a role nothing is seen", member(REP), NOBODY, NOBODY),
]


def test_every_role_is_in_the_table() -> None:
    assert {role for _, principal, _, _ in CASES for role in principal.roles} == set(get_args(Role))


@pytest.mark.parametrize(("principal", "rows", "pay"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
async def test_a_role_reaches_exactly_its_members(principal: Principal, rows: Scope, pay: Scope) -> None:
    company = await scopes(*COMPANY)
    assert (await company.rows(principal, TODAY)).member_ids == rows.member_ids
    assert (await company.pay(principal, TODAY)).member_ids == pay.member_ids


async def test_a_manager_sees_who_is_below_on_the_day_of_asking() -> None:
    company = await scopes(
        *COMPANY,
        joined(QUAY, IN_THE_SOUTH, NEXT_MONTH),
        TeamMoved(team_id=HARBOUR, parent_from=NORTH, parent_to=SOUTH, effective_from=NEXT_MONTH),
    )
    head = member(MANAGER, "manager")
    before = await company.rows(head, TODAY)
    assert before == of(MANAGER, REP, IN_HARBOUR, LEADER_OF_HARBOUR, AT_THE_QUAY)
    assert await company.rows(head, NEXT_MONTH) == of(MANAGER, REP)
    below = await company.rows(member(LEADER_OF_HARBOUR, "manager"), NEXT_MONTH)
    assert below == of(LEADER_OF_HARBOUR, IN_HARBOUR, AT_THE_QUAY, IN_THE_SOUTH)


async def test_without_any_team_a_manager_sees_its_own() -> None:
    states = StreamStates(MemoryEventLog(), Codec(Catalogue().event_types(), MemoryKeys(), UPCASTS), Catalogue())
    assert await Scopes(states).rows(member(MANAGER, "manager"), TODAY) == of(MANAGER)
