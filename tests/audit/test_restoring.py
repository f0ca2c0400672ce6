"""Restoring an export into an empty database: the same bytes and the same root, or nothing."""

import gzip
from dataclasses import replace
from pathlib import Path

import pytest

from salesapi.audit.export_file import NotAnExport
from salesapi.audit.export_line import EventLine, LastLine, LineUnreadable, event_line, last_line, read_event_line
from salesapi.audit.exporting import export
from salesapi.audit.leaf import leaf_bytes
from salesapi.audit.log_verifying import verify_log
from salesapi.audit.restoring import Restored, restore_export
from salesapi.audit.tree import leaf_hash
from salesapi.audit.verdict import Status
from salesapi.audit.verifying import OutsideRoot, verify_export
from salesapi.database.migrating import migrate
from salesapi.embedded.postgresql import DatabaseUrls
from salesapi.eventlog.epochs import Epoch, Epochs, add_epoch
from salesapi.eventlog.restoring import RestoreRefused
from tests.audit.stories import CODEC, Export, StoredStory, root_of, rows_of, with_payload
from tests.audit.test_verifying import NOTE
from tests.connections import connected, connected_log, value_of
from tests.eventlog.requests import append, deal, request

KEPT = sorted((Path(__file__).parent / "exports").glob("*.jsonl.gz"))
KEPT_ROOTS = {"2026-12-01": "465:0ae758221c8097231e09d12e407bfa55dbbf6daded48bb44bf2065beeac953da"}
"""The size and root of each kept export, as its last line had them when it was made."""


@pytest.fixture
async def empty(database: DatabaseUrls) -> DatabaseUrls:
    """A database that was only migrated."""
    await migrate(database.owner_url)
    return database


async def restored(urls: DatabaseUrls, path: Path, outside: OutsideRoot | None = None) -> Restored:
    async with connected(urls.owner_url) as owner:
        return await restore_export(owner, path, outside=outside)


async def nothing_is_there(urls: DatabaseUrls) -> None:
    """Nothing of a refused restore stays, in no table."""
    counted = "SELECT (SELECT count(*) FROM log.event) + (SELECT count(*) FROM audit.leaf) + (SELECT count(*) FROM log.tracking)"
    assert await value_of(urls.owner_url, counted) == 0
    assert await value_of(urls.owner_url, "SELECT count(*) FROM log.epoch") == 1


async def test_a_restored_log_is_the_exported_one_byte_for_byte_and_goes_on(
    empty: DatabaseUrls, exported: Export, tmp_path: Path
) -> None:
    plan, lines = exported
    path = tmp_path / "export.jsonl"
    path.write_bytes(b"".join(lines))

    done = await restored(empty, path, OutsideRoot(root=plan.root, size=plan.size))

    assert (done.size, done.root, done.epoch) == (plan.size, plan.root, Epoch(2, plan.size + 1))
    assert (await verify_log(empty.application_url, CODEC)).status is Status.PROVEN
    again = await export(empty.application_url, tmp_path / "again.jsonl")
    assert again.root == plan.root
    assert (tmp_path / "again.jsonl").read_bytes().splitlines(keepends=True)[:-1] == lines[:-1]
    async with connected_log(empty.application_url) as log:
        stored = await log.append(request(append(deal(999), 0)))
        assert log.known_epochs.id_of(stored.first_position) == f"2:{plan.size + 1}"


async def test_a_database_that_holds_anything_is_not_restored_into(stored: StoredStory, tmp_path: Path) -> None:
    await export(stored.urls.application_url, tmp_path / "export.jsonl")

    with pytest.raises(RestoreRefused, match="not empty, it has events, checkpoints of followers, an audit tree"):
        await restored(stored.urls, tmp_path / "export.jsonl")
    await stored.must_be_proven()


async def test_an_export_that_contradicts_itself_or_a_root_leaves_nothing_behind(
    empty: DatabaseUrls, exported: Export, tmp_path: Path
) -> None:
    plan, lines = exported
    path = tmp_path / "export.jsonl"
    changed = with_payload(rows_of(lines)[4], "{", "{ ")
    one_changed = event_line(EventLine(epoch=1, row=changed, leaf=read_event_line(lines[4]).leaf))
    hashed_anew = event_line(EventLine(epoch=1, row=changed, leaf=leaf_hash(leaf_bytes(changed))))
    cases: dict[str, tuple[list[bytes], type[Exception], str]] = {
        "a changed event": ([*lines[:4], one_changed, *lines[5:]], RestoreRefused, "was changed"),
        "a changed event, hashed anew": (
            [*lines[:4], hashed_anew, *lines[5:]],
            RestoreRefused,
            "changed, added or removed",
        ),
        "an event less": ([*lines[:4], *lines[5:]], RestoreRefused, "position 5 has to stand here"),
        "no end": (lines[:-1], NotAnExport, "without the last line"),
        "a line of something else": ([*lines[:4], b"{}\n", *lines[5:]], LineUnreadable, "not an event's line"),
    }
    for case, (content, error, told) in cases.items():
        path.write_bytes(b"".join(content))
        with pytest.raises(error, match=told):
            await restored(empty, path)
        await nothing_is_there(empty)
        assert case

    path.write_bytes(b"".join(lines))
    with pytest.raises(RestoreRefused, match="the root given says"):
        await restored(empty, path, OutsideRoot(root=bytes(32), size=plan.size))
    with pytest.raises(RestoreRefused, match="the root given is over 9999"):
        await restored(empty, path, OutsideRoot(root=plan.root, size=9_999))
    await nothing_is_there(empty)


async def test_the_epochs_of_a_restored_log_stand_in_its_export_and_come_back_with_it(
    story: StoredStory, empty: DatabaseUrls, tmp_path: Path
) -> None:
    await story.notes(4)
    async with connected(story.urls.owner_url) as owner:
        await add_epoch(owner, Epoch(2, 4), reason="a drill")
    await story.seal()
    plan = await export(story.urls.application_url, tmp_path / "export.jsonl")
    lines = (tmp_path / "export.jsonl").read_bytes().splitlines()
    assert [line.partition(b'","')[0].rpartition(b'"')[2] for line in lines[:-1]] == [b"1:1", b"1:2", b"1:3", b"2:4"]
    assert lines[-1].startswith(b'{"epoch":2,"epochs":[[1,1],[2,4]],"format":2,"root":"')
    assert verify_export(tmp_path / "export.jsonl", CODEC).status is Status.PROVEN
    assert plan.epochs == Epochs((Epoch(1, 1), Epoch(2, 4)))


def test_an_id_of_another_epoch_than_its_positions_is_refuted(tmp_path: Path) -> None:
    rows = [replace(NOTE, position=number, version=number) for number in range(1, 5)]
    leaves = [leaf_hash(leaf_bytes(row)) for row in rows]
    epochs = Epochs((Epoch(1, 1), Epoch(2, 3)))
    for third, status in ((2, Status.PROVEN), (1, Status.REFUTED)):
        told = [1, 1, third, 2]
        lines = [
            event_line(EventLine(epoch=epoch, row=row, leaf=leaf))
            for epoch, row, leaf in zip(told, rows, leaves, strict=True)
        ]
        path = tmp_path / "export.jsonl"
        path.write_bytes(b"".join([*lines, last_line(LastLine(epochs=epochs, root=root_of(leaves), size=4))]))
        assert verify_export(path, CODEC).status is status


def test_every_kept_export_is_kept_with_its_root() -> None:
    assert {path.name.removesuffix(".jsonl.gz") for path in KEPT} == set(KEPT_ROOTS)


@pytest.mark.parametrize("path", KEPT, ids=lambda path: path.name)
def test_an_export_of_an_earlier_version_is_proven(path: Path) -> None:
    size, _, root = KEPT_ROOTS[path.name.removesuffix(".jsonl.gz")].partition(":")

    verdict = verify_export(path, CODEC, outside=OutsideRoot(root=bytes.fromhex(root), size=int(size)))

    assert verdict.status is Status.PROVEN, str(verdict)
    assert "6 locked payout runs with 10 statements recomputed: all equal" in str(verdict)


@pytest.mark.parametrize("path", KEPT, ids=lambda path: path.name)
async def test_an_export_of_an_earlier_version_restores_to_the_same_bytes(
    empty: DatabaseUrls, tmp_path: Path, path: Path
) -> None:
    await restored(empty, path)

    assert (await verify_log(empty.application_url, CODEC)).status is Status.PROVEN
    await export(empty.application_url, tmp_path / "again.jsonl")
    again = (tmp_path / "again.jsonl").read_bytes().splitlines()
    assert again[:-1] == gzip.decompress(path.read_bytes()).splitlines()[:-1]
