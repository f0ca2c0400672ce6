"""An event of the log as a CloudEvent 1.0 in structured JSON, the same bytes in JetStream and in the feed.

The payload is embedded as the exact text that is stored: personal fields stay sealed, and nothing is decoded. The form is
part of `sales.v1`: the same event has the same bytes for good, so a stream can be compared with the log
byte for byte. Extensions: `position`, `streamkind`, `streamversion`, `schema`, `occurredat`, `occurredon`, `occurredzone`
(business time, as far as it is known), `actorid`, `correlationid`. `time` is the log's clock. CloudEvents bounds integers
to 31 bits, and with them the `position` of a log that is read in this form.
"""

from functools import lru_cache
from typing import Final

import msgspec
import orjson

from salesapi.audit.leaf import utc_text
from salesapi.domain.shared.kernel import BusinessTime
from salesapi.eventlog.epochs import Epochs
from salesapi.eventlog.recorder import StoredEvent

MEDIA_TYPE: Final = "application/cloudevents+json"
SOURCE: Final = "/salesapi"
TYPE_PREFIX: Final = "sales.v1."
QUOTED_TEXTS_MAX: Final = 1_000
"""Names of types, kinds and zones whose JSON form is remembered."""


class _Meta(msgspec.Struct, frozen=True):
    """The part of an event's meta that consumers are told."""

    actor_id: str | None = None
    correlation_id: str | None = None


_META_DECODER: Final = msgspec.json.Decoder(_Meta)


def cloud_event(event: StoredEvent, epochs: Epochs) -> bytes:
    """The bytes of the event's CloudEvent."""
    return (
        f'{{"specversion":"1.0","id":"{epochs.id_of(event.position)}","source":"{SOURCE}",'
        f'"type":{_quoted(TYPE_PREFIX + event.type)},"subject":"{event.stream.id}","time":"{utc_text(event.recorded_at)}",'
        f'"datacontenttype":"application/json","position":{event.position},"streamkind":{_quoted(event.stream.kind)},'
        f'"streamversion":{event.version},"schema":{event.schema}'
        f'{_business_time(event.occurred)}{_meta(event.meta)},"data":{event.payload}}}'
    ).encode()


def _business_time(occurred: BusinessTime | None) -> str:
    if occurred is None:
        return ""
    instant = "" if occurred.at is None else f',"occurredat":"{utc_text(occurred.at)}"'
    return f'{instant},"occurredon":"{occurred.on.isoformat()}","occurredzone":{_quoted(occurred.zone)}'


def _meta(text: str) -> str:
    meta = _META_DECODER.decode(text)
    actor = "" if meta.actor_id is None else f',"actorid":{_text(meta.actor_id)}'
    correlation = "" if meta.correlation_id is None else f',"correlationid":{_text(meta.correlation_id)}'
    return actor + correlation


def _text(text: str) -> str:
    return orjson.dumps(text).decode()


_quoted = lru_cache(maxsize=QUOTED_TEXTS_MAX)(_text)
