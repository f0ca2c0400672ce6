"""Recomputes every locked payout statement from the facts in the log, and compares it with the issued one.

Only `domain/pay` is used, and no key: pay never rests on a personal value. The ledger is folded once, in the order
of the log, and asked at the positions at which locked runs were calculated; those must be known before (`LockedRuns`).
Memory: the ledger, and the recomputed statements of runs between their calculation and their lock. Amounts are minor units
of the plan's currency.
"""

from collections import defaultdict
from dataclasses import dataclass, field, fields, replace
from itertools import zip_longest
from typing import Final, TypeVar, cast
from uuid import UUID

from salesapi.audit.leaf import StoredRow, in_log_order
from salesapi.audit.verdict import Findings, Place, Rank
from salesapi.audit.worded_statements import WORDED, WordedRun, as_worded
from salesapi.domain.catalogue import PAY_EVENT_TYPES
from salesapi.domain.pay.ledger.pay_facts import PayEvent, PayFacts
from salesapi.domain.pay.records.payout_runs import (
    PayoutRunCalculated,
    PayoutRunLocked,
    PayoutRunOpened,
    PayoutRunStatementIssued,
    StatementLine,
)
from salesapi.domain.pay.statements.statements import (
    ENGINE_VERSION,
    Statement,
    digest_of,
    issued_parts,
    parts_of_statement,
    statements_of,
)
from salesapi.domain.shared.kernel import Refused
from salesapi.domain.shared.states import made_from
from salesapi.eventlog.codec import Codec, DecodedEvent, EventUnreadable, UnknownEventType
from salesapi.eventlog.reading import stored_events

CALCULATED: Final = "payout_run.calculated"
LOCKED: Final = "payout_run.locked"
RUN_TYPES: Final = ("payout_run.opened", CALCULATED, LOCKED)
"""What must be known of the whole log before it is checked: which runs are locked, where they were calculated, and by what."""
COMPARED_ENGINES: Final = (ENGINE_VERSION, WORDED)
READ_TYPES: Final = frozenset((*PAY_EVENT_TYPES, CALCULATED))

PAID: Final = ("posted_minor", "total_minor")
"""The amounts of a line and of a statement that were paid."""
ALTERED_FACT_ERRORS: Final = (AssertionError, ArithmeticError, LookupError, TypeError, ValueError, Refused)
"""What a fold of facts may raise that no decision would have let in."""

Compared = TypeVar("Compared", PayoutRunCalculated, PayoutRunStatementIssued, StatementLine)


@dataclass(frozen=True, slots=True, kw_only=True)
class LockedRun:
    """A locked run: what it pays, the position it was calculated at, by which engine, and the root that its lock states."""

    run_id: UUID
    plan_id: UUID
    period: str
    calculated_at: int
    engine_version: str | None
    """None where the calculation is not in the log."""
    locked_at: int
    tree_root: str
    tree_size: int

    def __str__(self) -> str:
        """For people."""
        return f"payout run {self.run_id} for {self.period}"


@dataclass(slots=True)
class LockedRuns:
    """Collects the locked runs from a first look at the log, event by event."""

    found: list[LockedRun] = field(default_factory=list)
    _opened: dict[UUID, PayoutRunOpened] = field(default_factory=dict)
    _engines: dict[tuple[UUID, int], str] = field(default_factory=dict)

    def add(self, row: StoredRow, codec: Codec) -> None:
        """Takes an event of `RUN_TYPES`. One that cannot be read is left to the check itself, which names it."""
        try:
            event = _decoded(row, codec).event
        except (EventUnreadable, UnknownEventType):
            return
        if isinstance(event, PayoutRunOpened):
            self._opened[row.stream_id] = event
        elif isinstance(event, PayoutRunCalculated):
            self._engines[row.stream_id, event.position] = event.engine_version
        elif isinstance(event, PayoutRunLocked) and row.stream_id in self._opened:
            opened = self._opened[row.stream_id]
            run = made_from(
                LockedRun,
                opened,
                run_id=row.stream_id,
                calculated_at=event.position,
                engine_version=self._engines.get((row.stream_id, event.position)),
                locked_at=row.position,
                tree_root=event.tree_root,
                tree_size=event.tree_size,
            )
            self.found.append(run)


@dataclass(slots=True, kw_only=True)
class _Recomputed:
    """The statements of one locked run as they follow from the log."""

    run: LockedRun
    currency: str
    """The plan's."""
    statements: dict[UUID, Statement]
    seen: set[tuple[UUID, int]] = field(default_factory=set)
    """Issued parts of statements, by member and number."""
    is_foreign: bool = False
    """Computed by an engine version that this program does not compare with."""
    worded: WordedRun | None = None
    """What was issued, where it was computed by the engine version that said why in sentences."""

    def in_order(self) -> tuple[Statement, ...]:
        """As `statements_of` gave them."""
        return tuple(self.statements.values())


class PayCheck:
    """Takes the events in order and notes every statement that does not follow from them."""

    def __init__(self, findings: Findings, codec: Codec, runs: list[LockedRun]) -> None:
        self._findings = findings
        self._codec = codec
        self._ledger = PayFacts()
        self._to_calculate: defaultdict[int, list[LockedRun]] = defaultdict(list)
        self._open: dict[UUID, _Recomputed] = {}
        self._is_over = False
        self.runs_checked = 0
        self.statements_confirmed = 0
        self.worded_confirmed = 0
        """How many of these said why in sentences, which are not compared."""
        for run in runs:
            self._to_calculate[run.calculated_at].append(run)

    def add(self, row: StoredRow, *, line: int | None = None) -> None:
        """Takes the next event."""
        if self._is_over:
            return
        place = Place(position=row.position, line=line)
        try:
            if row.type in READ_TYPES:
                self._take(_decoded(row, self._codec), place)
            if row.position in self._to_calculate:
                self._ledger.advance_to(row.position)
                for run in self._to_calculate.pop(row.position):
                    self._open[run.run_id] = self._recomputed(run)
        except UnknownEventType as error:
            self._is_over = True
            self._findings.missing_evidence.append(f"{place}: pay cannot be recomputed from here on: {error}")
        except ALTERED_FACT_ERRORS as error:
            self._is_over = True
            reason = f"{row.type} cannot follow from the events before it, so pay cannot be recomputed: {_shown(error)}"
            self._findings.add(Rank.PAY, place, reason)

    def _recomputed(self, run: LockedRun) -> _Recomputed:
        """What a run pays by the facts so far; of one by another engine nothing: it may not even take them as ours does."""
        if run.engine_version is not None and run.engine_version not in COMPARED_ENGINES:
            return _Recomputed(run=run, currency="", statements={})
        statements = statements_of(self._ledger, run.plan_id, run.period)
        by_member = {statement.member_id: statement for statement in statements}
        return _Recomputed(run=run, currency=self._ledger.plan(run.plan_id).currency, statements=by_member)

    def _take(self, decoded: DecodedEvent, place: Place) -> None:
        event, recomputed = decoded.event, self._open.get(decoded.recorded.stream_id)
        if recomputed is not None:
            match event:
                case PayoutRunCalculated() if event.position == recomputed.run.calculated_at:
                    self._compare_calculation(event, recomputed, place)
                case PayoutRunStatementIssued() if event.position == recomputed.run.calculated_at:
                    self._compare_statement(event, recomputed, place)
                case PayoutRunLocked():
                    self._lock(event, recomputed, place)
        elif isinstance(event, PayoutRunLocked):
            reason = f"the run is locked over a calculation at position {event.position} that is not before it"
            self._findings.add(Rank.PAY, place, reason)
        if decoded.recorded.type != CALCULATED:
            # The codec gave the class that is declared for one of the ledger's own types.
            self._ledger.apply(cast(PayEvent, event), decoded.recorded)

    def _compare_calculation(self, event: PayoutRunCalculated, recomputed: _Recomputed, place: Place) -> None:
        if not self._has_engine(event.engine_version, recomputed, place):
            return
        expected = _calculated(recomputed)
        if event.engine_version == WORDED:
            recomputed.worded = WordedRun(calculated_digest=event.digest)
            # What it calculated is compared statement by statement, with the sentences as they were issued.
            expected = replace(expected, engine_version=WORDED, digest=event.digest)
        if event != expected:
            self._wrong(place, recomputed.run, _difference(event, expected))

    def _compare_statement(self, event: PayoutRunStatementIssued, recomputed: _Recomputed, place: Place) -> None:
        if not self._has_engine(event.engine_version, recomputed, place):
            return
        statement = recomputed.statements.get(event.member_id)
        if recomputed.worded is not None and statement is not None:
            self._compare_worded(event, statement, recomputed, place)
        elif statement is None:
            self._compare_part(event, (), recomputed, place)
        else:
            self._compare_part(event, issued_parts(statement, recomputed.run.calculated_at), recomputed, place)

    def _compare_worded(
        self, event: PayoutRunStatementIssued, statement: Statement, recomputed: _Recomputed, place: Place
    ) -> None:
        """The whole statement at its last part: where an older program divided it is its own business."""
        assert recomputed.worded is not None, "asked for one that said why in sentences"
        parts = recomputed.worded.add(event)
        if event.part < event.parts:
            return
        expected = as_worded(recomputed=issued_parts(statement, recomputed.run.calculated_at), issued=parts)
        for part in parts:
            self._compare_part(part, expected, recomputed, place)
        self.worded_confirmed += parts == expected

    def _compare_part(
        self,
        event: PayoutRunStatementIssued,
        expected: tuple[PayoutRunStatementIssued, ...],
        recomputed: _Recomputed,
        place: Place,
    ) -> None:
        """One issued part with that of the parts as they are recomputed."""
        if not 1 <= event.part <= len(expected):
            reason = (
                f"part {event.part} of the statement of member {event.member_id} ({event.total_minor}) was issued, "
            )
            self._wrong(place, recomputed.run, f"{reason}recomputed there is none")
            return
        if (event.member_id, event.part) in recomputed.seen:
            self._wrong(place, recomputed.run, f"part {event.part} for member {event.member_id} was issued twice")
            return
        recomputed.seen.add((event.member_id, event.part))
        wanted = expected[event.part - 1]
        if event == wanted:
            self.statements_confirmed += event.part == event.parts
            return
        lines_before = sum(len(part.lines) for part in expected[: event.part - 1])
        reason = _line_difference(event.lines, wanted.lines, lines_before) or _difference(event, wanted)
        self._wrong(place, recomputed.run, f"statement of member {event.member_id}: {reason}")

    def _lock(self, event: PayoutRunLocked, recomputed: _Recomputed, place: Place) -> None:
        run = self._open.pop(recomputed.run.run_id).run
        if recomputed.is_foreign:
            return
        statements, worded = recomputed.in_order(), recomputed.worded
        wanted = {
            (statement.member_id, number)
            for statement in statements
            for number in range(1, (worded.parts_of(statement) if worded else len(parts_of_statement(statement))) + 1)
        }
        for member_id, number in sorted(wanted - recomputed.seen):
            total_minor = recomputed.statements[member_id].total_minor
            reason = (
                f"part {number} of the statement of member {member_id} was not issued, recomputed it is {total_minor}"
            )
            self._wrong(place, run, reason)
        digest = digest_of(statements) if worded is None else worded.digest()
        if worded is not None and worded.calculated_digest != digest:
            self._wrong(place, run, _differs("digest", worded.calculated_digest, digest))
        if event.statements_digest != digest:
            self._wrong(place, run, _differs("statements_digest", event.statements_digest, digest))
        self.runs_checked += 1

    def _has_engine(self, engine_version: str, recomputed: _Recomputed, place: Place) -> bool:
        """Other rules as code give other statements: nothing is wrong, but nothing is proven either."""
        if engine_version not in COMPARED_ENGINES and not recomputed.is_foreign:
            recomputed.is_foreign = True
            self._findings.missing_evidence.append(
                f"{place}: {recomputed.run} was computed by engine version {engine_version}, this program has "
                f"{ENGINE_VERSION}: verify with a program of that version"
            )
        return not recomputed.is_foreign

    def _wrong(self, place: Place, run: LockedRun, reason: str) -> None:
        self._findings.add(Rank.PAY, place, f"{run}: {reason}")


def _calculated(recomputed: _Recomputed) -> PayoutRunCalculated:
    """The event that states what was recomputed as a whole."""
    statements = recomputed.in_order()
    return PayoutRunCalculated(
        position=recomputed.run.calculated_at,
        engine_version=ENGINE_VERSION,
        plan_versions=tuple(sorted({number for one in statements for number in one.plan_versions})),
        digest=digest_of(statements),
        participant_count=len(statements),
        total_minor=sum(statement.total_minor for statement in statements),
        currency=recomputed.currency,
    )


def _line_difference(
    issued: tuple[StatementLine, ...], recomputed: tuple[StatementLine, ...], lines_before: int
) -> str | None:
    """The first line that differs, with its amounts; None where all are equal."""
    for number, (left, right) in enumerate(zip_longest(issued, recomputed), start=lines_before + 1):
        if left == right:
            continue
        if left is None or right is None:
            only, where = (right, "recomputed") if left is None else (left, "issued")
            return f"line {number} is only {where}: {_shown_line(only)}"
        return f"line {number} ({_shown_line(right)}): {_difference(left, right)}"
    return None


def _shown_line(line: StatementLine | None) -> str:
    assert line is not None, "one of the two lines is there"
    positions = ", ".join(map(str, line.positions))
    deal = f", deal {line.deal_id}" if line.deal_id is not None else ""
    return f"{line.kind} {line.component}{deal}, {line.posted_minor} {line.currency}, from positions {positions}"


def _difference(issued: Compared, recomputed: Compared) -> str:
    """Describes the first difference: in what was paid, else in other amounts, else in the first field that differs."""
    names = sorted(
        (each.name for each in fields(recomputed)), key=lambda name: (name not in PAID, not name.endswith("_minor"))
    )
    for name in names:
        left, right = getattr(issued, name), getattr(recomputed, name)
        if left != right:
            return _differs(name, left, right)
    raise AssertionError("only called where something differs")


def _differs(name: str, issued: object, recomputed: object) -> str:
    return f"{name} is {issued}, recomputed {recomputed}"


def _decoded(row: StoredRow, codec: Codec) -> DecodedEvent:
    stored = stored_events([in_log_order(row)])
    return codec.decode_unopened(stored)[0]


def _shown(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}"
