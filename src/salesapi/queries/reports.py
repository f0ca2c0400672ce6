"""Reports over deals, their stage visits, invoices and locked pay, for both doors: each says which position it reflects."""

from collections.abc import Sequence

from salesapi.access.principals import Scope
from salesapi.clock import Clock
from salesapi.commands.stream_states import StreamStates
from salesapi.database.connections import Pool
from salesapi.domain.organisation.teams import Teams
from salesapi.domain.shared.dates import DaySpan
from salesapi.domain.shared.states import made_from
from salesapi.domain.shared.time_bounds import TimeBounds
from salesapi.projections.positions import reached
from salesapi.queries.cash.reports_receivables import READ_MODELS as RECEIVABLES_READ
from salesapi.queries.cash.reports_receivables import ReceivablesQuestion, receivables_groups
from salesapi.queries.organisation.organisation import Organisation
from salesapi.queries.pay.reports_accruals import READ_MODELS as ACCRUALS_READ
from salesapi.queries.pay.reports_accruals import AccrualQuestion, accrual_groups
from salesapi.queries.pay.reports_contract_costs import READ_MODELS as COSTS_READ
from salesapi.queries.pay.reports_contract_costs import ContractCostQuestion, contract_costs
from salesapi.queries.pay.reports_pay import LOCKED_POSITION
from salesapi.queries.selling.reports_deals import DEAL_PARTS, deal_groups
from salesapi.queries.selling.reports_facts import READ_MODELS, ReportRow, fetched
from salesapi.queries.selling.reports_funnel import COHORT_PARTS, SNAPSHOT_PARTS, cohort_groups, snapshot_groups
from salesapi.queries.selling.reports_question import ReportQuestion
from salesapi.queries.selling.reports_velocity import VELOCITY_PARTS, velocity_groups
from salesapi.schemas.cash.receivables import ReceivablesReport
from salesapi.schemas.figures import LeftOut
from salesapi.schemas.pay.finance_reports import CommissionAccruals, ContractCosts
from salesapi.schemas.selling.reports import DealReport, FunnelCohort, FunnelSnapshot, StageVelocity


class Reports:
    """Answers report questions within a scope of owners.

    Raises, from each of its reports:
        PositionTimedOut, ProjectionStopped: the read models do not reach `min_position`.
        TooManyGroups, ReportTimedOut: the question asks for too much.
    """

    def __init__(self, pool: Pool, states: StreamStates, clock: Clock, bounds: TimeBounds) -> None:
        self._pool = pool
        self._clock = clock
        self._bounds = bounds
        self._organisation = Organisation(states)

    async def deals(self, question: ReportQuestion, scope: Scope, min_position: int | None = None) -> DealReport:
        """Counts by status and stage, win rates, values and sales cycles."""
        position, teams, (rows, left) = await self._facts((DEAL_PARTS,), question, scope, min_position)
        return DealReport(
            position=position, as_of=question.as_of, groups=deal_groups(rows, question, teams), left_out=left
        )

    async def funnel_snapshot(
        self, question: ReportQuestion, scope: Scope, min_position: int | None = None
    ) -> FunnelSnapshot:
        """Reports who is in which stage, and how stages were left within the window."""
        position, teams, (rows, left) = await self._facts(SNAPSHOT_PARTS, question, scope, min_position)
        groups = snapshot_groups(rows, question, teams)
        return FunnelSnapshot(mode="snapshot", position=position, as_of=question.as_of, groups=groups, left_out=left)

    async def funnel_cohort(
        self, question: ReportQuestion, scope: Scope, min_position: int | None = None
    ) -> FunnelCohort:
        """Of the deals that entered a stage within the window, how many ever came further."""
        position, teams, (rows, left) = await self._facts(COHORT_PARTS, question, scope, min_position)
        groups = cohort_groups(rows, question, teams)
        return FunnelCohort(mode="cohort", position=position, as_of=question.as_of, groups=groups, left_out=left)

    async def stage_velocity(
        self, question: ReportQuestion, scope: Scope, min_position: int | None = None
    ) -> StageVelocity:
        """Reports how long deals stayed in stages, over the visits that ended within the window."""
        position, teams, (rows, left) = await self._facts(VELOCITY_PARTS, question, scope, min_position)
        groups = velocity_groups(rows, question, teams)
        return StageVelocity(position=position, as_of=question.as_of, groups=groups, left_out=left)

    async def receivables(
        self, question: ReceivablesQuestion, scope: Scope, min_position: int | None = None
    ) -> ReceivablesReport:
        """Open invoices by age at the end of a day, and the collection cycle within a window."""
        position = await reached(self._pool, RECEIVABLES_READ, min_position)
        groups, left = await receivables_groups(self._pool, question, scope, self._meant())
        return made_from(ReceivablesReport, question, position=position, groups=groups, left_out=left)

    async def commission_accruals(
        self, question: AccrualQuestion, pay: Scope, min_position: int | None = None
    ) -> CommissionAccruals:
        """Reports what of locked pay is earned and not payable, and payable and not paid, at the end of every day."""
        position = await self._locked_reached(min_position, ACCRUALS_READ)
        return CommissionAccruals(
            position=position,
            dimension=question.dimension,
            window_from=question.window.first_on,
            window_to=question.window.last_on,
            groups=await accrual_groups(self._pool, question, pay),
        )

    async def contract_costs(
        self, question: ContractCostQuestion, pay: Scope, min_position: int | None = None
    ) -> ContractCosts:
        """The asset of costs to obtain contracts, by deal and month."""
        position = await self._locked_reached(min_position, COSTS_READ)
        return await contract_costs(self._pool, question, pay, position=position)

    async def _facts(
        self, parts: Sequence[str], question: ReportQuestion, scope: Scope, min_position: int | None
    ) -> tuple[int, Teams, tuple[list[ReportRow], tuple[LeftOut, ...]]]:
        position = await reached(self._pool, READ_MODELS, min_position)
        teams, lines = await self._organisation.now()
        found = await fetched(self._pool, parts, question, scope=scope, lines=lines, meant=self._meant())
        return position, teams, found

    def _meant(self) -> DaySpan:
        return self._bounds.meant(self._clock.now())

    async def _locked_reached(self, min_position: int | None, read_models: Sequence[str]) -> int:
        """The position that is reached, with the lines of every locked run complete."""
        position = await reached(self._pool, read_models, min_position)
        locked = await self._pool.fetchval(LOCKED_POSITION)
        if locked > position:
            position = await reached(self._pool, read_models, locked)
        return position
