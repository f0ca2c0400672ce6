"""Who is credited with which sales of a period (step 2 of the catalogue's order), found by indexes and computed once.

A member's own credits are found in the wins of that member; a manager's in those of the people below; credits that another event
than the win dates in those of these wins about which something happened. So one member's pay costs what one member's credits are.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import date
from uuid import UUID

from salesapi.domain.pay.calculation.crediting import Credit, credits_of
from salesapi.domain.pay.calculation.losses import claims_of
from salesapi.domain.pay.calculation.sales import Sale, is_plain, plain_sale, sales_of
from salesapi.domain.pay.ledger.pay_facts import PayFacts
from salesapi.domain.pay.ledger.sale_facts import Win, paid_order
from salesapi.domain.pay.plans.compensation_plans import CompensationPlanVersion
from salesapi.domain.pay.plans.plan_components import LEVELS_MAX, Component, CreditKind
from salesapi.domain.pay.rules.clawbacks import left_credited
from salesapi.domain.shared.periods import Period


class CreditRegister:
    """The credits of one ledger, by member, component and period."""

    def __init__(self, ledger: PayFacts, as_of: date | None = None) -> None:
        self.ledger = ledger
        self._as_of = as_of
        self._team_wins: dict[tuple[UUID, str], list[Win]] = {}
        self._found: dict[tuple[str, str, int, UUID], list[tuple[Sale, Credit]]] = {}

    def of(
        self, version: CompensationPlanVersion, component: Component, member_id: UUID, period: Period
    ) -> Iterable[tuple[Sale, Credit]]:
        """A member's credits under a component in a period."""
        if component.attributed != "booking":
            return self._attributed_later(version, component, member_id, period)
        wins = self._wins_of(component.credit, member_id, period)
        sales = (
            [plain_sale(win) for win in wins] if is_plain(component) else sales_of(self.ledger, component, wins, period)
        )
        return (
            (sale, credit)
            for sale in map(self._restated(component), sales)
            for credit in credits_of(sale, component, self.ledger)
            if credit.member_id == member_id
        )

    def wins_of_team(self, manager_id: UUID, period: Period) -> list[Win]:
        """The wins of a period of the people below a manager, each win once."""
        key = (manager_id, period.text)
        if key not in self._team_wins:
            found = {
                win.deal_id: win
                for member_id in self.ledger.tree.ever_below(manager_id)
                for win in self.ledger.wins.of_member(member_id, period.months())
                if manager_id in self.ledger.tree.managers_of(member_id, win.on)[:LEVELS_MAX]
            }
            self._team_wins[key] = sorted(found.values(), key=paid_order)
        return self._team_wins[key]

    def wins_ever(self, components: Iterable[Component], member_id: UUID) -> dict[UUID, Win]:
        """The wins, by deal, in which a member may have a credit under any of these components at any time."""
        sources: set[UUID] = set()
        for kind in {component.credit for component in components}:
            sources |= self.ledger.tree.ever_below(member_id) if kind == "manager_override" else {member_id}
        return {deal_id: win for each in sources for deal_id, win in self.ledger.wins_concerning(each).items()}

    def _restated(self, component: Component) -> Callable[[Sale], Sale]:
        """R51, `restate`: what was lost of a deal was never credited; other policies leave the credit as it is."""
        terms = component.clawback
        if terms is None or terms.attainment == "keep":
            return lambda sale: sale

        def restated(sale: Sale) -> Sale:
            claims = (*claims_of(self.ledger, component, sale.win), *sale.reversals)
            lost = (each.part for each in claims if self._as_of is None or each.on <= self._as_of)
            return replace(sale.scaled(left_credited(lost)), reversals=()) if claims else sale

        return restated

    def _wins_of(self, kind: CreditKind, member_id: UUID, period: Period) -> Sequence[Win]:
        """The wins of a period in which a member may have a credit of this kind."""
        match kind:
            case "direct" | "overlay":
                return self.ledger.wins.of_member(member_id, period.months())
            case "manager_override":
                return self.wins_of_team(member_id, period)
            case "sourcing":
                leads = self.ledger.market.leads_of(member_id)
                wins = (win for lead_id in leads for win in self.ledger.wins.of_lead(lead_id))
                return [win for win in wins if period.first_on <= win.on <= period.last_on]

    def _attributed_later(
        self, version: CompensationPlanVersion, component: Component, member_id: UUID, period: Period
    ) -> Iterable[tuple[Sale, Credit]]:
        """A member's credits of sales that another event than the win dates: of the deals about which something happened."""
        months = period.months()
        for deal_id, win in self.wins_ever((component,), member_id).items():
            if self.ledger.trade.is_touched(deal_id, months):
                for sale, credit in self._credits_of(version, component, win, period):
                    if credit.member_id == member_id:
                        yield sale, credit

    def _credits_of(
        self, version: CompensationPlanVersion, component: Component, win: Win, period: Period
    ) -> list[tuple[Sale, Credit]]:
        """Everybody's credits of a deal, made once for all of them."""
        key = (period.text, component.key, version.number, win.deal_id)
        if key not in self._found:
            self._found[key] = [
                (sale, credit)
                for sale in map(self._restated(component), sales_of(self.ledger, component, [win], period))
                for credit in credits_of(sale, component, self.ledger)
            ]
        return self._found[key]
