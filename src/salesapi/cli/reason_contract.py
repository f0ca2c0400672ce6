"""The table of all reasons of pay: what each kind follows from, and how it reads. Part of `salesapi contracts`."""

from collections.abc import Iterator
from dataclasses import fields
from typing import Final, get_args, get_origin, get_type_hints

from salesapi.domain.pay.reasons.reason_form import STATED, unit_of
from salesapi.domain.pay.reasons.reasons import KINDS
from salesapi.domain.pay.words.reason_words import PHRASES

HEAD: Final = """# Reasons of pay

Why a line of a statement, a quota or points come to what they do. `kind` and the names of inputs are stable; how a name
ends says its unit (`_minor` of the line's currency, `_percent`, `_count`, ...). An input that does not apply is left out.
Numbers are exact: a decimal, or where that has no end a fraction such as `10/3`.

What stands in braces is an input; one with `?` is said where it is there, and `{result}` is the exact amount of the line.
Sentences round: an amount to its currency's digits, unless four more show all of it; other numbers to four decimals; `≈`
stands before what is not all of it."""


def reason_contract() -> str:
    """The text of `openapi/reasons.md`."""
    rows = (f"| {' | '.join(row)} |" for row in _rows())
    return "\n".join([HEAD, "", "| kind | from | inputs | English | Chinese |", "|---|---|---|---|---|", *rows]) + "\n"


def _rows() -> Iterator[tuple[str, ...]]:
    for record, kind in KINDS.items():
        says = " ".join((record.__doc__ or "").split())
        yield f"`{kind}`", says, _inputs(record), *PHRASES[kind]
    yield f"`{STATED}`", "An old statement: all that is known is what it said.", "`text`", "{text}", "{text}"


def _inputs(record: type) -> str:
    """The names of a record, optional ones in parentheses, and those of its terms in brackets."""
    hints, found = get_type_hints(record), list[str]()
    for each in fields(record):
        if get_origin(hints[each.name]) is tuple:
            found.append(f"terms [{_inputs(get_args(hints[each.name])[0])}]")
        else:
            name = f"`{each.name}`" if unit_of(each.name) != "text" else f"`{each.name}` (text)"
            found.append(f"({name})" if each.default is None else name)
    return ", ".join(found)
