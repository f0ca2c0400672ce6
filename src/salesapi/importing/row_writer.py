"""Writes the rows of one table: finds what they were imported as, offers what they are now, and gives their commands.

A row is one request: all of its commands or none. Rows are begun in the order of the file and up to `IN_FLIGHT_MAX` run at
the same time; those that write the same stream run one after the other, in that order.
"""

import asyncio
import itertools
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from salesapi.access.principals import EVERYTHING, Principal
from salesapi.commands.command_reading import CommandReader
from salesapi.commands.handling import Handling
from salesapi.commands.requests import Envelope, Request
from salesapi.commands.subjects import written_stream
from salesapi.domain.catalogue import Catalogue
from salesapi.domain.shared.kernel import Kind, Refused, StreamRef
from salesapi.domain.shared.states import made_from
from salesapi.eventlog.recorder import NotStorable
from salesapi.importing.calculating import Row
from salesapi.importing.jobs import NOT_IMPORTED, Imported, Job, Offer
from salesapi.importing.mapping import Step
from salesapi.importing.results import Report, RowResult, Status
from salesapi.importing.rows import Plan, command_values, planned

CHUNK_ROWS: Final = 512
"""Rows that are looked up and offered in one statement each."""
IN_FLIGHT_MAX: Final = 256
"""Rows whose commands are with the log at the same time."""
UNREPORTED_MAX: Final = 2_000
"""Rows that may be done while an earlier one is not; their results wait for it."""

ERASED_CODE: Final = "import.person_erased"
ERASED_MESSAGE: Final = "A person of this row was erased: the row changes nothing any more."


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A row with its identity and values, or with the reason why it has none."""

    file: str
    line: int
    row_id: str
    steps: tuple[Step, ...]
    row: Row
    refusal: Refused | None = None


class RowNotStorable(Refused):
    """The log does not store what the row became."""

    code = "import.not_storable"
    kind = Kind.TOO_LARGE
    message = "{reason}"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ready:
    """A row whose commands can be given."""

    candidate: Candidate
    before: Imported
    plan: Plan
    requests: tuple[Request, ...]
    key: str


_Begun: TypeAlias = "asyncio.Task[RowResult] | RowResult"


@dataclass(slots=True, kw_only=True)
class TableWriting:
    """Writes one table's rows, once."""

    job: Job
    handling: Handling
    catalogue: Catalogue
    reader: CommandReader
    principal: Principal
    table: str
    in_flight: int = IN_FLIGHT_MAX
    """How many rows may run at the same time; 1 gives them one after the other."""
    _slots: asyncio.Semaphore = field(init=False)
    _last_on: "dict[StreamRef, asyncio.Task[RowResult]]" = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self._slots = asyncio.Semaphore(self.in_flight)

    async def write(self, candidates: Iterable[Candidate], report: Report) -> None:
        """Writes all of them; each result is reported in the order of the rows."""
        begun: deque[_Begun] = deque()
        rows = iter(candidates)
        try:
            while chunk := list(itertools.islice(rows, CHUNK_ROWS)):
                await self._begin(chunk, begun)
                while begun and (_is_done(begun[0]) or len(begun) > UNREPORTED_MAX):
                    report(await _result(begun.popleft()))
            while begun:
                report(await _result(begun.popleft()))
        finally:
            # Stopped from outside, or by a failure: what runs is stored by its request's key or not at all.
            running = [each for each in begun if isinstance(each, asyncio.Task)]
            for task in running:
                task.cancel()
            await asyncio.gather(*running, return_exceptions=True)

    async def _begin(self, chunk: Sequence[Candidate], begun: deque[_Begun]) -> None:
        wanted = [candidate.row_id for candidate in chunk if candidate.refusal is None]
        found = await self.job.find(self.table, wanted) if wanted else {}
        made = [self._made_ready(candidate, found.get(candidate.row_id, NOT_IMPORTED)) for candidate in chunk]
        ready = [each for each in made if isinstance(each, _Ready)]
        await self.job.offer(self.table, [offer for each in ready if (offer := _offer(each))])
        for each in made:
            if isinstance(each, RowResult):
                begun.append(each)
            elif not each.requests:
                begun.append(self._result(each.candidate, "unchanged"))
            else:
                await self._slots.acquire()
                begun.append(self._start(each))

    def _made_ready(self, candidate: Candidate, before: Imported) -> _Ready | RowResult:
        """The row's commands, or its rejection."""
        try:
            if candidate.refusal is not None:
                raise candidate.refusal
            if before.is_erased:
                return self._result(candidate, "unchanged", code=ERASED_CODE, message=ERASED_MESSAGE)
            plan = planned(candidate.steps, candidate.row, before.prints)
            requests = tuple(self.reader.read(name, command_values(values)) for name, values in plan.orders)
        except Refused as refused:
            return self._rejected(candidate, refused)
        digest = self.job.digest(plan.sha256)
        key = f"{self.job.source}/{self.table}/{candidate.row_id}/{before.revision + 1}/{digest}"
        return _Ready(candidate=candidate, before=before, plan=plan, requests=requests, key=key)

    def _start(self, ready: _Ready) -> "asyncio.Task[RowResult]":
        """Gives the commands as soon as earlier rows that write the same streams are done."""
        streams = {ref for request in ready.requests if (ref := written_stream(self.catalogue, request.command))}
        earlier = {self._last_on[ref] for ref in streams if ref in self._last_on}
        task = asyncio.create_task(self._give(ready, earlier))
        for ref in streams:
            self._last_on[ref] = task

        def forget(done: "asyncio.Task[RowResult]") -> None:
            for ref in streams:
                if self._last_on.get(ref) is done:
                    del self._last_on[ref]

        task.add_done_callback(forget)
        return task

    async def _give(self, ready: _Ready, earlier: "set[asyncio.Task[RowResult]]") -> RowResult:
        try:
            if earlier:
                await asyncio.wait(earlier)
            envelope = Envelope(
                principal=self.principal,
                scope=EVERYTHING,
                key=ready.key,
                fingerprint=ready.plan.sha256,
                origin=f"import:{self.job.source}",
                keep_key=True,
            )
            receipts = await self.handling.handle_together(ready.requests, envelope)
        except Refused as refused:
            return self._rejected(ready.candidate, refused)
        except NotStorable as error:
            return self._rejected(ready.candidate, RowNotStorable(reason=str(error)))
        finally:
            self._slots.release()
        events = sum(len(receipt.events) for receipt in receipts if not receipt.is_replay)
        return self._result(ready.candidate, "imported" if ready.before.is_new else "changed", events=events)

    def _rejected(self, candidate: Candidate, refused: Refused) -> RowResult:
        message = f"{refused.text} ({refused.pointer})" if refused.pointer else refused.text
        return self._result(candidate, "rejected", code=refused.code, message=message)

    def _result(
        self, candidate: Candidate, status: Status, *, events: int = 0, code: str = "", message: str = ""
    ) -> RowResult:
        return made_from(
            RowResult, candidate, table=self.table, status=status, events=events, code=code, message=message
        )


def setup_candidates(steps: tuple[Step, ...]) -> Iterator[Candidate]:
    """The mapping's own commands, each as a row of its own."""
    return (Candidate(file="", line=0, row_id=step.name, steps=(step,), row={}) for step in steps)


def _offer(ready: _Ready) -> Offer | None:
    """None where the row says what it was imported as."""
    if not ready.requests and dict(ready.plan.prints) == dict(ready.before.prints):
        return None
    key = ready.key if ready.requests else None
    return Offer(row_id=ready.candidate.row_id, before=ready.before, prints=ready.plan.prints, key=key)


def _is_done(begun: _Begun) -> bool:
    return isinstance(begun, RowResult) or begun.done()


async def _result(begun: _Begun) -> RowResult:
    return begun if isinstance(begun, RowResult) else await begun
