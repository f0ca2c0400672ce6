"""The export and its verification: what is proven, and what every tampering shows.

The random choices come from SEED, which stands in every failure's message.
"""

import gzip
import json
import random
import tracemalloc
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from salesapi.audit import export_line
from salesapi.audit.exporting import export
from salesapi.audit.leaf import StoredRow, leaf_bytes, utc_text
from salesapi.audit.tree import Frontier, leaf_hash
from salesapi.audit.verdict import FINDINGS_MAX, Findings, Place, Rank, Status
from salesapi.audit.verifying import OutsideRoot, verify_export
from salesapi.eventlog.epochs import FIRST_EPOCHS, Epoch, Epochs
from tests.audit.stories import (
    CODEC,
    NOTE_STREAM,
    NOTE_TEXT,
    RECORDED_AT,
    Export,
    StoredStory,
    forged,
    refuted,
    reworded,
    rows_of,
    verdict_on,
)
from tests.eventlog.requests import append, event, request

SEED = 20260401
NEWLINE = b"\n"
CHANGED_BYTES = 300
LONG_EXPORT_EVENTS = 2_000
LONG_EXPORT_PAYLOAD_BYTES = 2_000
LONG_EXPORT_MEMORY_BYTES = 1_500_000
NOTE = StoredRow(
    position=7,
    stream_kind=NOTE_STREAM.kind,
    stream_id=NOTE_STREAM.id,
    version=2,
    type="note.written",
    schema=1,
    occurred_at=None,
    occurred_on=None,
    occurred_zone=None,
    recorded_at=RECORDED_AT,
    payload="{}",
    meta="{}",
)


def position_of(lines: Sequence[bytes], type_: str, number: int = 1) -> int:
    return [row.position for row in rows_of(lines) if row.type == type_][number - 1]


async def test_an_export_of_a_real_log_is_proven(exported: Export, tmp_path: Path) -> None:
    plan, lines = exported
    verdict = verdict_on(tmp_path, lines, OutsideRoot(root=plan.root, size=plan.size))
    assert (verdict.status, verdict.place) == (Status.PROVEN, None), str(verdict)
    assert f"{plan.size} events, root {plan.root.hex()}" in str(verdict)
    assert "2 locked payout runs with 4 statements recomputed: all equal" in str(verdict)
    assert "--root" not in str(verdict)


def test_without_a_root_from_outside_the_reader_is_told_what_is_not_shown(tmp_path: Path, lines: list[bytes]) -> None:
    verdict = verdict_on(tmp_path, lines)
    assert verdict.status is Status.PROVEN
    assert "Compare it with one that you hold (--root, --size)" in str(verdict)


def test_a_line_holds_the_stored_text_and_the_last_line_the_root(exported: Export) -> None:
    plan, lines = exported
    first_note = next(line for line in lines if b'"note.written"' in line)
    payload = json.dumps({"number": 1, "text": NOTE_TEXT}, ensure_ascii=False, separators=(",", ":"))
    assert f',"payload":{payload},"meta":{{"by":"story"}},"leaf":"'.encode() in first_note
    assert json.loads(first_note)["id"] == f"1:{json.loads(first_note)['position']}"
    assert json.loads(lines[-1]) == {"epoch": 1, "root": plan.root.hex(), "size": len(lines) - 1}


async def test_an_export_is_the_same_bytes_again_and_may_end_earlier(stored: StoredStory, tmp_path: Path) -> None:
    url = stored.urls.application_url
    progress: list[tuple[str, int, int]] = []
    whole = await export(url, tmp_path / "1", on_progress=lambda *each: progress.append(each))
    await export(url, tmp_path / "2")
    earlier = await export(url, tmp_path / "3", up_to=9)
    assert (tmp_path / "1").read_bytes() == (tmp_path / "2").read_bytes()
    assert (tmp_path / "1").read_bytes().splitlines()[:9] == (tmp_path / "3").read_bytes().splitlines()[:9]
    assert earlier.root == await stored.root(9)
    assert progress[-1] == ("exporting events", whole.size, whole.size)
    assert verify_export(tmp_path / "3", CODEC).status is Status.PROVEN


async def test_an_export_past_the_head_is_refused_and_leaves_no_file(stored: StoredStory, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="the log has"):
        await export(stored.urls.application_url, tmp_path / "export", up_to=1_000)
    assert list(tmp_path.iterdir()) == []


async def test_a_stored_text_with_a_line_break_is_not_exported_but_named(story: StoredStory, tmp_path: Path) -> None:
    await story.log.append(request(append(NOTE_STREAM, 0, event("note.written", '{"a":\n1}'))))
    await story.seal()
    with pytest.raises(export_line.NotExportable, match="the payload of the event at position 1 has a line break"):
        await export(story.urls.application_url, tmp_path / "export")
    assert list(tmp_path.iterdir()) == []


async def test_an_empty_log_exports_its_last_line_alone(story: StoredStory, tmp_path: Path) -> None:
    await export(story.urls.application_url, tmp_path / "export")
    assert len((tmp_path / "export").read_bytes().splitlines()) == 1
    assert verify_export(tmp_path / "export", CODEC).status is Status.PROVEN
    await story.must_be_proven()


def refuted_at_line(folder: Path, content: bytes | Sequence[bytes], line: int, case: str) -> None:
    verdict = verdict_on(folder, content)
    assert verdict.status is Status.REFUTED, case
    assert verdict.place is not None, case
    assert verdict.place.line == line, f"{case}\n{verdict}"


def test_any_changed_byte_is_found_and_its_line_named(tmp_path: Path, lines: list[bytes]) -> None:
    choose = random.Random(SEED)
    content = b"".join(lines)
    for _ in range(CHANGED_BYTES):
        at = choose.randrange(len(content))
        new = choose.choice([byte for byte in range(256) if byte != content[at]])
        case = f"seed {SEED}, byte {at} from {content[at]} to {new}"
        changed = content[:at] + bytes([new]) + content[at + 1 :]
        refuted_at_line(tmp_path, changed, content.count(b"\n", 0, at) + 1, case)


def test_every_byte_of_the_last_line_matters(tmp_path: Path, lines: list[bytes]) -> None:
    start, end = b"".join(lines[:-1]), lines[-1]
    for at in range(len(end)):
        verdict = verdict_on(tmp_path, start + end[:at] + bytes([end[at] ^ 1]) + end[at + 1 :])
        assert verdict.status is Status.REFUTED, f"byte {at}"
        assert verdict.place is not None, f"byte {at}"


def test_removed_swapped_and_repeated_lines_are_found_where_they_are(tmp_path: Path, lines: list[bytes]) -> None:
    choose = random.Random(SEED)
    for _ in range(40):
        first, second = sorted(choose.sample(range(len(lines)), 2))
        swapped = list(lines)
        swapped[first], swapped[second] = swapped[second], swapped[first]
        cases = {
            "removed": lines[:first] + lines[first + 1 :],
            "swapped": swapped,
            "repeated": lines[: first + 1] + lines[first:],
        }
        for name, tampered in cases.items():
            case = f"seed {SEED}: {name} {first + 1}, {second + 1}"
            refuted_at_line(tmp_path, tampered, first + (2 if name == "repeated" else 1), case)


def test_a_cut_tail_is_told_wherever_it_was_cut_and_held_against_nobody(tmp_path: Path, lines: list[bytes]) -> None:
    choose = random.Random(SEED)
    content = b"".join(lines)
    ends = [0, 1, len(content) - 1, *(choose.randrange(len(content)) for _ in range(40))]
    for end in ends:
        case = f"seed {SEED}: cut to {end} bytes"
        verdict = verdict_on(tmp_path, content[:end])
        assert verdict.status is Status.NOT_ENOUGH_EVIDENCE, f"{case}\n{verdict}"
        told = (
            "is empty" if end == 0 else "no line of it" if end == 1 else f"line {content.count(NEWLINE, 0, end) + 1}: "
        )
        assert told in verdict.lines[1], f"{case}\n{verdict}"


def test_something_after_the_last_line_is_found(tmp_path: Path, lines: list[bytes]) -> None:
    verdict = verdict_on(tmp_path, [*lines, lines[0]])
    assert (verdict.status, verdict.place) == (Status.REFUTED, Place(line=len(lines) + 1, position=len(lines)))


def test_a_line_longer_than_any_event_is_refused_without_reading_it_whole(tmp_path: Path, lines: list[bytes]) -> None:
    long = b" " * (export_line.LINE_BYTES_MAX + 1) + b"\n"
    verdict = refuted(tmp_path, [lines[0], long, *lines[1:]])
    assert verdict.place == Place(line=2, position=2)
    assert "no line of it is one of an export" in str(verdict_on(tmp_path, [long, *lines]))


OTHER_FILES = {
    "empty": (b"", "export.jsonl is empty"),
    "text": (b"# A readme\nof no concern\n", "no line of it is one of an export"),
    "other JSON": (b'{"deals":[]}\n', "no line of it is one of an export"),
    "zstd": (b"\x28\xb5\x2f\xfd....", "is a file of zstd, not an export: unpack it first"),
    "zip": (b"PK\x03\x04....", "is a file of zip"),
    "a dump": (b"PGDMP....", "is a file of pg_dump"),
    "a broken gzip": (b"\x1f\x8b\x08\x00nonsense", "cannot be unpacked"),
    "no gzip": (b"\x1f\x8b", "cannot be unpacked"),
}


@pytest.mark.parametrize(("content", "told"), OTHER_FILES.values(), ids=OTHER_FILES.keys())
def test_what_is_no_export_is_named_and_held_against_nobody(tmp_path: Path, content: bytes, told: str) -> None:
    verdict = verdict_on(tmp_path, content)
    assert verdict.status is Status.NOT_ENOUGH_EVIDENCE
    assert told in str(verdict)


def test_a_compressed_export_is_verified_as_it_is(tmp_path: Path, lines: list[bytes]) -> None:
    packed = gzip.compress(b"".join(lines))
    assert verdict_on(tmp_path, packed).status is Status.PROVEN
    assert "cannot be unpacked" in str(verdict_on(tmp_path, packed[: len(packed) // 2]))
    assert verdict_on(tmp_path, gzip.compress(b"".join([*lines[:4], *lines[5:]]))).status is Status.REFUTED


def test_an_export_of_a_newer_format_asks_for_a_newer_program(tmp_path: Path, lines: list[bytes]) -> None:
    newer = lines[-1].replace(b'"root"', b'"format":3,"ways":["new"],"root"')
    verdict = verdict_on(tmp_path, [*lines[:-1], newer])
    assert verdict.status is Status.NOT_ENOUGH_EVIDENCE
    assert "the export has the format 3, this program reads up to 2: take a newer salesapi" in str(verdict)


def test_facts_of_a_newer_schema_are_not_enough_evidence(tmp_path: Path, lines: list[bytes]) -> None:
    won = position_of(lines, "deal.won")
    verdict = verdict_on(tmp_path, forged(lines, lambda row: replace(row, schema=99), at=won))
    told = [line for line in verdict.lines if "schema 99" in line]
    assert told, str(verdict)
    assert "pay cannot be recomputed from here on" in told[0]


def test_a_consistent_forgery_is_narrowed_by_the_roots_that_locks_state(tmp_path: Path, lines: list[bytes]) -> None:
    first_lock, second_lock = (position_of(lines, "payout_run.locked", number) for number in (1, 2))
    size, later_size = (json.loads(lines[lock - 1])["payload"]["tree_size"] for lock in (first_lock, second_lock))
    noted = position_of(lines, "note.written", 4)
    assert size < noted <= later_size
    verdict = refuted(tmp_path, reworded(lines, noted, "Zo", "ZO"))
    assert verdict.place == Place(position=size + 1, last_position=later_size)
    assert f"the lock of payout run {json.loads(lines[second_lock - 1])['stream_id']}" in str(verdict)


def test_a_consistent_forgery_after_all_locks_is_found_by_a_root_from_outside(exported: Export, tmp_path: Path) -> None:
    plan, lines = exported
    forgery = reworded(lines, plan.size, "Zo", "ZO")
    assert verdict_on(tmp_path, forgery).status is Status.PROVEN, "nothing inside an export can show this"
    verdict = refuted(tmp_path, forgery, OutsideRoot(root=plan.root, size=plan.size))
    assert "the root given says" in str(verdict)


def test_an_export_that_ends_before_the_root_from_outside_is_not_enough_evidence(
    exported: Export, tmp_path: Path
) -> None:
    plan, lines = exported
    rows = rows_of(lines)[:-1]
    shorter = forged([*lines[: len(rows)], lines[-1]], lambda row: row)
    verdict = verdict_on(tmp_path, shorter, OutsideRoot(root=plan.root, size=plan.size))
    assert verdict.status is Status.NOT_ENOUGH_EVIDENCE
    assert f"the root given is over {plan.size} events, here are only {plan.size - 1}" in str(verdict)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda row: replace(row, version=row.version + 1), "an event is missing or moved"),
        (
            lambda row: replace(row, recorded_at=row.recorded_at - timedelta(days=1)),
            "before that of the event before it",
        ),
    ],
)
def test_versions_and_record_times_must_fit_even_in_a_consistent_forgery(
    tmp_path: Path, lines: list[bytes], change: Callable[[StoredRow], StoredRow], told: str
) -> None:
    noted = position_of(lines, "note.written", 2)
    verdict = refuted(tmp_path, forged(lines, change, at=noted))
    assert verdict.place == Place(line=noted, position=noted)
    assert told in str(verdict)


def test_many_findings_are_counted_and_the_first_told(tmp_path: Path, lines: list[bytes]) -> None:
    findings = Findings()
    for position in range(1, FINDINGS_MAX + 6):
        findings.add(Rank.RANGE, Place(position=position), "differs")
    findings.add(Rank.EVENT, Place(position=7), "was changed")
    verdict = findings.verdict("it")
    assert verdict.place == Place(position=7)
    assert verdict.lines[-1] == "and 5 more"


def test_a_line_is_read_back_as_it_was_written() -> None:
    row = replace(
        NOTE,
        occurred_at=RECORDED_AT,
        occurred_on=RECORDED_AT.date(),
        occurred_zone="Asia/Shanghai",
        payload='{"a": [1.0, 1e2,  "\\u0041/\\/"],"a":null}',
    )
    each = export_line.EventLine(epoch=3, row=row, leaf=leaf_hash(leaf_bytes(row)))
    assert export_line.read_event_line(export_line.event_line(each)) == each
    last = export_line.LastLine(epochs=Epochs((Epoch(3, 1),)), root=each.leaf, size=1)
    assert export_line.read_last_line(export_line.last_line(last)) == last
    assert utc_text(RECORDED_AT).encode() in export_line.event_line(each)


def test_a_long_export_is_verified_in_bounded_memory(tmp_path: Path) -> None:
    path = tmp_path / "long.jsonl"
    frontier = Frontier()
    payload = json.dumps({"text": "x" * LONG_EXPORT_PAYLOAD_BYTES}, separators=(",", ":"))
    with path.open("wb") as file:
        for position in range(1, LONG_EXPORT_EVENTS + 1):
            row = replace(NOTE, position=position, version=position, payload=payload)
            leaf = leaf_hash(leaf_bytes(row))
            frontier.append(leaf)
            file.write(export_line.event_line(export_line.EventLine(epoch=1, row=row, leaf=leaf)))
        file.write(
            export_line.last_line(export_line.LastLine(epochs=FIRST_EPOCHS, root=frontier.root(), size=frontier.size))
        )
    assert path.stat().st_size > 3 * LONG_EXPORT_MEMORY_BYTES // 2
    progress: list[tuple[str, int, int]] = []
    tracemalloc.start()
    try:
        verdict = verify_export(path, CODEC, on_progress=lambda *each: progress.append(each))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert verdict.status is Status.PROVEN
    assert peak < LONG_EXPORT_MEMORY_BYTES
    assert len(progress) == 4
