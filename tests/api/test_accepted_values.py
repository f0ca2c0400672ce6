"""Any value that a command accepts leaves every read answering: no row breaks a list, a report or a follower for all.

Values at the bounds of each field's type are sent through the write path, as of today and as before there were bounds of time;
then everything is asked. The requests and the questions follow from the declarations, the choice from a printed seed.
"""

import itertools
import os
from datetime import date, datetime
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID

import pytest

from salesapi.audit.exporting import export
from salesapi.audit.sealing import seal_all
from salesapi.audit.verdict import Status
from salesapi.audit.verifying import verify_export
from salesapi.domain.catalogue import route
from salesapi.domain.shared.kernel import BusinessTime
from salesapi.domain.shared.time_bounds import TimeBounds
from salesapi.embedded.postgresql import EmbeddedPostgreSQL
from salesapi.eventlog.codec import Codec
from salesapi.eventlog.upcasts import UPCASTS
from tests.api.boundary_values import Change, all_on, amounts_at_most, at_bounds
from tests.api.companies import settled
from tests.api.everything_read import Reading
from tests.api.graphql_client import CATALOGUE
from tests.api.one_of_each import filled
from tests.api.parity.request import LOCKED_AWAY, Sent
from tests.api.parity.requests import REQUESTS
from tests.api.scope_company import scoped_company
from tests.service import Service

NUMBERS = itertools.count(1)
SEED = int(os.environ.get("ACCEPTED_SEED", "20261201"))
ROUNDS = int(os.environ.get("ACCEPTED_ROUNDS", "1"))
"""How often each story is told, beside the tellings that leave nothing to chance."""
TRIES = 3
"""How often a field of a request is put at a bound before the request goes out as it is."""
KEYS = ("key", "code", "number")
"""Fields by which a thing is known: each round has its own."""
STORY = (*(sent for sent in REQUESTS if not sent.code), *(Sent(name, values) for name, values in LOCKED_AWAY.items()))
TOLD = (amounts_at_most,)
TOLD_BEFORE = (all_on(date.max), all_on(date.min))


class Unbounded(TimeBounds):
    """As before there were bounds."""

    def refuse_beyond(self, command: object, occurred: BusinessTime | None, now: datetime) -> None:
        """Refuses nothing."""


async def given(service: Service, sent: Sent, values: dict[str, Any]) -> str | None:
    """Gives a command with these values; answers the id of its thing, or None where it is refused."""
    stream, kind = CATALOGUE.command(sent.command)
    values = dict(values)
    target = {kind.target: values.pop(kind.target)} if kind.target else {}
    answer = await service.post(route(stream, kind).format(**target), values, role=sent.role)
    assert answer.status_code < 500, (sent.command, values, answer.text)
    return str(answer.json()["id"]) if answer.status_code < 300 else None


async def told_at_bounds(random: Random, service: Service, change: Change, name: str) -> int:
    """Tells the story of all commands once, each with a field at a bound where that is accepted; how many of these were."""
    accepted, today = 0, service.core.clock.now().date()
    for sent in STORY:
        values = filled(service, sent.values)
        _, kind = CATALOGUE.command(sent.command)
        if kind.target is None:
            values |= {key: f"{values[key]}-{name}" for key in KEYS if key in values}
        id = None
        for _ in range(TRIES if change is at_bounds else 1):
            changed = change(random, kind.command, values, today)
            made = await given(service, sent, changed)
            accepted += made is not None
            id = made or id
        id = id or await given(service, sent, values)
        if sent.name and id is not None:
            service.ids[sent.name] = UUID(id)
    return accepted


@pytest.mark.parametrize("is_bounded", [True, False])
async def test_any_value_that_is_accepted_leaves_every_read_answering(
    postgresql: EmbeddedPostgreSQL, tmp_path: Path, is_bounded: bool
) -> None:
    print(f"seed {SEED}")  # noqa: T201 - pytest shows it with a failure
    random = Random(SEED)
    async with scoped_company(postgresql, tmp_path, f"accepted_{next(NUMBERS)}") as company:
        service, accepted = company.service, 0
        if not is_bounded:
            service.core.handling._bounds = Unbounded(first_on=date.min)
        changes = (*(TOLD if is_bounded else TOLD_BEFORE), *[at_bounds] * ROUNDS)
        for number, change in enumerate(changes):
            accepted += await told_at_bounds(random, service, change, str(number))
        print(f"accepted {accepted}")  # noqa: T201
        assert accepted > 200, "hardly anything at a bound was accepted"
        await settled(service)
        assert (await service.client.get("/readyz")).json()["stopped"] == []
        faults: list[str] = []
        for role in ("admin",) if is_bounded else ("admin", "rep"):
            reading = Reading(service, role)
            await reading.everything()
            await reading.by_graphql({name: str(id) for name, id in service.ids.items()})
            print(f"{role} was answered {dict(reading.statuses)}")  # noqa: T201
            faults += reading.faults
        await seal_all(service.urls.application_url)
        await export(service.urls.application_url, tmp_path / "log.jsonl")
        verdict = verify_export(tmp_path / "log.jsonl", Codec(service.core.catalogue.event_types(), None, UPCASTS))
        assert verdict.status is Status.PROVEN, verdict
        assert not faults, f"{len(faults)} faults, such as\n" + "\n".join(faults[:20])
