"""What a caller asks of the write path: a command with all that was said about it, and who asks."""

from uuid import UUID

from salesapi.access.principals import Principal, Scope
from salesapi.domain.shared.kernel import BusinessTime, fast_record


@fast_record
class Request:
    """One command with all that its caller said about it."""

    command: object
    occurred: BusinessTime | None
    expected_version: int | None = None
    made_key: str | None = None
    """The API key whose digest the command has, where it makes one. Handed out with the result, and stored nowhere."""


@fast_record
class Envelope:
    """The caller of a command, and the marks of a retry. `fingerprint` is the SHA-256 of the client's request."""

    principal: Principal
    scope: Scope
    key: str | None
    fingerprint: bytes = b""
    origin: str = "api"
    keep_key: bool = False
    correlation_id: UUID | None = None
