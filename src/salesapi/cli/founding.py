"""What `salesapi migrate` states in the log: principals and keys from before they were facts, and the first admin key.

Each row of the tables of before is stated once: a principal or key that the log knows is left as it is. The first key is made
when nobody is known yet. Instants of the tables become the business time of the facts.
"""

from collections.abc import Sequence
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Final

from salesapi.cli.cli_settings import owner_connection
from salesapi.clock import SystemClock, TimeOrderedIds
from salesapi.commands.handling import Handling
from salesapi.commands.key_issuing import OPERATOR, issue_key, register
from salesapi.commands.stream_states import StreamStates
from salesapi.database.connections import OwnConnection
from salesapi.domain.catalogue import whole_catalogue
from salesapi.domain.organisation.api_keys import ApiKey, ApiKeyEvent, ApiKeyIssued, ApiKeyRevoked
from salesapi.domain.organisation.principals import ROLES, PrincipalRegistered
from salesapi.domain.shared.kernel import BusinessTime, StreamRef, natural_id
from salesapi.domain.shared.key_digests import key_id
from salesapi.domain.shared.time_bounds import TimeBounds
from salesapi.embedded.folders import write_private
from salesapi.eventlog.codec import Codec, EventMeta
from salesapi.eventlog.postgresql import PostgreSQLEventLog
from salesapi.eventlog.recorder import AppendRequest, StreamAppend, VersionConflict
from salesapi.eventlog.upcasts import UPCASTS
from salesapi.importing.import_job import import_principal

ORIGIN: Final = "cli:migrate"
META: Final = EventMeta(actor_id=OPERATOR.id, principal_kind=OPERATOR.kind, command="take_over_access", origin=ORIGIN)
ADMIN: Final = "admin"
"""The principal of the first key."""
REVOKED_BEFORE: Final = "revoked before keys were facts"


async def found_access(owner_url: str, admin_key_file: Path | None) -> list[str]:
    """States what is not stated yet; answers a line for what was done.

    Raises:
        Refused: another principal has the operator's name.
    """
    log = await PostgreSQLEventLog.connect(owner_url)
    try:
        catalogue = whole_catalogue()
        codec = Codec(catalogue.event_types(), None, UPCASTS)
        states = StreamStates(log, codec, catalogue)
        handling = Handling(
            log,
            codec,
            states,
            catalogue,
            clock=SystemClock(),
            ids=TimeOrderedIds(),
            resolvers={},
            bounds=TimeBounds(first_on=date.min),
        )
        await register(handling, OPERATOR, origin=ORIGIN)
        async with owner_connection(owner_url) as connection:
            taken_over = TakingOver(log, codec, states)
            done = await taken_over.run(connection)
            for source in await connection.fetch("SELECT DISTINCT source FROM importing.job ORDER BY source"):
                await register(handling, import_principal(source["source"]), origin=ORIGIN)
        is_known = await states.state(StreamRef("principal", natural_id("principal", ADMIN))) is not None
        if is_known or taken_over.principals:
            return done
        keep = (lambda _: None) if admin_key_file is None else partial(_write_key, admin_key_file)
        key = await issue_key(handling, name=ADMIN, roles=OPERATOR.roles, origin=ORIGIN, keep=keep)
        if admin_key_file is None:
            return [*done, f"the first admin key, which is shown only now: {key}"]
        return [*done, f"the first admin key is in {admin_key_file}"]
    finally:
        await log.close()


def _write_key(file: Path, key: str) -> None:
    """Keeps the key before it opens anything: a kill in between leaves a file that the next start replaces, not a lost key."""
    write_private(file, key + "\n")


class TakingOver:
    """States the rows of the tables of before as facts, under the ids and digests that they have there."""

    def __init__(self, log: PostgreSQLEventLog, codec: Codec, states: StreamStates) -> None:
        self._log = log
        self._codec = codec
        self._states = states
        self.principals = 0
        """How many the tables hold."""

    async def run(self, connection: OwnConnection) -> list[str]:
        """States what is not stated yet; answers a line for what was, and for what cannot be."""
        principals = await connection.fetch(
            "SELECT id, name, roles, member_id, created_at FROM access.principal ORDER BY created_at, id"
        )
        keys = await connection.fetch(
            "SELECT sha256, prefix, principal_id, created_at, expires_at, revoked_at FROM access.api_key "
            "ORDER BY created_at, sha256"
        )
        self.principals = len(principals)
        stated = 0
        for row in principals:
            roles = tuple(role for role in ROLES if role in row["roles"])
            registered = PrincipalRegistered(name=row["name"], roles=roles, member_id=row["member_id"])
            stated += await self._stated(StreamRef("principal", row["id"]), ((registered, row["created_at"]),))
        lines: list[str] = []
        for row in keys:
            events: list[tuple[ApiKeyEvent, datetime]] = [
                (
                    ApiKeyIssued(
                        principal_id=row["principal_id"],
                        prefix=row["prefix"],
                        sha256=row["sha256"].hex(),
                        expires_at=row["expires_at"],
                        label=None,
                    ),
                    row["created_at"],
                )
            ]
            if row["revoked_at"] is not None:
                events.append((ApiKeyRevoked(reason=REVOKED_BEFORE), row["revoked_at"]))
            ref = StreamRef("api_key", key_id(row["prefix"]))
            stated += await self._stated(ref, events)
            known = await self._states.state(ref)
            if isinstance(known, ApiKey) and known.sha256 != row["sha256"].hex():
                lines.append(f"two keys have the prefix {row['prefix']}: the younger one no longer opens anything")
        return [*([f"stated {stated} principals and keys as facts"] if stated else []), *lines]

    async def _stated(self, ref: StreamRef, events: Sequence[tuple[object, datetime]]) -> bool:
        """States the beginning of a stream; False where it has begun."""
        encoded = await self._codec.encode(
            [
                (ref, version, event, BusinessTime(on=at.date(), zone="UTC", at=at), META)
                for version, (event, at) in enumerate(events, start=1)
            ]
        )
        try:
            await self._log.append(
                AppendRequest(appends=(StreamAppend(stream=ref, expected_version=0, events=tuple(encoded)),))
            )
        except VersionConflict:
            return False
        return True
