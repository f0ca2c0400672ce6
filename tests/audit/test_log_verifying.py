"""The verification of the database and of its exports: what is proven, and what every change by its owner shows."""

import time
from pathlib import Path

import pytest

from salesapi.audit.exporting import export
from salesapi.audit.log_verifying import verify_log
from salesapi.audit.verdict import Place, Status
from salesapi.audit.verifying import verify_export
from salesapi.database import connections
from salesapi.eventlog.recorder import PositionGap
from tests.audit.stories import CODEC, StoredStory


async def test_an_untouched_database_is_proven(stored: StoredStory) -> None:
    assert "2 locked payout runs with 4 statements recomputed: all equal" in str(await stored.must_be_proven())


async def test_recomputing_pay_may_take_longer_than_other_transactions_may_idle(
    stored: StoredStory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "IDLE_IN_TRANSACTION_TIMEOUT_MS", 100)

    def compute(what: str, done: int, of: int) -> None:
        time.sleep(0.5)

    verdict = await verify_log(stored.urls.application_url, CODEC, on_progress=compute)
    assert verdict.status is Status.PROVEN


async def test_events_not_sealed_yet_are_told_apart(stored: StoredStory) -> None:
    await stored.notes(2)
    assert "2 events after position" in str(await stored.must_be_proven())


async def test_a_log_that_was_never_sealed_is_not_enough_evidence(story: StoredStory) -> None:
    await story.notes(2)
    assert (await story.verified()).status is Status.NOT_ENOUGH_EVIDENCE


ZEROS = "decode(repeat('00', 32), 'hex')"


@pytest.mark.breaks_log
@pytest.mark.parametrize(
    ("statement", "place"),
    [
        ("UPDATE log.event SET payload = '{\"number\":9}' WHERE position = 9", Place(position=9)),
        ("UPDATE log.event SET payload = (payload::text || ' ')::json WHERE position = 9", Place(position=9)),
        ("UPDATE log.event SET meta = '{}' WHERE position = 9", Place(position=9)),
        ("UPDATE log.event SET occurred_on = '2026-01-30' WHERE position = 5", Place(position=5)),
        (
            "UPDATE log.event SET recorded_at = recorded_at + interval '1 microsecond' WHERE position = 9",
            Place(position=9),
        ),
        ("DELETE FROM log.event WHERE position = 9", Place(position=9)),
        ("UPDATE log.event SET position = 900 WHERE position = 9", Place(position=9)),
        (f"UPDATE audit.leaf SET hash = {ZEROS} WHERE position = 9", Place(position=9)),
        ("DELETE FROM audit.leaf WHERE position = 9", Place(position=9)),
        (f"UPDATE audit.node SET hash = {ZEROS} WHERE level = 2 AND idx = 1", Place(position=5, last_position=8)),
        ("DELETE FROM audit.node WHERE level = 1 AND idx = 3", Place(position=7, last_position=8)),
        (f"INSERT INTO audit.node VALUES (3, 50, {ZEROS})", Place(position=25, last_position=408)),
    ],
)
async def test_what_the_owner_changes_in_the_database_is_found_and_named(
    stored: StoredStory, statement: str, place: Place
) -> None:
    await stored.must_be_proven()
    await stored.as_owner(statement)
    verdict = await stored.refuted()
    assert verdict.place == place, str(verdict)


async def test_a_changed_root_is_found_between_the_sizes_of_its_neighbours(stored: StoredStory) -> None:
    await stored.as_owner(f"UPDATE audit.root SET root = {ZEROS} WHERE size = (SELECT min(size) FROM audit.root)")
    assert "audit.root for size" in str(await stored.refuted())


@pytest.mark.breaks_log
async def test_removed_last_events_are_found(stored: StoredStory) -> None:
    head = await stored.log.head()
    await stored.as_owner(f"DELETE FROM log.event WHERE position > {head - 2}")
    assert (await stored.refuted()).place == Place(position=head - 1, last_position=head)


async def test_an_export_of_a_changed_database_shows_the_change(stored: StoredStory, tmp_path: Path) -> None:
    await stored.as_owner("UPDATE log.event SET meta = '{}' WHERE position = 9")
    await export(stored.urls.application_url, tmp_path / "export")
    verdict = verify_export(tmp_path / "export", CODEC)
    assert (verdict.status, verdict.place) == (Status.REFUTED, Place(line=9, position=9))


@pytest.mark.breaks_log
async def test_an_event_that_is_missing_is_not_exported_around(stored: StoredStory, tmp_path: Path) -> None:
    await stored.as_owner("DELETE FROM log.event WHERE position = 9")
    with pytest.raises(PositionGap):
        await export(stored.urls.application_url, tmp_path / "export")
    assert list(tmp_path.iterdir()) == []
