"""What a decider may read while one request is decided: what was asked for, and nothing else."""

import pytest

from salesapi.commands.stream_states import Folded
from salesapi.commands.work import Work
from salesapi.domain.shared.kernel import StreamRef
from tests.spec import uid

ASKED = StreamRef("customer", uid(1))
UNKNOWN = StreamRef("customer", uid(2))
FOREIGN = StreamRef("customer", uid(3))
UNASKED = StreamRef("customer", uid(4))


def work() -> Work:
    states = {ASKED: Folded(1, "a customer"), UNKNOWN: Folded(0, None), FOREIGN: Folded(1, "somebody else's")}
    return Work(is_foreign=lambda ref, state: ref == FOREIGN, states=states)


def test_what_was_asked_for_is_known_unless_it_is_not_there_or_foreign() -> None:
    assert [work().state(ref) for ref in (ASKED, UNKNOWN, FOREIGN)] == ["a customer", None, None]


def test_a_decider_that_reads_what_nobody_asked_for_fails_by_name() -> None:
    with pytest.raises(LookupError, match=r"kind='customer'.*needs"):
        work().state(UNASKED)


def test_needs_see_what_is_loaded_so_far() -> None:
    assert [work().so_far().state(ref) for ref in (ASKED, UNASKED)] == ["a customer", None]
