"""Nonsense for the doors: values that no command means, put into requests that are right otherwise. Seeded, so repeatable."""

import json
from collections.abc import Iterator
from copy import deepcopy
from random import Random
from typing import Any

CANARY = "Canary-7f3a-0139"
"""A text that stands in no answer but that to an accepted request, and in no log."""
DEEP = "@deep@"
"""Stands for `DEPTH` nested lists, which a JSON writer would refuse to write."""
DEPTH = 5_000
NOBODY = "00000000-0000-7000-8000-00000000dead"
VALUES: tuple[Any, ...] = (
    *(None, True, 0, -1, 2**31, 2**63, -(2**63) - 1, 2**64, 10**40, 1.5, 1e308, float("nan"), float("-inf")),
    *("", " ", "NaN", "Infinity", "-0", "1e999999999", "1e-999999999", "0" * 400, "x" * 70_000),
    *("a\u0000b", "\ud800", "\udfff tail", "\u202e\ufeff\U0001f4a5 需求", "' OR 1=1; --", "../../etc/passwd"),
    *(CANARY, NOBODY, "0001-01-01", "9999-12-31", "2026-02-31", "10000-01-01"),
    *("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "2026-01-01T00:00:00"),
    *([], [[]], [None], [{}] * 1_200, {}, {"a": 1}, {"$enc": {}}, DEEP),
)
ZONES: tuple[Any, ...] = ("", "UTC", "Etc/GMT-14", "Etc/GMT+12", "Mars/Base", "../zone", "a\u0000b", None, 1, CANARY)
INSTANTS: tuple[Any, ...] = (
    *("0001-01-01T00:00:00+14:00", "0001-01-01T00:00:00Z", "0001-01-01"),
    *("9999-12-31T23:59:59-12:00", "9999-12-31T23:59:59.999999Z", "9999-12-31"),
    *("2026-W01-1", "2026-01-01T00:00:00+23:59:59.999999", "now", 5, [], None),
)
TEXTS = (
    *("", "0", "-1", "101", "1e9", "²", "٣", "9" * 30, str(2**63), "NaN", "true", "null", "x" * 3_000),
    *("a\x00b", "%", "\\", "' OR 1=1; --", "\U0001f4a5", NOBODY, "0001-01-01", "9999-12-31", "2026-02-31"),
    *("garbage", "eyJ4Ijp9", "W10", CANARY),
)
"""What query parameters may be sent as."""


def nonsense(random: Random, values: dict[str, Any]) -> dict[str, Any]:
    """The values with one or two of them broken."""
    made: dict[str, Any] = json.loads(json.dumps(values))
    for _ in range(random.choice((1, 1, 2))):
        way = random.randrange(8)
        if way == 0:
            made[random.choice(("unknown", "id", "role", "__class__", "x" * 3_000, "\ud800"))] = 1
        elif way == 1:
            made["occurred_at"] = random.choice(INSTANTS)
            made["occurred_zone"] = random.choice(ZONES)
        else:
            _break(random, made)
    return made


def _break(random: Random, made: dict[str, Any]) -> None:
    places = list(_places(made))
    if not places:
        return
    holder, key = random.choice(places)
    if random.random() < 0.1:
        del holder[key]
    else:
        holder[key] = deepcopy(random.choice(VALUES))


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Everything that can be replaced, with what holds it."""
    for key, inner in list(value.items() if isinstance(value, dict) else enumerate(value)):
        yield value, key
        if isinstance(inner, dict | list):
            yield from _places(inner)


def as_text(random: Random, values: Any) -> bytes:
    """The values as a body that may hold what no JSON writer writes: NaN, lone surrogates, depth, a field twice."""
    text = json.dumps(values).replace(f'"{DEEP}"', "[" * DEPTH + "]" * DEPTH)
    if isinstance(values, dict) and values and random.random() < 0.05:
        twice = json.dumps(random.choice(list(values)))
        text = f"{{{twice}: 1, {text[1:]}"
    return text.encode()
