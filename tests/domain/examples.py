"""Fixed things that the examples of the domain speak of: members, a pipeline, a deal, and the facts that go with them."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Final

from salesapi.domain.selling.deals import DealOpened
from salesapi.domain.selling.pipelines import PipelineDefined, PipelineVersionPublished, Stage, Transition
from salesapi.domain.shared.attributes import AttributeDefined, definitions_ref
from salesapi.domain.shared.kernel import Ref, StreamRef
from tests.spec import fold, uid
from tests.values_by_type import bare

ANNA: Final = uid(0xA1)
BORIS: Final = uid(0xA2)
ACME: Final = uid(0xC1)
PIPELINE: Final = uid(0xF1)
PRODUCT: Final = uid(0xE1)
LEAD: Final = uid(0xD1)
DEAL: Final = uid(0xDE)

STAGES: Final = (
    Stage(key="contact", name="First contact", is_entry=True),
    Stage(key="need", name="Need known", is_entry=True),
    Stage(key="offer", name="Offer", required_fields=("amount_minor",), required_attributes=("sector",)),
    Stage(key="won", name="Won", category="won", required_fields=("amount_minor", "customer_id")),
    Stage(key="lost", name="Lost", category="lost"),
)
WAYS: Final = tuple(
    Transition(stage_from=stage_from, stage_to=stage_to)
    for stage_from, stage_to in (
        ("contact", "need"),
        ("need", "offer"),
        ("contact", "offer"),
        ("need", "contact"),
        ("offer", "won"),
        ("contact", "lost"),
        ("need", "lost"),
    )
)
"""A lost end is not reached from `offer`, nor a won end from elsewhere than `offer`."""
PIPELINE_EVENTS: Final = (
    PipelineDefined(key="standard", name="Standard", external_id=None),
    PipelineVersionPublished(pipeline_version=1, stages=STAGES, transitions=WAYS),
)
DEFINITIONS: Final = (
    AttributeDefined(of="deal", key="sector", name="Sector", value_type="text", choices=(), definition_version=1),
    AttributeDefined(of="deal", key="seats", name="Seats", value_type="number", choices=(), definition_version=1),
)
THERE: Final = object()
"""Stands for the state of a thing that exists and is only asked for."""

FACTS: Final[dict[Ref, object]] = {
    StreamRef("pipeline", PIPELINE): fold("pipeline", PIPELINE_EVENTS),
    definitions_ref("deal"): fold("attribute_definition", DEFINITIONS),
    StreamRef("member", ANNA): THERE,
    StreamRef("member", BORIS): THERE,
    StreamRef("customer", ACME): THERE,
    StreamRef("lead", LEAD): THERE,
    StreamRef("deal", DEAL): THERE,
    StreamRef("product", PRODUCT): THERE,
}

OPENED: Final = bare(
    DealOpened, title="Machines for Acme", pipeline_id=PIPELINE, pipeline_version=1, stage="contact", owner_id=ANNA
)
OFFERED: Final = replace(
    OPENED, stage="offer", customer_id=ACME, amount_minor=125_000, currency="CNY", expected_close_on=date(2026, 6, 30)
)
HUNDRED: Final = Decimal(100)
