"""Wire shape of why pay comes to what it does: data for programs, and a sentence for people in each language."""

from typing import Annotated

from salesapi.domain.pay.reasons.reason_form import ReasonUnit
from salesapi.domain.shared.kernel import About, record


@record
class ReasonInput:
    """One number or word that a result follows from."""

    name: Annotated[str, About("What it is, for example `rate_percent`; all names are in `openapi/reasons.md`.")]
    unit: Annotated[
        ReasonUnit,
        About(
            "`minor` units of the currency of the line, `percent`, another `number`, or a `text`: a word, day or period."
        ),
    ]
    value: Annotated[str, About("A number is exact: a decimal, or where that has no end a fraction such as `10/3`.")]


@record
class ReasonTerm:
    """One of several alike, such as a part of a base at its rate."""

    inputs: Annotated[tuple[ReasonInput, ...], About("What it is made of.")]


@record
class PayReason:
    """Why a result comes to what it does: as data, and as a sentence whose numbers are rounded for people."""

    kind: Annotated[
        str,
        About(
            "Which way it comes about, for example `rated_parts`; `stated` is a sentence of an old statement. It is stable."
        ),
    ]
    inputs: Annotated[tuple[ReasonInput, ...], About("What it follows from; what does not apply is left out.")]
    terms: Annotated[tuple[ReasonTerm, ...], About("Its terms, where it has any.")]
    english: Annotated[str, About("The reason in English.")]
    chinese: Annotated[str, About("The reason in Chinese.")]
