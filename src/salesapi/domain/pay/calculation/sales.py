"""What is credited under a component (steps 1 and 3 of the catalogue's order): which sales, dated when (R22), of what base.

A sale is a win as one component sees it: its day is that of the event which attributes it, its base is the amount as won, what
its agreements say (R68), or its margin (R36). Amounts are exact minor units of the deal's currency; parts of a sale by product
add up to it. What is not known yet waits and says so: nothing is guessed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import field, replace
from datetime import date
from fractions import Fraction
from typing import Final
from uuid import UUID

from salesapi.domain.pay.calculation.claims import Claim, paid_lots
from salesapi.domain.pay.calculation.sale_parts import SalePart, fits, is_asked, parts_of_sale, share_of, tax_basis
from salesapi.domain.pay.ledger.pay_facts import PayFacts
from salesapi.domain.pay.ledger.sale_facts import Win
from salesapi.domain.pay.ledger.trade_facts import AgreementFact, CashFact, InvoiceFact
from salesapi.domain.pay.plans.plan_components import Base, Component
from salesapi.domain.pay.plans.plan_rates import asked_of_sale
from salesapi.domain.pay.reasons.earned_reasons import AwaitsAgreement, AwaitsCost, AwaitsOneCurrency, Waits
from salesapi.domain.pay.rules.accounting import taxed_base
from salesapi.domain.pay.rules.commissionable_bases import ContractTermTable, ResidualTerms, margin_base, residual_owner
from salesapi.domain.pay.rules.release import Amount, Anchor
from salesapi.domain.reference.products import Product
from salesapi.domain.shared.kernel import fast_record, record
from salesapi.domain.shared.periods import Period

ZERO: Final = Fraction()


@record
class SaleFacts:
    """The facts of a sale beside its amount; made only for components that ask for them."""

    agreements: tuple[AgreementFact, ...] = ()
    products: Mapping[UUID, Product] = field(default_factory=dict)
    attributes: Mapping[str, str | None] = field(default_factory=dict)
    """Of the deal, else of its customer."""
    churned_on: date | None = None
    """From when on the agreements no longer hold."""

    def attribute(self, key: str) -> str | None:
        """An attribute of the deal, or where it has none of its customer."""
        return self.attributes.get(key)


NOTHING_KNOWN: Final = SaleFacts()
SEVERAL_CURRENCIES: Final = AwaitsOneCurrency()


@fast_record
class Sale:
    """A win as a component credits it, in `currency`. `share` is the part (0 to 1) of the whole deal that it is."""

    win: Win
    on: date
    positions: tuple[int, ...]
    base: Amount
    currency: str
    stated_at: int
    """Position of the event that it is counted by: the win, or one of its invoices or payments."""
    parts: tuple[SalePart, ...] = ()
    price: Amount | None = None
    """With a margin: what the cost was taken off."""
    share: Fraction = Fraction(1)
    billing_period: int | None = None
    """Of a recurring invoice: which billing period of its agreement it is, from 1."""
    owner_id: UUID | None = None
    """Whose sale it is, where that is not told by the win (R40)."""
    scale: Fraction = Fraction(1)
    """Of a payment, and of what is left after losses (R51): its part of the amounts of the parts."""
    paid_by: CashFact | None = None
    """The payment that it is, where it is one."""
    reversals: tuple[Claim, ...] = ()
    """What of that went back."""
    facts: SaleFacts = NOTHING_KNOWN
    waits_for: Waits | None = None

    @property
    def order(self) -> tuple[date, int]:
        """The order in which sales count inside a period: day, then position in the log of what they are counted by."""
        return (self.on, self.stated_at)

    @property
    def identity(self) -> tuple[UUID, int]:
        """The key that its parts have in common: its deal, and the payment that it is, 0 where it is none."""
        return (self.win.deal_id, self.paid_by.position if self.paid_by is not None else 0)

    def scaled(self, part: Fraction) -> "Sale":
        """A part of it."""
        return replace(
            self,
            base=plain(self.base * part),
            price=self.price * part if self.price is not None else None,
            scale=self.scale * part,
        )


def sales_of(ledger: PayFacts, component: Component, wins: Sequence[Win], period: Period) -> list[Sale]:
    """The sales of these wins that belong to the period, in their order; those that a filter leaves out are none."""
    found = [sale for win in wins for sale in _sales(ledger, component, win, period) if fits(ledger, component, win)]
    return sorted(found, key=lambda sale: sale.order)


def is_plain(component: Component) -> bool:
    """Tells whether every win is credited as it was won, on its own day: then a win is a sale without another look."""
    is_by_sale = component.line_limit_minor is not None or asked_of_sale(component.rate) != "amount"
    return not is_by_sale and component.attributed == "booking" and component.only is None and component.base is None


def plain_sale(win: Win) -> Sale:
    """A win as it was won."""
    return Sale(
        win=win,
        on=win.on,
        positions=win.positions,
        base=win.amount_minor,
        currency=win.currency,
        stated_at=win.positions[-1],
    )


def anchors(ledger: PayFacts, win: Win) -> dict[Anchor, date]:
    """R22: the day of each event that happened; of several agreements the last one's, since only then it is complete."""
    found: dict[Anchor, date] = {"booking": win.on}
    agreed = ledger.trade.agreements_of(win.deal_id)
    days: dict[Anchor, list[date | None]] = {
        "signature": [each.signed_on for each in agreed],
        "delivery": [each.delivered_on for each in agreed],
        "acceptance": [each.accepted_on for each in agreed],
        "go_live": [each.went_live_on for each in agreed],
    }
    for anchor, of_all in days.items():
        known = [day for day in of_all if day is not None]
        if known and len(known) == len(of_all):
            found[anchor] = max(known)
    invoiced = [invoice.on for invoice in ledger.trade.invoices_of(win.deal_id) if invoice.on is not None]
    if invoiced:
        found["invoice"] = invoiced[0]
    cash = cash_due(ledger, win)
    if cash:
        found["payment"] = cash[0].on
    return found


def due_minor(ledger: PayFacts, win: Win) -> tuple[int, int]:
    """Computes what is owed for a deal, gross and net: what its agreements say, else the amount as won for both."""
    agreed = ledger.trade.agreements_of(win.deal_id)
    if not agreed:
        return win.amount_minor, win.amount_minor
    return sum(each.state.total_minor for each in agreed), sum(each.net_minor for each in agreed)


def due_currency(ledger: PayFacts, win: Win) -> str:
    """Names the currency in which a deal is owed: that of its agreements, else that of the win."""
    agreed = ledger.trade.agreements_of(win.deal_id)
    return agreed[0].state.currency if agreed else win.currency


def cash_due(ledger: PayFacts, win: Win) -> tuple[CashFact, ...]:
    """The money for a deal, in the order of its days; money in another currency than what is due counts nowhere."""
    currency = due_currency(ledger, win)
    return tuple(cash for cash in ledger.trade.cash_of(win.deal_id) if cash.currency == currency)


def follows_agreements(component: Component) -> bool:
    """Tells whether what is credited is what the deal's agreements say: then an amendment changes it by itself."""
    is_by_agreement = isinstance(component.rate, ContractTermTable | ResidualTerms)
    return is_by_agreement or (component.base is not None and not _is_as_won(component.base))


def sale_days(ledger: PayFacts, win: Win) -> set[date]:
    """Every day on which a sale of the deal may be: of what happened, of its invoices and of its payments."""
    invoiced = {invoice.on for invoice in ledger.trade.invoices_of(win.deal_id) if invoice.on is not None}
    return {*anchors(ledger, win).values(), *invoiced, *(cash.on for cash in cash_due(ledger, win))}


def _sales(ledger: PayFacts, component: Component, win: Win, period: Period) -> list[Sale]:
    match component.attributed:
        case "invoice" if isinstance(component.rate, ResidualTerms):
            return _recurring_sales(ledger, component, win, period)
        case "payment":
            return _paid_sales(ledger, component, win, period)
        case attributed:
            on = win.on if attributed == "booking" else anchors(ledger, win).get(attributed)
            if on is None or not period.first_on <= on <= period.last_on:
                return []
            whole = _whole_sale(ledger, component, win, on)
            return [whole] if whole is not None else []


def _whole_sale(ledger: PayFacts, component: Component, win: Win, on: date) -> Sale | None:
    """The deal as one sale; none where it has lines and the filter asks for none of them."""
    base, agreed = component.base or Base(kind="deal_amount"), ledger.trade.agreements_of(win.deal_id)
    positions = (
        _positions(win, agreed) if base.kind != "deal_amount" or component.attributed != "booking" else win.positions
    )
    all_parts = parts_of_sale(ledger, win, base, agreed, on=on)
    parts = tuple(part for part in all_parts if is_asked(ledger, component, part))
    if all_parts and not parts:
        return None
    currency = win.currency if _is_as_won(base) or not agreed else agreed[0].state.currency
    whole = _amount(win, base, agreed)
    currencies = set() if _is_as_won(base) else {each.state.currency for each in agreed}
    if whole is None or len(currencies) > 1:
        missing = AwaitsAgreement(base=base.kind) if whole is None else SEVERAL_CURRENCIES
        return replace(plain_sale(win), on=on, positions=positions, base=0, currency=currency, waits_for=missing)
    waits_for: Waits | None = None
    share, amount = Fraction(1), Fraction(whole)
    if len(parts) < len(all_parts) or not all_parts:
        share = share_of(parts, of=all_parts)
        amount = whole * share
    price: Fraction | None = None
    if base.kind == "margin":
        price = amount
        costs = [part.cost for part in parts]
        if not costs or None in costs:
            waits_for = AwaitsCost()
        else:
            assert base.negative_margin is not None, "a published margin says what a loss counts as"
            cost = sum((each for each in costs if each is not None), ZERO)
            amount = margin_base(price=price, cost=cost, negative_margin=base.negative_margin).base
    return replace(
        plain_sale(win),
        on=on,
        positions=positions,
        base=plain(amount),
        currency=currency,
        parts=parts,
        price=price,
        share=share,
        facts=_facts(ledger, component, win, agreed),
        waits_for=waits_for,
    )


def _facts(ledger: PayFacts, component: Component, win: Win, agreed: Sequence[AgreementFact]) -> SaleFacts:
    if asked_of_sale(component.rate) != "facts":
        return NOTHING_KNOWN
    of_customer = ledger.market.attributes(win.customer_id) if win.customer_id is not None else {}
    product_ids = {line.product_id for line in win.lines} | {
        line.product_id for each in agreed for line in each.state.lines
    }
    ended = [step.on for each in agreed for step in each.steps if step.kind == "cancelled" and step.on is not None]
    return SaleFacts(
        agreements=tuple(agreed),
        products={
            product_id: product
            for product_id in product_ids
            if product_id is not None and (product := ledger.market.product(product_id)) is not None
        },
        attributes={**of_customer, **{value.key: value.value for value in win.attributes}},
        churned_on=min(ended) if ended else None,
    )


def _paid_sales(ledger: PayFacts, component: Component, win: Win, period: Period) -> list[Sale]:
    """R22: attributed to its payment, each payment is a sale of its own: the same part of the base as of what is due.

    Money that goes back takes back what it earned, at the rate at which it did.
    """
    whole = _whole_sale(ledger, component, win, win.on)
    if whole is None:
        return []
    gross_minor, _ = due_minor(ledger, win)
    lots = [lot for lot in paid_lots(cash_due(ledger, win), gross_minor) if lot.cash.on <= period.last_on]
    return [
        replace(
            whole.scaled(Fraction(lot.amount_minor, gross_minor)),
            on=lot.cash.on,
            positions=tuple(sorted({*whole.positions, lot.cash.position})),
            stated_at=lot.cash.position,
            paid_by=lot.cash,
            reversals=lot.claims,
        )
        for lot in lots
        if lot.cash.on >= period.first_on
    ]


def _recurring_sales(ledger: PayFacts, component: Component, win: Win, period: Period) -> list[Sale]:
    """R40: each recurring invoice of the deal's agreements; its credit notes count with it."""
    residual = component.rate
    assert isinstance(residual, ResidualTerms), "called for a residual only"
    agreed = {each.agreement_id: each for each in ledger.trade.agreements_of(win.deal_id)}
    numbers: dict[UUID, int] = {}
    found: list[Sale] = []
    for invoice in ledger.trade.invoices_of(win.deal_id):
        agreement = agreed.get(invoice.agreement_id) if invoice.agreement_id is not None else None
        if agreement is None or invoice.on is None:
            continue
        recurring = _recurring_minor(agreement, invoice)
        if recurring == 0:
            continue
        numbers[agreement.agreement_id] = numbers.get(agreement.agreement_id, 0) + 1
        if not period.first_on <= invoice.on <= period.last_on:
            continue
        found.append(
            Sale(
                win=win,
                on=invoice.on,
                positions=tuple(sorted((*win.positions, invoice.position, *(note.position for note in invoice.notes)))),
                base=recurring,
                currency=invoice.currency,
                stated_at=invoice.position,
                billing_period=numbers[agreement.agreement_id],
                owner_id=_credited_owner(ledger, residual, win, invoice.on),
                facts=_facts(ledger, component, win, tuple(agreed.values())),
            )
        )
    return found


def _recurring_minor(agreement: AgreementFact, invoice: InvoiceFact) -> int:
    """Computes what of an invoice recurs, net, less its credit notes: recurring lines; all where all lines recur."""
    credited = sum(note.net_minor for note in invoice.notes)
    recurring = {line.key for line in agreement.state.lines if line.recurring}
    if recurring and len(recurring) == len(agreement.state.lines):
        return invoice.net_minor - credited
    named = sum(line.amount_minor for line in invoice.lines if line.line_key in recurring)
    return named - credited if named else 0


def _credited_owner(ledger: PayFacts, residual: ResidualTerms, win: Win, on: date) -> UUID:
    """R40: the owner of the win, or who answers for the customer on the day of the invoice; where nobody does, the former."""
    owner_id = ledger.market.owner_on(win.customer_id, on) if win.customer_id is not None else None
    return residual_owner(residual, first_owner_id=win.owner_id, owner_id=owner_id or win.owner_id)


def _positions(win: Win, agreed: Sequence[AgreementFact]) -> tuple[int, ...]:
    return tuple(sorted({*win.positions, *(position for each in agreed for position in each.positions)}))


def _amount(win: Win, base: Base, agreed: Sequence[AgreementFact]) -> int | None:
    """The whole base before a cost is taken off; None where the agreement that it is taken from does not exist yet."""
    if _is_as_won(base):
        return win.amount_minor
    if not agreed:
        return None
    basis = tax_basis(base)
    return sum(taxed_base(line.amount_minor, line.tax_minor, basis) for each in agreed for line in each.state.lines)


def _is_as_won(base: Base) -> bool:
    """Tells whether the base is taken from the deal, not from its agreements."""
    return base.kind == "deal_amount" or (base.kind == "margin" and base.cost_from == "catalogue")


def plain(amount: Amount) -> Amount:
    """A whole amount as an integer: it is the common case, and cheaper."""
    if isinstance(amount, Fraction) and amount.denominator == 1:
        return amount.numerator
    return amount
