"""The stream over a restore of the log: what follows has ids of its epoch, and a history that is gone is known and mended."""

import pytest

from salesapi.embedded.nats import EmbeddedNats
from salesapi.embedded.postgresql import DatabaseUrls
from salesapi.eventlog.epochs import Epoch, add_epoch
from salesapi.streaming.connecting import jetstream_at
from salesapi.streaming.restored_stream import delete_stream, stream_end
from salesapi.streaming.sales_stream import SalesStream, StreamDiverged
from tests.streaming.conftest import Facts
from tests.streaming.test_relay import Site


@pytest.fixture
def site(facts: Facts, database: DatabaseUrls, nats_server: EmbeddedNats, stream: SalesStream) -> Site:
    """The shared server with a stream that only this test uses."""
    return Site(facts=facts, urls=database, nats_url=nats_server.url, stream=stream)


async def test_what_is_sent_after_a_restore_has_the_epoch_of_its_position(site: Site, facts: Facts) -> None:
    await facts.append(3)
    await site.send_to_head()
    await facts.restore_backup_at(3, epoch=2)
    await facts.append(2)
    await site.send_to_head()

    async with jetstream_at(site.nats_url) as jetstream:
        messages = [await jetstream.get_msg(site.stream.name, sequence) for sequence in (3, 4, 5)]
    assert [(message.headers or {})["Salesapi-Id"] for message in messages] == ["1:3", "2:4", "2:5"]
    assert await site.difference() is None


async def test_a_relay_that_lived_through_a_restore_does_not_send_over_the_history_that_is_gone(
    site: Site, facts: Facts
) -> None:
    await facts.append(60)
    async with site.sending() as sender:
        while await sender.send_next():
            pass
        await facts.restore_backup_at(40, epoch=2)
        # Past the stream's end before the relay looks again: by its own memory it would go on after 60.
        await facts.append(100)

        with pytest.raises(StreamDiverged, match="Run `salesapi restored`"):
            await sender.send_next()


async def test_a_stream_that_ends_in_a_lost_history_is_known_by_the_epochs_that_were_told(
    site: Site, facts: Facts
) -> None:
    await facts.append(60)
    await site.send_to_head()
    await facts.restore_backup_at(40)
    end = await stream_end(site.nats_url, site.stream)
    assert (end.sequence, end.epoch, end.is_of_lost_history(await facts.log.epochs())) == (60, 1, False)

    await facts.append(30)
    await add_epoch(facts.owner, Epoch(2, 41), reason="told late")
    assert end.is_of_lost_history(await facts.log.epochs())
    await delete_stream(site.nats_url, site.stream)
    await site.send_to_head()
    assert await site.difference() is None
