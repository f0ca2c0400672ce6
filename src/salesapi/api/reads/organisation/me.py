"""Whom a key stands for, as the one who shows it is told. Read from nothing but the request's own authentication."""

from typing import Final

from salesapi.api.reads.question import InRest, Question, Reading, Whole
from salesapi.domain.organisation.principals import ROLES
from salesapi.domain.shared.kernel import record
from salesapi.schemas.organisation.principals import Me


@record
class Nothing:
    """Nothing is asked beyond the key."""


async def _me(reading: Reading, given: Nothing) -> Me:
    caller = reading.caller
    principal = caller.principal
    return Me(
        principal_id=principal.id,
        name=principal.name,
        roles=tuple(role for role in ROLES if role in principal.roles),
        permissions=tuple(sorted(principal.permissions)),
        member_id=principal.member_id,
        reach=principal.reach(),
        pay_reach=principal.pay_reach(),
        key_prefix=caller.key_prefix,
        key_expires_at=caller.key_expires_at,
    )


QUESTIONS: Final = (
    Question(
        name="me",
        answers=Whole(Me),
        arguments=Nothing,
        answer=_me,
        summary="Whom your key stands for, and what it may",
        reads=(),
        rest=InRest(path="/v1/me", refusals=(401, 422, 503)),
    ),
)
