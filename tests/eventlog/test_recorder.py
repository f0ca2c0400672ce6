"""What every event log does, the real one and its twin alike."""

import asyncio
from datetime import UTC, date, datetime

import pytest

from salesapi.domain.shared.kernel import BusinessTime, StreamRef
from salesapi.eventlog import recorder
from salesapi.eventlog.epochs import FIRST_EPOCHS
from salesapi.eventlog.recorder import Appended, EventLog, KeyTaken, NotStorable, VersionConflict
from tests.eventlog.requests import PRINCIPAL, append, deal, event, key, request


async def test_positions_count_from_one_over_all_streams(log: EventLog) -> None:
    first = await log.append(request(append(deal(1), 0, event(), event("deal.won"))))
    second = await log.append(request(append(deal(2), 0)))

    assert (first.first_position, second.first_position, await log.head()) == (1, 3, 3)


async def test_a_stored_event_comes_back_byte_for_byte(log: EventLog) -> None:
    payload = '{ "b":1.00,"a" : "Käse 奶酪 \\u00e9 \\\\u0000 \\ud83d\\ude00", "b":2}'
    at = datetime(2026, 3, 31, 23, 30, tzinfo=UTC)
    occurred = BusinessTime(on=date(2026, 4, 1), zone="Asia/Shanghai", at=at)
    stored = await log.append(request(append(deal(1), 0, event("deal.won", payload, occurred, meta='{"x" :null}'))))

    (found,) = (await log.read(after=0, limit=10)).events

    assert (found.position, found.stream, found.version, found.type, found.schema) == (1, deal(1), 1, "deal.won", 1)
    assert (found.payload, found.meta) == (payload, '{"x" :null}')
    assert (found.occurred, found.recorded_at) == (occurred, stored.recorded_at)


@pytest.mark.parametrize("occurred", [None, BusinessTime(on=date(2026, 4, 1), zone="Europe/Berlin")])
async def test_unknown_business_time_and_a_bare_date_stay_what_they_are(
    log: EventLog, occurred: BusinessTime | None
) -> None:
    await log.append(request(append(deal(1), 0, event(occurred=occurred))))

    assert (await log.read(after=0, limit=1)).events[0].occurred == occurred


async def test_recorded_time_never_goes_back(log: EventLog) -> None:
    verdicts = [await log.append(request(append(deal(number), 0))) for number in range(1, 6)]

    recorded = [verdict.recorded_at for verdict in verdicts]
    assert recorded == sorted(recorded)
    assert all(instant.tzinfo is not None for instant in recorded)


@pytest.mark.parametrize(("number", "expected"), [(1, 0), (1, 2), (1, 7), (3, 1)])
async def test_a_request_that_expects_another_version_stores_nothing(log: EventLog, number: int, expected: int) -> None:
    await log.append(request(append(deal(1), 0)))

    with pytest.raises(VersionConflict):
        await log.append(request(append(deal(2), 0), append(deal(number), expected), key=key("k")))

    assert await log.head() == 1
    assert (await log.load([(deal(2), 0)], (PRINCIPAL, "k"))) == recorder.Loaded(request=None, streams=((),))


async def test_a_request_over_several_streams_is_stored_in_its_order(log: EventLog) -> None:
    lead = StreamRef("lead", deal(9).id)
    await log.append(request(append(lead, 0, event("lead.captured"))))

    verdict = await log.append(
        request(append(lead, 1, event("lead.converted")), append(deal(1), 0), append(deal(2), 0, event(), event()))
    )

    page = await log.read(after=verdict.first_position - 1, limit=10)
    found = [(stored.position, stored.stream, stored.version) for stored in page.events]
    assert found == [(2, lead, 2), (3, deal(1), 1), (4, deal(2), 1), (5, deal(2), 2)]
    assert {stored.recorded_at for stored in page.events} == {verdict.recorded_at}


async def test_one_request_may_append_to_a_stream_twice(log: EventLog) -> None:
    await log.append(request(append(deal(1), 0), append(deal(2), 0), append(deal(1), 1)))

    assert [stored.version for stored in (await log.load([(deal(1), 0)])).streams[0]] == [1, 2]


async def test_a_request_that_contradicts_itself_is_refused(log: EventLog) -> None:
    with pytest.raises(VersionConflict):
        await log.append(request(append(deal(1), 0), append(deal(1), 0)))

    assert await log.head() == 0


async def test_a_stream_of_another_kind_with_the_same_id_is_unknown(log: EventLog) -> None:
    await log.append(request(append(deal(1), 0)))
    lead = StreamRef("lead", deal(1).id)

    assert (await log.load([(lead, 0)])).streams == ((),)
    for expected in (0, 1):
        with pytest.raises(VersionConflict):
            await log.append(request(append(lead, expected)))


async def test_load_gives_the_news_of_each_stream_and_the_earlier_request(log: EventLog) -> None:
    stored = await log.append(
        request(append(deal(1), 0, event(), event("deal.won"), event("deal.voided")), key=key("k"))
    )
    await log.append(request(append(deal(2), 0)))

    loaded = await log.load([(deal(2), 0), (deal(1), 1), (deal(3), 0), (deal(2), 1), (deal(1), 2)], (PRINCIPAL, "k"))

    found = [[(each.stream, each.version) for each in tail] for tail in loaded.streams]
    assert found == [[(deal(2), 1)], [(deal(1), 2), (deal(1), 3)], [], [], [(deal(1), 3)]]
    stated = recorder.StoredRequest(
        fingerprint=b"request 1",
        receipt='{"answer": 1}',
        first_position=1,
        event_count=3,
        recorded_at=stored.recorded_at,
    )
    assert loaded.request == stated


async def test_many_loads_at_once_each_get_their_own_answer(log: EventLog) -> None:
    for number in range(1, 21):
        await log.append(request(append(deal(number), 0), key=key(f"k{number}", receipt=f'{{"deal":{number}}}')))

    answers = await asyncio.gather(
        *(log.load([(deal(n), 0)], (PRINCIPAL, f"k{n}") if n % 2 else None) for n in range(1, 24))
    )

    for number, answer in enumerate(answers, start=1):
        known = number <= 20
        assert [stored.stream for stored in answer.streams[0]] == ([deal(number)] if known else [])
        receipt = None if answer.request is None else answer.request.receipt
        assert receipt == (f'{{"deal":{number}}}' if known and number % 2 else None)


async def test_a_used_key_is_refused_whatever_else_is_wrong(log: EventLog) -> None:
    await log.append(request(append(deal(1), 0), key=key("k")))

    for repeated in (request(append(deal(1), 0), key=key("k")), request(append(deal(2), 0), key=key("k"))):
        with pytest.raises(KeyTaken):
            await log.append(repeated)

    assert await log.head() == 1


async def test_the_same_key_of_another_principal_is_another_key(log: EventLog) -> None:
    mine, other = key("k"), recorder.RequestKey(principal_id=deal(7).id, key="k", fingerprint=b"", receipt="{}")

    await log.append(request(append(deal(1), 0), key=mine))
    await log.append(request(append(deal(2), 0), key=other))

    assert await log.head() == 2


async def test_a_request_may_hold_a_key_alone(log: EventLog) -> None:
    await log.append(request(append(deal(1), 0)))

    verdict = await log.append(request(key=key("nothing to do")))

    found = (await log.load([], (PRINCIPAL, "nothing to do"))).request
    assert found is not None
    assert (verdict.first_position, found.first_position, found.event_count, await log.head()) == (2, 2, 0, 1)


async def test_twins_with_one_key_are_one_acceptance_and_one_refusal(log: EventLog) -> None:
    twins = [log.append(request(append(deal(number), 0), key=key("k"))) for number in (1, 2)]

    verdicts = await asyncio.gather(*twins, return_exceptions=True)

    assert sorted(type(verdict).__name__ for verdict in verdicts) == ["Appended", "KeyTaken"]
    assert await log.head() == 1


async def test_each_request_of_a_crowd_gets_its_own_verdict(log: EventLog) -> None:
    await log.append(request(append(deal(1), 0), key=key("old")))
    crowd: list[tuple[recorder.AppendRequest, type]] = [
        (request(append(deal(2), 0)), Appended),
        (request(append(deal(1), 0)), VersionConflict),
        (request(append(deal(3), 0), key=key("old")), KeyTaken),
        (request(append(deal(4), 0, event(), event())), Appended),
        (request(append(deal(5), 4), append(deal(6), 0)), VersionConflict),
        (request(append(deal(1), 1), key=key("new")), Appended),
        (request(append(deal(1), 1)), VersionConflict),
        (request(key=key("new")), KeyTaken),
    ]

    verdicts = await asyncio.gather(*(log.append(one) for one, _ in crowd), return_exceptions=True)

    assert [type(verdict) for verdict in verdicts] == [expected for _, expected in crowd]
    page = await log.read(after=1, limit=10)
    assert [(stored.position, stored.stream.id.int) for stored in page.events] == [(2, 2), (3, 4), (4, 4), (5, 1)]


@pytest.mark.parametrize(
    "text",
    ["\x00", '{"a":"\\u0000"}', '{"a":"\\\\\\u0000"}', '"\ud800"', '"\\ud800"', '"\\uDC00\\ud800"'],
    ids=["nul", "escaped nul", "nul after a backslash", "surrogate", "escaped surrogate", "pair the wrong way round"],
)
async def test_text_that_cannot_be_kept_is_refused(log: EventLog, text: str) -> None:
    for refused in (event(payload=text), event(meta=text)):
        with pytest.raises(NotStorable):
            await log.append(request(append(deal(1), 0, refused)))
    with pytest.raises(NotStorable):
        await log.append(request(key=key("k", receipt=text)))

    assert await log.head() == 0


async def test_an_event_over_the_limit_is_refused_and_one_at_the_limit_is_stored(log: EventLog) -> None:
    payload = '"' + "é" * ((recorder.EVENT_BYTES_MAX - 4) // 2) + '"'
    await log.append(request(append(deal(1), 0, event(payload=payload, meta="{}"))))

    with pytest.raises(NotStorable, match=str(recorder.EVENT_BYTES_MAX)):
        await log.append(request(append(deal(2), 0, event(payload=payload, meta="{ }"))))

    assert await log.head() == 1


async def test_a_request_with_too_many_events_is_refused_and_one_at_the_limit_is_stored(log: EventLog) -> None:
    many = (event(payload="1"),) * recorder.REQUEST_EVENTS_MAX
    await log.append(request(append(deal(1), 0, *many)))

    with pytest.raises(NotStorable):
        await log.append(request(append(deal(2), 0, *many, event())))

    assert await log.head() == recorder.REQUEST_EVENTS_MAX


NAIVE = event(occurred=BusinessTime(on=date(2026, 3, 1), zone="UTC", at=datetime(2026, 3, 1, 12)))


@pytest.mark.parametrize(
    "refused",
    [request(), request(append(deal(1), -1)), request(append(deal(1), 0, NAIVE))],
    ids=["nothing", "negative version", "an instant without a zone"],
)
async def test_a_request_that_means_nothing_is_refused(log: EventLog, refused: recorder.AppendRequest) -> None:
    with pytest.raises(NotStorable):
        await log.append(refused)


async def test_a_page_says_how_far_it_looked_and_where_the_log_ends(log: EventLog) -> None:
    for number in range(1, 6):
        await log.append(request(append(deal(number), 0, event("deal.won" if number % 2 else "deal.lost"))))

    first = await log.read(after=0, limit=2, types=["deal.won"])
    rest = await log.read(after=first.scanned_to, limit=2, types=["deal.won"])
    none = await log.read(after=5, limit=2)

    assert ([stored.position for stored in first.events], first.scanned_to, first.head) == ([1, 3], 3, 5)
    assert ([stored.position for stored in rest.events], rest.scanned_to, rest.head) == ([5], 5, 5)
    assert (none.events, none.scanned_to, none.head) == ((), 5, 5)


async def test_a_filtered_read_looks_at_a_bounded_number_of_positions(
    log: EventLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("salesapi.eventlog.reading.SCAN_POSITIONS_MAX", 3)
    monkeypatch.setattr("salesapi.eventlog.memory.SCAN_POSITIONS_MAX", 3)
    await log.append(request(append(deal(1), 0, *(event("deal.opened"),) * 4, event("deal.won"))))

    first = await log.read(after=0, limit=10, types=["deal.won"])
    rest = await log.read(after=first.scanned_to, limit=10, types=["deal.won"])

    assert (first.events, first.scanned_to, first.head) == ((), 3, 5)
    assert ([stored.position for stored in rest.events], rest.scanned_to) == ([5], 5)


async def test_an_empty_log_has_head_zero_and_epoch_one(log: EventLog) -> None:
    assert (await log.head(), await log.epochs()) == (0, FIRST_EPOCHS)
    assert await log.read(after=0, limit=1) == recorder.Page(events=(), scanned_to=0, head=0)


async def test_who_waits_past_a_position_is_woken_by_the_next_commit(log: EventLog) -> None:
    await log.append(request(append(deal(1), 0)))
    assert await log.wait_past(0, 10) == 1

    waiting = asyncio.create_task(log.wait_past(1, 10))
    await asyncio.sleep(0)
    await log.append(request(append(deal(2), 0, event(), event())))

    assert await waiting == 3


async def test_waiting_past_the_head_ends_at_the_time_out(log: EventLog) -> None:
    await log.append(request(append(deal(1), 0)))

    assert await log.wait_past(1, 0.05) == 1


async def test_a_follower_gets_every_event_once_in_order_also_those_appended_meanwhile(log: EventLog) -> None:
    await log.append(request(append(deal(1), 0, *(event(),) * 5)))
    pages = log.follow(after=1, page=2)

    seen = [stored.position for _ in range(2) for stored in (await anext(pages)).events]
    await log.append(request(append(deal(2), 0)))
    seen += [stored.position for stored in (await anext(pages)).events]

    assert seen == [2, 3, 4, 5, 6]
