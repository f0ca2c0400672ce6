"""The one place where a refusal becomes a status: for REST the HTTP status, for GraphQL the same number in `extensions`."""

from typing import Final

from salesapi.domain.shared.kernel import Kind, Parameter, Refused

STATUS: Final[dict[Kind, int]] = {
    Kind.MALFORMED: 422,
    Kind.UNAUTHENTICATED: 401,
    Kind.FORBIDDEN: 403,
    Kind.NOT_FOUND: 404,
    Kind.CONFLICT: 409,
    Kind.PRECONDITION: 412,
    Kind.RULE: 409,
    Kind.KEY_REUSED: 422,
    Kind.TOO_LARGE: 413,
    Kind.UNAVAILABLE: 503,
}

TITLES: Final[dict[Kind, str]] = {
    Kind.MALFORMED: "The request is malformed",
    Kind.UNAUTHENTICATED: "Authentication is required",
    Kind.FORBIDDEN: "Your roles do not allow this",
    Kind.NOT_FOUND: "There is no such thing",
    Kind.CONFLICT: "It is in conflict with something stored",
    Kind.PRECONDITION: "It has changed since you read it",
    Kind.RULE: "A rule refuses this",
    Kind.KEY_REUSED: "The idempotency key is taken",
    Kind.TOO_LARGE: "The request is too large",
    Kind.UNAVAILABLE: "Try again shortly",
}

RETRY_AFTER_SECONDS: Final = 1
"""What a client should wait after an answer of the kind `unavailable`."""


def headers_of(refused: Refused) -> dict[str, str]:
    """The headers that tell a client what to do after a refusal: to authenticate, or to come again."""
    if refused.kind is Kind.UNAVAILABLE:
        return {"retry-after": str(RETRY_AFTER_SECONDS)}
    return {"www-authenticate": "Bearer"} if refused.kind is Kind.UNAUTHENTICATED else {}


def problem(refused: Refused, *, instance: str = "") -> dict[str, object]:
    """The refusal as a problem detail (RFC 9457). `code` is stable, `parameters` serve translations."""
    detail: dict[str, object] = {
        "type": f"urn:salesapi:problem:{refused.code}",
        "title": TITLES[refused.kind],
        "status": STATUS[refused.kind],
        "detail": refused.text,
        "code": refused.code,
    }
    if instance:
        detail["instance"] = instance
    if refused.pointer:
        detail["pointer"] = refused.pointer
    if refused.parameters:
        detail["parameters"] = {name: _plain(value) for name, value in refused.parameters.items()}
    return detail


def _plain(value: Parameter) -> object:
    return value if isinstance(value, str | int) or value is None else list(value)
