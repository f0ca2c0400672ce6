"""handle(): the only write path. Load and fold, gather the facts, decide, append in one commit, answer a receipt.

Every write carries an idempotency key: the same key with the same request gives the same receipt again, with another
request it is refused. A decision is made again when another writer was faster, unless the caller named a version.
"""

import itertools
from collections.abc import Awaitable, Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Final
from uuid import UUID

from salesapi.access.principals import OwnerOutOfScope, refuse_foreign_role
from salesapi.clock import Clock, Ids
from salesapi.commands.command_results import CommandResult, EventResult, positioned, replayed
from salesapi.commands.idempotency import refuse_another_request, request_key
from salesapi.commands.requests import Envelope, Request
from salesapi.commands.stream_states import Folded, StreamStates
from salesapi.commands.subjects import stated_subject
from salesapi.commands.work import Target, Work
from salesapi.domain.catalogue import Catalogue, snake_name
from salesapi.domain.consequences import FOLLOWING, FurtherFact, Step
from salesapi.domain.shared.kernel import BusinessTime, Context, Kind, Recorded, Ref, Refused, StreamRef, ThingUnknown
from salesapi.domain.shared.references import references
from salesapi.domain.shared.states import replace
from salesapi.domain.shared.time_bounds import TimeBounds
from salesapi.eventlog import recorder
from salesapi.eventlog.codec import Codec, EventMeta

DECISIONS_MAX: Final = 8
"""How often a command is decided anew when other writers were faster."""
NEEDS_ROUNDS_MAX: Final = 32
"""How often a decider may ask for further streams."""
BULK_MAX: Final = 500
"""Most commands in one bulk."""

Resolver = Callable[[Ref], Awaitable[object]]
"""Finds what a decider asked for that is not a stream: a ledger, a root."""


class VersionStale(Refused):
    """If-Match names another version than the stream has."""

    code = "version.stale"
    kind = Kind.PRECONDITION
    message = "The thing is at version {version}, not {expected}; read it again and repeat your change."


class VersionContended(Refused):
    """Other writers were faster, again and again."""

    code = "version.contended"
    kind = Kind.CONFLICT
    message = "Other writers changed the same thing {times} times meanwhile; try again."


class BulkTooLarge(Refused):
    """Too many commands at once."""

    code = "bulk.too_large"
    kind = Kind.TOO_LARGE
    message = "A bulk takes at most {limit} commands; this one has {count}."


class Handling:
    """The write path over one log. Safe for any number of concurrent requests."""

    def __init__(
        self,
        log: recorder.EventLog,
        codec: Codec,
        states: StreamStates,
        catalogue: Catalogue,
        *,
        clock: Clock,
        ids: Ids,
        resolvers: Mapping[type, Resolver],
        bounds: TimeBounds,
        on_appended: Callable[[Collection[StreamRef]], None] = lambda _: None,
        watched: Callable[[], AbstractContextManager[None]] = nullcontext,
    ) -> None:
        """`on_appended` is told the streams of a commit before its receipt is answered; `watched` notices what finds no room."""
        self._log = log
        self._codec = codec
        self._catalogue = catalogue
        self._clock = clock
        self._ids = ids
        self._resolvers = resolvers
        self._states = states
        self._bounds = bounds
        self._on_appended = on_appended
        self._watched = watched

    async def handle(self, request: Request, envelope: Envelope, *, dry_run: bool = False) -> CommandResult:
        """Decides and stores one command.

        Raises:
            Refused: with a stable code; nothing was stored.
        """
        return (await self.handle_together([request], envelope, dry_run=dry_run))[0]

    async def handle_together(
        self, requests: Sequence[Request], envelope: Envelope, *, dry_run: bool = False
    ) -> list[CommandResult]:
        """Decides and stores several commands as one: all of them or none. Later ones see what earlier ones did."""
        if len(requests) > BULK_MAX:
            raise BulkTooLarge(limit=BULK_MAX, count=len(requests))
        targets = [self._permitted(request, envelope) for request in requests]
        for _ in range(DECISIONS_MAX):
            work = Work(is_foreign=lambda ref, state: self._is_foreign(ref, state, envelope))
            foreseen = [ref for target in targets for ref in target.foreseen()]
            earlier = await self._load(work, foreseen, envelope, key=not dry_run)
            if earlier is not None:
                refuse_another_request(earlier, envelope)
                return _with_keys(replayed(earlier), requests, is_made=False)
            receipts = [
                await self._decide(work, request, target, envelope)
                for request, target in zip(requests, targets, strict=True)
            ]
            if dry_run:
                receipts = [replace(receipt, is_dry_run=True) for receipt in receipts]
                return _with_keys(receipts, requests, is_made=False)
            try:
                return _with_keys(await self._append(work, receipts, requests, envelope), requests, is_made=True)
            except (recorder.VersionConflict, recorder.KeyTaken):
                pass  # Another writer was a moment faster: its events, or a twin's receipt, are found on the next turn.
        raise VersionContended(times=DECISIONS_MAX)

    def _permitted(self, request: Request, envelope: Envelope) -> Target:
        """Finds the target of the command; refuses foreign roles, and dates out of bounds, before anything is read."""
        name = type(request.command).__name__
        _, kind = self._catalogue.command(name)
        refuse_foreign_role(envelope.principal, kind.roles, self._catalogue.routes[name])
        self._bounds.refuse_beyond(request.command, request.occurred, self._clock.now())
        return self._target(request.command)

    def _target(self, command: object, subject_id: UUID | None = None) -> Target:
        stream, kind = self._catalogue.command(type(command).__name__)
        subject_id = subject_id or stated_subject(stream, kind, command) or self._ids.new()
        stream_id = kind.stream_of(command) if kind.stream_of else subject_id
        referred = tuple([reference.ref for reference in references(command)])
        return Target(
            command=command,
            stream=stream,
            kind=kind,
            ref=StreamRef(stream.kind, stream_id),
            subject_id=subject_id,
            referred=referred,
        )

    async def _load(
        self, work: Work, refs: Sequence[StreamRef], envelope: Envelope, *, key: bool
    ) -> recorder.StoredRequest | None:
        """Brings the streams into the work in one round trip; answers an earlier request under the same key."""
        wanted = [ref for ref in dict.fromkeys(refs) if ref not in work.states]
        loaded, earlier = await self._states.load(
            wanted, (envelope.principal.id, envelope.key) if key and envelope.key else None
        )
        work.states.update(loaded)
        return earlier

    async def _decide(self, work: Work, request: Request, target: Target, envelope: Envelope) -> CommandResult:
        """Decides a command and all that follows from it; the events are in the work then."""
        first = len(work.order)
        loaded = work.states[target.ref]
        self._authorise(request, target, loaded, envelope)
        if request.expected_version is not None and request.expected_version != loaded.version:
            raise VersionStale(version=loaded.version, expected=request.expected_version)
        context = await self._decide_one(work, target, request.occurred, envelope)
        if loaded.state is None:
            self._refuse_new_foreign(target, work.states[target.ref].state, envelope)
        following = FOLLOWING.get(type(request.command))
        for step in following(loaded.state, request.command, context) if following else ():
            if isinstance(step, FurtherFact):
                await self._load(work, (step.ref,), envelope, key=False)
                self._record(work, step.ref, step.event, context)
            else:
                await self._decide_step(work, step, request.occurred, envelope)
        return self._receipt(work, target, first)

    async def _decide_step(self, work: Work, step: Step, occurred: BusinessTime | None, envelope: Envelope) -> None:
        target = self._target(step.command, step.subject_id)
        await self._load(work, (target.ref, *target.referred), envelope, key=False)
        self._refuse_foreign(target, work.states[target.ref], envelope)
        _refuse_foreign_owner(step.command, envelope, pointer="")
        await self._decide_one(work, target, occurred, envelope)

    async def _decide_one(
        self, work: Work, target: Target, occurred: BusinessTime | None, envelope: Envelope
    ) -> Context:
        loaded = work.states[target.ref]
        if loaded.state is None and target.kind.target is not None and not target.kind.creates:
            raise ThingUnknown(thing=target.stream.kind, id=str(target.subject_id))
        await self._gather(work, target, loaded.state, envelope)
        context = Context(
            actor_id=envelope.principal.id,
            member_id=envelope.principal.member_id,
            permissions=envelope.principal.permissions,
            occurred=occurred,
            subject_id=target.subject_id,
            new_id=self._ids.new(),
            today=self._clock.now().date(),
            facts=work,
            is_system=envelope.principal.is_system,
            acted=loaded.acted,
        )
        for event in target.kind.decided(context, state=loaded.state, command=target.command):
            self._record(work, target.ref, event, context)
        return context

    def _record(self, work: Work, ref: StreamRef, event: object, context: Context) -> None:
        """Takes an event into the work, and folds it."""
        loaded = work.states[ref]
        recorded = Recorded(
            position=0,
            version=loaded.version + 1,
            stream_id=ref.id,
            occurred=context.occurred,
            actor_id=context.actor_id,
            member_id=context.member_id,
        )
        work.states[ref] = loaded.after(event, recorded, self._catalogue.by_kind[ref.kind])
        work.decided.setdefault(ref, []).append((event, context.occurred))
        work.order.append((ref, len(work.decided[ref]) - 1))

    async def _gather(self, work: Work, target: Target, state: object | None, envelope: Envelope) -> None:
        """Finds what the command refers to and what its decider needs, in as many rounds as it asks for."""
        for _ in range(NEEDS_ROUNDS_MAX):
            asked = (*target.referred, *target.kind.needs(state, target.command, work.so_far()))
            missing = [ref for ref in asked if not work.holds(ref)]
            if not missing:
                return
            streams = [ref for ref in missing if isinstance(ref, StreamRef)]
            if streams:
                await self._load(work, streams, envelope, key=False)
            for ref in missing:
                if not isinstance(ref, StreamRef):
                    work.found[ref] = await self._resolvers[type(ref)](ref)
        raise AssertionError(f"{type(target.command).__name__} asks for streams without end")

    def _authorise(self, request: Request, target: Target, loaded: Folded, envelope: Envelope) -> None:
        """Row scope: a foreign thing does not exist, and nothing is created for or handed to a foreign owner."""
        self._refuse_foreign(target, loaded, envelope)
        _refuse_foreign_owner(request.command, envelope, pointer="/owner_id")

    def _refuse_foreign(self, target: Target, loaded: Folded, envelope: Envelope) -> None:
        is_new = target.kind.creates or loaded.state is None
        if not is_new and self._is_foreign(target.ref, loaded.state, envelope):
            raise ThingUnknown(thing=target.stream.kind, id=str(target.subject_id))

    def _refuse_new_foreign(self, target: Target, made: object | None, envelope: Envelope) -> None:
        """Nothing comes into being for somebody out of scope, whichever field of the command names them."""
        if made is not None and self._is_foreign(target.ref, made, envelope):
            raise OwnerOutOfScope()  # Without a name: whose it would be may be known from what is out of scope only.

    def _is_foreign(self, ref: StreamRef, state: object, envelope: Envelope) -> bool:
        """Tells whether all whom the thing concerns are out of scope; a thing without an owner is everybody's."""
        owner = self._catalogue.by_kind[ref.kind].owner
        return owner is not None and not any(map(envelope.scope.reaches, _concerned(owner(state))))

    def _receipt(self, work: Work, target: Target, first: int) -> CommandResult:
        """The receipt without positions, which are known after the append."""
        events = []
        for ref, index in work.order[first:]:
            event, _ = work.decided[ref][index]
            version = work.states[ref].version - len(work.decided[ref]) + index + 1
            events.append(
                EventResult(
                    type=self._codec.name_of(type(event)),
                    stream_kind=ref.kind,
                    stream_id=ref.id,
                    version=version,
                    position=None,
                    payload=event,
                )
            )
        return CommandResult(
            id=target.subject_id,
            kind=target.stream.kind,
            version=work.states[target.ref].version,
            position=0,
            recorded_at=None,
            events=tuple(events),
        )

    async def _append(
        self, work: Work, receipts: list[CommandResult], requests: Sequence[Request], envelope: Envelope
    ) -> list[CommandResult]:
        offsets = work.offsets()
        key = request_key(receipts, offsets, envelope)
        if not work.order and key is None:
            head = await self._log.head()
            return [replace(receipt, position=head) for receipt in receipts]
        with self._watched():
            appends = await self._encoded(work, requests, envelope)
            appended = await self._log.append(recorder.AppendRequest(appends=appends, key=key))
        self._on_appended(work.decided)
        return positioned(receipts, offsets, appended, len(work.order))

    async def _encoded(
        self, work: Work, requests: Sequence[Request], envelope: Envelope
    ) -> tuple[recorder.StreamAppend, ...]:
        _, kind = self._catalogue.command(type(requests[0].command).__name__)
        meta = EventMeta(
            actor_id=envelope.principal.id,
            principal_kind=envelope.principal.kind,
            member_id=envelope.principal.member_id,
            command=snake_name(kind) if len(requests) == 1 else "bulk",
            origin=envelope.origin,
            idempotency_key=envelope.key,
            correlation_id=envelope.correlation_id,
        )
        expected = {ref: work.states[ref].version - len(events) for ref, events in work.decided.items()}
        encoded = await self._codec.encode(
            [
                (ref, expected[ref] + number, event, occurred, meta)
                for ref, events in work.decided.items()
                for number, (event, occurred) in enumerate(events, start=1)
            ]
        )
        rest = iter(encoded)
        return tuple(
            recorder.StreamAppend(stream=ref, expected_version=expected[ref], events=_take(rest, len(events)))
            for ref, events in work.decided.items()
        )


def _with_keys(receipts: list[CommandResult], requests: Sequence[Request], *, is_made: bool) -> list[CommandResult]:
    """The receipts with the API keys that were made for them; what was made for nothing is forgotten."""
    if all(request.made_key is None for request in requests):
        return receipts
    return [
        receipt
        if request.made_key is None
        else replace(receipt, makes_key=True, made_key=request.made_key if is_made else None)
        for receipt, request in zip(receipts, requests, strict=True)
    ]


def _refuse_foreign_owner(command: object, envelope: Envelope, *, pointer: str) -> None:
    """Before anything is looked up, so that nobody is told what a foreign owner has."""
    owner_id = getattr(command, "owner_id", None)
    if isinstance(owner_id, UUID) and not envelope.scope.reaches(owner_id):
        raise OwnerOutOfScope(pointer=pointer)


def _concerned(owner: UUID | frozenset[UUID] | None) -> Iterable[UUID | None]:
    return owner if isinstance(owner, frozenset) else (owner,)


def _take(items: Iterator[recorder.NewEvent], count: int) -> tuple[recorder.NewEvent, ...]:
    return tuple(itertools.islice(items, count))
