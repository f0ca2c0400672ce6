"""What may happen to a payout run: the decisions of `payout_runs.py`, pure, and the declaration of the stream.

Issued statements are computed at the calculated position, so that anyone who holds the log computes the same again. Runs of
one plan are locked in the order of their periods, as far as they were opened; a run that was overtaken is calculated again.
"""

from typing import Final

from salesapi.domain.pay.decisions.payout_decisions import COMMANDS as PAYOUT_COMMANDS
from salesapi.domain.pay.decisions.payout_decisions import paid_by
from salesapi.domain.pay.ledger.ledger_needs import AT_HEAD, ledger_needed, ledger_of
from salesapi.domain.pay.ledger.pay_facts import PayFacts
from salesapi.domain.pay.plans.compensation_plans import CompensationPlan
from salesapi.domain.pay.records import payout_runs as runs
from salesapi.domain.pay.records.payout_run_states import PayoutRun, Status, evolve
from salesapi.domain.pay.statements.statements import (
    ENGINE_VERSION,
    Statement,
    digest_of,
    digest_of_digests,
    issued_parts,
    statements_of,
)
from salesapi.domain.shared.declarations import Stream, changes, creates
from salesapi.domain.shared.duties import Duty
from salesapi.domain.shared.kernel import PAYERS, Context, Facts, PayFactsRef, Ref, ThingExists, TreeRootRef
from salesapi.domain.shared.periods import period_named
from salesapi.domain.shared.references import referred


def open_run(
    state: PayoutRun | None, command: runs.OpenPayoutRun, context: Context
) -> tuple[runs.PayoutRunOpened, ...]:
    """Decides `OpenPayoutRun`: one run for each plan and period, of the kind of period that the plan pays by."""
    if state is not None:
        raise ThingExists(thing="payout run", id=str(context.subject_id), pointer="/period")
    plan = referred(command, "plan_id", CompensationPlan, context.facts)
    if not plan.versions:
        raise runs.PayoutRunPlanUnpublished(name=plan.name, pointer="/plan_id")
    period, kind = period_named(command.period), plan.versions[-1].period
    if period.kind != kind:
        raise runs.PayoutRunPeriodMismatch(
            period=period.text, period_kind=kind, sent_kind=period.kind, pointer="/period"
        )
    return (runs.PayoutRunOpened(plan_id=command.plan_id, period=command.period),)


def calculate(
    state: PayoutRun, command: runs.CalculatePayoutRun, context: Context
) -> tuple[runs.PayoutRunCalculated, ...]:
    """Decides `CalculatePayoutRun`: everything known at the head of the log."""
    _refuse_other_status(state, "open", "calculated", "issued")
    ledger = ledger_of(context)
    _refuse_earlier_open(state, ledger)
    statements = statements_of(ledger, state.plan_id, state.period)
    _refuse_too_large(statements)
    return (
        runs.PayoutRunCalculated(
            position=ledger.position,
            engine_version=ENGINE_VERSION,
            plan_versions=tuple(sorted({number for one in statements for number in one.plan_versions})),
            digest=digest_of(statements),
            participant_count=len(statements),
            total_minor=sum(statement.total_minor for statement in statements),
            currency=ledger.plan(state.plan_id).currency,
        ),
    )


def issue(
    state: PayoutRun, command: runs.IssuePayoutRunStatements, context: Context
) -> tuple[runs.PayoutRunStatementIssued, ...]:
    """Decides `IssuePayoutRunStatements`. Issued again for the same calculation nothing changes."""
    _refuse_other_status(state, "calculated", "issued")
    if state.status == "issued":
        return ()
    position, calculated_by = _calculated_position(state), state.progress.engine_version
    if calculated_by != ENGINE_VERSION:
        raise runs.PayoutRunEngineChanged(engine_version=calculated_by)
    ledger = ledger_of(context, PayFactsRef(position))
    statements = statements_of(ledger, state.plan_id, state.period)
    assert ledger.position == position, "the ledger is not at the calculated position"
    assert digest_of(statements) == state.progress.digest, "the same facts gave other statements"
    return tuple(event for statement in statements for event in issued_parts(statement, position))


def submit(state: PayoutRun, command: runs.SubmitPayoutRun, context: Context) -> tuple[runs.PayoutRunSubmitted, ...]:
    """Decides `SubmitPayoutRun`: needs the statements of the last calculation."""
    _refuse_other_status(state, "issued")
    return (runs.PayoutRunSubmitted(submitted_by=context.actor_id),)


def approve(state: PayoutRun, command: runs.ApprovePayoutRun, context: Context) -> tuple[runs.PayoutRunApproved, ...]:
    """Decides `ApprovePayoutRun`."""
    _refuse_other_status(state, "submitted")
    return (runs.PayoutRunApproved(approved_by=context.actor_id),)


def return_run(state: PayoutRun, command: runs.ReturnPayoutRun, context: Context) -> tuple[runs.PayoutRunReturned, ...]:
    """Decides `ReturnPayoutRun`."""
    _refuse_locked(state)
    return (runs.PayoutRunReturned(reason=command.reason),) if state.status != "open" else ()


def lock(state: PayoutRun, command: runs.LockPayoutRun, context: Context) -> tuple[runs.PayoutRunLocked, ...]:
    """Decides `LockPayoutRun`: refused where another run of the plan comes first, or came since the calculation."""
    _refuse_other_status(state, "approved")
    position, ledger = _calculated_position(state), ledger_of(context)
    _refuse_earlier_open(state, ledger)
    for run in ledger.paid.runs_of(state.plan_id):
        if run.is_locked and run.locked_position > position:
            raise runs.PayoutRunOutdated(period=run.period.text, position=position)
    tree_root = context.facts.state(TreeRootRef(position))
    assert isinstance(tree_root, str), "the tree root over the calculated position was not given"
    return (
        runs.PayoutRunLocked(
            statements_digest=digest_of_digests(tuple(digest for _, digest in state.statement_digests)),
            position=position,
            tree_root=tree_root,
            tree_size=position,
        ),
    )


def _refuse_too_large(statements: tuple[Statement, ...]) -> None:
    """Refuses too many lines, and any sum of a statement's lines that is more than an amount may be."""
    line_count = sum(len(statement.lines) for statement in statements)
    if len(statements) > runs.PARTICIPANTS_MAX or line_count > runs.RUN_LINES_MAX:
        raise runs.PayoutRunTooLarge(
            participants=len(statements),
            lines=line_count,
            participants_max=runs.PARTICIPANTS_MAX,
            lines_max=runs.RUN_LINES_MAX,
        )

    for statement in statements:
        paid_minor = 0
        for line in statement.lines:
            paid_minor += abs(line.posted_minor)
            if paid_minor > runs.AMOUNT_MINOR_MAX:
                raise runs.PayoutRunAmountTooLarge(
                    component=line.component, member_id=str(statement.member_id), limit=runs.AMOUNT_MINOR_MAX
                )


def _refuse_locked(state: PayoutRun) -> None:
    if state.status == "locked":
        raise runs.PayoutRunIsLocked(period=state.period)


def _refuse_other_status(state: PayoutRun, *needed: Status) -> None:
    _refuse_locked(state)
    if state.status not in needed:
        raise runs.PayoutRunStatusWrong(status=state.status, needed=needed)


def _refuse_earlier_open(state: PayoutRun, ledger: PayFacts) -> None:
    first_on = period_named(state.period).first_on
    for run in ledger.paid.runs_of(state.plan_id):
        if not run.is_locked and run.period.first_on < first_on:
            raise runs.PayoutRunEarlierOpen(period=run.period.text)


def _calculated_position(state: PayoutRun) -> int:
    position = state.progress.calculated_position
    assert position is not None, "a run with this status was calculated"
    return position


def _identity(command: runs.OpenPayoutRun) -> tuple[str, ...]:
    return (str(command.plan_id), command.period)


def _needs_calculated_ledger(state: PayoutRun, command: object, facts: Facts) -> tuple[Ref, ...]:
    return (PayFactsRef(_calculated_position(state)),) if state.status == "calculated" else ()


def _needs_ledger_and_root(state: PayoutRun, command: object, facts: Facts) -> tuple[Ref, ...]:
    return (AT_HEAD, TreeRootRef(_calculated_position(state))) if state.status == "approved" else ()


STREAM: Final = Stream[PayoutRun, runs.PayoutRunEvent](
    kind="payout_run",
    plural="payout-runs",
    evolve=evolve,
    schemas={runs.PayoutRunStatementIssued: 2},
    commands=(
        creates(runs.OpenPayoutRun, decide=open_run, roles=PAYERS, identity=_identity),
        changes(
            runs.CalculatePayoutRun,
            decide=calculate,
            roles=PAYERS,
            target="payout_run_id",
            needs=ledger_needed,
            duty=Duty(why="somebody answers for what is paid"),
        ),
        changes(
            runs.IssuePayoutRunStatements,
            decide=issue,
            roles=PAYERS,
            target="payout_run_id",
            needs=_needs_calculated_ledger,
        ),
        changes(
            runs.SubmitPayoutRun,
            decide=submit,
            roles=PAYERS,
            target="payout_run_id",
            duty=Duty(why="somebody answers for what is paid"),
        ),
        changes(
            runs.ApprovePayoutRun,
            decide=approve,
            roles=PAYERS,
            target="payout_run_id",
            duty=Duty(
                why="four eyes see what is paid, and none of them are paid by it",
                apart_from=(runs.PayoutRunCalculated, runs.PayoutRunSubmitted),
                benefits=paid_by,
            ),
        ),
        changes(runs.ReturnPayoutRun, decide=return_run, roles=PAYERS, target="payout_run_id"),
        changes(runs.LockPayoutRun, decide=lock, roles=PAYERS, target="payout_run_id", needs=_needs_ledger_and_root),
        *PAYOUT_COMMANDS,
    ),
)
