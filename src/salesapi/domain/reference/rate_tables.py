"""Rate tables: what one currency is worth in another, day by day, as one source publishes it. Stream `rate_table`.

A rate is so many major units of `to_currency` for one of `from_currency`, an exact decimal above zero; days are the source's.
(The steps of a compensation plan that turn results into percents are its tiers, not this.) Rates of a pair are published in the
order of their days. What is stated later about an earlier day would change what was computed with the rates before it, so it is
a correction, with a reason. So a decision needs no more than the latest rate of each pair, and the state stays small; all rates
by day are `rates_stated`, folded by those who compute with them.
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Annotated, Final, TypeAlias
from uuid import UUID

from annotated_types import Gt, MaxLen, MinLen

from salesapi.domain.shared.dates import PlannedDate, days_after
from salesapi.domain.shared.declarations import Stream, changes, creates
from salesapi.domain.shared.kernel import (
    CASHIERS,
    PAYERS,
    About,
    Context,
    CurrencyCode,
    FieldInvalid,
    Key,
    Reason,
    Recorded,
    Refused,
    Title,
    record,
    refuse_existing,
)
from salesapi.domain.shared.money import Exact, exponent
from salesapi.domain.shared.states import made_from, replace

PAIRS_MAX: Final = 500
"""Most pairs of currencies of one table."""
PAIRS_OF_DAY_MAX: Final = 200
"""Most rates in one command, and so in one event."""
AHEAD_DAYS_MAX: Final = 62
"""How many days ahead a rate may be published: rates for the next month are, a wrong year is not."""
WITHIN_DAYS_MAX: Final = 366
"""Longest time for which a rate may be taken after its day, in days."""


@record
class PairRate:
    """The rate of one pair of currencies."""

    from_currency: Annotated[CurrencyCode, About("ISO 4217 code of the currency that is converted.")]
    to_currency: Annotated[CurrencyCode, About("ISO 4217 code of the currency that it becomes.")]
    rate: Annotated[
        Exact,
        Gt(Decimal(0)),
        About("Major units of the second currency for one of the first: an exact decimal string such as `7.1012`."),
    ]


@record
class RateTableDefined:
    """A table was named; it has no rate yet."""

    key: str
    name: str
    source: str


@record
class RateTableRatesPublished:
    """The rates of these pairs on this day, later than all days of theirs before."""

    on: date
    pairs: tuple[PairRate, ...]


@record
class RateTableRatesCorrected:
    """From now on these are the rates of this day. What was published stays in the log."""

    on: date
    pairs: tuple[PairRate, ...]
    reason: str


RatesStated: TypeAlias = RateTableRatesPublished | RateTableRatesCorrected
RateTableEvent: TypeAlias = RateTableDefined | RatesStated

RateTableId: TypeAlias = Annotated[UUID, About("The rate table.")]
PairRates: TypeAlias = Annotated[tuple[PairRate, ...], MinLen(1), MaxLen(PAIRS_OF_DAY_MAX)]


@record
class DefineRateTable:
    """Names a table of currency rates. A pair that it has no rate for is never converted at 1: what needs it waits."""

    key: Annotated[Key, About("Stable name, unique among rate tables.")]
    name: Annotated[Title, About("Name shown to people.")]
    source: Annotated[Title, About("Who publishes the rates, for example the name of a central bank.")]


@record
class PublishRates:
    """Publishes the rates of a day: at most one for a pair and day. The same rates again change nothing."""

    rate_table_id: RateTableId
    on: Annotated[PlannedDate, About("The day of the rates, later than every day before of the same pairs.")]
    pairs: Annotated[
        PairRates, About("The rates, each pair once. Pairs are one-way: the other way is a pair of its own.")
    ]


@record
class CorrectRates:
    """Corrects rates of a day, or adds rates that were missed, where the pair has rates of that day or later ones."""

    rate_table_id: RateTableId
    on: Annotated[PlannedDate, About("The day of the rates.")]
    pairs: Annotated[PairRates, About("The right rates, each pair once; pairs that are not named stay as they are.")]
    reason: Annotated[Reason, About("Why they are corrected; what was computed with the old ones is told by it.")]


class RateDayTooFarAhead(Refused):
    """The day lies where no source publishes rates yet."""

    code = "rate_table.day_too_far_ahead"
    message = "Rates are published at most {most} days ahead, until {last}."


class RateAlreadyPublished(Refused):
    """A pair has one rate a day."""

    code = "rate_table.rate_already_published"
    message = "{from_currency} to {to_currency} has another rate of {on} already; correct it, with a reason."


class LaterRatePublished(Refused):
    """A rate of an earlier day would be used retroactively: that is a correction."""

    code = "rate_table.later_rate_published"
    message = (
        "{from_currency} to {to_currency} has a rate of {latest_on} already; "
        "state that of an earlier day as a correction, with a reason."
    )


class RateNotPublished(Refused):
    """There is nothing to correct."""

    code = "rate_table.rate_not_published"
    message = "{from_currency} to {to_currency} has no rate of {on} or later yet; publish it."


class RatePairsFull(Refused):
    """The bound of pairs is reached."""

    code = "rate_table.too_many_pairs"
    message = "A rate table has at most {most} pairs; define another table."


@record
class LatestRate:
    """The rate of a pair with the latest day."""

    from_currency: Annotated[str, About("ISO 4217 code of the currency that is converted.")]
    to_currency: Annotated[str, About("ISO 4217 code of the currency that it becomes.")]
    on: Annotated[PlannedDate, About("The day of the rate.")]
    rate: Annotated[Decimal, About("Major units of the second currency for one of the first, a decimal string.")]


Pair: TypeAlias = tuple[str, str]
"""From and to."""


@record
class RateTable:
    """The state that decisions need of a rate table: the latest rate of each pair, ordered by pair."""

    key: str
    name: str
    source: str
    latest: tuple[LatestRate, ...] = ()

    def by_pair(self) -> dict[Pair, LatestRate]:
        """The latest rates by their pairs."""
        return {(rate.from_currency, rate.to_currency): rate for rate in self.latest}


def define(state: RateTable | None, command: DefineRateTable, context: Context) -> tuple[RateTableDefined, ...]:
    """Decides `DefineRateTable`."""
    refuse_existing(state, context, "rate table", pointer="/key")
    return (made_from(RateTableDefined, command),)


def publish(state: RateTable, command: PublishRates, context: Context) -> tuple[RateTableRatesPublished, ...]:
    """Decides `PublishRates`."""
    _refuse_unusable(command.pairs)
    last = days_after(context.today, AHEAD_DAYS_MAX)
    if command.on > last:
        raise RateDayTooFarAhead(most=AHEAD_DAYS_MAX, last=str(last), pointer="/on")
    latest = state.by_pair()
    new = tuple(
        pair for index, pair in enumerate(command.pairs) if _is_new(latest.get(_pair(pair)), pair, command.on, index)
    )
    if len(latest.keys() | {_pair(pair) for pair in new}) > PAIRS_MAX:
        raise RatePairsFull(most=PAIRS_MAX, pointer="/pairs")
    return (RateTableRatesPublished(on=command.on, pairs=new),) if new else ()


def correct(state: RateTable, command: CorrectRates, context: Context) -> tuple[RateTableRatesCorrected, ...]:
    """Decides `CorrectRates`. Only of the latest day it is known here what changes nothing."""
    _refuse_unusable(command.pairs)
    latest = state.by_pair()
    changed = []
    for index, pair in enumerate(command.pairs):
        known = latest.get(_pair(pair))
        if known is None or known.on < command.on:
            raise RateNotPublished(**_named(pair), on=str(command.on), pointer=f"/pairs/{index}")
        if (known.on, known.rate) != (command.on, pair.rate):
            changed.append(pair)
    if not changed:
        return ()
    return (RateTableRatesCorrected(on=command.on, pairs=tuple(changed), reason=command.reason),)


def evolve(state: RateTable | None, event: RateTableEvent, recorded: Recorded) -> RateTable:
    """Folds the stream to its state."""
    if isinstance(event, RateTableDefined):
        return made_from(RateTable, event)
    assert state is not None, "a rate table begins with rate_table.defined"
    latest = state.by_pair()
    for pair in event.pairs:
        known = latest.get(_pair(pair))
        if known is None or known.on <= event.on:
            latest[_pair(pair)] = made_from(LatestRate, pair, on=event.on)
    return replace(state, latest=tuple(latest[pair] for pair in sorted(latest)))


RateKey: TypeAlias = tuple[str, str, date]
"""From, to and day."""


@record
class DayRate:
    """The rate of a pair on a day, and the event that states it."""

    on: date
    rate: Decimal
    position: int


def rates_stated(event: RatesStated, recorded: Recorded) -> dict[RateKey, DayRate]:
    """The rates that hold by this event. Update a mapping with those of each event, in order, to have a table's rates."""
    return {
        (*_pair(pair), event.on): DayRate(on=event.on, rate=pair.rate, position=recorded.position)
        for pair in event.pairs
    }


def rate_on(
    table: Mapping[RateKey, DayRate], *, from_currency: str, to_currency: str, on: date, within_days: int
) -> DayRate | None:
    """The last rate of the pair of this day or of at most `within_days` days before it.

    None is a missing rate: what needs it waits. It is never 1, nor the inverse of the other way, nor one by a third currency.
    """
    assert from_currency != to_currency, "a currency needs no rate against itself"
    assert 0 <= within_days <= WITHIN_DAYS_MAX, f"within_days is {within_days}, at most {WITHIN_DAYS_MAX}"
    earliest = max(on.toordinal() - within_days, 1)
    days = (date.fromordinal(ordinal) for ordinal in range(on.toordinal(), earliest - 1, -1))
    return next((found for day in days if (found := table.get((from_currency, to_currency, day)))), None)


def _pair(rate: PairRate) -> Pair:
    return (rate.from_currency, rate.to_currency)


def _named(rate: PairRate) -> dict[str, str]:
    return {"from_currency": rate.from_currency, "to_currency": rate.to_currency}


def _is_new(known: LatestRate | None, pair: PairRate, on: date, index: int) -> bool:
    """Tells whether the rate says something new; refuses one that would replace another or come before it."""
    if known is None or known.on < on:
        return True
    if known.on > on:
        raise LaterRatePublished(**_named(pair), latest_on=str(known.on), pointer=f"/pairs/{index}")
    if known.rate != pair.rate:
        raise RateAlreadyPublished(**_named(pair), on=str(on), pointer=f"/pairs/{index}/rate")
    return False


def _refuse_unusable(pairs: tuple[PairRate, ...]) -> None:
    """Raises FieldInvalid, CurrencyUnknown: what cannot be meant as rates of one day."""
    seen: set[Pair] = set()
    for index, pair in enumerate(pairs):
        place = f"/pairs/{index}"
        exponent(pair.from_currency, pointer=f"{place}/from_currency")
        exponent(pair.to_currency, pointer=f"{place}/to_currency")
        if pair.from_currency == pair.to_currency:
            raise FieldInvalid(reason="A currency has no rate against itself.", pointer=f"{place}/to_currency")
        if not pair.rate.is_finite() or pair.rate <= 0:
            raise FieldInvalid(reason="A rate is a number above zero.", pointer=f"{place}/rate")
        if _pair(pair) in seen:
            raise FieldInvalid(reason="Each pair stands once; this one was there before.", pointer=place)
        seen.add(_pair(pair))


STREAM: Final = Stream[RateTable, RateTableEvent](
    kind="rate_table",
    plural="rate-tables",
    evolve=evolve,
    commands=(
        creates(DefineRateTable, decide=define, roles=PAYERS, identity=lambda command: ("key", command.key)),
        changes(PublishRates, decide=publish, roles=CASHIERS, target="rate_table_id"),
        changes(CorrectRates, decide=correct, roles=CASHIERS, target="rate_table_id"),
    ),
)
