"""What may happen to rate tables of currencies, and which rate is found for a day, in sentences. Today is 2 March 2026."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from salesapi.domain.reference import rate_tables
from salesapi.domain.reference.rate_tables import RateTable, rate_on, rates_stated
from salesapi.domain.shared.kernel import FieldInvalid, Recorded, Refused, ThingExists
from salesapi.domain.shared.money import MINOR_UNIT_EXPONENTS, CurrencyUnknown
from tests.spec import DAY, SUBJECT, folded, given, identity_of

DEFINED = rate_tables.RateTableDefined(key="central", name="Central parity", source="PBOC")
FRIDAY, SATURDAY, SUNDAY, MONDAY = (date(2026, 2, 27) + timedelta(days=step) for step in range(4))


def usd(rate: str) -> rate_tables.PairRate:
    return rate_tables.PairRate(from_currency="USD", to_currency="CNY", rate=Decimal(rate))


def eur(rate: str) -> rate_tables.PairRate:
    return rate_tables.PairRate(from_currency="EUR", to_currency="CNY", rate=Decimal(rate))


def were(on: date, *pairs: rate_tables.PairRate) -> rate_tables.RateTableRatesPublished:
    return rate_tables.RateTableRatesPublished(on=on, pairs=pairs)


def were_corrected(on: date, *pairs: rate_tables.PairRate) -> rate_tables.RateTableRatesCorrected:
    return rate_tables.RateTableRatesCorrected(on=on, pairs=pairs, reason="misprint")


def publish(on: date, *pairs: rate_tables.PairRate) -> rate_tables.PublishRates:
    return rate_tables.PublishRates(rate_table_id=SUBJECT, on=on, pairs=pairs)


def correct(on: date, *pairs: rate_tables.PairRate) -> rate_tables.CorrectRates:
    return rate_tables.CorrectRates(rate_table_id=SUBJECT, on=on, pairs=pairs, reason="misprint")


def rates(*events: rate_tables.RatesStated) -> dict[rate_tables.RateKey, rate_tables.DayRate]:
    """All rates after these events, the first of them at position 2."""
    stated: dict[rate_tables.RateKey, rate_tables.DayRate] = {}
    for position, event in enumerate(events, start=2):
        recorded = Recorded(position=position, version=position, stream_id=SUBJECT, occurred=None)
        stated |= rates_stated(event, recorded)
    return stated


def test_a_rate_table_is_defined_once_by_its_key() -> None:
    command = rate_tables.DefineRateTable(key="central", name="Central parity", source="PBOC")
    given().when(command).then(DEFINED)
    given(DEFINED).when(command).refused(ThingExists, pointer="/key")
    assert identity_of(command) == ("key", "central")


def test_rates_of_a_day_are_published() -> None:
    given(DEFINED).when(publish(MONDAY, usd("7.1012"), eur("7.7"))).then(were(MONDAY, usd("7.1012"), eur("7.7")))


def test_each_pair_has_days_of_its_own() -> None:
    given(DEFINED, were(MONDAY, usd("7.1"))).when(publish(FRIDAY, eur("7.7"))).then(were(FRIDAY, eur("7.7")))


def test_the_other_way_is_a_pair_of_its_own() -> None:
    back = rate_tables.PairRate(from_currency="CNY", to_currency="USD", rate=Decimal("0.14"))
    given(DEFINED, were(MONDAY, usd("7.1"))).when(publish(FRIDAY, back)).then(were(FRIDAY, back))


def test_the_same_rates_again_change_nothing_and_of_others_only_the_new_ones_are_told() -> None:
    before = given(DEFINED, were(MONDAY, usd("7.10")))
    before.when(publish(MONDAY, usd("7.1"))).then()
    before.when(publish(MONDAY, usd("7.1"), eur("7.7"))).then(were(MONDAY, eur("7.7")))


def test_another_rate_of_the_same_pair_and_day_is_refused() -> None:
    before = given(DEFINED, were(MONDAY, usd("7.1")))
    before.when(publish(MONDAY, eur("7.7"), usd("7.2"))).refused(
        rate_tables.RateAlreadyPublished, pointer="/pairs/1/rate"
    )


def test_a_rate_of_an_earlier_day_is_not_published_but_corrected() -> None:
    before = given(DEFINED, were(MONDAY, usd("7.1")))
    before.when(publish(FRIDAY, usd("7.0"))).refused(rate_tables.LaterRatePublished, pointer="/pairs/0")
    before.when(correct(FRIDAY, usd("7.0"))).then(were_corrected(FRIDAY, usd("7.0")))


def test_a_correction_is_a_fact_of_its_own_and_names_only_what_it_changes() -> None:
    before = given(DEFINED, were(MONDAY, usd("7.1"), eur("7.7")))
    before.when(correct(MONDAY, usd("7.2"), eur("7.7"))).then(were_corrected(MONDAY, usd("7.2")))
    before.when(correct(MONDAY, usd("7.1"))).then()


def test_what_was_never_published_cannot_be_corrected() -> None:
    given(DEFINED).when(correct(MONDAY, usd("7.2"))).refused(rate_tables.RateNotPublished, pointer="/pairs/0")
    given(DEFINED, were(FRIDAY, usd("7.1"))).when(correct(MONDAY, usd("7.2"))).refused(rate_tables.RateNotPublished)


def test_after_a_correction_of_an_earlier_day_the_latest_rate_is_still_the_latest() -> None:
    state = folded(RateTable, "rate_table", DEFINED, were(MONDAY, usd("7.1")), were_corrected(FRIDAY, usd("7.0")))
    assert state.latest == (
        rate_tables.LatestRate(from_currency="USD", to_currency="CNY", on=MONDAY, rate=Decimal("7.1")),
    )


def test_the_state_does_not_grow_with_the_days() -> None:
    days = [were(FRIDAY - timedelta(days=1_000 - number), usd("7"), eur("8")) for number in range(1_000)]
    state = folded(RateTable, "rate_table", DEFINED, *days)
    assert len(state.latest) == 2


def test_rates_may_be_published_for_the_next_month_but_not_for_a_wrong_year() -> None:
    last = DAY + timedelta(days=rate_tables.AHEAD_DAYS_MAX)
    given(DEFINED).when(publish(last, usd("7.1"))).then(were(last, usd("7.1")))
    given(DEFINED).when(publish(last + timedelta(days=1), usd("7.1"))).refused(
        rate_tables.RateDayTooFarAhead, pointer="/on"
    )


def test_a_table_takes_so_many_pairs_and_no_more() -> None:
    codes = sorted(MINOR_UNIT_EXPONENTS)
    ways = [(one, other) for one in codes for other in codes if one != other][: rate_tables.PAIRS_MAX + 1]
    pairs = [rate_tables.PairRate(from_currency=one, to_currency=other, rate=Decimal(2)) for one, other in ways]
    days = [
        were(FRIDAY, *pairs[start : start + rate_tables.PAIRS_OF_DAY_MAX][: rate_tables.PAIRS_MAX - start])
        for start in range(0, rate_tables.PAIRS_MAX, rate_tables.PAIRS_OF_DAY_MAX)
    ]
    given(DEFINED, *days).when(publish(MONDAY, pairs[rate_tables.PAIRS_MAX])).refused(rate_tables.RatePairsFull)
    given(DEFINED, *days).when(publish(MONDAY, pairs[0])).then(were(MONDAY, pairs[0]))


@pytest.mark.parametrize("rate", ["0", "-7.1", "NaN", "Infinity"])
def test_what_cannot_be_a_rate_is_refused(rate: str) -> None:
    given(DEFINED).when(publish(MONDAY, usd(rate))).refused(FieldInvalid, pointer="/pairs/0/rate")


NOTHING_RIGHT = (
    rate_tables.PairRate(from_currency="XXX", to_currency="XXX", rate=Decimal(0)),
    rate_tables.PairRate(from_currency="CNY", to_currency="CNY", rate=Decimal(0)),
)


@pytest.mark.parametrize(
    ("pairs", "on", "refusal", "pointer"),
    [
        (NOTHING_RIGHT, date(2036, 1, 1), CurrencyUnknown, "/pairs/0/from_currency"),
        (NOTHING_RIGHT[1:], date(2036, 1, 1), FieldInvalid, "/pairs/0/to_currency"),
        ((usd("0"), usd("1")), date(2036, 1, 1), FieldInvalid, "/pairs/0/rate"),
        ((usd("1"), usd("1")), date(2036, 1, 1), FieldInvalid, "/pairs/1"),
        ((usd("1"),), date(2036, 1, 1), rate_tables.RateDayTooFarAhead, "/on"),
        ((usd("1"), eur("1")), SATURDAY, rate_tables.LaterRatePublished, "/pairs/0"),
        ((usd("1"), eur("1")), SUNDAY, rate_tables.RateAlreadyPublished, "/pairs/0/rate"),
    ],
)
def test_of_several_refusals_the_first_in_this_order_is_given(
    pairs: tuple[rate_tables.PairRate, ...], on: date, refusal: type[Refused], pointer: str
) -> None:
    given(DEFINED, were(SUNDAY, usd("7.1"), eur("7.7"))).when(publish(on, *pairs)).refused(refusal, pointer=pointer)


def found(table: dict[rate_tables.RateKey, rate_tables.DayRate], on: date, within_days: int) -> str | None:
    rate = rate_on(table, from_currency="USD", to_currency="CNY", on=on, within_days=within_days)
    return str(rate.rate) if rate else None


def test_on_a_weekend_the_rate_of_friday_is_taken_within_the_stated_days() -> None:
    table = rates(were(FRIDAY, usd("7.1")), were(MONDAY, usd("7.2")))
    assert [found(table, day, 2) for day in (FRIDAY, SATURDAY, SUNDAY, MONDAY)] == ["7.1", "7.1", "7.1", "7.2"]


def test_a_missing_rate_is_none_and_never_one() -> None:
    table = rates(were(FRIDAY, usd("7.1")))
    assert found(table, SUNDAY, 1) is None
    assert found(table, FRIDAY - timedelta(days=1), rate_tables.WITHIN_DAYS_MAX) is None
    assert found({}, FRIDAY, rate_tables.WITHIN_DAYS_MAX) is None
    assert found(table, date.min, rate_tables.WITHIN_DAYS_MAX) is None


def test_the_other_way_and_a_third_currency_give_no_rate() -> None:
    table = rates(were(FRIDAY, usd("7.1"), eur("7.7")))
    assert rate_on(table, from_currency="CNY", to_currency="USD", on=FRIDAY, within_days=9) is None
    assert rate_on(table, from_currency="EUR", to_currency="USD", on=FRIDAY, within_days=9) is None


def test_a_rate_tells_its_day_and_the_event_that_states_it() -> None:
    table = rates(were(FRIDAY, usd("7.1")), were(MONDAY, usd("7.2")), were_corrected(FRIDAY, usd("7.0")))
    corrected = rate_on(table, from_currency="USD", to_currency="CNY", on=SATURDAY, within_days=3)
    assert corrected == rate_tables.DayRate(on=FRIDAY, rate=Decimal("7.0"), position=4)
    assert found(table, MONDAY, 0) == "7.2"
