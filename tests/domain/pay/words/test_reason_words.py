"""Reasons in words: each kind reads in both languages, says all that it rests on, and shows no number longer than people read."""

import re
from collections.abc import Iterator
from dataclasses import fields, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from types import NoneType, UnionType
from typing import Any, Literal, get_args, get_origin, get_type_hints

import pytest

from salesapi.domain.pay.reasons.earned_reasons import AwaitsRate, PerUnit, RatedPart, RatedParts, Recurring
from salesapi.domain.pay.reasons.posted_reasons import AdvanceNetted, Clawed, GoalScored, Recomputed, Released, Scored
from salesapi.domain.pay.reasons.reason_form import form_of, number_text, stated, unit_of
from salesapi.domain.pay.reasons.reasons import KINDS, Reason
from salesapi.domain.pay.rules.wording import amount_shown, number_shown
from salesapi.domain.pay.words.plan_words import Language
from salesapi.domain.pay.words.reason_words import PHRASES, reason_in_words

LANGUAGES: tuple[Language, ...] = ("en", "zh")
TOGETHER = (
    ("rate_percent", "lost_minor"),
    ("more_count", "more_minor"),
    ("covered_days", "period_days"),
    ("collected_minor", "allowed_by"),
)
"""Inputs that are there or missing together."""
DIGITS = {"JPY": 0, "USD": 2, "KWD": 3}
LONG = Fraction(10**6, 7)
"""A number without an end."""


def sample(of: type, number: int) -> Any:
    """A record of a kind, all of it there, with numbers of its own in each field."""
    hints = get_type_hints(of)
    return of(**{each.name: value(each.name, hints[each.name], number + at) for at, each in enumerate(fields(of))})


def value(name: str, hint: Any, number: int) -> Any:
    arms = [arm for arm in get_args(hint) if arm is not NoneType] if get_origin(hint) is UnionType else [hint]
    first = arms[0]
    if get_origin(first) is tuple:
        return (sample(get_args(first)[0], number * 10),)
    if get_origin(first) is Literal:
        return get_args(first)[number % len(get_args(first))]
    if first is date:
        return date(2026, 1, 1 + number % 28)
    if first is str:
        return f"word {number}"
    return Fraction(1_000 + number)


def changes(reason: Any) -> Iterator[tuple[str, Any]]:
    """The record with one field changed, for each field; of a term, too."""
    hints = get_type_hints(type(reason))
    for each in fields(reason):
        now = getattr(reason, each.name)
        if isinstance(now, tuple):
            for name, term in changes(now[0]):
                yield f"{each.name}.{name}", replace(reason, **{each.name: (term,)})
            yield f"{each.name} twice", replace(reason, **{each.name: now * 2})
        else:
            for number in range(1, 9):
                other = value(each.name, hints[each.name], 200 + number)
                if other != now:
                    yield each.name, replace(reason, **{each.name: other})
                    break
            else:
                raise AssertionError(f"{each.name} has one value only")


def said(reason: Any, language: Language, exact_minor: str | None = "12345") -> str:
    return reason_in_words(form_of(reason), "USD", exact_minor, language)


def test_each_kind_has_a_name_of_its_own() -> None:
    names = list(KINDS.values())
    assert len(names) == len(set(names)) == 47
    assert all(re.fullmatch(r"[a-z]+(_[a-z]+)*", name) for name in names)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS, ids=KINDS.get)
def test_each_kind_reads_and_reads_differently_once_anything_of_it_is_another(kind: type, language: Language) -> None:
    reason = sample(kind, 1)
    told = said(reason, language)
    assert told
    assert not re.search(r"[{}?]|None|_", told), told
    for name, other in changes(reason):
        assert said(other, language) != told, f"{name} is not said"


@pytest.mark.parametrize("kind", KINDS, ids=KINDS.get)
def test_the_two_languages_are_not_the_same_text(kind: type) -> None:
    reason = sample(kind, 1)
    if kind is not AwaitsRate and PHRASES[KINDS[kind]][0] != "{terms} = {result}":
        english, chinese = PHRASES[KINDS[kind]]
        assert english != chinese
    assert re.search("[\u4e00-\u9fff×]", said(reason, "zh")), "it is in Chinese"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS, ids=KINDS.get)
def test_what_may_be_missing_may_be(kind: type, language: Language) -> None:
    """Each optional input left out, with the one that comes with it: the sentence is whole without them, and another one."""
    reason = sample(kind, 1)
    for each in fields(kind):
        if each.default is None:
            together = next((pair for pair in TOGETHER if each.name in pair), (each.name,))
            told = said(replace(reason, **dict.fromkeys(together)), language)
            assert told != said(reason, language), each.name
            assert not re.search(r"[{}]|None", told), told


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS, ids=KINDS.get)
def test_no_number_is_longer_than_people_read(kind: type, language: Language) -> None:
    for currency, digits in DIGITS.items():
        told = reason_in_words(form_of(endless(sample(kind, 1))), currency, number_text(LONG), language)
        assert all(len(found) <= digits + 4 for found in re.findall(r"\.(\d+)", told)), told
        assert all(len(found) <= 11 for found in re.findall(r"[\d.]+", told)), told


def endless(reason: Any) -> Any:
    """The record with a number without an end in place of each number."""
    changed: dict[str, Any] = {}
    for each in fields(reason):
        now = getattr(reason, each.name)
        if isinstance(now, tuple):
            changed[each.name] = tuple(map(endless, now))
        elif isinstance(now, Fraction):
            changed[each.name] = LONG
    return replace(reason, **changed)


@pytest.mark.parametrize("kind", KINDS, ids=KINDS.get)
def test_the_unit_of_each_input_follows_from_its_name(kind: type) -> None:
    for record in (kind, *terms_of(kind)):
        hints = get_type_hints(record)
        for each in fields(record):
            given = value(each.name, hints[each.name], 1)
            if not isinstance(given, tuple):
                assert (unit_of(each.name) != "text") is isinstance(given, Fraction), each.name


def terms_of(kind: type) -> list[type]:
    return [get_args(hint)[0] for hint in get_type_hints(kind).values() if get_origin(hint) is tuple]


def test_every_phrase_is_of_a_kind_or_of_a_word_among_the_inputs() -> None:
    words = {each.name for kind in KINDS for record in (kind, *terms_of(kind)) for each in fields(record)}
    for name in PHRASES:
        owner = re.split(r"[.?!]", name)[0]
        assert owner in words.union(KINDS.values()), name


def test_words_that_a_plan_may_state_read_in_both_languages() -> None:
    for kind in KINDS:
        for record in (kind, *terms_of(kind)):
            for name, hint in get_type_hints(record).items():
                for word in get_args(hint) if get_origin(hint) is Literal else ():
                    assert f"{name}.{word}" in PHRASES


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (3, "3"),
        (Decimal("4.50"), "4.5"),
        (Fraction(9, 2), "4.5"),
        (Fraction(-10, 3), "-10/3"),
        (Fraction(1, 2**20), "0.00000095367431640625"),
        (Fraction(10**40, 7), f"{10**40}/7"),
    ],
)
def test_numbers_of_the_data_are_exact(number: int | Fraction | Decimal, text: str) -> None:
    assert number_text(number) == text
    assert Fraction(text) == number


def test_a_number_of_the_data_has_a_bound() -> None:
    huge = Fraction(10**60 + 1, 7**80)
    assert len(number_text(huge)) <= 120
    assert abs(Fraction(number_text(huge)) - huge) < Fraction(1, 10**40)
    assert "/" not in number_text(huge)


@pytest.mark.parametrize(
    ("minor", "currency", "text"),
    [
        (105_400, "USD", "1,054.00"),
        (Fraction(895_056, 100), "USD", "89.5056"),
        (Fraction(10_000, 3), "USD", "≈33.33"),
        (Fraction(-20_000, 3), "USD", "≈-66.67"),
        (Fraction(1, 3), "USD", "≈0.003333"),
        (Fraction(1, 3), "JPY", "≈0.3333"),
        (Fraction(10, 3), "KWD", "≈0.003"),
    ],
)
def test_amounts_are_rounded_for_people_and_say_so(minor: int | Fraction, currency: str, text: str) -> None:
    assert amount_shown(minor, currency) == text


@pytest.mark.parametrize(
    ("number", "text"),
    [(Fraction(3), "3"), (Fraction(45, 1_000), "0.045"), (Fraction(10, 3), "≈3.3333"), (Fraction(20, 3), "≈6.6667")],
)
def test_rates_have_four_decimals_at_most(number: Fraction, text: str) -> None:
    assert number_shown(number) == text


@pytest.mark.parametrize(
    ("reason", "english", "chinese"),
    [
        (
            RatedParts(
                parts=(
                    RatedPart(rate_percent=Fraction(10, 3), amount_minor=3_000_000),
                    RatedPart(rate_percent=5, amount_minor=100, uncapped_percent=Fraction(15, 2)),
                )
            ),
            "≈3.3333 % of 30,000.00 + 5 % in place of 7.5 % of 1.00 = 123.45 USD",
            "30,000.00 × ≈3.3333% + 1.00 × 5%(封顶前7.5%) = 123.45 USD",
        ),
        (
            PerUnit(unit_count=Fraction(5, 2), amount_minor=500),
            "2.5 units x 5.00 = 123.45 USD",
            "2.5件 × 5.00 = 123.45 USD",
        ),
        (
            Recurring(rate_percent=2, amount_minor=500, unpaid_number=13),
            "2 % of 5.00 (billing period 13 does not pay) = 123.45 USD",
            "5.00 × 2%(账期13不计提) = 123.45 USD",
        ),
        (
            Released(payable_percent=25, earned_minor=10_000, payable_minor=2_500, before_minor=0, extended_days=15),
            "25 % payable of 100.00: 25.00 less 0.00 = 123.45 USD; expiry extended by 15 days",
            "100.00已可支付25%:25.00 - 0.00 = 123.45 USD;失效期延长15天",
        ),
        (
            Clawed(claimed_minor=4_000),
            "lost: 40.00, of which paid before = 123.45 USD",
            "损失:应追回40.00,其中此前已付 = 123.45 USD",
        ),
        (
            Recomputed(
                period="2026Q1",
                side="released",
                recomputed_minor=0,
                posted_minor=-100,
                difference_minor=100,
                least_minor=500,
            ),
            "2026Q1 payable part recomputed 0.00 less posted -1.00 = 1.00 USD; less than 5.00 is recorded and not paid",
            "2026Q1可支付部分重算0.00 - 已入账-1.00 = 1.00 USD;不足5.00,仅记录不支付",
        ),
        (
            Scored(
                target_minor=10_000,
                goals=(
                    GoalScored(goal="nps", weight_percent=40, payout_percent=100, score_percent=80),
                    GoalScored(goal="csat", weight_percent=30, payout_percent=0),
                    GoalScored(goal="calls", weight_percent=30),
                ),
            ),
            "100.00 x (40 % x 100 % for nps at 80 % + 30 % x 0 % for csat at no score + 30 % x calls left out) = 123.45 USD",
            "100.00 ×(40% × 100%(nps得分80%) + 30% × 0%(csat得分缺失) + 30% × calls不计)= 123.45 USD",
        ),
        (
            AdvanceNetted(earned_minor=60_000, advanced_minor=90_000, owed_minor=100, carried_minor=30_000),
            "600.00 less 900.00 advanced less 1.00 owed before; 300.00 is carried forward = 123.45 USD",
            "600.00 - 已预付900.00 - 此前欠1.00;结转300.00 = 123.45 USD",
        ),
    ],
)
def test_reasons_read_like_this(reason: Reason, english: str, chinese: str) -> None:
    assert (said(reason, "en"), said(reason, "zh")) == (english, chinese)


def test_what_waits_names_no_result() -> None:
    assert said(AwaitsRate(currency_from="EUR", currency_to="USD"), "en", None) == (
        "waiting for a rate from EUR to USD; nothing is posted"
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_old_sentence_stays_but_for_decimals_that_nobody_reads(language: Language) -> None:
    old = stated("16.6666638888... % payable of 3,000.00: 499.99991666668055555324074112654 = 5.1234567 USD")
    assert reason_in_words(old, "USD", "1", language) == (
        "16.666663... % payable of 3,000.00: 499.999916... = 5.123456... USD"
    )
