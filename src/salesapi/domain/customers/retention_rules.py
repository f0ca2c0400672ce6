"""The retention rule: after how many years without business a person is proposed for erasure. Stream `retention_rule`, one.

A version holds until the next; nothing is erased by it. Who is due is a report; an erasure is asked for and confirmed by people
(`persons.py`).
"""

from datetime import date
from typing import Annotated, Final, TypeAlias

from annotated_types import Ge, Le, MaxLen, MinLen

from salesapi.domain.customers.persons import PersonKind
from salesapi.domain.shared.declarations import Stream, creates
from salesapi.domain.shared.kernel import (
    About,
    Context,
    Reason,
    Recorded,
    Refused,
    StreamRef,
    natural_id,
    record,
    roles,
)
from salesapi.domain.shared.states import business_date, made_from, replace

YEARS_MAX: Final = 100
VERSIONS_MAX: Final = 500
KINDS_MAX: Final = 3
IDENTITY: Final = ("company",)
RETENTION_RULE: Final = StreamRef("retention_rule", natural_id("retention_rule", *IDENTITY))
"""The one rule of a log. It is read from its stream: there is no read model of it."""

Years: TypeAlias = Annotated[int, Ge(1), Le(YEARS_MAX)]


@record
class RetentionPeriod:
    """How long persons of one kind are kept."""

    kind: Annotated[PersonKind, About("`member`, `customer` (its contacts, too) or `lead`.")]
    years: Annotated[Years, About("Years after the last business with the person.")]


@record
class RetentionVersion:
    """One version of the rule."""

    number: Annotated[int, About("Its number, from 1.")]
    periods: Annotated[tuple[RetentionPeriod, ...], About("By kind; a kind that is not named is kept.")]
    reason: Annotated[str, About("Why.")]
    published_on: Annotated[date | None, About("Business date of the publication.")]


@record
class RetentionRulePublished:
    number: int
    periods: tuple[RetentionPeriod, ...]
    reason: str


@record
class PublishRetentionRule:
    """Publishes how long persons are kept; the next version replaces it. Nothing is erased by itself."""

    periods: Annotated[tuple[RetentionPeriod, ...], MinLen(1), MaxLen(KINDS_MAX), About("By kind, each once.")]
    reason: Annotated[Reason, About("Why, for example the law that it follows.")]


class RetentionRuleKindRepeated(Refused):
    code = "retention_rule.kind_repeated"
    message = "The kind {kind} is named twice; name each once."


class RetentionRuleVersionsTooMany(Refused):
    code = "retention_rule.versions_too_many"
    message = "The rule has {limit} versions, the most that there can be."


@record
class RetentionRule:
    """The rule with all its versions; the last one holds."""

    versions: tuple[RetentionVersion, ...] = ()


def publish(
    state: RetentionRule | None, command: PublishRetentionRule, context: Context
) -> tuple[RetentionRulePublished, ...]:
    """Decides `PublishRetentionRule`. What holds already is not published again."""
    kinds = [each.kind for each in command.periods]
    for number, kind in enumerate(kinds):
        if kind in kinds[:number]:
            raise RetentionRuleKindRepeated(kind=kind, pointer=f"/periods/{number}/kind")
    versions = state.versions if state else ()
    if versions and versions[-1].periods == command.periods:
        return ()
    if len(versions) >= VERSIONS_MAX:
        raise RetentionRuleVersionsTooMany(limit=VERSIONS_MAX)
    return (made_from(RetentionRulePublished, command, number=len(versions) + 1),)


def evolve(state: RetentionRule | None, event: RetentionRulePublished, recorded: Recorded) -> RetentionRule:
    """Folds the stream to its state."""
    known = state or RetentionRule()
    version = made_from(RetentionVersion, event, published_on=business_date(recorded))
    return replace(known, versions=(*known.versions, version))


STREAM: Final = Stream[RetentionRule, RetentionRulePublished](
    kind="retention_rule",
    plural="retention-rules",
    evolve=evolve,
    commands=(
        creates(
            PublishRetentionRule,
            decide=publish,
            roles=roles("finance", "admin"),
            identity=lambda command: IDENTITY,
            verb="publish",
        ),
    ),
)
