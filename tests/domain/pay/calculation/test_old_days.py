"""Pay of logs that hold days at the edges of the calendar, recorded before such days were refused: computed, for everybody.

Each company follows from its number and the printed seed; some of its facts are moved to the first or the last day that there is.
"""

from dataclasses import fields, is_dataclass, replace
from datetime import date
from random import Random
from typing import Any

import pytest

from salesapi.domain.pay.ledger.pay_facts import PayEvent
from salesapi.domain.pay.statements.live_statements import LiveStatements
from salesapi.domain.shared.periods import period_named
from tests.domain.pay import generated_traded_companies
from tests.domain.pay.commission_stories import PLAN
from tests.domain.pay.generated_companies import SPANS
from tests.domain.pay.generated_traded_companies import MEMBERS, TradedStory
from tests.domain.pay.trade_stories import TradeLog
from tests.laws import budget

SEED = 20261201
COMPANIES = budget(120)
EDGES = (date.min, date.max)
SHARE_MOVED = 0.2


class OldLog(TradeLog):
    """A log in which some facts, and the days that they tell, are at an edge of the calendar."""

    random: Random

    def add(self, stream_id: Any, event: PayEvent, on: str | None = None) -> int:
        """Appends one event as `Log.add`."""
        if self.random.random() >= SHARE_MOVED:
            return super().add(stream_id, event, on)
        edge = self.random.choice(EDGES)
        return super().add(stream_id, moved(event, edge), None if on is None else str(edge))


def moved(value: Any, edge: date) -> Any:
    """The record with the days of terms, dues and payments at this edge; spans, compared when they came in, keep theirs."""
    if isinstance(value, tuple):
        return tuple(moved(part, edge) for part in value)
    if not is_dataclass(value) or isinstance(value, type):
        return value
    changes = {
        each.name: edge if isinstance(held, date) and each.name in MOVED else moved(held, edge)
        for each in fields(value)
        if (held := getattr(value, each.name)) is not None
    }
    return replace(value, **changes)


MOVED = frozenset({"due_on", "received_on", "left_on", "starts_on", "ends_on", "effective_on", "paid_on", "on"})


def test_everybody_is_paid_whatever_days_the_log_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    print(f"seed {SEED}")  # noqa: T201 - pytest shows it with a failure
    monkeypatch.setattr(generated_traded_companies, "TradeLog", OldLog)
    lines = 0
    for number in range(COMPANIES):
        OldLog.random = Random(SEED + number)
        story = TradedStory(Random(SEED + number))
        for span in SPANS:
            story.happen()
            live = LiveStatements(story.log.ledger, PLAN, period_named(span.text))
            for member_id in MEMBERS:
                if live.has(member_id):
                    assert live.of(member_id).coming is not None
            lines += sum(len(statement.lines) for statement in story.log.lock(span.text).values())
    assert lines > COMPANIES
