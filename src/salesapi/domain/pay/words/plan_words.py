"""How the sentences of a plan are put together: phrases by language, with amounts, ranges, lists and spans of time in them."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Final, Literal, TypeAlias

from salesapi.domain.pay.rules.wording import in_major

Language: TypeAlias = Literal["en", "zh"]
Phrases: TypeAlias = dict[str, dict[Language, str]]

RANGE_PHRASES: Final[Phrases] = {
    "percent": {"en": "{value} %", "zh": "{value}%"},
    "range.from": {"en": "from {lower}", "zh": "{lower}起"},
    "range.between": {"en": "from {lower} to {upper}", "zh": "{lower}至{upper}"},
    "range.below": {"en": "below {upper}", "zh": "{upper}以下"},
    "range.any": {"en": "at any value", "zh": "任意值"},
    "months": {"en": "{count} month(s)", "zh": "{count}个月"},
    "comma": {"en": ", ", "zh": "、"},
    "or": {"en": " or ", "zh": "或"},
}


@dataclass(frozen=True, slots=True)
class Words:
    """Sentences in one language and currency."""

    phrases: Phrases
    language: Language
    currency: str

    def say(self, phrase: str, **values: object) -> str:
        """A phrase with its values; decimals without needless zeros."""
        shown = {name: self.plain(value) if isinstance(value, Decimal) else value for name, value in values.items()}
        return self.phrases[phrase][self.language].format(**shown)

    def plain(self, value: Decimal) -> str:
        """A decimal without needless zeros: `4.5`, not `4.50` or `1E+2`."""
        return format(value.normalize(), "f")

    def money(self, amount_minor: Fraction | int) -> str:
        """An amount in major units with its currency."""
        return f"{in_major(amount_minor, self.currency)} {self.currency}"

    def percent(self, value: Decimal) -> str:
        """A percentage with its sign."""
        return self.say("percent", value=value)

    def span_of_values(self, lower: str | None, upper: str | None) -> str:
        """From one value to another; None is open."""
        if lower is not None and upper is not None:
            return self.say("range.between", lower=lower, upper=upper)
        if lower is not None:
            return self.say("range.from", lower=lower)
        return self.say("range.below", upper=upper) if upper is not None else self.say("range.any")

    def one_of(self, values: Sequence[str]) -> str:
        """`a, b or c`."""
        *first, last = values
        return self.say("or").join((self.say("comma").join(first), last)) if first else last
