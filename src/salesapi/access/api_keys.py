"""Which principal a shown key opens the doors for, by what the log says of the key and the principal.

What was found is remembered, and forgotten at once when the log says anything new of either: in the process that wrote it
before the receipt is answered, in the others when they hear of it (`key_news.py`). While a process cannot hear, it looks in
the log for each request. Durations are in seconds, on this process's monotonic clock.
"""

import asyncio
import time
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID

from salesapi.access.bearer_keys import ShownKey, sha256_of, shown_key
from salesapi.access.key_news import UNREADABLE, KeyNews
from salesapi.access.key_uses import KeyUses
from salesapi.access.principals import KeyUnknown, Principal
from salesapi.access.scopes import States
from salesapi.clock import Clock
from salesapi.database.connections import Pool
from salesapi.domain.organisation import principals
from salesapi.domain.organisation.api_keys import ApiKey, opens
from salesapi.domain.shared.kernel import StreamRef
from salesapi.eventlog.recorder import EventLog

REMEMBERED_SECONDS: Final = 60.0
"""Longest that a key is not looked up anew, whatever is heard."""
REMEMBERED_KEYS_MAX: Final = 10_000
LOOK_AGAIN_SECONDS: Final = 1.0
"""How soon whoever holds a connection is looked at again when the log could not be read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """The doors that a key opens."""

    principal: Principal
    api_key_id: UUID
    prefix: str
    expires_at: datetime | None

    @property
    def rests_on(self) -> frozenset[StreamRef]:
        """The streams that say so."""
        return frozenset((StreamRef("api_key", self.api_key_id), StreamRef("principal", self.principal.id)))


@dataclass(slots=True, eq=False)
class _Holder:
    """A connection that stays open by an access."""

    rests_on: frozenset[StreamRef]
    has_news: asyncio.Event = field(default_factory=asyncio.Event)


class ApiKeys:
    """Finds what a bearer key opens."""

    def __init__(self, states: States, log: EventLog, *, pool: Pool, clock: Clock) -> None:
        self._states = states
        self._clock = clock
        self._news = KeyNews(log, self.heard)
        self.uses = KeyUses(pool, clock)
        self._remembered: dict[bytes, tuple[float, Access]] = {}
        self._holders: set[_Holder] = set()
        self._news_count = 0

    async def close(self) -> None:
        """Stops following the log, and writes which keys were used."""
        await self._news.close()
        await self.uses.close()

    async def access_of(self, text: str, *, is_anew: bool = False) -> Access:
        """The access that this key gives; `is_anew` asks the log, whatever is remembered.

        Raises:
            KeyUnknown: for a key that is not known, expired or revoked, or whose principal is disabled.
        """
        known, now = None if is_anew else self._remembered.get(sha256_of(text)), time.monotonic()
        if known is not None and now < known[0] and now < self._news.in_touch_until:
            access = known[1]
        else:
            access = await self._looked_up(shown_key(text))
        self.uses.note(access.api_key_id)
        return access

    def heard(self, changed: Collection[StreamRef] | None) -> None:
        """Forgets what rests on these streams (None: on any), and tells the holders of connections to look again."""
        self._news_count += 1
        self._remembered = {
            digest: (until, access)
            for digest, (until, access) in self._remembered.items()
            if changed is not None and access.rests_on.isdisjoint(changed)
        }
        for holder in self._holders:
            if changed is None or not holder.rests_on.isdisjoint(changed):
                holder.has_news.set()

    def appended(self, streams: Collection[StreamRef]) -> None:
        """As `heard`, for what this process has written itself."""
        changed = [ref for ref in streams if ref.kind in ("api_key", "principal")]
        if changed:
            self.heard(changed)

    async def until_changed(self, text: str, principal: Principal) -> None:
        """Returns once the key opens nothing any longer, or something else than it did for this principal."""
        shown = shown_key(text)
        if shown is None:
            return
        holder = _Holder(frozenset((StreamRef("api_key", shown.id), StreamRef("principal", principal.id))))
        self._holders.add(holder)
        try:
            with suppress(KeyUnknown):
                while (access := await self._looked_again(text)).principal == principal:
                    with suppress(TimeoutError):
                        async with asyncio.timeout(self._seconds_of(access)):
                            await holder.has_news.wait()
                    holder.has_news.clear()
        finally:
            self._holders.discard(holder)

    async def _looked_again(self, text: str) -> Access:
        """As `access_of`, however long the log cannot be read: nothing can be revoked meanwhile."""
        while True:
            try:
                return await self.access_of(text)
            except UNREADABLE:
                await asyncio.sleep(LOOK_AGAIN_SECONDS)

    async def _looked_up(self, shown: ShownKey | None) -> Access:
        if shown is None:
            raise KeyUnknown()
        self._news.start()
        news_count = self._news_count
        key = await self._states.state(StreamRef("api_key", shown.id))
        if not isinstance(key, ApiKey) or not shown.is_of(key.sha256) or not opens(key, self._clock.now()):
            raise KeyUnknown()
        found = await self._states.state(StreamRef("principal", key.principal_id))
        if not isinstance(found, principals.Principal) or found.is_disabled:
            raise KeyUnknown()
        principal = Principal(
            id=key.principal_id, name=found.name, roles=frozenset(found.roles), member_id=found.member_id
        )
        access = Access(principal=principal, api_key_id=shown.id, prefix=key.prefix, expires_at=key.expires_at)
        # What was heard while the log was read may be newer than what was read.
        if news_count == self._news_count:
            self._remember(shown, access)
        return access

    def _remember(self, shown: ShownKey, access: Access) -> None:
        if len(self._remembered) >= REMEMBERED_KEYS_MAX:
            self._remembered.clear()
        self._remembered[shown.sha256] = (time.monotonic() + self._seconds_of(access), access)

    def _seconds_of(self, access: Access) -> float:
        """How long an access holds unless something is heard."""
        if access.expires_at is None:
            return REMEMBERED_SECONDS
        return min(REMEMBERED_SECONDS, max(0.0, (access.expires_at - self._clock.now()).total_seconds()))
