"""One request as both doors send it, and the values that many requests have."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Sent:
    """One request. `code` is the refusal that it meets; without it it is accepted."""

    command: str
    values: dict[str, Any] = field(default_factory=dict)
    role: str = "admin"
    name: str = ""
    code: str = ""
    pointer: str | None = None


def refused(
    command: str, values: dict[str, Any], code: str, pointer: str | None = None, *, role: str = "admin"
) -> Sent:
    """A request that is refused, where the place is said at this one."""
    return Sent(command, values, role=role, code=code, pointer=pointer)


def external(id: str) -> dict[str, Any]:
    """An external id."""
    return {"external_id": {"system": "crm", "id": id}}


MONEY = {"amount_minor": 125_000, "currency": "USD"}
MALFORMED = "request.malformed"
NOBODY = "00000000-0000-7000-8000-00000000dead"
LOCKED_AWAY: dict[str, dict[str, Any]] = {
    "LockPayoutRun": {"payout_run_id": "$run"},
    "InstructPayout": {"payout_run_id": "$run", "batch": "A", "payout_on": "2026-04-15", "member_ids": ["$rep"]},
    "ConfirmPayoutPaid": {
        "payout_run_id": "$run",
        "batch": "A",
        "external_reference": "bank 7",
        "paid_on": "2026-04-15",
        "member_ids": ["$rep"],
    },
    "ReportPayoutFailed": {"payout_run_id": "$run", "batch": "A", "member_id": "$rep", "reason": "Account closed"},
    "UpdatePayoutHold": {"payout_run_id": "$run", "objection_id": "$objection"},
}
"""Commands that need the sealer's root, or a run that was locked with it; no follower makes it here. Only refusals of theirs
are among the requests."""
STORED_DEAL = {"title": "Pilot", "pipeline_id": "$pipeline", "owner_id": "$rep"}
DEAL = {**STORED_DEAL, "stage": "engaging", **MONEY, "occurred_at": "2026-03-02"}
