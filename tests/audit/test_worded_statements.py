"""An export whose locked statements say why in sentences, made before reasons were data, verifies by what can be compared.

`statements_in_sentences.jsonl` is such an export: two locked quarters of two members, with an uplift, rates without an end,
releases with cash and a correction. Every forgery of it is consistent: lines, leaves and root fit each other.
"""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from salesapi.audit.leaf import StoredRow, in_log_order
from salesapi.audit.pay_check import RUN_TYPES, LockedRuns, PayCheck
from salesapi.audit.verdict import Findings, Status
from salesapi.domain.pay.reasons.reason_form import STATED
from salesapi.domain.pay.records.payout_runs import PayoutRunStatementIssued
from salesapi.eventlog.reading import stored_events
from tests.audit.stories import CODEC, Evidence, forged, refuted, rows_of, verdict_on
from tests.domain.pay.commission_stories import ANN
from tests.domain.pay.reasons_said import english

EXPORT = Path(__file__).with_name("statements_in_sentences.jsonl")
ISSUED = "payout_run.statement_issued"


@pytest.fixture(scope="module")
def lines() -> list[bytes]:
    return EXPORT.read_bytes().splitlines(keepends=True)


def test_old_statements_are_proven_and_the_verdict_says_that_their_sentences_are_not_recomputed(
    tmp_path: Path, lines: list[bytes]
) -> None:
    verdict = verdict_on(tmp_path, lines)
    assert verdict.status is Status.PROVEN
    assert "2 locked payout runs with 4 statements recomputed: all equal" in verdict.lines
    assert any(line.startswith("4 of these statements say why in sentences") for line in verdict.lines)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('"rate_percent":"3 less 2"', '"rate_percent":"3 less 1"', "rate_percent is 3 less 1, recomputed 3 less 2"),
        ('"rate_percent":"10"', '"rate_percent":"11"', "rate_percent is 11, recomputed 10"),
        (
            '"rate_percent":"3.3333333333... and 5"',
            '"rate_percent":"3 and 5"',
            "rate_percent is 3 and 5, recomputed 3.3333333333... and 5",
        ),
        ('"posted_minor":700000', '"posted_minor":800000', "posted_minor is 800000, recomputed 700000"),
        ('"rule":"R05"', '"rule":"R04"', "rule is R04, recomputed R05"),
        ('"plan_version":1', '"plan_version":2', "plan_version is 2, recomputed 1"),
        ('"credit_rule":"R15"', '"credit_rule":"R16"', "credit_rule is R16, recomputed R15"),
        ('"line_count":', '"line_count":1', "line_count is"),
        ('"total_minor":', '"total_minor":1', "total_minor is"),
        ("10 % of 90,000.00", "10 % of 80,000.00", "digest is"),
    ],
)
def test_all_of_an_old_line_is_compared_its_sentence_by_its_digest(
    evidence: Evidence, old: str, new: str, told: str
) -> None:
    first = next(row for row in rows_of(evidence.lines) if row.type == ISSUED and old in row.payload)
    assert told in str(evidence.refuted(first, old, new))


@pytest.mark.parametrize("type_", ["payout_run.calculated", "payout_run.locked"])
def test_a_digest_over_other_old_statements_is_named(evidence: Evidence, type_: str) -> None:
    row = evidence.row(type_)
    payload = json.loads(row.payload)
    digest = payload["digest" if type_ == "payout_run.calculated" else "statements_digest"]
    assert f"recomputed {digest}" in str(evidence.refuted(row, digest, "00" * 32))


def test_an_old_statement_that_was_left_out_is_named(evidence: Evidence) -> None:
    issued = evidence.row(ISSUED, member_id=str(ANN))
    verdict = evidence.refuted(issued, str(ANN), "00000000-0000-0000-0000-00000000beef")
    assert f"part 1 of the statement of member {ANN} was not issued" in str(verdict)


def test_where_an_old_program_divided_a_statement_is_its_own_business(lines: list[bytes]) -> None:
    rows = rows_of(lines)
    locked = next(place for place, row in enumerate(rows) if row.type == "payout_run.locked")
    divided = [part for row in rows[: locked + 1] for part in (halves(row) if row.type == ISSUED else (row,))]
    numbered = [replace(row, position=position) for position, row in enumerate(divided, start=1)]
    runs, findings = LockedRuns(), Findings()
    for row in numbered:
        if row.type in RUN_TYPES:
            runs.add(row, CODEC)
    check = PayCheck(findings, CODEC, runs.found)
    for row in numbered:
        check.add(row)
    assert findings.verdict("parts").lines == ("PROVEN: parts",)
    assert (check.runs_checked, check.statements_confirmed, check.worded_confirmed) == (1, 2, 2)


def halves(row: StoredRow) -> tuple[StoredRow, ...]:
    """A statement in two events: the first line, and the others."""
    payload = json.loads(row.payload)
    parts = enumerate((payload["lines"][:1], payload["lines"][1:]), start=1)
    return tuple(replace(row, payload=json.dumps({**payload, "part": n, "parts": 2, "lines": own})) for n, own in parts)


def test_an_old_statement_whose_last_part_is_missing_is_named(tmp_path: Path, lines: list[bytes]) -> None:
    issued = next(row for row in rows_of(lines) if row.type == ISSUED)
    first, _ = halves(issued)
    verdict = refuted(tmp_path, forged(lines, lambda _: first, at=issued.position))
    assert f"part 1 of the statement of member {json.loads(issued.payload)['member_id']} was not issued" in str(verdict)


def test_an_old_line_is_read_with_its_sentence_as_its_reason(lines: list[bytes]) -> None:
    row = next(row for row in rows_of(lines) if row.type == ISSUED and "499.99991666" in row.payload)
    stored = stored_events([in_log_order(row)])
    (event,) = (decoded.event for decoded in CODEC.decode_unopened(stored))
    assert isinstance(event, PayoutRunStatementIssued)
    line = next(line for line in event.lines if "499.99991666" in line.reason.inputs[0].value)
    assert line.reason.kind == STATED
    assert line.rate_percent == "16.6666638888...", "it stays as it was said"
    assert english(line) == ("16.666663... % payable of 3,000.00: 499.999916... less 0.00 = 499.999916... USD")
