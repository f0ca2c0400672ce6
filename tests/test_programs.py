"""What is read out of the standard error of programs: everything counts, but that a database answered late."""

import json

import pytest

from tests.programs import complaints_in


def line(message: str, level: str = "warning") -> str:
    return json.dumps({"at": "2026-03-02T00:00:00.000+00:00", "level": level, "logger": "salesapi", "message": message})


@pytest.mark.parametrize(
    "message",
    [
        "event log writer: cannot connect to PostgreSQL (TimeoutError); trying again",
        "event log listener: lost its connection to PostgreSQL (TimeoutError); connecting again",
        "read.deal_v1_g1: cannot reach PostgreSQL (TimeoutError)",
        "the leads were not renewed: TimeoutError",
    ],
)
def test_a_database_that_answers_late_is_no_complaint(message: str) -> None:
    assert complaints_in(line(message) + "\n") == []
    assert complaints_in(line(message, level="error")) != []
    assert complaints_in(message) == [message]


@pytest.mark.parametrize(
    "message",
    [
        "event log writer: cannot connect to PostgreSQL (ConnectionRefusedError); trying again",
        "a page after position 3 does not decode: looking for the event",
        "Task exception was never retrieved",
    ],
)
def test_everything_else_is_one(message: str) -> None:
    text = "\n".join(
        (line("event log writer: cannot connect to PostgreSQL (TimeoutError); trying again"), line(message))
    )
    assert complaints_in(text) == [line(message)]
