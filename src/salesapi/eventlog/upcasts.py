"""What brings payloads of earlier schemas up to date as they are read; stored bytes never change.

`payout_run.statement_issued` and `points.posted` held a sentence (`formula`) in schema 1. It is all that is known of why an old
line comes to what it does: a reason of the kind `stated`. The rate beside it stays as it was said.
"""

from typing import Final

from salesapi.domain.pay.reasons.reason_form import STATED
from salesapi.eventlog.codec import Tree, Upcast


def _statement_with_reasons(tree: Tree) -> Tree:
    lines = tree["lines"]
    assert isinstance(lines, list), "lines are a list in every schema"
    return {**tree, "lines": [_with_reason(line) for line in lines]}


def _with_reason(tree: Tree) -> Tree:
    """What holds a sentence, with that as its reason."""
    return {name: value for name, value in tree.items() if name != "formula"} | {"reason": _stated(tree["formula"])}


def _stated(sentence: object) -> Tree:
    return {"kind": STATED, "inputs": [{"name": "text", "value": sentence}], "terms": []}


UPCASTS: Final = (
    Upcast(type="payout_run.statement_issued", from_schema=1, apply=_statement_with_reasons),
    Upcast(type="points.posted", from_schema=1, apply=_with_reason),
)
"""From each earlier schema to the next one."""
