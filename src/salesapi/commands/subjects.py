"""The thing that a command is about, as far as the command itself tells: named, or new under its natural key."""

from uuid import UUID

from salesapi.domain.catalogue import Catalogue
from salesapi.domain.shared.declarations import AnyCommand, AnyStream
from salesapi.domain.shared.kernel import StreamRef, natural_id


def stated_subject(stream: AnyStream, kind: AnyCommand, command: object) -> UUID | None:
    """The id of the thing; None where a new one gets a new id."""
    if kind.target is not None:
        target = getattr(command, kind.target)
        assert isinstance(target, UUID)
        return target
    parts = kind.identity(command) if kind.identity else None
    return natural_id(stream.kind, *parts) if parts else None


def written_stream(catalogue: Catalogue, command: object) -> StreamRef | None:
    """The stream that a command goes to; None where a new thing gets a new id."""
    stream, kind = catalogue.command(type(command).__name__)
    stream_id = kind.stream_of(command) if kind.stream_of else stated_subject(stream, kind, command)
    return StreamRef(stream.kind, stream_id) if stream_id else None
