"""`salesapi dev`: engines, migrations, demo company, doors and followers in one process and one folder."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final
from uuid import UUID

from salesapi.api.http import http_app
from salesapi.app import Core, running_core
from salesapi.cli.cli_settings import KEY_FILE_NAME, owner_connection, settings_of
from salesapi.cli.following import running_followers
from salesapi.cli.founding import found_access
from salesapi.cli.migrating import migrate_all
from salesapi.cli.running import run, until_stopped
from salesapi.cli.serving import listening_socket, serving
from salesapi.commands.handling import Handling
from salesapi.commands.key_issuing import issue_key
from salesapi.demo.company import ref
from salesapi.demo.loading import DEMO_ORIGIN, load_demo
from salesapi.domain.shared.kernel import Role
from salesapi.embedded.engines import running_engines
from salesapi.embedded.folders import write_private
from salesapi.embedded.nats_accounts import API_PREFIX, CONSUMER, INBOXES, STREAM
from salesapi.eventlog.codec import decode_meta
from salesapi.eventlog.epochs import newest_epoch
from salesapi.eventlog.restoring import tell_restore

CONSUMER_URL_NAME: Final = "stream-consumer.url"
DEMO_KEYS: Final[tuple[tuple[str, tuple[Role, ...], str | None], ...]] = (
    ("rep", ("rep",), "east-rep-1"),
    ("manager", ("manager",), "east-manager"),
    ("finance", ("finance",), "finance"),
    ("director", ("finance",), "director"),
    ("auditor", ("auditor",), None),
)
"""Which member each demo key is. The director approves what finance submits: four eyes are two people."""
FIRST_EVENTS: Final = 100
"""How many events are looked at for the first that is business: principals and keys come before it."""


async def develop(folder: Path, *, port: int, with_demo: bool) -> None:
    """Runs until Ctrl-C or SIGTERM."""
    listener = listening_socket("127.0.0.1", port)
    async with running_engines(folder, log_progress=_say) as engines:
        await migrate_all(engines.owner_url, folder / KEY_FILE_NAME)
        await _tell_restore(engines.owner_url)
        await found_access(engines.owner_url, folder / "admin.key")
        settings = settings_of(engines, folder)
        async with running_core(settings) as core, running_followers(core), serving(http_app(core), listener):
            await _make_key(core.handling, folder, "admin", roles=("admin",))
            if with_demo and await _is_demo_wanted(core):
                await load_demo(core.handling, _say)
                for name, roles, person in DEMO_KEYS:
                    member_id = ref("member", person) if person else None
                    await _make_key(core.handling, folder, name, roles=roles, member_id=member_id)
            write_private(folder / CONSUMER_URL_NAME, engines.nats_consumer_url + "\n")
            _say(
                f"consumers of the stream {STREAM} connect with the URL in {folder / CONSUMER_URL_NAME}, as the durable consumer "
                f"{CONSUMER}, with the prefixes {API_PREFIX} of the API and {INBOXES} of inboxes"
            )
            address = f"http://127.0.0.1:{listener.getsockname()[1]}"
            print(
                f"salesapi is ready: REST {address}/v1  GraphQL {address}/graphql  docs {address}/docs  "
                f"admin key {folder / 'admin.key'}",
                flush=True,
            )
            await until_stopped()


def _say(text: str) -> None:
    print(f"salesapi: {text}", flush=True)


async def _tell_restore(owner_url: str) -> None:
    """The engines run only with us: where a dump was put in, nobody else could tell it."""
    async with owner_connection(owner_url) as owner:
        if not (await newest_epoch(owner)).is_same_database:
            told = await tell_restore(owner, shown=())
            _say(f"epoch {told.epoch.number} is recorded, from position {told.epoch.first_position} on: {told.reason}")


async def _is_demo_wanted(core: Core) -> bool:
    """An empty log takes the demo; one that was begun with it, and perhaps killed, is completed. Another is left alone."""
    first = await core.log.read(after=0, limit=FIRST_EVENTS)
    business = [event for event in first.events if event.stream.kind not in ("principal", "api_key")]
    return not business or decode_meta(business[0].meta).origin == DEMO_ORIGIN


async def _make_key(
    handling: Handling, folder: Path, name: str, *, roles: Sequence[Role], member_id: UUID | None = None
) -> None:
    """Writes somebody's key to `<name>.key`, once, readable only by the user who runs this."""
    file = folder / f"{name}.key"
    if file.exists():
        return
    key = await issue_key(handling, name=name, roles=roles, member_id=member_id, origin="cli:dev")
    write_private(file, key + "\n")


def dev(*, data_dir: Path = Path("data"), port: int = 8000, demo: bool = True) -> None:
    """Starts the engines from their wheels in a data folder, loads a demo company once, and serves everything.

    Parameters
    ----------
    data_dir
        Folder for the engines' data; made when it is missing.
    port
        Port to listen on at 127.0.0.1; 0 takes a free one.
    demo
        Load the demo company into an empty log.
    """
    run(develop(data_dir, port=port, with_demo=demo))
