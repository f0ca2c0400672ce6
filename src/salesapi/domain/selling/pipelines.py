"""Pipelines: the stage model of a sales process as versioned data. Stream `pipeline`; a published version never changes.

A deal pins the version it was opened under. Stages stand in their order; a transition that jumps over an open stage is a
skip, one that leads to an earlier stage is backward, and both ask for a permission and a reason when they are used.
"""

from typing import Annotated, Final, Literal, TypeAlias, assert_never
from uuid import UUID

from annotated_types import Ge, Le, MaxLen, MinLen

from salesapi.domain.shared.declarations import Stream, changes, creates
from salesapi.domain.shared.kernel import (
    About,
    Context,
    ExternalId,
    Key,
    Kind,
    Reason,
    Recorded,
    Refused,
    Title,
    external_identity,
    record,
    refuse_existing,
    roles,
)
from salesapi.domain.shared.money import Exact
from salesapi.domain.shared.states import made_from, replace

STAGES_MAX: Final = 30
"""Most stages in one pipeline version."""
TRANSITIONS_MAX: Final = 300

StageCategory: TypeAlias = Literal["open", "won", "lost"]
Direction: TypeAlias = Literal["forward", "skip", "backward"]
RequiredField: TypeAlias = Literal["customer_id", "amount_minor", "expected_close_on", "lines", "reason"]


@record
class Stage:
    """One node of the process."""

    key: Annotated[Key, About("Stable name of the stage, for example `proposal`.")]
    name: Annotated[Title, About("Name shown to people.")]
    category: Annotated[StageCategory, About("`open`, or an end: `won` or `lost`.")] = "open"
    is_entry: Annotated[bool, About("Deals may be opened in this stage.")] = False
    required_fields: Annotated[
        tuple[RequiredField, ...], MaxLen(20), About("What must be known to enter it; `reason` is that of the closing.")
    ] = ()
    required_attributes: Annotated[
        tuple[Key, ...], MaxLen(20), About("Attributes of the deal that must be known to enter this stage.")
    ] = ()
    probability_percent: Annotated[
        Annotated[Exact, Ge(0), Le(100)] | None,
        About("How likely a deal in this stage is won, in percent; null: not stated. An end states none."),
    ] = None


@record
class Transition:
    """One way from a stage to another."""

    stage_from: Annotated[Key, About("Key of the stage that is left.")]
    stage_to: Annotated[Key, About("Key of the stage that is entered.")]


@record
class PipelineDefined:
    """A pipeline was named; it has no version yet."""

    key: str
    name: str
    external_id: ExternalId | None


@record
class PipelineVersionPublished:
    """A version of the stage model is in force for deals opened from now on."""

    pipeline_version: int
    stages: tuple[Stage, ...]
    transitions: tuple[Transition, ...]


@record
class PipelineRetired:
    """No new deals; running ones go on."""

    reason: str


@record
class DefinePipeline:
    """Names a new pipeline. It can be used once a version of it is published."""

    key: Annotated[Key, About("Stable name, unique among pipelines.")]
    name: Annotated[Title, About("Name shown to people.")]
    external_id: Annotated[ExternalId | None, About("Its id in another system.")] = None


@record
class PublishPipelineVersion:
    """Publishes the next version of a pipeline. Running deals keep the version they were opened under."""

    pipeline_id: Annotated[UUID, About("The pipeline.")]
    stages: Annotated[tuple[Stage, ...], MinLen(3), MaxLen(STAGES_MAX), About("All stages, in their order.")]
    transitions: Annotated[
        tuple[Transition, ...],
        MinLen(1),
        MaxLen(TRANSITIONS_MAX),
        About("All ways between stages; no other way is open."),
    ]


@record
class RetirePipeline:
    """Closes a pipeline to new deals."""

    pipeline_id: Annotated[UUID, About("The pipeline.")]
    reason: Annotated[Reason, About("Why it is retired.")]


class PipelineInvalid(Refused):
    """The stage model contradicts itself."""

    code = "pipeline.invalid"
    kind = Kind.RULE
    message = "The stage model cannot work: {reason}."


class PipelineIsRetired(Refused):
    """The pipeline is closed to new deals and versions."""

    code = "pipeline.retired"
    message = "The pipeline {name} is retired."


@record
class PipelineVersion:
    """One published stage model."""

    number: int
    stages: tuple[Stage, ...]
    transitions: tuple[Transition, ...]

    def stage(self, key: str) -> Stage | None:
        """The stage with this key."""
        return next((stage for stage in self.stages if stage.key == key), None)

    def direction(self, *, stage_from: str, stage_to: str) -> Direction | None:
        """Tells how one gets from a stage to another, or None where no transition is defined."""
        if Transition(stage_from=stage_from, stage_to=stage_to) not in self.transitions:
            return None
        keys = [stage.key for stage in self.stages]
        first, last = keys.index(stage_from), keys.index(stage_to)
        if last < first:
            return "backward"
        return "skip" if self.skipped(stage_from=stage_from, stage_to=stage_to) else "forward"

    def skipped(self, *, stage_from: str, stage_to: str) -> tuple[str, ...]:
        """Open stages between the two, in order; none on the way to a lost end, which leaves the process anywhere."""
        keys = [stage.key for stage in self.stages]
        target = self.stages[keys.index(stage_to)]
        between = self.stages[keys.index(stage_from) + 1 : keys.index(stage_to)]
        return () if target.category == "lost" else tuple(stage.key for stage in between if stage.category == "open")

    def end(self, category: StageCategory, stage_from: str) -> Stage | None:
        """The end of this category that is reached from a stage by a defined transition."""
        reached = {way.stage_to for way in self.transitions if way.stage_from == stage_from}
        return next((stage for stage in self.stages if stage.category == category and stage.key in reached), None)


@record
class Pipeline:
    """A pipeline and all its published versions."""

    key: str
    name: str
    versions: tuple[PipelineVersion, ...] = ()
    is_retired: bool = False
    external: ExternalId | None = None

    def version(self, number: int) -> PipelineVersion:
        """A published version; versions count from 1."""
        return self.versions[number - 1]


def define(state: Pipeline | None, command: DefinePipeline, context: Context) -> tuple[PipelineDefined, ...]:
    """Decides `DefinePipeline`."""
    refuse_existing(state, context, "pipeline", pointer="/key")
    return (made_from(PipelineDefined, command),)


def publish(state: Pipeline, command: PublishPipelineVersion, context: Context) -> tuple[PipelineVersionPublished, ...]:
    """Decides `PublishPipelineVersion`: at least one won and one lost end, every stage reachable."""
    if state.is_retired:
        raise PipelineIsRetired(name=state.name)
    problem = _problem(command)
    if problem:
        raise PipelineInvalid(reason=problem, pointer="/stages")
    return (made_from(PipelineVersionPublished, command, pipeline_version=len(state.versions) + 1),)


def retire(state: Pipeline, command: RetirePipeline, context: Context) -> tuple[PipelineRetired, ...]:
    """Decides `RetirePipeline`."""
    if state.is_retired:
        raise PipelineIsRetired(name=state.name)
    return (PipelineRetired(reason=command.reason),)


def _problem(command: PublishPipelineVersion) -> str | None:
    keys = [stage.key for stage in command.stages]
    if len(set(keys)) != len(keys):
        return "two stages have the same key"
    unknown = sorted({k for way in command.transitions for k in (way.stage_from, way.stage_to)} - set(keys))
    if unknown:
        return f"a transition names the unknown stage {unknown[0]}"
    categories = {stage.key: stage.category for stage in command.stages}
    if not {"won", "lost"} <= set(categories.values()):
        return "it needs at least one won and one lost end"
    ended = next((w.stage_from for w in command.transitions if categories[w.stage_from] != "open"), None)
    if ended:
        return f"a transition leaves the end {ended}"
    entries = {stage.key for stage in command.stages if stage.is_entry}
    if not entries:
        return "no stage is an entry"
    if any(categories[entry] != "open" for entry in entries):
        return "an end cannot be an entry"
    reasoned = [stage.key for stage in command.stages if stage.category == "open" and "reason" in stage.required_fields]
    if reasoned:
        return f"the open stage {reasoned[0]} requires a reason, which only winning and losing have"
    certain = [each.key for each in command.stages if each.category != "open" and each.probability_percent is not None]
    if certain:
        return f"the end {certain[0]} states a probability, though nothing is open there"
    unreachable = [key for key in keys if key not in _reachable(entries, command.transitions)]
    return f"the stage {unreachable[0]} cannot be reached" if unreachable else None


def _reachable(entries: set[str], transitions: tuple[Transition, ...]) -> set[str]:
    reached = set(entries)
    while True:
        more = {way.stage_to for way in transitions if way.stage_from in reached} - reached
        if not more:
            return reached
        reached |= more


PipelineEvent: TypeAlias = PipelineDefined | PipelineVersionPublished | PipelineRetired


def evolve(state: Pipeline | None, event: PipelineEvent, recorded: Recorded) -> Pipeline:
    """Folds the stream to its state."""
    match event:
        case PipelineDefined():
            return Pipeline(key=event.key, name=event.name, external=event.external_id)
        case PipelineVersionPublished():
            assert state is not None
            version = PipelineVersion(number=event.pipeline_version, stages=event.stages, transitions=event.transitions)
            return replace(state, versions=(*state.versions, version))
        case PipelineRetired():
            assert state is not None
            return replace(state, is_retired=True)
        case _:
            assert_never(event)


def _identity(command: DefinePipeline) -> tuple[str, ...]:
    return external_identity(command) or ("key", command.key)


STREAM: Final = Stream[Pipeline, PipelineEvent](
    kind="pipeline",
    plural="pipelines",
    evolve=evolve,
    commands=(
        creates(DefinePipeline, decide=define, roles=roles("admin"), identity=_identity),
        changes(PublishPipelineVersion, decide=publish, roles=roles("admin"), target="pipeline_id"),
        changes(RetirePipeline, decide=retire, roles=roles("admin"), target="pipeline_id"),
    ),
)
