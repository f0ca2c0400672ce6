"""Runs a command's work: the event loop, the stop signals, and failures said in one line."""

import asyncio
import gc
import signal
import sys
import traceback
from collections.abc import Coroutine
from typing import Final

import asyncpg

from salesapi.app import NotConfigured
from salesapi.cli.cli_settings import fail
from salesapi.cli.logs import write_logs
from salesapi.cli.serving import AddressRefused
from salesapi.database.migrating import MigrationRefused, OverpoweredRole
from salesapi.embedded.failures import EngineNotStarted, NoRunningEngines
from salesapi.eventlog.epochs import RestoreUntold
from salesapi.eventlog.recorder import LogUnavailable
from salesapi.eventlog.restoring import RestoreRefused
from salesapi.privacy.key_file import KeyFileRefused
from salesapi.privacy.key_rotation import RotationRunning

EXPECTED: Final = (
    EngineNotStarted,
    NoRunningEngines,
    NotConfigured,
    MigrationRefused,
    OverpoweredRole,
    RotationRunning,
    AddressRefused,
    LogUnavailable,
    RestoreUntold,
    RestoreRefused,
    OSError,
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
)
"""Failures with a message that says what to do; no traceback helps there."""


KEY_FILE_STATUS: Final = 3
"""The exit status of a command whose key file is not that of the database, or cannot be used."""

COLLECTED_AFTER: Final = (50_000, 20, 100)
"""After how many new objects, and how many rounds of these, cycles are looked for (`gc.set_threshold`)."""


def collect_seldom() -> None:
    """Looks for reference cycles less often: facts, rows and answers have none, and a ledger keeps objects by the million.

    With Python's own thresholds the search took half of the time of folding a ledger and a tenth of a year's pay.
    """
    gc.set_threshold(*COLLECTED_AFTER)


def run(work: Coroutine[None, None, int | None], *, failed: int = 1) -> None:
    """Runs a command's work and ends with its status, or with `failed` where it could not be done."""
    collect_seldom()
    write_logs()
    runner = asyncio.run
    if sys.platform != "win32":
        import uvloop

        runner = uvloop.run
    try:
        status = runner(stoppable(work))
    except (ConnectionError, TimeoutError) as error:
        fail(
            f"the database cannot be reached ({error or type(error).__name__}): see that it runs, and that its URL is right",
            failed,
        )
    except KeyFileRefused as error:
        fail(str(error), KEY_FILE_STATUS)
    except EXPECTED as error:
        fail(str(error) or type(error).__name__, failed)
    except SystemExit as ended:
        raise SystemExit(failed if ended.code == 1 else ended.code) from ended
    except Exception as error:
        if failed == 1:
            raise
        # A fault of ours ends with a traceback and 1, which means something else here.
        traceback.print_exc()
        raise SystemExit(failed) from error
    raise SystemExit(status or 0)


async def until_stopped() -> None:
    """Waits for the stop signal, which cancels it (see `stoppable`), and says so."""
    try:
        await asyncio.Event().wait()
    finally:
        print("salesapi: stopping", flush=True)


async def stoppable(work: Coroutine[None, None, int | None]) -> int | None:
    """Runs a command's work; Ctrl-C and SIGTERM cancel it once, at whatever it waits for, so that it ends in order."""
    task = asyncio.create_task(work)
    loop = asyncio.get_running_loop()
    is_stopped = False

    def stop() -> None:
        nonlocal is_stopped
        if not is_stopped:
            is_stopped = True
            task.cancel()

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop)
    try:
        return await task
    except asyncio.CancelledError:
        if not is_stopped:
            raise
        return 0
