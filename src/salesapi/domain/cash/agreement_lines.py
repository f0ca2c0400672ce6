"""Lines and instalments of agreements, and how an amendment adds to them. Part of the stream `agreement`.

Amounts are minor units of the agreement's currency: net with the tax beside, instalments gross. Quantities are exact decimals.
"""

from dataclasses import replace
from decimal import Decimal
from typing import Annotated, TypeAlias
from uuid import UUID

from annotated_types import Ge, Gt, Le

from salesapi.domain.shared.dates import PlannedDate
from salesapi.domain.shared.kernel import About, AmountMinor, Key, Refers, Title, record
from salesapi.domain.shared.money import Exact
from salesapi.domain.shared.states import made_from

Tax: TypeAlias = Annotated[
    AmountMinor | None, About("Its tax in minor units; null where none is stated: the amount is then the whole.")
]
Cost: TypeAlias = Annotated[AmountMinor | None, About("What it costs us in minor units, where known.")]
ProductOfLine: TypeAlias = Annotated[UUID | None, Refers("product"), About("The product, where it is one.")]
Description: TypeAlias = Annotated[Title | None, About("A business label, stored in clear.")]


@record
class AgreementLine:
    """Something that is sold by an agreement."""

    key: Annotated[Key, About("Names the line within the agreement.")]
    amount_minor: Annotated[AmountMinor, About("Net amount of the whole line; a discount is negative.")]
    product_id: ProductOfLine = None
    description: Description = None
    quantity: Annotated[Exact, Gt(0), Le(10**9), About("Exact decimal, sent as a string.")] = Decimal(1)
    tax_minor: Tax = None
    cost_minor: Cost = None
    recurring: Annotated[
        bool, About("Charged again in every billing period of the term; the amount is that of the whole term.")
    ] = False


@record
class AgreementLineChange:
    """What an amendment adds to a line, or a line that it adds. Quantity and amounts are differences; they may be negative."""

    key: Annotated[Key, About("Key of the line; a new key is a new line.")]
    amount_minor: Annotated[AmountMinor, About("Added to the net amount.")]
    product_id: Annotated[UUID | None, Refers("product"), About("The product of a new line, where it is one.")] = None
    description: Annotated[Title | None, About("Label of a new line.")] = None
    quantity: Annotated[
        Exact, Ge(-(10**9)), Le(10**9), About("Added to the quantity; exact decimal, sent as a string.")
    ] = Decimal(0)
    tax_minor: Annotated[AmountMinor | None, About("Added to the tax.")] = None
    cost_minor: Annotated[AmountMinor | None, About("Added to the cost.")] = None
    recurring: Annotated[
        bool, About("Of a new line: charged again in every billing period of the term. An agreed line stays as it is.")
    ] = False


@record
class Instalment:
    """A part of the total that is due on a day."""

    key: Annotated[Key, About("Names it within the payment plan.")]
    due_on: Annotated[PlannedDate, About("Last day on which it is paid in time.")]
    amount_minor: Annotated[AmountMinor, About("Gross amount; of an amendment that lowers the total it is negative.")]


@record
class AgreedLine:
    """A line as it stands after all amendments, and what of it was delivered, accepted and went live."""

    key: str
    product_id: UUID | None
    description: str | None
    quantity: Decimal
    amount_minor: int
    tax_minor: int | None
    cost_minor: int | None
    recurring: bool = False
    delivered: Decimal = Decimal(0)
    accepted: Decimal = Decimal(0)
    live: Decimal = Decimal(0)

    @property
    def gross_minor(self) -> int:
        """Net amount and tax together, in minor units."""
        return self.amount_minor + (self.tax_minor or 0)


def agreed(line: AgreementLine | AgreementLineChange) -> AgreedLine:
    """A line as it stands on the day of signing, or a new one on that of an amendment."""
    return made_from(AgreedLine, line)


def amended(lines: tuple[AgreedLine, ...], changes: tuple[AgreementLineChange, ...]) -> tuple[AgreedLine, ...]:
    """The lines after an amendment; new ones stand at the end."""
    by_key = {line.key: line for line in lines}
    for change in changes:
        before = by_key.get(change.key)
        by_key[change.key] = agreed(change) if before is None else _added(before, change)
    return tuple(by_key.values())


def _added(line: AgreedLine, change: AgreementLineChange) -> AgreedLine:
    return replace(
        line,
        quantity=line.quantity + change.quantity,
        amount_minor=line.amount_minor + change.amount_minor,
        tax_minor=_sum_of_known(line.tax_minor, change.tax_minor),
        cost_minor=_sum_of_known(line.cost_minor, change.cost_minor),
    )


def _sum_of_known(first: int | None, second: int | None) -> int | None:
    known = [amount for amount in (first, second) if amount is not None]
    return sum(known) if known else None
