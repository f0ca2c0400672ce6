"""The JSON Schema of what a compensation plan's version says, apart from OpenAPI: for editors, generators and reviewers.

Derived from the command that publishes a version. It is narrower than the doors in one thing: decimals are strings, so that no
reader turns a rate into a binary fraction. What no schema can say, such as gaps between tiers, is refused at publishing.
"""

from typing import Any, Final

from pydantic import TypeAdapter

from salesapi.domain.pay.plans.compensation_plans import PublishCompensationPlanVersion

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
DESCRIPTION: Final = (
    "What one version of a compensation plan says, as `POST /v1/compensation-plans/{plan_id}/publish-version` takes it. "
    "Amounts are whole minor units of the plan's currency, rates and shares are decimal strings in percent."
)
NOT_OF_THE_VERSION: Final = ("plan_id", "reason")
"""Fields of the command that say where and why, not what."""
DIGITS: Final = r"[0-9]{1,15}(\.[0-9]{1,12})?"
ABOVE_ZERO: Final = r"(?!0+(\.0+)?$)"


def plan_schema() -> dict[str, Any]:
    """The schema, draft 2020-12."""
    schema = TypeAdapter(PublishCompensationPlanVersion).json_schema()
    for name in NOT_OF_THE_VERSION:
        del schema["properties"][name]
    schema["required"] = [name for name in schema["required"] if name not in NOT_OF_THE_VERSION]
    named = {"$schema": DIALECT, "title": "CompensationPlanVersion", "description": DESCRIPTION}
    published: dict[str, Any] = _with_decimals({**named, **schema, **named})
    return published


def _with_decimals(schema: Any) -> Any:
    """The same with each decimal as a string of digits, in place of a number or any string."""
    if isinstance(schema, list):
        return [_with_decimals(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    choices = schema.get("anyOf", [])
    number = next((choice for choice in choices if choice.get("type") == "number"), None)
    if number is None:
        return {name: _with_decimals(each) for name, each in schema.items()}
    rest = [choice for choice in choices if choice.get("type") not in ("number", "string")]
    others = {name: each for name, each in schema.items() if name != "anyOf"}
    return {**others, "anyOf": [_decimal(number), *rest]} if rest else {**others, **_decimal(number)}


def _decimal(number: dict[str, Any]) -> dict[str, str]:
    """A decimal string within the bounds that numbers have here: any, from 0 on, or above 0."""
    if "exclusiveMinimum" in number:
        return {"type": "string", "pattern": f"^{ABOVE_ZERO}{DIGITS}$"}
    return {"type": "string", "pattern": f"^{'' if number['minimum'] == 0 else '-?'}{DIGITS}$"}
