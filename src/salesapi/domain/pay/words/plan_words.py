"""How the sentences of a plan are put together: phrases by language, with amounts, ranges, lists and spans of time in them."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Final, Literal, TypeAlias, TypeVar

from salesapi.domain.pay.rules.wording import in_major

Part = TypeVar("Part")

Language: TypeAlias = Literal["en", "zh"]
Phrase: TypeAlias = tuple[str, str]
"""What is said in English, and the same in Chinese."""
Phrases: TypeAlias = dict[str, Phrase]

RANGE_PHRASES: Final[Phrases] = {
    "percent": ("{value} %", "{value}%"),
    "range.from": ("from {lower}", "{lower}起"),
    "range.between": ("from {lower} to {upper}", "{lower}至{upper}"),
    "range.below": ("below {upper}", "{upper}以下"),
    "range.any": ("at any value", "任意值"),
    "months": ("{count} month(s)", "{count}个月"),
    "comma": (", ", "、"),
    "or": (" or ", "或"),
}


def in_language(phrase: Phrase, language: Language) -> str:
    """The phrase in one of its languages."""
    english, chinese = phrase
    return chinese if language == "zh" else english


@dataclass(frozen=True, slots=True)
class Words:
    """Sentences in one language and currency."""

    phrases: Phrases
    language: Language
    currency: str

    def say(self, phrase: str, **values: object) -> str:
        """A phrase with its values; decimals without needless zeros."""
        shown = {name: self.plain(value) if isinstance(value, Decimal) else value for name, value in values.items()}
        return in_language(self.phrases[phrase], self.language).format(**shown)

    def say_all(self, *phrases: str) -> Iterator[str]:
        """Phrases without values, one after the other."""
        return map(self.say, phrases)

    def plain(self, value: Decimal) -> str:
        """A decimal without needless zeros: `4.5`, not `4.50` or `1E+2`."""
        return format(value.normalize(), "f")

    def money(self, amount_minor: Fraction | int) -> str:
        """An amount in major units with its currency."""
        return f"{in_major(amount_minor, self.currency)} {self.currency}"

    def percent(self, value: Decimal) -> str:
        """A percentage with its sign."""
        return self.say("percent", value=value)

    def span(self, shown: Callable[[Decimal], str], *, lower: Decimal | None, upper: Decimal | None) -> str:
        """From one value to another, each as it is `shown`; None is open."""
        if lower is not None and upper is not None:
            return self.say("range.between", lower=shown(lower), upper=shown(upper))
        if lower is not None:
            return self.say("range.from", lower=shown(lower))
        return self.say("range.below", upper=shown(upper)) if upper is not None else self.say("range.any")

    def one_of_named(self, of: str, names: Sequence[str]) -> str:
        """The phrases `of.a, of.b or of.c`."""
        return self.one_of([self.say(f"{of}.{name}") for name in names])

    def one_of(self, values: Sequence[str]) -> str:
        """`a, b or c`."""
        *first, last = values
        return self.say("or").join((self.say("comma").join(first), last)) if first else last


def where_stated(words: Words, part: Part | None, say: Callable[[Words, Part], Iterator[str]]) -> Iterator[str]:
    """The sentences of a part; one that is not stated has none."""
    if part is not None:
        yield from say(words, part)
