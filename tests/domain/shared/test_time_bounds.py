"""What was true lies between the first day and now, what is planned up to the horizon; every date of a command is one of both."""

from datetime import UTC, date, datetime, timedelta
from typing import Annotated
from uuid import UUID

import pytest

from salesapi.domain.cash.agreement_lines import Instalment
from salesapi.domain.cash.agreements import AmendAgreement
from salesapi.domain.catalogue import whole_catalogue
from salesapi.domain.organisation.members import JoinMember, MarkMemberLeft
from salesapi.domain.organisation.teams import ChangeTeamMembership
from salesapi.domain.pay.records.payout_runs import OpenPayoutRun
from salesapi.domain.pay.records.payouts import ConfirmPayoutPaid
from salesapi.domain.shared.dates import EndDate, PastDate, Planned, PlannedDate
from salesapi.domain.shared.kernel import About, BusinessTime, Kind, Refused, record
from salesapi.domain.shared.time_bounds import (
    CLOCK_SKEW,
    DateOutOfRange,
    OccurredBeforeFirstDay,
    OccurredInFuture,
    TimeBounds,
    dates_in,
    unmarked_dates,
)

NOW = datetime(2026, 12, 1, 9, tzinfo=UTC)
BOUNDS = TimeBounds(first_on=date(1970, 1, 1))
ID = UUID(int=1)
LEFT = MarkMemberLeft(member_id=ID, left_on=date(2026, 3, 1))


def at(text: str) -> BusinessTime:
    """A local date, or an instant in UTC."""
    moment = datetime.fromisoformat(text)
    is_day = len(text) == 10
    return BusinessTime(on=moment.date(), zone="UTC", at=None if is_day else moment)


def refusal(command: object, occurred: BusinessTime | None = None) -> Refused:
    """The refusal that a command meets."""
    with pytest.raises(Refused) as refused:
        BOUNDS.refuse_beyond(command, occurred, NOW)
    assert refused.value.kind is Kind.MALFORMED
    return refused.value


@pytest.mark.complete
def test_every_date_and_period_of_every_command_says_what_bounds_it() -> None:
    commands = [kind.command for _, kind in whole_catalogue().commands.values()]
    assert [f"{command.__name__}.{place}" for command in commands for place in unmarked_dates(command)] == []


def test_a_date_without_a_mark_is_named() -> None:
    @record
    class Part:
        on: Annotated[date | None, About("A day.")]
        since: PastDate

    @record
    class Command:
        parts: tuple[Part, ...]
        until: EndDate
        at: datetime
        due: Annotated[PlannedDate | None, About("A day.")]

    Command.__annotations__["parts"] = tuple[Part, ...]
    assert list(unmarked_dates(Command)) == ["parts.on", "at"]


@pytest.mark.parametrize(
    "text", ["2026-12-01", "2026-11-30", "1970-01-01", "2026-12-01T09:05:00+00:00", "1970-01-01T00:00:00+00:00"]
)
def test_what_has_happened_passes(text: str) -> None:
    BOUNDS.refuse_beyond(LEFT, at(text), NOW)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("2026-12-02", OccurredInFuture),
        ("9999-12-31", OccurredInFuture),
        ("2026-12-01T09:05:01+00:00", OccurredInFuture),
        ("9999-12-31T23:59:59+00:00", OccurredInFuture),
        ("1969-12-31", OccurredBeforeFirstDay),
        ("0001-01-01", OccurredBeforeFirstDay),
        ("0001-01-01T00:00:00+14:00", OccurredBeforeFirstDay),
    ],
)
def test_a_business_time_beyond_is_refused_with_its_place(text: str, code: type[Refused]) -> None:
    refused = refusal(LEFT, at(text))
    assert type(refused) is code
    assert refused.pointer == "/occurred_at"


def test_an_unknown_business_time_passes() -> None:
    BOUNDS.refuse_beyond(LEFT, None, NOW)


def test_today_passes_wherever_it_is_today_already() -> None:
    evening = datetime(2026, 12, 1, 10, 1, tzinfo=UTC)
    BOUNDS.refuse_beyond(LEFT, at("2026-12-02"), evening)  # Kiritimati is 14 hours ahead.
    before = evening - timedelta(minutes=2) - CLOCK_SKEW
    with pytest.raises(OccurredInFuture):
        BOUNDS.refuse_beyond(LEFT, at("2026-12-02"), before)


@pytest.mark.parametrize("on", ["1970-01-01", "2026-12-02", "2126-12-01"])
def test_plans_reach_to_the_horizon(on: str) -> None:
    BOUNDS.refuse_beyond(MarkMemberLeft(member_id=ID, left_on=date.fromisoformat(on)), None, NOW)


@pytest.mark.parametrize("on", ["0001-01-01", "1969-12-31", "2126-12-02", "9999-12-31"])
def test_a_plan_beyond_is_refused_with_the_bounds(on: str) -> None:
    refused = refusal(MarkMemberLeft(member_id=ID, left_on=date.fromisoformat(on)))
    assert isinstance(refused, DateOutOfRange)
    assert refused.pointer == "/left_on"
    assert refused.text == "The field /left_on takes what lies from 1970-01-01 to 2126-12-01."


def test_an_open_end_is_null_and_the_refusal_says_so() -> None:
    open_end = ChangeTeamMembership(team_id=ID, member_id=ID, effective_until=date.max)
    assert refusal(open_end).text.endswith("to 2126-12-01; send null where it has no end.")
    always = ChangeTeamMembership(team_id=ID, member_id=ID, effective_from=date.min)
    assert refusal(always).text.endswith("to 2126-12-01; send null where it has always held.")


def test_what_was_paid_was_paid_by_today() -> None:
    paid = {"payout_run_id": ID, "batch": "A", "external_reference": "bank 7", "member_ids": (ID,)}
    BOUNDS.refuse_beyond(ConfirmPayoutPaid(paid_on=date(2026, 12, 1), **paid), None, NOW)  # type: ignore[arg-type]
    refused = refusal(ConfirmPayoutPaid(paid_on=date(2026, 12, 2), **paid))  # type: ignore[arg-type]
    assert refused.pointer == "/paid_on"


def test_dates_of_parts_are_found_with_their_places() -> None:
    parts = tuple(Instalment(key=str(on), amount_minor=1, due_on=on) for on in (date(2026, 5, 1), date.max))
    amended = AmendAgreement(agreement_id=ID, instalments=parts, reason="Later")
    assert [pointer for _, _, pointer in dates_in(amended)] == ["/instalments/0/due_on", "/instalments/1/due_on"]
    assert refusal(amended).pointer == "/instalments/1/due_on"


@pytest.mark.parametrize("period", ["0001-01", "1969", "1969Q4", "2126", "9998-12"])
def test_a_period_is_a_time_too(period: str) -> None:
    refused = refusal(OpenPayoutRun(plan_id=ID, period=period))
    assert (refused.code, refused.pointer) == ("date.out_of_range", "/period")


@pytest.mark.parametrize("period", ["1970", "2026-11", "2027Q1", "2126-11", "no period"])
def test_a_period_within_passes_and_what_is_none_is_left_to_its_decider(period: str) -> None:
    BOUNDS.refuse_beyond(OpenPayoutRun(plan_id=ID, period=period), None, NOW)


def test_what_is_not_said_is_not_bounded() -> None:
    BOUNDS.refuse_beyond(JoinMember(name="Ann"), None, NOW)
    assert Planned() != Planned("it has no end")
