"""Logs to seal, export and forge: facts of pay in a real database, and an attacker who rewrites an export consistently."""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeAlias
from uuid import UUID

import asyncpg

from salesapi.audit.export_line import EventLine, LastLine, event_line, last_line, read_event_line, read_last_line
from salesapi.audit.exporting import Exported
from salesapi.audit.leaf import StoredRow, leaf_bytes
from salesapi.audit.log_verifying import verify_log
from salesapi.audit.sealing import root_at, seal_all
from salesapi.audit.tree import Frontier, leaf_hash
from salesapi.audit.verdict import Status, Verdict
from salesapi.audit.verifying import OutsideRoot, verify_export
from salesapi.database.migrating import migrate
from salesapi.domain.catalogue import Catalogue
from salesapi.domain.pay.ledger.pay_facts import PayEvent
from salesapi.domain.pay.records.payout_runs import PayoutRunCalculated, PayoutRunLocked, PayoutRunOpened
from salesapi.domain.pay.statements.statements import ENGINE_VERSION, digest_of, digest_of_digests, issued_parts
from salesapi.domain.shared.kernel import BusinessTime, StreamRef, natural_id
from salesapi.embedded.postgresql import DatabaseUrls
from salesapi.eventlog.codec import Codec, EventMeta, ToEncode
from salesapi.eventlog.postgresql import PostgreSQLEventLog
from salesapi.eventlog.recorder import NewEvent
from salesapi.eventlog.upcasts import UPCASTS
from tests.connections import connected
from tests.domain.pay.commission_stories import ANN, BOB, PLAN, flat, share, tiered
from tests.domain.pay.pay_terms import WITH_CASH
from tests.domain.pay.trade_stories import TradeLog
from tests.eventlog.requests import append, request
from tests.spec import day, uid

CODEC = Codec(Catalogue().event_types(), None, UPCASTS)
META = EventMeta(actor_id=uid(0xAC), principal_kind="member", command="Story")
NOTE_STREAM = StreamRef("note", uid(0x4E))
NOTE_TEXT = 'Zoë "quoted" \\ back, 漢字 and 🙂'
ROOT_TIMEOUT_SECONDS = 30.0
Export: TypeAlias = tuple[Exported, list[bytes]]
"""What an export said of itself, and its lines."""
RECORDED_AT = datetime(2026, 3, 31, 12, 0, tzinfo=UTC)


def note(number: int) -> NewEvent:
    """An event of no concern to pay, with text that needs care in JSON."""
    payload = json.dumps({"number": number, "text": NOTE_TEXT}, ensure_ascii=False, separators=(",", ":"))
    return NewEvent(type="note.written", schema=1, payload=payload, meta='{"by":"story"}', occurred=None)


@dataclass
class RecordedLog(TradeLog):
    """Facts that the ledger applied, kept for a real log."""

    stored: list[tuple[UUID, object, BusinessTime | None]] = field(default_factory=list)

    def add(self, stream_id: UUID, event: PayEvent, on: str | None = None) -> int:
        """Appends one event; answers its position."""
        self.stored.append((stream_id, event, day(on) if on else None))
        return super().add(stream_id, event, on)


class StoredStory:
    """A migrated database and what was appended to it."""

    def __init__(self, urls: DatabaseUrls, log: PostgreSQLEventLog) -> None:
        self.urls = urls
        self.log = log
        self._versions: dict[UUID, int] = {}

    @classmethod
    async def begin(cls, urls: DatabaseUrls) -> "StoredStory":
        await migrate(urls.owner_url)
        return cls(urls, await PostgreSQLEventLog.connect(urls.application_url))

    async def notes(self, count: int) -> int:
        """Appends notes in one request; answers the log's head."""
        version = self._versions.get(NOTE_STREAM.id, 0)
        events = tuple(note(version + number) for number in range(1, count + 1))
        self._versions[NOTE_STREAM.id] = version + count
        appended = await self.log.append(request(append(NOTE_STREAM, version, *events)))
        return appended.first_position + count - 1

    async def facts(self, facts: Sequence[tuple[UUID, object, BusinessTime | None]]) -> None:
        to_encode: list[ToEncode] = []
        for stream_id, event, occurred in facts:
            kind = CODEC.name_of(type(event)).partition(".")[0]
            version = self._versions[stream_id] = self._versions.get(stream_id, 0) + 1
            to_encode.append((StreamRef(kind, stream_id), version, event, occurred, META))
        encoded = await CODEC.encode(to_encode)
        appends = [
            append(stream, version - 1, event) for (stream, version, *_), event in zip(to_encode, encoded, strict=True)
        ]
        await self.log.append(request(*appends))

    async def lock(self, pay: RecordedLog, period: str) -> None:
        """Opens, calculates, issues and locks a run at this moment, with the true root in the lock."""
        run_id = natural_id("payout_run", str(PLAN), period)
        opened = PayoutRunOpened(plan_id=PLAN, period=period)
        await self.facts([(run_id, opened, None)])
        pay.add(run_id, opened)
        position = await self.log.head()
        pay.ledger.advance_to(position)
        pay.head = position
        statements = tuple(pay.statements(period).values())
        calculated = PayoutRunCalculated(
            position=position,
            engine_version=ENGINE_VERSION,
            plan_versions=(1,),
            digest=digest_of(statements),
            participant_count=len(statements),
            total_minor=sum(statement.total_minor for statement in statements),
            currency="USD",
        )
        issued = [event for statement in statements for event in issued_parts(statement, position)]
        await self.facts([(run_id, event, None) for event in (calculated, *issued)])
        pay.head += 1
        for event in issued:
            pay.add(run_id, event)
        await self.seal()
        locked = PayoutRunLocked(
            statements_digest=digest_of_digests(tuple(digest_of(statement) for statement in statements)),
            position=position,
            tree_root=(await self.root(position)).hex(),
            tree_size=position,
        )
        await self.facts([(run_id, locked, None)])
        pay.add(run_id, locked)

    async def verified(self) -> Verdict:
        return await verify_log(self.urls.application_url, CODEC)

    async def must_be_proven(self) -> Verdict:
        verdict = await self.verified()
        assert verdict.status is Status.PROVEN, str(verdict)
        return verdict

    async def refuted(self) -> Verdict:
        verdict = await self.verified()
        assert verdict.status is Status.REFUTED, str(verdict)
        return verdict

    async def seal(self) -> int:
        return await seal_all(self.urls.application_url)

    async def root(self, size: int) -> bytes:
        async with asyncpg.create_pool(self.urls.application_url, min_size=1, max_size=1) as pool:
            return await root_at(pool, size, ROOT_TIMEOUT_SECONDS)

    async def as_owner(self, *statements: str) -> None:
        """Acts as an attacker with the owner's role does: triggers off, statements, triggers on."""
        tables = ("log.event", "audit.leaf", "audit.node", "audit.root")
        switched = [[f"ALTER TABLE {table} {to} TRIGGER USER" for table in tables] for to in ("DISABLE", "ENABLE")]
        async with connected(self.urls.owner_url) as connection, connection.transaction():
            for statement in (*switched[0], *statements, *switched[1]):
                await connection.execute(statement)


async def paid_story(urls: DatabaseUrls) -> StoredStory:
    """Two quarters of two members with notes between, both locked; the second corrects the first."""
    story = await StoredStory.begin(urls)
    pay = RecordedLog()
    pay.plan(tiered("marginal")).enrol(ANN, BOB)
    pay.win(1, 7_000_000, "2026-01-31")
    pay.win(2, 6_000_001, "2026-02-28", shares=(share(ANN, "50"), share(BOB, "50")))
    await story.facts(pay.stored)
    pay.head = await story.notes(3)
    await story.lock(pay, "2026Q1")
    taken = len(pay.stored)
    pay.reopen(1)
    pay.win(3, 9_000_000, "2026-04-30", owner=BOB)
    await story.facts(pay.stored[taken:])
    pay.head = await story.notes(2)
    await story.lock(pay, "2026Q2")
    await story.notes(2)
    await story.seal()
    return story


async def cash_story(urls: DatabaseUrls) -> StoredStory:
    """A sale that is paid by halves in two locked quarters: its commission is released with the cash."""
    story = await StoredStory.begin(urls)
    pay = RecordedLog()
    pay.plan(replace(flat("10"), release=WITH_CASH)).enrol(ANN)
    pay.win(1, 2_000_000, "2026-01-31")
    pay.pay(1, 1_000_000, on="2026-02-15", deal=1)
    await story.facts(pay.stored)
    await story.lock(pay, "2026Q1")
    taken = len(pay.stored)
    pay.pay(2, 1_000_000, on="2026-05-15", deal=1)
    await story.facts(pay.stored[taken:])
    await story.lock(pay, "2026Q2")
    await story.seal()
    return story


def root_of(leaves: Iterable[bytes]) -> bytes:
    """The root over these leaf hashes, in one pass and with the memory of a frontier."""
    frontier = Frontier()
    for leaf in leaves:
        frontier.append(leaf)
    return frontier.root()


def rows_of(lines: Sequence[bytes]) -> list[StoredRow]:
    return [read_event_line(line).row for line in lines[:-1]]


def forged(lines: Sequence[bytes], change: Callable[[StoredRow], StoredRow], *, at: int | None = None) -> list[bytes]:
    """The export of somebody who changes events, or the one at a position, and computes every hash and the last line anew."""
    epochs = read_last_line(lines[-1]).epochs
    rows = [change(row) if at in (None, row.position) else row for row in rows_of(lines)]
    leaves = [leaf_hash(leaf_bytes(row)) for row in rows]
    written = [
        event_line(EventLine(epoch=epochs.of(row.position), row=row, leaf=leaf))
        for row, leaf in zip(rows, leaves, strict=True)
    ]
    return [*written, last_line(LastLine(epochs=epochs, root=root_of(leaves), size=len(rows)))]


def reworded(lines: Sequence[bytes], at: int, old: str, new: str) -> list[bytes]:
    """The export with a text replaced in the payload of one event, and every hash anew."""
    return forged(lines, lambda row: with_payload(row, old, new), at=at)


def verdict_on(folder: Path, content: bytes | Sequence[bytes], outside: OutsideRoot | None = None) -> Verdict:
    """Verifies a file with this content."""
    path = folder / "export.jsonl"
    path.write_bytes(content if isinstance(content, bytes) else b"".join(content))
    return verify_export(path, CODEC, outside=outside)


def refuted(folder: Path, content: bytes | Sequence[bytes], outside: OutsideRoot | None = None) -> Verdict:
    """Verifies a file with this content, which must be found wrong."""
    verdict = verdict_on(folder, content, outside)
    assert verdict.status is Status.REFUTED, str(verdict)
    return verdict


def with_payload(row: StoredRow, old: str, new: str) -> StoredRow:
    """The row with a text of its payload replaced, which must be there."""
    assert old in row.payload, f"{old} is not in {row.payload}"
    return replace(row, payload=row.payload.replace(old, new, 1))


@dataclass
class Evidence:
    """An export, and what is found once a row of it was rewritten consistently."""

    folder: Path
    lines: list[bytes]

    def row(self, type_: str, **members: object) -> StoredRow:
        """The first event of a type whose payload has these members."""
        for row in rows_of(self.lines):
            payload = json.loads(row.payload)
            if row.type == type_ and all(payload.get(name) == value for name, value in members.items()):
                return row
        raise AssertionError(f"no {type_} with {members}")

    def issued(self, member_id: UUID = ANN, period: str = "2026Q1") -> StoredRow:
        return self.row("payout_run.statement_issued", member_id=str(member_id), period=period)

    def refuted(self, row: StoredRow, old: str, new: str) -> Verdict:
        """A text of the row's payload is another one."""
        return refuted(self.folder, reworded(self.lines, row.position, old, new))

    def refuted_with(self, row: StoredRow, **members: object) -> Verdict:
        """Members of the row's payload are others."""
        changed = json.dumps({**json.loads(row.payload), **members}, separators=(",", ":"))
        return self.refuted(row, row.payload, changed)
