"""A reason as a sentence, English or Chinese, for whoever is paid; numbers are rounded for people (see `wording.py`).

Pure: a sentence follows from the stored form of a reason, its currency, and the result that it is the reason of. The phrases are
in `earned_phrases.py` and `posted_phrases.py`, under the kind of the reason.
"""

import re
from collections.abc import Iterable, Mapping
from fractions import Fraction
from functools import cache, lru_cache
from string import Formatter
from typing import Final, TypeAlias

from salesapi.domain.pay.reasons.reason_form import STATED, ReasonInput, ReasonUnit, StoredReason, unit_of
from salesapi.domain.pay.rules.wording import MORE_DECIMALS_SHOWN, amount_shown, in_major, number_shown
from salesapi.domain.pay.words.earned_phrases import EARNED_PHRASES
from salesapi.domain.pay.words.plan_words import Language, Phrases, in_language
from salesapi.domain.pay.words.posted_phrases import POSTED_PHRASES

Values: TypeAlias = Mapping[str, str]

PHRASES: Final[Phrases] = {**EARNED_PHRASES, **POSTED_PHRASES}
"""What is said, under one name in each language.

`kind` is the sentence of a reason, `kind.term` one of its terms and `kind.join` what stands between them. A slot is filled with
an input; one that ends in `?` with `kind?input` where the input is there, else with `kind!input`, or nothing. A word among the
inputs reads as `input.word`, where there is such a phrase.
"""
NUMBERS_KEPT: Final = 4_096
"""How many numbers are kept as they are shown: each is asked for in both languages."""
PLUS: Final = (" + ", " + ")
"""Stands between terms where nothing else is said to."""
LONG_DECIMALS: Final = re.compile(rf"(\.\d{{{MORE_DECIMALS_SHOWN + 2}}})\d+(?:\.\.\.)?")
"""Decimals of an old sentence beyond what is shown of any number."""


def reason_in_words(reason: StoredReason, currency: str, exact_minor: str | None, language: Language) -> str:
    """The sentence. `exact_minor` is the result, as a number or None where nothing is known yet."""
    kind = reason.kind
    if kind == STATED:
        return LONG_DECIMALS.sub(r"\1...", reason.inputs[0].value)
    said = {"currency": currency, **_values(reason.inputs, currency, language)}
    if exact_minor is not None:
        said["result"] = f"{_number('minor', exact_minor, currency)} {currency}"
    if reason.terms:
        terms = (_phrase(kind, ".term", language, _values(term.inputs, currency, language)) for term in reason.terms)
        said["terms"] = in_language(PHRASES.get(f"{kind}.join", PLUS), language).join(terms)
    return _phrase(kind, "", language, said)


def _phrase(kind: str, part: str, language: Language, values: Values) -> str:
    """A phrase of a kind with its slots filled."""
    return "".join(
        text + (_optional(kind, slot[:-1], language, values) if slot.endswith("?") else values.get(slot, ""))
        for text, slot in _pieces(kind + part, language)
    )


def _optional(kind: str, name: str, language: Language, values: Values) -> str:
    """Says what belongs to an input that is there, or to one that is not."""
    part = f"{'?' if name in values else '!'}{name}"
    return _phrase(kind, part, language, values) if kind + part in PHRASES else ""


def _values(inputs: Iterable[ReasonInput], currency: str, language: Language) -> dict[str, str]:
    """The inputs as they are shown."""
    found: dict[str, str] = {}
    for each in inputs:
        unit = unit_of(each.name)
        if unit != "text":
            found[each.name] = _number(unit, each.value, currency)
        else:
            word = PHRASES.get(f"{each.name}.{each.value}")
            found[each.name] = each.value if word is None else in_language(word, language)
    return found


@lru_cache(maxsize=NUMBERS_KEPT)
def _number(unit: ReasonUnit, value: str, currency: str) -> str:
    if value.removeprefix("-").isdecimal():
        # Most are whole: these are not worth a fraction.
        return in_major(int(value), currency) if unit == "minor" else value
    return amount_shown(Fraction(value), currency) if unit == "minor" else number_shown(Fraction(value))


@cache
def _pieces(name: str, language: Language) -> tuple[tuple[str, str], ...]:
    """A phrase as texts, each with the slot that follows it, or nothing at the end."""
    return tuple((text, slot or "") for text, slot, _, _ in Formatter().parse(in_language(PHRASES[name], language)))
