"""What one GraphQL operation knows: who asks, what it may reach, and how it names itself in logs and events."""

from dataclasses import dataclass
from uuid import UUID

from salesapi.api.asking import Asker
from salesapi.api.command_reading import CommandReader
from salesapi.handling import Handling


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The context of an operation. Made anew for each, because nothing here may outlive it."""

    asker: Asker
    reader: CommandReader
    handling: Handling
    epoch: int
    request_id: str
    correlation_id: UUID | None = None
