"""What holds for every read model: folding in pages equals folding at once, through the stored form of its rows."""

import random

import pytest

from salesapi.domain.deals import DealReassigned, DealReopened, DealStageChanged, DealWon
from salesapi.domain.kernel import Recorded
from salesapi.domain.payout_runs import PayoutRunOpened
from salesapi.projections.catalogue import PROJECTIONS
from salesapi.projections.projection import GroupKey, Projection, Row, fold_in_memory
from salesapi.projections.tables import read_table
from tests.domain.examples import ANNA, BORIS, LEAD, OFFERED, PIPELINE, PIPELINE_EVENTS
from tests.projections.histories import TYPE_NAMES, Fact, history, read_by
from tests.projections.test_rows import (
    CALCULATED,
    CAPTURED,
    CONVERTED,
    LINE,
    MARIA,
    PLAN,
    RUN,
    company,
    issued,
)
from tests.spec import uid

SEED = 20_260_302
DEALS = 6
STEPS = 60
DAYS = [f"2026-01-{day:02}" for day in range(1, 29)]
PAGE_SIZES = (1, 2, 7, 50)


def generated(seed: int) -> list[tuple[object, Recorded]]:
    """A history of some deals beside other things, with back-dated and undated facts."""
    drawn = random.Random(seed)
    facts = [
        *(Fact(PIPELINE, event) for event in PIPELINE_EVENTS),
        *(Fact(uid(0xC0 + n), company(f"Customer {n}")) for n in range(DEALS)),
        Fact(uid(0xC0), MARIA),
        Fact(LEAD, CAPTURED),
        Fact(LEAD, CONVERTED, None),
        Fact(RUN, PayoutRunOpened(plan_id=PLAN, period="2026-03")),
        Fact(RUN, CALCULATED),
        Fact(RUN, issued(ANNA, 1, 1, (LINE,), 9)),
        *(Fact(uid(0xDD00 + n), OFFERED, drawn.choice(DAYS)) for n in range(DEALS)),
    ]
    steps = [Fact(uid(0xDD00 + drawn.randrange(DEALS)), step(drawn), drawn.choice([None, *DAYS])) for _ in range(STEPS)]
    return history(*facts, *steps)


def step(drawn: random.Random) -> object:
    return drawn.choice(
        [
            DealStageChanged(
                stage_from="offer", stage_to="need", direction="backward", stages_skipped=(), reason="again"
            ),
            DealReassigned(owner_from=ANNA, owner_to=drawn.choice([ANNA, BORIS]), reason=None),
            DealWon(stage_from="offer", stage_to="won", amount_minor=5, currency="CNY", owner_id=ANNA, reason=None),
            DealReopened(
                status_from="won", stage_from="won", stage_to="offer", reason="r", amount_minor=5, currency="CNY"
            ),
        ]
    )


def through_table(projection: Projection, groups: dict[GroupKey, tuple[Row, ...]]) -> dict[GroupKey, tuple[Row, ...]]:
    """The rows as they come back from their columns, in any order."""
    codec = read_table(projection, 1).codec
    return {
        group: tuple(reversed([codec.decode(codec.encode(row)) for row in members]))
        for group, members in groups.items()
    }


def sets(groups: dict[GroupKey, tuple[Row, ...]]) -> dict[GroupKey, list[str]]:
    return {group: sorted(map(repr, members)) for group, members in groups.items() if members}


@pytest.mark.parametrize("projection", PROJECTIONS, ids=lambda projection: projection.name)
@pytest.mark.parametrize("seed", [SEED])
def test_folding_in_pages_equals_folding_at_once(projection: Projection, seed: int) -> None:
    events = read_by(projection, generated(seed))
    at_once = fold_in_memory(projection, events)
    for size in PAGE_SIZES:
        groups: dict[GroupKey, tuple[Row, ...]] = {}
        for start in range(0, len(events), size):
            groups = fold_in_memory(projection, events[start : start + size], through_table(projection, groups))
        assert sets(groups) == sets(at_once), f"pages of {size}"


@pytest.mark.parametrize("projection", PROJECTIONS, ids=lambda projection: projection.name)
def test_every_event_that_a_read_model_reads_is_declared(projection: Projection) -> None:
    assert set(projection.types) <= set(TYPE_NAMES.values())
    assert len(set(projection.types)) == len(projection.types)
