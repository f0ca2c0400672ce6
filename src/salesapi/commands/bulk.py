"""Several commands at once, the same for both doors: read, then decided as one commit or each for itself."""

from collections.abc import Mapping
from typing import Any, Final, TypeAlias

from salesapi.commands.command_reading import CommandMalformed, CommandReader, fingerprint
from salesapi.commands.command_results import CommandResult
from salesapi.commands.handling import BULK_MAX, BulkTooLarge, Handling
from salesapi.commands.requests import Envelope, Request
from salesapi.domain.catalogue import Catalogue
from salesapi.domain.shared.kernel import Kind, Refused
from salesapi.domain.shared.states import replace

BulkResult: TypeAlias = CommandResult | Refused
_ITEM: Final = frozenset({"command", "values", "if_match"})
"""What an item may hold: a misspelt `if_match` would silently not be checked."""


class IfMatchMalformed(Refused):
    """If-Match is not a version."""

    code = "if_match.malformed"
    kind = Kind.MALFORMED
    message = "If-Match holds one version in quotes, as the ETag of a receipt gave it."


class BulkEmpty(Refused):
    """Nothing to do, under a key that would be spent for it."""

    code = "bulk.empty"
    kind = Kind.MALFORMED
    message = "A bulk holds at least one command; where there is none, send nothing."


class Bulk:
    """Runs bulks of one catalogue."""

    def __init__(self, catalogue: Catalogue, reader: CommandReader, handling: Handling) -> None:
        self._catalogue = catalogue
        self._reader = reader
        self._handling = handling

    async def run(self, values: Mapping[str, Any], envelope: Envelope, *, dry_run: bool) -> list[BulkResult]:
        """One result for each command of `{"atomic": true|false, "commands": [...]}`, in order.

        Raises:
            Refused: the whole bulk, where it is malformed or atomic.
        """
        atomic, items = values.get("atomic"), values.get("commands")
        if not isinstance(atomic, bool) or not isinstance(items, list) or set(values) != {"atomic", "commands"}:
            raise CommandMalformed(reason="A bulk is {atomic: true|false, commands: [...]}.")
        if not items:
            raise BulkEmpty(pointer="/commands")
        if len(items) > BULK_MAX:
            raise BulkTooLarge(limit=BULK_MAX, count=len(items))
        if atomic:
            requests = [self._item(item, index) for index, item in enumerate(items)]
            return [*await self._handling.handle_together(requests, envelope, dry_run=dry_run)]
        return [await self._each(item, index, envelope, dry_run) for index, item in enumerate(items)]

    async def _each(self, item: object, index: int, envelope: Envelope, dry_run: bool) -> BulkResult:
        """One command of a bulk that is not atomic, with a key of its own derived from the bulk's."""
        own = replace(
            envelope,
            key=None if envelope.key is None else f"{envelope.key}/{index}",
            fingerprint=fingerprint("bulk item", item),
        )
        try:
            return await self._handling.handle(self._item(item, index), own, dry_run=dry_run)
        except Refused as refused:
            return refused

    def _item(self, item: object, index: int) -> Request:
        """A bulk's item: `{"command": "ChangeDealStage", "values": {...}, "if_match": 3}`."""
        if not isinstance(item, dict) or not isinstance(item.get("values"), dict) or set(item) - _ITEM:
            raise CommandMalformed(
                reason=f"The item {index} is not {{command, values}}, with if_match or without.",
                pointer=f"/commands/{index}",
            )
        name, expected = item.get("command"), item.get("if_match")
        if not isinstance(name, str) or name not in self._catalogue.commands:
            raise CommandMalformed(
                reason=f"The item {index} names no command that exists.", pointer=f"/commands/{index}/command"
            )
        if expected is not None and (not isinstance(expected, int) or isinstance(expected, bool)):
            raise IfMatchMalformed(pointer=f"/commands/{index}/if_match")
        return self._reader.read(name, item["values"], expected)
