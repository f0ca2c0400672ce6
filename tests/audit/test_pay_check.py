"""Locked pay recomputed from an export alone: an attacker who rewrites facts or statements, and every hash, is named.

Every forgery here is consistent: lines, leaves and the last line's root fit each other, and no key was needed.
"""

import json
from dataclasses import replace
from pathlib import Path

from salesapi.audit.exporting import export
from salesapi.audit.leaf import StoredRow
from salesapi.audit.verdict import Status
from salesapi.domain.pay.statements.statements import ENGINE_VERSION
from salesapi.embedded.postgresql import EmbeddedPostgreSQL
from tests.audit.conftest import story_in_a_database
from tests.audit.stories import (
    Evidence,
    cash_story,
    forged,
    paid_story,
    refuted,
    rows_of,
    verdict_on,
    with_payload,
)
from tests.domain.pay.commission_stories import ANN, BOB


def test_an_amount_changed_in_a_won_deal_is_named_with_what_it_pays(evidence: Evidence) -> None:
    won = evidence.row("deal.won", amount_minor=7_000_000)
    issued = evidence.issued()
    told = str(evidence.refuted(won, "7000000", "7500000"))
    run = f"position {issued.position}: payout run {issued.stream_id} for 2026Q1"
    assert f"{run}: statement of member {ANN}: line 1" in told
    assert "posted_minor is 140000, recomputed 150000" in told
    assert f"from positions {won.position}" in told


async def test_a_receipt_that_was_changed_is_named_through_what_it_releases(
    postgresql: EmbeddedPostgreSQL, tmp_path: Path
) -> None:
    async with story_in_a_database(postgresql, "cash_story", cash_story) as story:
        await export(story.urls.application_url, tmp_path / "cash.jsonl")
    cash = Evidence(tmp_path, (tmp_path / "cash.jsonl").read_bytes().splitlines(keepends=True))
    assert verdict_on(tmp_path, cash.lines).status is Status.PROVEN
    paid = [row for row in rows_of(cash.lines) if row.type == "receipt.allocated"][1]
    issued = cash.issued(period="2026Q2")
    told = str(cash.refuted(paid, "1000000", "400000"))
    assert f"payout run {issued.stream_id} for 2026Q2: statement of member {ANN}: line 1 (release base" in told
    assert "posted_minor is 100000, recomputed 40000" in told
    assert f"{paid.position}" in told.partition("from positions")[2]


def test_an_amount_changed_in_an_issued_statement_is_named(evidence: Evidence) -> None:
    issued = evidence.issued()
    verdict = evidence.refuted(issued, '"posted_minor":140000', '"posted_minor":940000')
    assert verdict.place is not None
    assert (verdict.place.line, verdict.place.position) == (issued.position, issued.position)
    assert "posted_minor is 940000, recomputed 140000" in str(verdict)


def test_every_number_of_a_statement_is_compared(evidence: Evidence) -> None:
    issued = evidence.issued(BOB, "2026Q2")
    payload = json.loads(issued.payload)
    names = [name for name, value in payload.items() if isinstance(value, int) and name != "position"]
    assert {"total_minor", "earned_minor", "adjusted_minor", "line_count", "parts", "part"} <= set(names)
    for name in names:
        verdict = evidence.refuted_with(issued, **{name: payload[name] + 1})
        assert f"position {issued.position}" in str(verdict), f"{name}\n{verdict}"


def test_every_field_of_a_calculation_is_compared(evidence: Evidence) -> None:
    calculated = evidence.row("payout_run.calculated")
    payload = json.loads(calculated.payload)
    changes = {
        "plan_versions": [7],
        "digest": "00" * 32,
        "participant_count": payload["participant_count"] + 1,
        "total_minor": payload["total_minor"] + 1,
        "currency": "JPY",
    }
    assert set(payload) == {*changes, "position", "engine_version"}
    for name, value in changes.items():
        verdict = evidence.refuted_with(calculated, **{name: value})
        assert f"position {calculated.position}: payout run {calculated.stream_id}" in str(verdict)
        assert f"{name} is" in str(verdict)


def test_a_line_left_out_of_a_statement_is_named(evidence: Evidence) -> None:
    issued = evidence.issued()
    payload = json.loads(issued.payload)
    verdict = evidence.refuted_with(issued, lines=payload["lines"][:-1])
    assert f"line {len(payload['lines'])} is only recomputed: earning base" in str(verdict)


def test_a_statement_moved_to_another_member_is_named(evidence: Evidence) -> None:
    issued = evidence.issued()
    stranger = "00000000-0000-0000-0000-00000000beef"
    verdict = evidence.refuted(issued, f'"member_id":"{ANN}"', f'"member_id":"{stranger}"')
    assert f"the statement of member {stranger}" in str(verdict)
    assert f"part 1 of the statement of member {ANN} was not issued" in str(verdict)


def test_a_statement_of_another_position_does_not_stand_for_the_locked_one(evidence: Evidence) -> None:
    issued = evidence.issued()
    position = json.loads(issued.payload)["position"]
    verdict = evidence.refuted(issued, f'"position":{position},', f'"position":{position - 1},')
    assert f"part 1 of the statement of member {ANN} was not issued" in str(verdict)


def test_a_lock_that_names_other_statements_is_named(evidence: Evidence) -> None:
    locked = evidence.row("payout_run.locked")
    digest = json.loads(locked.payload)["statements_digest"]
    verdict = evidence.refuted(locked, digest, "00" * 32)
    assert f"position {locked.position}" in str(verdict)
    assert f"recomputed {digest}" in str(verdict)


def test_a_lock_over_a_position_after_itself_is_named(evidence: Evidence) -> None:
    locked = evidence.row("payout_run.locked")
    position = json.loads(locked.payload)["position"]
    later = f'"position":{locked.position + 1},'
    verdict = evidence.refuted(locked, f'"position":{position},', later)
    assert verdict.place is not None
    assert verdict.place.position == locked.position


def test_a_plan_whose_rate_was_changed_is_named_through_the_pay(evidence: Evidence) -> None:
    published = evidence.row("compensation_plan.version_published")
    verdict = evidence.refuted(published, '"rate_percent":"2"', '"rate_percent":"2.5"')
    assert "posted_minor is 140000, recomputed 175000" in str(verdict)


def test_a_fact_that_cannot_follow_refutes_and_does_not_crash(evidence: Evidence) -> None:
    reopened = evidence.row("deal.reopened")
    won = evidence.row("deal.won", amount_minor=7_000_000)
    again = replace(reopened, type=won.type, payload=won.payload, occurred_on=won.occurred_on)
    verdict = refuted(evidence.folder, forged(evidence.lines, lambda _: again, at=reopened.position))
    assert f"position {reopened.position}: deal.won cannot follow from the events before it" in str(verdict)


def test_statements_of_another_engine_version_are_not_enough_evidence(evidence: Evidence) -> None:
    def foreign(row: StoredRow) -> StoredRow:
        """Also the roots in the locks are taken out, as an older program would have written all of it."""
        if row.type in ("payout_run.calculated", "payout_run.statement_issued"):
            return with_payload(row, f'"engine_version":"{ENGINE_VERSION}"', '"engine_version":"0"')
        return row

    folder, lines = evidence.folder, evidence.lines
    unlocked = lines[: evidence.row("payout_run.locked").position - 1] + lines[-1:]
    verdict = verdict_on(folder, forged(unlocked, foreign))
    assert verdict.status is Status.PROVEN, "a run that is not locked is not recomputed"
    verdict = verdict_on(folder, forged(lines, foreign))
    assert f"was computed by engine version 0, this program has {ENGINE_VERSION}" in str(verdict)


async def test_an_unknown_schema_in_a_fact_of_pay_is_not_enough_evidence(evidence: Evidence) -> None:
    won = evidence.row("deal.won", amount_minor=9_000_000)
    first_lock = evidence.row("payout_run.locked").position
    assert won.position > first_lock
    newer = replace(won, schema=99, position=first_lock + 1, version=1)
    early = [*evidence.lines[:first_lock], evidence.lines[won.position - 1], evidence.lines[-1]]
    verdict = verdict_on(evidence.folder, forged(early, lambda row: newer if row == won else row))
    assert verdict.status is Status.NOT_ENOUGH_EVIDENCE
    assert "pay cannot be recomputed from here on: event type deal.won schema 99" in str(verdict)


async def test_a_statement_changed_in_the_database_is_named_with_what_it_changes_in_pay(
    postgresql: EmbeddedPostgreSQL,
) -> None:
    async with story_in_a_database(postgresql, "changed_pay", paid_story) as story:
        await story.as_owner(
            "UPDATE log.event SET payload = replace(payload::text, '\"posted_minor\":140000', '\"posted_minor\":150000')::json "
            "WHERE type = 'payout_run.statement_issued'"
        )
        verdict = await story.refuted()
    assert "the event payout_run.statement_issued was changed" in verdict.lines[1]
    assert "posted_minor is 150000, recomputed 140000" in str(verdict)
