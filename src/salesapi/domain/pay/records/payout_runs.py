"""Payout runs: one plan's pay for one period, calculated, approved and locked. Stream `payout_run`: facts, requests, refusals.

Identity is (plan, period). Amounts are minor units of the plan's currency; exact amounts are decimal strings of minor units.
A run is calculated as often as one likes until it is submitted; its statements are issued at the calculated position of the
log; a locked run is final, and what becomes known later is an adjustment in a later run. How it is paid out stands in
`payouts.py`, what objections hold of it in `payout_holds.py`, the state of all in `payout_run_states.py`. The decisions are in
`payout_run_decisions.py`.
"""

from datetime import date
from typing import Annotated, Final, Literal, TypeAlias
from uuid import UUID

from salesapi.domain.pay.reasons.reason_form import StoredReason
from salesapi.domain.pay.records.payout_holds import HoldEvent
from salesapi.domain.pay.records.payouts import PayoutEvent, PayoutRunId
from salesapi.domain.shared.kernel import About, Reason, Refers, Refused, record
from salesapi.domain.shared.periods import PeriodText

STATEMENT_LINES_MAX: Final = 300
"""Most lines of one `payout_run.statement_issued` event; a longer statement is several numbered events."""
STATEMENT_PART_BYTES_MAX: Final = 128 * 1024
"""Most bytes of the lines of one such event as canonical JSON: half of what the log takes for one event."""
PARTICIPANTS_MAX: Final = 5_000
"""Most statements of one run."""
AMOUNT_MINOR_MAX: Final = 2**53 - 1
"""Most that the lines of one statement pay or take together, in minor units: what every reader of JSON takes exactly."""
RUN_LINES_MAX: Final = 50_000
"""Most lines of one run: its statements are issued in one request to the log, which has a limit of 64 MiB."""

LineKind: TypeAlias = Literal[
    "earning",
    "uplift",
    "modifier",
    "limit",
    "held",
    "withheld",
    "release",
    "lapsed",
    "clawback",
    "cancelled",
    "adjustment",
    "release_adjustment",
    "clawback_adjustment",
    "award",
    "guarantee",
    "draw",
    "recovery",
]


@record
class StatementLine:
    """One line with its trace. What a deal earns: an `earning`, an `uplift` of what came before, a `modifier` of either, a
    `limit` that takes away what goes past a cap, or leaves it to a later `earning`; `held` lines wait and post nothing. When
    it is payable: what is `withheld` in its own period is a `release` later; a `clawback` takes back; `lapsed` and
    `cancelled` lines post nothing and name in `base_minor` what is never released. Of a locked period an `adjustment`
    corrects what it earned, a `release_adjustment` what it released, a `clawback_adjustment` what it took back, a `cancelled`
    line of rule R53 what is never released; each posts 0 where the plan does not pay so small a correction. Without a deal:
    an `award` is what people granted or a plan awards; a `guarantee` tops up, a `draw` advances (above 0) or recovers (below
    0), a `recovery` carries a negative result (above 0) or recovers it (below 0); a draw or recovery of 0 names in
    `base_minor` what was forgiven of it.

    `rate_percent` is exact, a decimal or a fraction; where a line rests on several rates, its reason names them. `residual_minor`
    is exact minus posted. `positions` are the events that the line rests on. `base_minor` is in `currency`.
    """

    kind: LineKind
    period: str
    component: str
    rule: str
    credit_rule: str | None
    plan_version: int | None
    deal_id: UUID | None
    source_member_id: UUID | None
    won_on: date | None
    positions: tuple[int, ...]
    base_minor: int | None
    currency: str
    rate_percent: str | None
    reason: StoredReason
    exact_minor: str | None
    posted_minor: int
    residual_minor: str | None


@record
class PayoutRunOpened:
    plan_id: UUID
    period: str


@record
class PayoutRunCalculated:
    """The statements as they follow from the log up to `position`; `digest` is over all of them."""

    position: int
    engine_version: str
    plan_versions: tuple[int, ...]
    digest: str
    participant_count: int
    total_minor: int
    currency: str


@record
class PayoutRunStatementIssued:
    """One part of a member's statement, computed at `position`. Totals and digest are those of the whole statement."""

    member_id: UUID
    plan_id: UUID
    period: str
    position: int
    part: int
    parts: int
    lines: tuple[StatementLine, ...]
    line_count: int
    earned_minor: int
    released_minor: int
    clawed_minor: int
    adjusted_minor: int
    awarded_minor: int
    drawn_minor: int
    total_minor: int
    currency: str
    plan_versions: tuple[int, ...]
    engine_version: str
    deal_order: str
    digest: str


@record
class PayoutRunSubmitted:
    submitted_by: UUID


@record
class PayoutRunApproved:
    approved_by: UUID


@record
class PayoutRunReturned:
    """Back to open: issued statements no longer stand."""

    reason: str


@record
class PayoutRunLocked:
    """Final. The root is of the log's Merkle tree over the first `tree_size` events, from which all was computed."""

    statements_digest: str
    position: int
    tree_root: str
    tree_size: int


PayoutRunEvent: TypeAlias = (
    PayoutRunOpened
    | PayoutRunCalculated
    | PayoutRunStatementIssued
    | PayoutRunSubmitted
    | PayoutRunApproved
    | PayoutRunReturned
    | PayoutRunLocked
    | PayoutEvent
    | HoldEvent
)


@record
class OpenPayoutRun:
    """Opens the payout run of a plan for one of its periods."""

    plan_id: Annotated[UUID, Refers("compensation_plan"), About("The compensation plan.")]
    period: Annotated[PeriodText, About("A month `2026-03`, a quarter `2026Q1` or a year `2026`, as the plan pays.")]


@record
class CalculatePayoutRun:
    """Calculates all statements from everything known now. May be repeated until the run is submitted."""

    payout_run_id: PayoutRunId


@record
class IssuePayoutRunStatements:
    """Issues the statements of the last calculation, each line with the trace that explains it."""

    payout_run_id: PayoutRunId


@record
class SubmitPayoutRun:
    """Submits the issued statements for approval."""

    payout_run_id: PayoutRunId


@record
class ApprovePayoutRun:
    """Approves a submitted run. Not by who submitted it, and not by anybody who is paid by it."""

    payout_run_id: PayoutRunId


@record
class ReturnPayoutRun:
    """Returns a run that is not locked to open, to be calculated again."""

    payout_run_id: PayoutRunId
    reason: Annotated[Reason, About("What has to change.")]


@record
class LockPayoutRun:
    """Locks an approved run for good. Runs of one plan are locked in the order of their periods."""

    payout_run_id: PayoutRunId


class PayoutRunIsLocked(Refused):
    """There is no unlocking."""

    code = "payout_run.locked"
    message = "The payout run for {period} is locked; what is known since becomes an adjustment in a later run."


class PayoutRunStatusWrong(Refused):
    """The run is not at the step that this command continues from."""

    code = "payout_run.status_wrong"
    message = "The payout run is {status}; this needs it to be {needed}."


class PayoutRunPlanUnpublished(Refused):
    """Nothing can be calculated without rules."""

    code = "payout_run.plan_unpublished"
    message = "The plan {name} has no published version yet."


class PayoutRunPeriodMismatch(Refused):
    """The plan pays by another kind of period."""

    code = "payout_run.period_mismatch"
    message = "The plan pays by {period_kind}; {period} is a {sent_kind}."


class PayoutRunEarlierOpen(Refused):
    """An earlier period of the plan is still open; its outcome decides what has to be corrected here."""

    code = "payout_run.earlier_open"
    message = "The run for the earlier period {period} of this plan is not locked; lock it first."


class PayoutRunOutdated(Refused):
    """Another run of the plan was locked since this one was calculated."""

    code = "payout_run.outdated"
    message = "The run for {period} was locked after position {position}; return this run and calculate it again."


class PayoutRunEngineChanged(Refused):
    """Statements are issued as they were calculated, which another version of the rules as code does not do."""

    code = "payout_run.engine_changed"
    message = "The run was calculated by engine version {engine_version}; calculate it again."


class PayoutRunTooLarge(Refused):
    """The size of one run is bounded."""

    code = "payout_run.too_large"
    message = (
        "The run has {participants} statements with {lines} lines; the limits are {participants_max} and {lines_max}. "
        "Divide the participants between plans, or pay by shorter periods."
    )


class PayoutRunAmountTooLarge(Refused):
    """A plan that pays more than any amount may be is a mistake in the plan."""

    code = "payout_run.amount_too_large"
    message = "A line of {component} pays {member_id} more than {limit} minor units; correct the plan by a new version."
