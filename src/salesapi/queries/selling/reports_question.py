"""What a report is asked: filters over deals, one or two groupings, a business date, a window. The same for both doors.

Dates are local business dates; `..._from` and `..._to` are both inclusive. An empty filter restricts nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Final

from salesapi.domain.shared.kernel import Kind, Refused
from salesapi.schemas.selling.reports import ReportFilter

GROUPINGS_MAX: Final = 2
ATTRIBUTE_KEY_MAX: Final = 60
"""Longest key of an attribute, in characters."""
SHOWN_LENGTH_MAX: Final = 100
"""Of a grouping that is none, as much is shown in the refusal."""
ATTRIBUTE_PREFIX: Final = "attribute:"


class Dimension(StrEnum):
    """The dimension by which deals are grouped. Managers, teams and regions are the owner's by effective date."""

    PIPELINE = "pipeline"
    STAGE = "stage"
    OWNER = "owner"
    MANAGER = "manager"
    TEAM = "team"
    REGION = "region"
    PRODUCT = "product"
    PRODUCT_CATEGORY = "product_category"
    CUSTOMER = "customer"
    CAMPAIGN = "campaign"
    ATTRIBUTE = "attribute"
    OPENED_MONTH = "opened_month"
    OPENED_QUARTER = "opened_quarter"
    OPENED_YEAR = "opened_year"
    CLOSED_MONTH = "closed_month"
    CLOSED_QUARTER = "closed_quarter"
    CLOSED_YEAR = "closed_year"


BY_STAGE_ALREADY: Final = (Dimension.STAGE,)
"""What the reports by stage cannot be grouped by."""


class GroupingInvalid(Refused):
    """A grouping that this report does not have."""

    code = "report.grouping_invalid"
    kind = Kind.MALFORMED
    message = "Group by at most {most} of {known}, or attribute:<key> of the customer; {grouping} is none of them."


@dataclass(frozen=True, slots=True, kw_only=True)
class Grouping:
    """One dimension; `attribute_key` names the customer's attribute where it is one."""

    dimension: Dimension
    attribute_key: str | None = None

    @property
    def text(self) -> str:
        """As it is asked for and answered."""
        return f"{ATTRIBUTE_PREFIX}{self.attribute_key}" if self.attribute_key else str(self.dimension)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportQuestion:
    """A whole question. `as_of` is the end of a day; without it deals count as they are known now."""

    filter: ReportFilter = field(default_factory=ReportFilter)
    group_by: tuple[Grouping, ...] = ()
    as_of: date | None = None
    window_from: date | None = None
    window_to: date | None = None


def groupings(texts: Sequence[str], *, but: tuple[Dimension, ...] = ()) -> tuple[Grouping, ...]:
    """The groupings with these texts, in order.

    Raises:
        GroupingInvalid: where there are too many, or one is none.
    """
    found = tuple(grouping_named(text, but=but) for text in texts[: GROUPINGS_MAX + 1])
    if len(found) > GROUPINGS_MAX:
        raise _invalid(found[-1].text, but)
    return found


def grouping_named(text: str, *, but: tuple[Dimension, ...] = ()) -> Grouping:
    """The grouping with this text, unless the report leaves its dimension out.

    Raises:
        GroupingInvalid: where there is none.
    """
    key = text.removeprefix(ATTRIBUTE_PREFIX)
    if key != text and 0 < len(key) <= ATTRIBUTE_KEY_MAX and key.isprintable():
        return Grouping(dimension=Dimension.ATTRIBUTE, attribute_key=key)
    if text not in _known(but):
        raise _invalid(text, but)
    return Grouping(dimension=Dimension(text))


def _known(but: tuple[Dimension, ...]) -> list[str]:
    return [str(each) for each in Dimension if each not in (*but, Dimension.ATTRIBUTE)]


def _invalid(text: str, but: tuple[Dimension, ...]) -> GroupingInvalid:
    return GroupingInvalid(grouping=text[:SHOWN_LENGTH_MAX], known=_known(but), most=GROUPINGS_MAX, pointer="/groupBy")
