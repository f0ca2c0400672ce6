"""The query parameters of the receivables report: read, checked, and described for OpenAPI. Dates are business dates."""

from typing import Any, Final

from fastapi import Request
from pydantic import TypeAdapter, ValidationError

from salesapi.api.rest.parameters import MIN_POSITION, ParameterInvalid, camel, day, min_position, sent_once
from salesapi.api.rest.report_parameters import WINDOW_DESCRIBED, parameter
from salesapi.queries.cash.reports_receivables import BUCKET_DAYS, BUCKETS_MAX, ReceivablesQuestion
from salesapi.schemas.cash.receivables import ReceivablesFilter

GROUPINGS: Final = ("customer",)
_FILTERS: Final = TypeAdapter(ReceivablesFilter)
_KNOWN: Final = ("asOf", "customerId", "currency", "groupBy", "bucketDays", "from", "to", "minPosition")


class ReceivablesParameters:
    """The parameters of one request.

    Raises:
        ParameterUnknown, ParameterInvalid: at once, for parameters that the report does not have, or twice what is once.
    """

    def __init__(self, request: Request) -> None:
        self._sent = sent_once(request, _KNOWN, {"customerId"})
        self._query = request.query_params

    @property
    def min_position(self) -> int | None:
        """The position that the answer shall reflect.

        Raises:
            ParameterInvalid.
        """
        return min_position(self._sent)

    def question(self) -> ReceivablesQuestion:
        """The whole question.

        Raises:
            ParameterInvalid, FieldInvalid: with a pointer to the parameter.
        """
        as_of = day(self._sent, "asOf")
        if as_of is None:
            raise ParameterInvalid(name="asOf", reason="name the day of the report", pointer="/asOf")
        if self._sent.get("groupBy", *GROUPINGS) not in GROUPINGS:
            raise ParameterInvalid(name="groupBy", reason=f"it is {', '.join(GROUPINGS)}", pointer="/groupBy")
        return ReceivablesQuestion(
            as_of=as_of,
            filter=self._filter(),
            by_customer="groupBy" in self._sent,
            bucket_days=self._bucket_days(),
            window_from=day(self._sent, "from"),
            window_to=day(self._sent, "to"),
        )

    def _filter(self) -> ReceivablesFilter:
        values: dict[str, object] = {"currency": self._sent.get("currency")}
        if "customerId" in self._sent:
            values["customer_id"] = self._query.getlist("customerId")
        try:
            return _FILTERS.validate_python(values)
        except ValidationError as error:
            first = error.errors(include_input=False, include_url=False)[0]
            name = camel(str(first["loc"][0]))
            raise ParameterInvalid(name=name, reason=first["msg"], pointer=f"/{name}") from None

    def _bucket_days(self) -> tuple[int, ...]:
        if "bucketDays" not in self._sent:
            return BUCKET_DAYS
        texts = self._sent["bucketDays"].split(",")
        if not all(text.isascii() and text.isdigit() for text in texts):
            raise ParameterInvalid(name="bucketDays", reason="days stand with commas: 30,60,90", pointer="/bucketDays")
        return tuple(int(text) for text in texts)


_PROPERTIES: Final[dict[str, Any]] = _FILTERS.json_schema()["properties"]
_DAY: Final = {"type": "string", "format": "date"}


def described_parameters() -> list[dict[str, Any]]:
    """The parameters as OpenAPI shows them."""
    as_of = {**parameter("asOf", _DAY, "What is open at the end of this day."), "required": True}
    customers = _without_null(_PROPERTIES["customer_id"])
    currency = _without_null(_PROPERTIES["currency"])
    days = f"Last day overdue of each bucket but the open one, at most {BUCKETS_MAX}, with commas."
    return [
        as_of,
        parameter("customerId", customers, _PROPERTIES["customer_id"]["description"]),
        parameter("currency", currency, _PROPERTIES["currency"]["description"]),
        parameter("groupBy", {"type": "string", "enum": [*GROUPINGS]}, "By customer; without it all together."),
        parameter("bucketDays", {"type": "string", "default": ",".join(map(str, BUCKET_DAYS))}, days),
        *WINDOW_DESCRIBED,
        MIN_POSITION,
    ]


def _without_null(schema: dict[str, Any]) -> dict[str, Any]:
    """A field's schema without its null: a parameter is absent instead."""
    inner: dict[str, Any] = next(each for each in schema["anyOf"] if each.get("type") != "null")
    return inner
