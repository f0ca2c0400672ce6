"""A reason as a sentence, English or Chinese, for whoever is paid; numbers are rounded for people (see `wording.py`).

Pure: a sentence follows from the stored form of a reason, its currency, and the result that it is the reason of. The phrases are
in `earned_phrases.py` and `posted_phrases.py`, under the kind of the reason.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from salesapi.domain.pay.reasons.reason_form import STATED, ReasonInput, StoredReason, unit_of
from salesapi.domain.pay.rules.wording import MORE_DECIMALS_SHOWN, amount_shown, number_shown
from salesapi.domain.pay.words.earned_phrases import EARNED_PHRASES
from salesapi.domain.pay.words.plan_words import Language, Phrases
from salesapi.domain.pay.words.posted_phrases import POSTED_PHRASES

PHRASES: Final[Phrases] = {**EARNED_PHRASES, **POSTED_PHRASES}
"""What is said, under one name in each language.

`kind` is the sentence of a reason, `kind.term` one of its terms and `kind.join` what stands between them. A slot is filled with
an input; one that ends in `?` with `kind?input` where the input is there, else with `kind!input`, or nothing. A word among the
inputs reads as `input.word`, where there is such a phrase.
"""
LONG_DECIMALS: Final = re.compile(rf"(\.\d{{{MORE_DECIMALS_SHOWN + 2}}})\d+(?:\.\.\.)?")
"""Decimals of an old sentence beyond what is shown of any number."""


def reason_in_words(reason: StoredReason, currency: str, exact_minor: str | None, language: Language) -> str:
    """The sentence. `exact_minor` is the result, as a number or None where nothing is known yet."""
    if reason.kind == STATED:
        return LONG_DECIMALS.sub(r"\1...", reason.inputs[0].value)
    said = _Said(reason.kind, currency, language)
    terms = (said.phrase(f"{reason.kind}.term", said.values(term.inputs)) for term in reason.terms)
    beside = {"currency": currency, "terms": said.joined(terms)}
    if exact_minor is not None:
        beside["result"] = f"{amount_shown(Fraction(exact_minor), currency)} {currency}"
    return said.phrase(reason.kind, {**said.values(reason.inputs), **beside})


@dataclass(frozen=True, slots=True)
class _Said:
    """What is said of one kind of reason."""

    kind: str
    currency: str
    language: Language

    def values(self, inputs: Iterable[ReasonInput]) -> dict[str, str]:
        return {each.name: self._shown(each) for each in inputs}

    def joined(self, terms: Iterable[str]) -> str:
        join = PHRASES.get(f"{self.kind}.join")
        return (" + " if join is None else join[self.language]).join(terms)

    def phrase(self, name: str, values: dict[str, str]) -> str:
        return PHRASES[name][self.language].format_map(_Slots(self, values))

    def maybe(self, name: str, values: dict[str, str]) -> str:
        """What is said where there is an input, or where there is none."""
        phrase = f"{self.kind}{'?' if name in values else '!'}{name}"
        return self.phrase(phrase, values) if phrase in PHRASES else ""

    def _shown(self, given: ReasonInput) -> str:
        match unit_of(given.name):
            case "minor":
                return amount_shown(Fraction(given.value), self.currency)
            case "percent" | "number":
                return number_shown(Fraction(given.value))
            case "text":
                word = PHRASES.get(f"{given.name}.{given.value}")
                return given.value if word is None else word[self.language]


class _Slots(dict[str, str]):
    """The values of a phrase; what is said of an input that may be missing is made where a slot asks for it."""

    def __init__(self, said: _Said, values: dict[str, str]) -> None:
        super().__init__(values)
        self._said = said

    def __missing__(self, slot: str) -> str:
        if not slot.endswith("?"):
            raise KeyError(slot)
        return self._said.maybe(slot[:-1], dict(self))
