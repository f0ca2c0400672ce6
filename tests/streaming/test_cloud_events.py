"""An event as a CloudEvent: the attributes that the specification requires, and the payload's exact text."""

import json
import re
from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from salesapi.domain.shared.kernel import BusinessTime, StreamRef
from salesapi.eventlog.epochs import FIRST_EPOCHS, Epoch, Epochs
from salesapi.eventlog.recorder import StoredEvent
from salesapi.streaming.cloud_events import cloud_event
from tests.streaming.conftest import ACTOR, META, PAYLOADS, deal_id

CORRELATION = "0190a000-0000-7000-8000-00000000000c"


def stored(payload: str = "{}", occurred: BusinessTime | None = None, meta: str = META) -> StoredEvent:
    return StoredEvent(
        position=7,
        stream=StreamRef("deal", deal_id(1)),
        version=3,
        type="deal.stage_changed",
        schema=2,
        payload=payload,
        meta=meta,
        occurred=occurred,
        recorded_at=datetime(2026, 3, 2, 10, 0, 0, 5, tzinfo=timezone(timedelta(hours=8))),
    )


def test_an_event_carries_every_attribute_that_cloud_events_requires() -> None:
    assert json.loads(cloud_event(stored('{"stage_to":"won"}'), Epochs((Epoch(4, 1),)))) == {
        "specversion": "1.0",
        "id": "4:7",
        "source": "/salesapi",
        "type": "sales.v1.deal.stage_changed",
        "subject": str(deal_id(1)),
        "time": "2026-03-02T02:00:00.000005Z",
        "datacontenttype": "application/json",
        "position": 7,
        "streamkind": "deal",
        "streamversion": 3,
        "schema": 2,
        "actorid": str(ACTOR),
        "data": {"stage_to": "won"},
    }


def test_business_time_and_correlation_stand_in_extensions_with_plain_names() -> None:
    occurred = BusinessTime(on=date(2026, 3, 1), zone="America/New_York", at=datetime(2026, 3, 2, 1, tzinfo=UTC))
    meta = json.dumps({"actor_id": str(ACTOR), "correlation_id": CORRELATION, "origin": "api"})

    event = json.loads(cloud_event(stored(occurred=occurred, meta=meta), FIRST_EPOCHS))

    assert event["occurredat"] == "2026-03-02T01:00:00.000000Z"
    assert (event["occurredon"], event["occurredzone"]) == ("2026-03-01", "America/New_York")
    assert event["correlationid"] == CORRELATION
    assert all(re.fullmatch("[a-z0-9]{1,20}", name) for name in event)


@pytest.mark.parametrize("payload", PAYLOADS)
def test_the_payload_keeps_its_stored_bytes(payload: str) -> None:
    assert cloud_event(stored(payload), FIRST_EPOCHS).endswith(f',"data":{payload}}}'.encode())
