"""What the tests of plans share: how a problem is looked at."""

from salesapi.domain.pay.rules.tables import Problem


def check_problem(found: Problem | None, pointer: str, *, words: str = "") -> None:
    """There is a problem at this place, told with these words."""
    assert found is not None
    assert found.pointer == pointer
    assert words in found.reason
