"""How payloads of earlier schemas are read: one upcast from each schema to the next. The stored bytes never change.

An upcast knows the old form only by what stands here. It gets plain values and answers others; a payload that does not have the
next form after it cannot be read, and is told with its position.

`payout_run.statement_issued` and `points.posted` held a sentence (`formula`) in schema 1. It is all that is known of why an old
line comes to what it does: a reason of the kind `stated`. The rate beside it stays as it was said.
"""

from typing import Final

from salesapi.domain.pay.reasons.reason_form import STATED
from salesapi.eventlog.codec import Tree, Upcast

PLAIN_RATES: Final = {
    "rate_percent": ("flat", "rate_percent"),
    "deal_amount_minor": ("deal_amount", "amount_minor"),
    "unit_amount_minor": ("unit_amount", "amount_minor"),
    "rules": ("rules", "rules"),
}
"""The fields of a component of which one said what it pays, with the kind of rate and the field that they are of it."""
WHOLE_RATES: Final = ("individual", "tiers", "bonus", "margin_bands", "contract_terms", "residual", "matrix")
"""Such fields that are all of a rate, and named as its kind."""
MOVING: Final = ("accelerator", "decelerator", "rate_cap_percent")
RATE_OPTIONS: Final = {"flat": MOVING, "individual": MOVING, "contract_terms": ("rate_cap_percent",)}
"""The fields beside that are of a rate of these kinds, and were null with any other."""


def with_one_rate(published: Tree) -> Tree:
    """Brings `compensation_plan.version_published` from schema 1 to 2: a component holds its rate in one field, by its kind."""
    components = published.get("components")
    if not isinstance(components, list):
        return published
    return {**published, "components": [_component(each) if isinstance(each, dict) else each for each in components]}


def _component(stated: Tree) -> Tree:
    kept = {name: each for name, each in stated.items() if name not in {*PLAIN_RATES, *WHOLE_RATES, *MOVING}}
    rate: Tree = {}
    for name, (kind, field) in PLAIN_RATES.items():
        if stated.get(name) not in (None, []):
            rate = {"kind": kind, field: stated[name]}
    for kind in WHOLE_RATES:
        if isinstance(whole := stated.get(kind), dict):
            rate = {"kind": kind, **whole}
    options = RATE_OPTIONS.get(str(rate.get("kind")), ())
    return {**kept, "rate": {**rate, **{option: stated.get(option) for option in options}}}


def _statement_with_reasons(tree: Tree) -> Tree:
    lines = tree["lines"]
    assert isinstance(lines, list), "lines are a list in every schema"
    return {**tree, "lines": [_with_reason(line) for line in lines]}


def _with_reason(tree: Tree) -> Tree:
    """Puts a reason in place of the sentence that something holds."""
    return {name: value for name, value in tree.items() if name != "formula"} | {"reason": _stated(tree["formula"])}


def _stated(sentence: object) -> Tree:
    return {"kind": STATED, "inputs": [{"name": "text", "value": sentence}], "terms": []}


UPCASTS: Final = (
    Upcast(type="compensation_plan.version_published", from_schema=1, apply=with_one_rate),
    Upcast(type="payout_run.statement_issued", from_schema=1, apply=_statement_with_reasons),
    Upcast(type="points.posted", from_schema=1, apply=_with_reason),
)
"""All of them, in any order."""
