"""Reads whose parts do not fit together do not start: each is refused by name, with the part that is wrong."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import make_dataclass, replace
from enum import StrEnum
from typing import Any, cast
from uuid import UUID

import pytest

from salesapi.access.principals import EVERYTHING, Scope
from salesapi.api.graphql.relations import Latest, refuse_unknown_keys, to_one
from salesapi.api.reads.declaration import ItemRead, ListRead, refuse_repeated
from salesapi.api.reads.question import QuestionInvalid
from salesapi.api.reads.questions import QUESTIONS, refuse_repeated_questions
from salesapi.database.connections import Connection
from salesapi.domain.shared.kernel import record
from salesapi.queries.filters import Condition
from salesapi.queries.listings import Listing, Single
from salesapi.queries.organisation.members import MEMBERS
from salesapi.queries.paging import PageRequest
from salesapi.queries.pay.payout_runs import STATEMENTS
from salesapi.queries.pay.points import ENTRIES
from salesapi.queries.row_scopes import EVERYBODY, RowScope, by_owner
from salesapi.queries.selling.deals import DEALS
from salesapi.queries.sources import DeclarationWrong
from salesapi.schemas.organisation.members import Member
from salesapi.schemas.selling.deals import DealFilter
from salesapi.schemas.selling.leads import LeadFilter, LeadOrder
from tests.spec import uid


@record
class Calendar:
    """A shape of the read model `calendar`."""

    id: UUID
    key: str
    version: int


@record
class CalendarFilter:
    """Its filter."""

    key: tuple[str, ...] | None = None
    is_known: bool | None = None
    version: int | None = None


class CalendarOrder(StrEnum):
    """Its orders."""

    KEY_ASC = "key_asc"
    CHANGED_DESC = "changed_desc"


def shape(**fields: type) -> type:
    """A shape with these fields beside its id."""
    return make_dataclass("Shape", [("id", UUID), *fields.items()], frozen=True, slots=True)


CONDITIONS: Mapping[str, str | Condition] = {
    "is_known": "name <> ''",
    "version": Condition(text="version = {}", unsent="version > 0"),
}


def calendars(shape: type = Calendar, source: str = "read.calendar", **parts: Any) -> Listing[Any, Any, Any]:
    """The list of calendars, in which a part may be wrong."""
    right: dict[str, Any] = {"scope": EVERYBODY, "where": CalendarFilter, "conditions": CONDITIONS}
    return Listing(shape, source=source, **(right | {"order": CalendarOrder.KEY_ASC} | parts))


def conditions(**wrong: str | Condition) -> Listing[Any, Any, Any]:
    """The list of calendars, in which a condition is wrong."""
    return calendars(conditions={**CONDITIONS, **wrong})


async def one_calendar(connection: Connection, scope: Scope, id: UUID) -> Calendar:
    """Answers a calendar."""
    return Calendar(id=id, key="", version=0)


def item(path: str, thing: Listing[Any, Any, Any]) -> ItemRead[Any]:
    """One thing at a path."""
    return ItemRead(at=path, name="calendar", summary="One", thing=thing)


def read(name: str, path: str) -> ListRead[Any, Any, Any]:
    """A list at a path."""
    return ListRead(at=path, name=name, summary="All", listing=MEMBERS)


Wrong = tuple[Callable[[], object], str]
LISTS: Sequence[Wrong] = [
    (lambda: calendars(source="read.calender"), "the list of Calendar over read.calender: .* `calender`"),
    (lambda: calendars(source="calendar"), "names no read model"),
    (lambda: calendars(source="(SELECT c.*, c.zones FROM read.calendar c) c"), "its source names `zones`"),
    (lambda: calendars(shape(dated_on=str)), "its field `dated_on` is no column"),
    (lambda: calendars(shape(name=int)), "its field `name` is name bigint not null, but the column name text not null"),
    (
        lambda: calendars(shape(email=str), source="read.member"),
        "its field `email` is email text not null, but the column email text",
    ),
    (lambda: calendars(expressions={"zone": "upper(zone)"}), "the expression `zone` is for no field"),
    (lambda: calendars(expressions={"key": "upper(kee)"}), "the expression of `key` names `kee`"),
    (lambda: calendars(id="calendar"), "its id names `calendar`"),
    (lambda: calendars(source="read.employment"), "over read.employment: its read model has the key"),
    (lambda: calendars(scope=by_owner()), "its scope names `owner_id`"),
    (lambda: calendars(only="is_retired"), "what holds for all its rows names `is_retired`"),
    (lambda: conditions(version="versoin = {}"), "the filter `version` names `versoin`"),
    (
        lambda: conditions(version=Condition(text="version = {}", unsent="is_open")),
        "the filter `version` names `is_open`",
    ),
    (lambda: calendars(conditions={}), "the filter `is_known` names `is_known`"),
    (lambda: conditions(zone="zone = {}"), "CalendarFilter: the condition `zone` has no field"),
    (lambda: conditions(key="key = {}"), "`key = {}` does not fit the type of its field `key`"),
    (lambda: conditions(version="version = ANY({})"), "the type of its field `version`"),
    (lambda: conditions(is_known="is_known = {}"), "the type of its field `is_known`"),
    (lambda: conditions(version="version > 0"), "the type of its field `version`"),
    (lambda: calendars(where=DealFilter, conditions=DEALS.filters.conditions), "DealFilter is not of the file"),
    (lambda: calendars(order=LeadOrder.CHANGED_DESC, ordered_by={"captured": "key"}), "LeadOrder is not of the file"),
    (lambda: calendars(ordered_by={"key": "kee"}), "CalendarOrder: there is no order for `key_asc`"),
    (lambda: calendars(ordered_by={"key": "days"}), "CalendarOrder: there is no order for `key_asc`"),
    (lambda: calendars(ordered_by={"zone": "zone"}), "CalendarOrder: the order `zone` has no member"),
    (lambda: calendars(order=LeadOrder.CHANGED_DESC), "LeadOrder: there is no order for `captured_"),
    (lambda: calendars(order=cast("Any", StrEnum("Up", ["KEY"])).KEY), "Up: there is no order for `key`"),
    (lambda: RowScope(text="owner_id IS NOT NULL"), "the scope `owner_id IS NOT NULL` has no place"),
]
READS: Sequence[Wrong] = [
    (
        lambda: Single(shape=Member, one=cast("Any", one_calendar), scope_of="rows", reads=("member",)),
        "Member: the question answers another shape",
    ),
    (
        lambda: Single(shape=Calendar, one=one_calendar, scope_of="rows", reads=("calender",)),
        "Calendar: there is no read model `calender`",
    ),
    (lambda: item("/v1/calendars", calendars()), "calendar: the path /v1/calendars is to have one id"),
    (lambda: item("/v1/points/{position}", ENTRIES), "calendar: the things of its list have no ids"),
    (lambda: refuse_repeated((read("members", "/v1/a"), read("members", "/v1/b"))), "members is declared twice"),
    (lambda: refuse_repeated((read("a", "/v1/members"), read("b", "/v1/members"))), "/v1/members is declared twice"),
    (lambda: Latest(MEMBERS, "deal_id"), "the list of Member over read.member: .* cannot be found by `deal_id`"),
    (lambda: Latest(MEMBERS, "name"), "cannot be found by `name`"),
    (lambda: Latest(STATEMENTS, "member_id"), "the list of Statement over read.statement: .* by `member_id`"),
    (
        lambda: refuse_unknown_keys({Member: (to_one(DEALS, name="deal", key="dael_id", about="Its deal."),)}),
        "Member.deal: the shape has no field `dael_id`",
    ),
]


@pytest.mark.parametrize(
    ("declare", "said"), [*LISTS, *READS], ids=lambda part: part[:70] if isinstance(part, str) else ""
)
def test_a_wrong_declaration_is_refused_by_name(declare: Callable[[], object], said: str) -> None:
    with pytest.raises(DeclarationWrong, match=said):
        declare()


def test_a_right_declaration_says_what_it_is_read_from() -> None:
    listed = calendars()
    assert (listed.reads, listed.scope_of, listed.has_ids) == (("calendar",), "rows", True)
    assert listed.columns == "calendar_id AS id, key, version"


def test_a_list_without_a_scope_is_refused() -> None:
    with pytest.raises(TypeError, match="'scope'"):
        Listing(Calendar, source="read.calendar", where=CalendarFilter, order=CalendarOrder.KEY_ASC)  # type: ignore[call-arg]


async def test_a_filter_or_an_order_of_another_list_does_not_type_check() -> None:
    connection = cast("Connection", None)
    page, order = PageRequest(), DEALS.orders.default
    with pytest.raises(AttributeError):
        await DEALS.page(connection, EVERYTHING, where=LeadFilter(), order=order, page=page)  # type: ignore[arg-type]
    where, foreign = DealFilter(), LeadOrder.CAPTURED_ASC
    with pytest.raises(KeyError):
        await DEALS.page(connection, EVERYTHING, where=where, order=foreign, page=page)  # type: ignore[arg-type]


def test_an_or_in_a_condition_takes_nothing_from_the_scope() -> None:
    conditions = DEALS.seen(Scope(member_ids=frozenset({uid(1)})))
    conditions.add("stage = {} OR true", "won")
    assert conditions.text == "(owner_id = ANY($1::uuid[])) AND (stage = $2 OR true)"


def test_a_parameter_that_a_text_names_twice_is_sent_once_and_an_unnamed_one_never() -> None:
    conditions = DEALS.seen(Scope(member_ids=frozenset({uid(1)})))
    named = {"as_of": ("date", "2026-03-01"), "window_to": ("date", None)}
    assert conditions.numbered("opened_on::date <= :as_of OR closed_on > :as_of", named) == (
        "opened_on::date <= $2::date OR closed_on > $2::date"
    )
    assert conditions.values == [[uid(1)], "2026-03-01"]
    with pytest.raises(KeyError, match="window_from"):
        conditions.numbered("opened_on > :window_from", named)


def test_two_questions_of_one_name_or_of_one_place_do_not_start() -> None:
    first, second = QUESTIONS[-2:]
    assert first.rest is not None
    assert second.rest is not None
    with pytest.raises(QuestionInvalid, match=f"2 questions have the name {first.name}"):
        refuse_repeated_questions((first, replace(second, name=first.name)))
    with pytest.raises(QuestionInvalid, match="2 questions have the place"):
        refuse_repeated_questions((first, replace(second, rest=replace(second.rest, path=first.rest.path))))


def test_a_question_that_rests_on_no_read_model_that_there_is_does_not_start() -> None:
    last = QUESTIONS[-1]
    with pytest.raises(DeclarationWrong, match=f"the question {last.name}: there is no read model `stage_vizit`"):
        replace(last, reads=("stage_vizit",))
