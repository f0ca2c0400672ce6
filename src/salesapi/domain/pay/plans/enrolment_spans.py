"""Spans of an enrolment: days [from, until) on which a member holds components of a plan, and what is agreed for them (R56)."""

from collections.abc import Iterable
from dataclasses import field, replace
from datetime import date
from uuid import UUID

from salesapi.domain.pay.plans.enrolment_overrides import ComponentOverride
from salesapi.domain.shared.dates import is_within
from salesapi.domain.shared.kernel import record


@record
class Span:
    """One enrolment: a plan, its components, the days, and the values of one's own."""

    plan_id: UUID
    effective_from: date | None
    effective_until: date | None
    component_keys: tuple[str, ...] | None
    overrides: tuple[ComponentOverride, ...] = ()
    draw_minor: int | None = None
    position: int = field(default=0, compare=False)
    """Of the event that began it: what a line by its values rests on. 0 while it is only decided."""

    def contains(self, on: date) -> bool:
        """Tells whether this day is within the span; `effective_until` is the first day after it."""
        return is_within(on, effective_from=self.effective_from, effective_until=self.effective_until)

    def has_component(self, key: str) -> bool:
        """Tells whether it holds this component of the plan."""
        return self.component_keys is None or key in self.component_keys

    def override_of(self, key: str) -> ComponentOverride | None:
        """Finds what is agreed for a component; None where nothing is."""
        return next((override for override in self.overrides if override.component_key == key), None)


@record
class Overlap:
    """The things that a span would have twice: components (by key; all, where both have all) or a draw of one's own."""

    held: Span
    things: tuple[str, ...]
    is_draw: bool


def overlap_of(spans: Iterable[Span], new: Span) -> Overlap | None:
    """R56: one component of a plan is held at most once on any day, and so is a draw of one's own. Spans may touch."""
    for span in spans:
        if span.plan_id != new.plan_id or not _share_days(span, new):
            continue
        if shared := _shared_components(span, new):
            return Overlap(held=span, things=shared, is_draw=False)
        if span.draw_minor is not None and new.draw_minor is not None:
            return Overlap(held=span, things=("a draw of its own",), is_draw=True)
    return None


def _shared_components(one: Span, other: Span) -> tuple[str, ...]:
    if one.component_keys is None or other.component_keys is None:
        return one.component_keys or other.component_keys or ("all components",)
    return tuple(sorted({*one.component_keys} & {*other.component_keys}))


def _share_days(one: Span, other: Span) -> bool:
    return (one.effective_from or date.min) < (other.effective_until or date.max) and (
        other.effective_from or date.min
    ) < (one.effective_until or date.max)


def first_day_after(spans: tuple[Span, ...], left_on: date) -> date | None:
    """The first day after a leaving on which a span begins; None where none does."""
    begun = (span.effective_from for span in spans)
    return min((on for on in begun if on is not None and on > left_on), default=None)


def ended(spans: Iterable[Span], plan_id: UUID, until: date) -> tuple[Span, ...]:
    """Those of the plan that hold on the day end before it; those that begin on it fall."""

    def is_ended(span: Span) -> bool:
        return span.plan_id == plan_id and span.contains(until)

    return tuple(
        replace(span, effective_until=until) if is_ended(span) else span
        for span in spans
        if not (is_ended(span) and span.effective_from == until)
    )


def cut_at(spans: Iterable[Span], until: date) -> tuple[Span, ...]:
    """All of them end before the day; those that begin later fall."""
    return tuple(
        replace(span, effective_until=min(span.effective_until or until, until))
        for span in spans
        if span.effective_from is None or span.effective_from < until
    )
