"""Pipelines: versions that never change, and stage models that can work."""

from dataclasses import replace
from decimal import Decimal
from typing import Final

import pytest

from salesapi.domain.selling import pipelines
from salesapi.domain.shared.kernel import ThingExists
from tests.domain.examples import PIPELINE_EVENTS, STAGES, WAYS
from tests.spec import SUBJECT, folded, given

DEFINED: Final = pipelines.PipelineDefined(key="standard", name="Standard", external_id=None)
PUBLISH: Final = pipelines.PublishPipelineVersion(pipeline_id=SUBJECT, stages=STAGES, transitions=WAYS)


def _way(stage_from: str, stage_to: str) -> pipelines.Transition:
    return pipelines.Transition(stage_from=stage_from, stage_to=stage_to)


def test_a_pipeline_is_defined_once() -> None:
    command = pipelines.DefinePipeline(key="standard", name="Standard")
    given().when(command).then(DEFINED)
    given(DEFINED).when(command).refused(ThingExists, pointer="/key")


def test_versions_count_from_one_and_the_earlier_ones_stay() -> None:
    first = pipelines.PipelineVersionPublished(pipeline_version=1, stages=STAGES, transitions=WAYS)
    given(DEFINED).when(PUBLISH).then(first)
    second = pipelines.PipelineVersionPublished(pipeline_version=2, stages=STAGES, transitions=WAYS[1:])
    given(DEFINED, first).when(replace(PUBLISH, transitions=WAYS[1:])).then(second)
    pipeline = folded(pipelines.Pipeline, "pipeline", DEFINED, first, second)
    assert pipeline.version(1).transitions == WAYS
    assert pipeline.version(2).transitions == WAYS[1:]


def test_a_retired_pipeline_takes_no_new_version_and_is_not_retired_again() -> None:
    retired = pipelines.PipelineRetired(reason="merged")
    given(DEFINED).when(pipelines.RetirePipeline(pipeline_id=SUBJECT, reason="merged")).then(retired)
    given(DEFINED, retired).when(pipelines.RetirePipeline(pipeline_id=SUBJECT, reason="again")).refused(
        pipelines.PipelineIsRetired
    )
    given(DEFINED, retired).when(replace(PUBLISH, stages=())).refused(pipelines.PipelineIsRetired)


CONTACT: Final = pipelines.Stage(key="contact", name="Contact", is_entry=True)
OFFER: Final = pipelines.Stage(key="offer", name="Offer")
WON: Final = pipelines.Stage(key="won", name="Won", category="won")
LOST: Final = pipelines.Stage(key="lost", name="Lost", category="lost")
GOOD_WAYS: Final = (_way("contact", "offer"), _way("offer", "won"), _way("offer", "lost"))

CONTRADICTIONS: Final[list[tuple[tuple[pipelines.Stage, ...], tuple[pipelines.Transition, ...], str]]] = [
    ((CONTACT, OFFER, OFFER, WON, LOST), (_way("x", "y"),), "two stages have the same key"),
    ((CONTACT, OFFER, LOST), (_way("contact", "legal"),), "a transition names the unknown stage legal"),
    ((CONTACT, OFFER, LOST), (_way("contact", "offer"),), "it needs at least one won and one lost end"),
    ((CONTACT, OFFER, WON), (_way("contact", "offer"),), "it needs at least one won and one lost end"),
    ((CONTACT, OFFER, WON, LOST), (*GOOD_WAYS, _way("won", "offer")), "a transition leaves the end won"),
    ((OFFER, WON, LOST), (_way("offer", "won"),), "no stage is an entry"),
    ((CONTACT, OFFER, replace(WON, is_entry=True), LOST), (_way("contact", "offer"),), "an end cannot be an entry"),
    (
        (
            replace(CONTACT, probability_percent=Decimal(20)),
            OFFER,
            replace(WON, probability_percent=Decimal(100)),
            LOST,
        ),
        GOOD_WAYS,
        "the end won states a probability, though nothing is open there",
    ),
    ((CONTACT, OFFER, WON, LOST), GOOD_WAYS[:2], "the stage lost cannot be reached"),
    (
        (CONTACT, OFFER, WON, LOST),
        (_way("contact", "won"), _way("contact", "lost"), _way("offer", "won")),
        "the stage offer cannot be reached",
    ),
]


@pytest.mark.parametrize(("stages", "transitions", "reason"), CONTRADICTIONS)
def test_a_stage_model_that_contradicts_itself_names_its_first_fault(
    stages: tuple[pipelines.Stage, ...], transitions: tuple[pipelines.Transition, ...], reason: str
) -> None:
    command = pipelines.PublishPipelineVersion(pipeline_id=SUBJECT, stages=stages, transitions=transitions)
    refused = given(DEFINED).when(command).refused(pipelines.PipelineInvalid, pointer="/stages")
    assert refused.parameters["reason"] == reason


DIRECTIONS: Final[list[tuple[str, str, pipelines.Direction | None]]] = [
    ("contact", "need", "forward"),
    ("contact", "offer", "skip"),
    ("need", "contact", "backward"),
    ("offer", "won", "forward"),
    ("contact", "lost", "forward"),
    ("offer", "contact", None),
    ("contact", "won", None),
]


@pytest.mark.parametrize(("stage_from", "stage_to", "direction"), DIRECTIONS)
def test_the_direction_of_a_transition_follows_from_the_order_of_stages(
    stage_from: str, stage_to: str, direction: pipelines.Direction | None
) -> None:
    pipeline = folded(pipelines.Pipeline, "pipeline", *PIPELINE_EVENTS)
    assert pipeline.version(1).direction(stage_from=stage_from, stage_to=stage_to) == direction


def test_a_skip_names_the_open_stages_between_and_losing_skips_nothing() -> None:
    pipeline = folded(pipelines.Pipeline, "pipeline", *PIPELINE_EVENTS)
    assert pipeline.version(1).skipped(stage_from="contact", stage_to="offer") == ("need",)
    assert pipeline.version(1).skipped(stage_from="contact", stage_to="lost") == ()


def test_an_end_is_found_only_where_a_transition_leads_to_it() -> None:
    pipeline = folded(pipelines.Pipeline, "pipeline", *PIPELINE_EVENTS)
    assert pipeline.version(1).end("won", "offer") == STAGES[3]
    assert pipeline.version(1).end("won", "need") is None
    assert pipeline.version(1).end("lost", "offer") is None
