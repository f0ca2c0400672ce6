"""The stream's auditor: compares the stream with the log for ever, and where it is not the log, makes it again from it.

A follower of its own kind: it looks every second, at what is new and at a share of all that is there, so that the whole stream
is read within `ROUND_SECONDS`, or, where it is very large, as fast as `LOOK_MESSAGES_MAX` lets it. Whatever it finds is counted
and kept in the database (`fault_rows.py`), and the stream is deleted and made anew: the relay fills it, byte for byte as before,
and a consumer finds in its metadata from where on it has to read again. Durations are in seconds.
"""

import asyncio
import logging
import time
from array import array
from collections.abc import Sequence
from typing import Final, NoReturn

from nats.errors import Error as NatsError
from nats.js.errors import APIError

from salesapi.database.connections import Pool
from salesapi.eventlog.epochs import FIRST_EPOCHS
from salesapi.eventlog.recorder import EventLog, PositionGap
from salesapi.streaming.cloud_events import cloud_event
from salesapi.streaming.comparing import NOTHING, faults_of
from salesapi.streaming.connecting import NotEncrypted
from salesapi.streaming.fault_rows import KEPT_BYTES_MAX, KEPT_MESSAGES_MAX, Fault, store_faults
from salesapi.streaming.sales_stream import (
    BATCH_MESSAGES_MAX,
    INCARNATION,
    SALES,
    BatchRefused,
    Message,
    SalesStream,
    StreamConnection,
    StreamState,
)
from salesapi.subscriptions.names import AUDITOR
from salesapi.subscriptions.runner import Progress
from salesapi.subscriptions.states import Trouble, trouble_of

LOOK_SECONDS: Final = 1.0
"""The pause between two looks."""
ROUND_SECONDS: Final = 35.0
"""How long a round through the whole stream takes, unless it is larger than `LOOK_MESSAGES_MAX` in each look of it."""
LOOK_MESSAGES_MAX: Final = 5_000
"""Most messages that one look compares of what is old, and of what is new: a bound on its share of a core."""
DIGESTS_MAX: Final = 4_000_000
"""Most events whose digests are remembered, 8 bytes each, so that only the stream is read again; the others come from the log."""
FAULTS_NAMED_MAX: Final = 5
"""Most faults that a reason names."""

logger = logging.getLogger(__name__)


class StreamFaulty(RuntimeError):
    """The stream was not the log. It is being made again."""


PASSING: Final = (NatsError, OSError, TimeoutError, BatchRefused, StreamFaulty)


class StreamAuditor:
    """The follower that compares. Its position is the newest message that it has compared."""

    names = (AUDITOR,)

    def __init__(self, log: EventLog, pool: Pool, nats_url: str, stream: SalesStream = SALES) -> None:
        """`nats_url` is the relay's and may hold a password: it is never shown."""
        self._log = log
        self._pool = pool
        self._nats_url = nats_url
        self._stream = stream
        self._connection: StreamConnection | None = None
        self._epochs = FIRST_EPOCHS
        self._head = 0
        self._incarnation: str | None = None
        self._created: str | None = None
        self._newest = 0
        """Everything up to there was compared once in this incarnation."""
        self._round = 0
        """The same of the present round."""
        self._digests = array("q")
        """Of the log's first events: they never change."""
        self._looked_at = time.monotonic()
        self._is_suspected = False
        self._repair: tuple[str, int] | None = None
        """What was wrong, and the sequence that the stream has when it is whole again."""

    async def resume(self) -> None:
        """See `Follower.resume`."""
        await self.close()

    async def step(self) -> Progress:
        """One look.

        Raises: StreamFaulty, until the stream is whole again.
        """
        await asyncio.sleep(LOOK_SECONDS)
        connection = await self._connected()
        state = await connection.state()
        if state is not None:
            await self._look(connection, state)
        if self._repair is not None:
            reason, until = self._repair
            if state is None or state.last_sequence < until:
                raise StreamFaulty(reason)
            self._repair = None
        return Progress(position=self._newest, is_at_head=False, is_checkpoint=False)

    def trouble(self, error: Exception) -> Trouble:
        """See `Follower.trouble`."""
        return trouble_of(error, told=(NotEncrypted, *PASSING), passing=PASSING)

    async def close(self) -> None:
        """Ends the connection to NATS; the next step opens another one."""
        connection, self._connection = self._connection, None
        if connection is not None:
            await connection.close()

    async def _connected(self) -> StreamConnection:
        if self._connection is None or not self._connection.is_open:
            await self.close()
            self._connection = await StreamConnection.open(self._nats_url, self._stream)
        return self._connection

    async def _look(self, connection: StreamConnection, state: StreamState) -> None:
        epochs, self._epochs = self._epochs, await self._log.epochs()
        if epochs != self._epochs:
            self._digests = array("q")
        if not state.incarnation or not state.is_configured:
            await self._configure(connection, state)
            return
        is_same = self._incarnation in (None, state.incarnation)
        kept = state.last_sequence if is_same else 0
        lost_to, self._incarnation = self._newest, state.incarnation
        if self._created not in (None, state.created):
            # Somebody made it anew: all of it is new to us.
            self._newest = self._round = 0
        self._created = state.created
        self._newest, self._round = min(kept, self._newest), min(kept, self._round)
        if not await self._is_log(connection, state):
            if not self._is_suspected:
                # Told at once: to compare all of it takes a while.
                self._is_suspected = True
                raise StreamFaulty(f"the stream {self._stream.name} is not the log: all of it is compared now")
            await self._make_anew(connection, state)
        elif kept < lost_to and epochs == self._epochs:
            # The relay sends it again by itself.
            await self._tell([Fault(kept + 1, "lost")], {}, until=lost_to)

    async def _configure(self, connection: StreamConnection, state: StreamState) -> None:
        """Mends a configuration that others changed; one of before there were incarnations is only brought up to date."""
        is_fault = bool(state.incarnation or self._incarnation)
        try:
            known = {} if self._incarnation is None else {INCARNATION: self._incarnation}
            await connection.configure({**known, **state.metadata})
        except APIError:
            await connection.make_anew(replaced=state.incarnation, faulty_from=1)
            self._incarnation = self._created = None
        self._newest = self._round = 0
        if is_fault:
            await self._tell([Fault(0, "reconfigured")], {}, until=state.last_sequence)

    async def _is_log(self, connection: StreamConnection, state: StreamState) -> bool:
        """Compares what is new, and the next share of the round."""
        last = state.last_sequence
        # Read after the stream's end: the relay sends only what is there.
        self._head = await self._log.head()
        if last > self._head:
            return False
        to = min(last, self._newest + LOOK_MESSAGES_MAX)
        if not await self._are_equal(connection, first=self._newest + 1, last=to):
            return False
        self._newest = to
        before, self._looked_at = self._looked_at, time.monotonic()
        share = min(LOOK_MESSAGES_MAX, int(last * (self._looked_at - before) / ROUND_SECONDS) + 1)
        if self._round >= last:
            self._round = 0
        to = min(last, self._round + share)
        if not await self._are_equal(connection, first=self._round + 1, last=to):
            return False
        self._round = to
        return True

    async def _are_equal(self, connection: StreamConnection, *, first: int, last: int) -> bool:
        while first <= last:
            stored = await connection.messages(first=first, last=min(last, first + BATCH_MESSAGES_MAX - 1))
            if [message.sequence for message in stored] != [*range(first, first + len(stored))] or not stored:
                return False
            if [*map(_digest, stored)] != await self._digests_of(first, stored[-1].sequence):
                return False
            first = stored[-1].sequence + 1
        return True

    async def _digests_of(self, first: int, last: int) -> list[int]:
        known = len(self._digests)
        if last <= known:
            return self._digests[first - 1 : last].tolist()
        expected = [*map(_digest, await self._expected(first, last))]
        if first <= known + 1 and last <= DIGESTS_MAX:
            self._digests.extend(expected[known + 1 - first :])
        return expected

    async def _expected(self, first: int, last: int) -> list[Message]:
        page = await self._log.read(after=first - 1, limit=last - first + 1)
        for position, event in enumerate(page.events, start=first):
            if event.position != position:
                raise PositionGap(
                    f"the log gave {event.position} for {position}: a row is missing. Run `salesapi verify`."
                )
        return [
            Message(
                event.position,
                self._epochs.id_of(event.position),
                self._stream.subject(event.type),
                cloud_event(event, self._epochs),
            )
            for event in page.events
        ]

    async def _make_anew(self, connection: StreamConnection, state: StreamState) -> None:
        """Compares all of it, tells what is wrong, and makes the stream anew."""
        faults, kept = await self._all_faults(connection, state.last_sequence)
        self._is_suspected = False
        if not faults:
            logger.info("the stream %s was sent while it was compared", self._stream.name)
            return
        await store_faults(self._pool, faults, kept)
        await connection.make_anew(replaced=state.incarnation, faulty_from=faults[0].position)
        self._incarnation = self._created = None
        self._newest = self._round = 0
        self._raise(faults, until=min(state.last_sequence, self._head))

    async def _all_faults(
        self, connection: StreamConnection, last_sequence: int
    ) -> tuple[Sequence[Fault], dict[int, Message]]:
        """Every fault of the stream, in order, and what stands there, as much of it as is kept."""
        expected, stored = array("q"), array("q")
        own_ids: set[int] = set()
        kept: dict[int, Message] = {}
        kept_bytes = 0
        for before in range(0, max(last_sequence, self._head), BATCH_MESSAGES_MAX):
            to = min(self._head, before + BATCH_MESSAGES_MAX)
            expected.extend(await self._digests_of(before + 1, to) if before < to else ())
            last = min(last_sequence, before + BATCH_MESSAGES_MAX)
            found = await self._stored(connection, first=before + 1, last=last)
            for place in range(before + 1, last + 1):
                is_there = found.get(place)
                stored.append(NOTHING if is_there is None else _digest(is_there))
                if is_there is None or (place <= len(expected) and stored[-1] == expected[place - 1]):
                    continue
                if place <= len(expected) and is_there.id == self._epochs.id_of(place):
                    own_ids.add(place)
                kept_bytes += len(is_there.body)
                if len(kept) < KEPT_MESSAGES_MAX and kept_bytes <= KEPT_BYTES_MAX:
                    kept[place] = is_there
        faults = faults_of(stored, expected=expected, with_own_id=own_ids)
        return [Fault(position, kind) for position, kind in faults.items()], kept

    async def _stored(self, connection: StreamConnection, *, first: int, last: int) -> dict[int, Message]:
        found: dict[int, Message] = {}
        while first <= last:
            messages = await connection.messages(first=first, last=last)
            if not messages:
                break
            found |= {message.sequence: message for message in messages}
            first = messages[-1].sequence + 1
        return found

    async def _tell(self, faults: Sequence[Fault], kept: dict[int, Message], *, until: int) -> NoReturn:
        await store_faults(self._pool, faults, kept)
        self._raise(faults, until=until)

    def _raise(self, faults: Sequence[Fault], *, until: int) -> NoReturn:
        """Says what was wrong, now and at each look until the stream is whole again."""
        named = ", ".join(f"{fault.kind} at {fault.position}" for fault in faults[:FAULTS_NAMED_MAX])
        more = f" and {len(faults) - FAULTS_NAMED_MAX} more" if len(faults) > FAULTS_NAMED_MAX else ""
        reason = f"the stream {self._stream.name} was not the log: {named}{more}. It is made again from the log"
        self._repair = (reason, until)
        raise StreamFaulty(reason)


def _digest(message: Message) -> int:
    """Tells messages apart within this process; `NOTHING` is none's."""
    return hash(message[1:]) or 1
