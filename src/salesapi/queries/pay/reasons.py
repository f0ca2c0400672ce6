"""How stored reasons are shown: with the unit of each input, and put into words."""

from salesapi.domain.pay.reasons import reason_form
from salesapi.domain.pay.reasons.reason_form import StoredReason, unit_of
from salesapi.domain.pay.words.reason_words import reason_in_words
from salesapi.schemas.pay.reasons import PayReason, ReasonInput, ReasonTerm


def shown_reason(reason: StoredReason, currency: str, exact_minor: str | None = None) -> PayReason:
    """The reason of a result; `exact_minor` is None where nothing is known yet, or where the reason names it itself."""
    return PayReason(
        kind=reason.kind,
        inputs=_inputs(reason.inputs),
        terms=tuple(ReasonTerm(inputs=_inputs(term.inputs)) for term in reason.terms),
        english=reason_in_words(reason, currency, exact_minor, "en"),
        chinese=reason_in_words(reason, currency, exact_minor, "zh"),
    )


def _inputs(inputs: tuple[reason_form.ReasonInput, ...]) -> tuple[ReasonInput, ...]:
    return tuple(ReasonInput(name=each.name, unit=unit_of(each.name), value=each.value) for each in inputs)
