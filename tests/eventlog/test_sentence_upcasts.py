"""Payloads of earlier schemas are read as what they say; how an old statement is read stands in `tests/audit`."""

import json
from datetime import UTC, datetime

from salesapi.domain.catalogue import Catalogue
from salesapi.domain.pay.reasons.reason_form import stated
from salesapi.domain.pay.records.points import PointsPosted
from salesapi.domain.shared.kernel import StreamRef
from salesapi.eventlog.codec import Codec, EventMeta, encode_meta
from salesapi.eventlog.recorder import StoredEvent
from salesapi.eventlog.upcasts import UPCASTS
from tests.spec import ACTOR, uid

CODEC = Codec(Catalogue().event_types(), None, UPCASTS)


def test_points_that_were_posted_with_a_sentence_keep_it() -> None:
    member_id, plan_id = uid(0xA), uid(0xF1)
    payload = {
        "member_id": str(member_id),
        "plan_id": str(plan_id),
        "plan_version": 1,
        "award_key": "met",
        "period": "2026Q1",
        "points": 8,
        "formula": "3 touches x 2.5 = 7.5 points",
        "positions": [7, 9],
    }
    stored = StoredEvent(
        position=10,
        stream=StreamRef("points", member_id),
        version=1,
        type="points.posted",
        schema=1,
        payload=json.dumps(payload),
        meta=encode_meta(EventMeta(actor_id=ACTOR, principal_kind="member", command="CreditPlanPoints")),
        occurred=None,
        recorded_at=datetime(2026, 4, 1, tzinfo=UTC),
    )
    (decoded,) = CODEC.decode_unopened([stored])
    assert decoded.event == PointsPosted(
        member_id=member_id,
        plan_id=plan_id,
        plan_version=1,
        award_key="met",
        period="2026Q1",
        points=8,
        reason=stated("3 touches x 2.5 = 7.5 points"),
        positions=(7, 9),
    )
