"""One thing of each kind in a company, made by the requests of the parity list, and a right request of each command."""

from typing import Any

from salesapi.domain.catalogue import route
from tests.api.graphql_client import CATALOGUE
from tests.api.nonsense import NOBODY
from tests.api.parity.request import LOCKED_AWAY
from tests.api.parity.requests import REQUESTS
from tests.service import Service


async def one_of_each(service: Service) -> None:
    """One thing of each kind, so that what is sent afterwards reaches the deciders."""
    for sent in REQUESTS:
        if sent.name and not sent.code:
            stream, kind = CATALOGUE.command(sent.command)
            answer = await service.post(route(stream, kind), filled(service, sent.values))
            service.ids[sent.name] = answer.json().get("id", NOBODY)


def filled(service: Service, value: Any) -> Any:
    """The values with the company's ids."""
    if isinstance(value, dict):
        return {key: filled(service, inner) for key, inner in value.items() if key != "external_id"}
    if isinstance(value, list):
        return [filled(service, inner) for inner in value]
    is_name = isinstance(value, str) and value.startswith("$")
    return str(service.ids.get(value[1:], NOBODY)) if is_name else value


SAMPLES = {sent.command: sent.values for sent in REQUESTS if not sent.code} | LOCKED_AWAY
