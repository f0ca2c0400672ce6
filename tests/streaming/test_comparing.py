"""What kind of fault it is where the stream is not the log: one letter stands for one message."""

import pytest

from salesapi.streaming.comparing import NOTHING, Kind, faults_of


def digests(messages: str) -> list[int]:
    """A dot is a place without a message."""
    return [NOTHING if message == "." else ord(message) for message in messages]


@pytest.mark.parametrize(
    ("stream", "faults"),
    [
        ("abcdefgh", {}),
        ("abcde", {}),
        ("abcXefgh", {4: "forged"}),
        ("abcdefghX", {9: "forged"}),
        ("abcdefghXZ", {9: "forged", 10: "forged"}),
        ("abcYefgh", {4: "altered"}),
        ("abc.efgh", {4: "lost"}),
        ("........", dict.fromkeys(range(1, 9), "lost")),
        ("abcefgh", {4: "lost"}),
        ("bcdefgh", {1: "lost"}),
        ("abcedfgh", {4: "swapped"}),
        ("hbcdefga", {1: "swapped", 8: "swapped"}),
        ("abccdefgh", {4: "doubled"}),
        ("abccefgh", {4: "doubled"}),
        ("abcdefghc", {9: "doubled"}),
        ("aXbcdefgh", {2: "forged"}),
        ("Xbc.efgY", {1: "forged", 4: "lost", 8: "altered"}),
    ],
)
def test_each_fault_is_named_once_with_its_place(stream: str, faults: dict[int, Kind]) -> None:
    log = "abcdefgh"
    # Only a Y says the id of the event in whose place it stands.
    with_own_id = {place for place, message in enumerate(stream, start=1) if message == "Y"}

    assert faults_of(digests(stream), expected=digests(log), with_own_id=with_own_id) == faults


def test_a_message_that_is_lost_in_the_middle_is_one_fault() -> None:
    log = list(range(1, 100_001))

    assert faults_of([*log[:500], *log[501:]], expected=log, with_own_id=set()) == {501: "lost"}
