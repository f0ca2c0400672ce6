"""The write path over a log in memory: how often it asks the log for one command."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from salesapi.access.principals import EVERYTHING, Principal
from salesapi.api.rest.answers import receipt_values
from salesapi.clock import SystemClock, TimeOrderedIds
from salesapi.commands.command_results import CommandResult, EventResult
from salesapi.commands.handling import Handling
from salesapi.commands.requests import Envelope, Request
from salesapi.commands.stream_states import StreamStates
from salesapi.domain.catalogue import Catalogue
from salesapi.domain.organisation.members import JoinMember
from salesapi.domain.selling.deals import OpenDeal
from salesapi.domain.selling.pipelines import DefinePipeline, PublishPipelineVersion
from salesapi.domain.shared.attributes import AttributeValue, DefineAttribute
from salesapi.domain.shared.kernel import StreamRef
from salesapi.domain.shared.time_bounds import TimeBounds
from salesapi.eventlog.codec import Codec
from salesapi.eventlog.epochs import Epoch, Epochs
from salesapi.eventlog.memory import MemoryEventLog
from salesapi.eventlog.recorder import Loaded
from salesapi.eventlog.upcasts import UPCASTS
from tests.domain.examples import STAGES, WAYS
from tests.privacy.memory_keys import MemoryKeys
from tests.spec import uid
from tests.values_by_type import bare

ENVELOPE = bare(Envelope, principal=Principal(id=uid(0xAD), name="Admin", roles=frozenset({"admin"})), scope=EVERYTHING)


class CountedLog(MemoryEventLog):
    """Counts the round trips."""

    loads = 0

    async def load(self, streams: Sequence[tuple[StreamRef, int]], key: tuple[UUID, str] | None = None) -> Loaded:
        self.loads += 1
        return await super().load(streams, key)


async def test_a_deal_is_opened_with_one_question_to_the_log_whatever_it_refers_to() -> None:
    log, catalogue = CountedLog(), Catalogue()
    codec = Codec(catalogue.event_types(), MemoryKeys(), UPCASTS)
    states = StreamStates(log, codec, catalogue)
    bounds = TimeBounds(first_on=date(1970, 1, 1))
    handling = Handling(
        log, codec, states, catalogue, clock=SystemClock(), ids=TimeOrderedIds(), resolvers={}, bounds=bounds
    )

    async def give(command: object) -> UUID:
        return (await handling.handle(Request(command=command, occurred=None), ENVELOPE)).id

    member_id = await give(JoinMember(name="Anna"))
    pipeline_id = await give(DefinePipeline(key="standard", name="Standard"))
    await give(PublishPipelineVersion(pipeline_id=pipeline_id, stages=STAGES, transitions=WAYS))
    await give(DefineAttribute(of="deal", key="sector", name="Sector"))
    log.loads = 0

    sector = AttributeValue(key="sector", value="retail")
    await give(OpenDeal(title="Forklifts", pipeline_id=pipeline_id, owner_id=member_id, attributes=(sector,)))

    assert log.loads == 1


class RestoredLog(MemoryEventLog):
    """A log that a backup takes back."""

    def restore(self) -> None:
        """Forgets everything, under the next epoch, as a process sees it that lives through it."""
        self._events.clear()
        self._streams.clear()
        self.known_epochs = Epochs((Epoch(1, 1), Epoch(2, 1)))


async def test_a_process_that_lives_through_a_restore_forgets_the_states_of_the_history_that_is_gone() -> None:
    log, catalogue = RestoredLog(), Catalogue()
    codec = Codec(catalogue.event_types(), MemoryKeys(), UPCASTS)
    states = StreamStates(log, codec, catalogue)
    handling = Handling(
        log,
        codec,
        states,
        catalogue,
        clock=SystemClock(),
        ids=TimeOrderedIds(),
        resolvers={},
        bounds=TimeBounds(first_on=date(1970, 1, 1)),
    )
    member = await handling.handle(Request(command=JoinMember(name="Anna"), occurred=None), ENVELOPE)
    stream = StreamRef("member", member.id)
    assert await states.state(stream) is not None

    log.restore()

    assert await states.state(stream) is None


def test_a_receipt_names_each_event_by_the_epoch_of_its_position() -> None:
    epochs = Epochs((Epoch(1, 1), Epoch(2, 3)))
    events = tuple(
        bare(EventResult, type="deal.won", stream_kind="deal", stream_id=uid(1), version=position, position=position)
        for position in (2, 3)
    )
    receipt = bare(CommandResult, id=uid(1), kind="deal", version=3, position=3, events=events, is_dry_run=False)

    assert [each["id"] for each in receipt_values(receipt, epochs)["events"]] == ["1:2", "2:3"]
