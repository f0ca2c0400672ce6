"""`restored` and `restore`: the log goes on after a backup, or from an export, and nobody takes one fact for another."""

import asyncio
from pathlib import Path
from typing import Final

from rich.console import Console

from salesapi.audit.export_file import NotAnExport, last_line_of
from salesapi.audit.export_line import FormatUnknown, LineUnreadable
from salesapi.audit.log_verifying import verify_log
from salesapi.audit.restoring import restore_export
from salesapi.audit.sealing import EvidenceBroken
from salesapi.audit.verdict import Status
from salesapi.audit.verifying import OutsideRoot
from salesapi.cli.auditing import reader
from salesapi.cli.cli_settings import DataDir, fail, owner_connection, owner_url, settings_for
from salesapi.cli.progress import shown_progress
from salesapi.cli.running import run
from salesapi.database.connections import KEYED_READS, OwnConnection
from salesapi.eventlog.epochs import stored_epochs
from salesapi.eventlog.reading import HEAD, read_page
from salesapi.eventlog.restoring import Loss, RestoreRefused, Told, tell_restore
from salesapi.projections.refilling import refill_ahead
from salesapi.settings import Settings
from salesapi.streaming.restored_stream import UNREACHED, StreamEnd, delete_stream, stream_end

IN_PLACE: Final = "the operator says that the files of the database were put back as a whole"
NOT_IN_AN_EXPORT: Final = """not in an export, and so not here:
- keys of sealed personal fields (privacy.subject_key, and the key file): bring them before you serve, or they stay sealed
- API keys: make new ones with `salesapi keys create`
- idempotency keys: a request from before that is sent again is taken for a new one
- what imports remember of their rows: a file from before that is imported again adds its rows again, where they have no id
read models follow from the log: start `salesapi work`"""


async def tell_restored(
    settings: Settings, outside: OutsideRoot | None, *, reason: str | None, is_in_place: bool
) -> int:
    """Checks the log, records the new epoch, and mends what is ahead of it."""
    url = owner_url(settings)
    with shown_progress(Console(), is_transient=True) as on_progress:
        verdict = await verify_log(url, reader(), outside=outside, on_progress=on_progress)
    print(verdict)
    if verdict.status is Status.REFUTED:
        print(
            "nothing was recorded: this is not, or no longer, the log that the evidence is of. Restore another backup."
        )
        return int(verdict.status)
    async with owner_connection(url) as owner:
        end = await _stream_end(settings)
        told = await tell_restore(
            owner,
            shown=[*([IN_PLACE] if is_in_place else []), *await _ahead(owner, end)],
            loss=None if outside is None else Loss(size=outside.size, root=outside.root),
            reason=reason,
        )
        _say(told, outside)
        for name in await refill_ahead(owner, told.head):
            print(f"the read model {name} was ahead of the log: it was emptied, and `salesapi work` fills it anew")
        await _mend_stream(settings, owner, end)
    return 0


async def _stream_end(settings: Settings) -> StreamEnd | None:
    """The end of the stream; None, with a word, where it is not to be seen."""
    if settings.nats_url is None:
        print("SALESAPI_NATS_URL is not set: where there is a stream, run this again with it")
        return None
    try:
        return await stream_end(settings.nats_url.get_secret_value())
    except UNREACHED as error:
        print(f"the stream cannot be looked at ({type(error).__name__}: {error}): run this again when it can")
        return None


async def _ahead(owner: OwnConnection, end: StreamEnd | None) -> list[str]:
    """Tells where the stream goes further than the log, and no epoch that was told says why."""
    head: int = await owner.fetchval(HEAD)
    if end is None or end.sequence <= head or end.is_of_lost_history(await stored_epochs(owner)):
        return []
    return [f"the stream ends at {end.sequence}, the log at {head}"]


def _say(told: Told, outside: OutsideRoot | None) -> None:
    number, first_position = told.epoch
    if not told.is_new:
        print(f"epoch {number} was recorded already, from position {first_position} on, and nothing was written since")
    else:
        print(f"epoch {number} is recorded, from position {first_position} on: {told.reason}")
    if outside is not None and outside.size > told.head:
        print(f"lost: positions {first_position} to {outside.size} at least, whose root is known")
    else:
        print(f"lost: what was recorded after position {told.head}; how much that is, this database cannot know")
    print(
        "consumers of GET /v1/events that send `epoch` or `lastEventId` are told by themselves (409, feed.history_parted); tell "
        f"the others to undo what they have after position {told.head}, and to go on from there"
    )


async def _mend_stream(settings: Settings, owner: OwnConnection, end: StreamEnd | None) -> None:
    """Deletes a stream that ends in a history that is gone. Another one is left alone, whatever it holds."""
    if end is None or settings.nats_url is None or end.sequence == 0:
        return
    epochs = await stored_epochs(owner)
    if end.is_of_lost_history(epochs):
        try:
            await delete_stream(settings.nats_url.get_secret_value())
        except UNREACHED as error:
            print(f"the stream cannot be deleted ({type(error).__name__}): delete it yourself, or run this again")
            return
        print(
            f"the stream ended at {end.sequence} with events that are gone: it is deleted, and `salesapi work` sends the whole "
            "log again. Its consumers are gone with it: make them anew, and pass over the ids that you have"
        )
        return
    page = await read_page(owner, after=end.sequence - 1, limit=1, types=None)
    if not page.events or not end.is_copy_of(page.events[0], epochs):
        print(
            f"the stream's last event {end.epoch}:{end.sequence} is not the log's, and no restore that was told explains it: "
            "the log or the stream was altered. Compare them before you delete the stream"
        )
    else:
        print(f"the stream is a copy of the log up to {end.sequence}: nothing to do")


async def restore_file(settings: Settings, file: Path, outside: OutsideRoot | None) -> None:
    """Restores an export into an empty database."""
    with shown_progress(Console(), is_transient=True) as on_progress:
        async with owner_connection(owner_url(settings), KEYED_READS) as owner:
            try:
                done = await restore_export(owner, file, outside=outside, on_progress=on_progress)
            except (NotAnExport, LineUnreadable, FormatUnknown, EvidenceBroken) as error:
                raise RestoreRefused(f"nothing was restored: {error}") from error
    print(f"{done.size} events restored, root {done.root.hex()}, as the export says")
    print(f"epoch {done.epoch.number} is recorded, from position {done.epoch.first_position} on")
    print(NOT_IN_AN_EXPORT)


def known_root(root: str | None, export: Path | None) -> OutsideRoot | None:
    """The root that is known from elsewhere: `SIZE:HEX`, or the last line of an export. Ends where it is malformed."""
    if root is not None and export is not None:
        fail("give --root or --export, not both", 2)
    if export is not None:
        try:
            last = last_line_of(export)
        except (NotAnExport, LineUnreadable, FormatUnknown, OSError) as error:
            fail(str(error), 2)
        return OutsideRoot(root=last.root, size=last.size)
    if root is None:
        return None
    size, separator, hexadecimal = root.partition(":")
    try:
        if not separator or not size.isascii() or not size.isdigit():
            raise ValueError(root)
        return OutsideRoot(root=bytes.fromhex(hexadecimal), size=int(size))
    except ValueError:
        fail("--root is SIZE:HEX, the number of events and the root over them in hexadecimal digits", 2)


def restored(
    *,
    root: str | None = None,
    export: Path | None = None,
    reason: str | None = None,
    in_place: bool = False,
    data_dir: DataDir = None,
) -> None:
    """Tells the log that its database was restored from a backup: a new epoch, and what followers have to do.

    Parameters
    ----------
    root
        The newest root that you hold from elsewhere, as SIZE:HEX; it may be over more events than the backup has.
    export
        The newest export that you hold: its last line is such a root.
    reason
        Why it was restored; kept with the epoch.
    in_place
        The files of the database were put back as a whole: nothing in them shows it, so you say it.
    """

    async def telling() -> int:
        known = await asyncio.to_thread(known_root, root, export)
        return await tell_restored(settings_for(data_dir), known, reason=reason, is_in_place=in_place)

    run(telling())


def restore(file: Path, *, root: str | None = None, data_dir: DataDir = None) -> None:
    """Restores the log from an export into an empty database, byte for byte, wholly or not at all.

    Parameters
    ----------
    file
        The export, as it is or compressed with gzip.
    root
        A root that you hold from elsewhere, as SIZE:HEX: what differs from it is not restored.
    """

    async def restoring() -> None:
        await restore_file(settings_for(data_dir), file, known_root(root, None))

    run(restoring())
