"""How many made cases a law is tried on: few while one works, all of them in CI or with `--laws full`.

The cases are the same in every run: seeds count from 0, and hypothesis derives its examples from the test itself.
"""

from typing import Final

from hypothesis import settings

EXAMPLES: Final = 300
"""Examples of a law that hypothesis tries, with the full budget."""
SMALL_PERCENT: Final = 10
FEWEST: Final = 10
"""Below so many cases nothing is saved."""

_percent = 100


def set_budget(*, is_full: bool) -> None:
    """Decides for the whole run; before the tests are imported."""
    global _percent
    _percent = 100 if is_full else SMALL_PERCENT
    settings.register_profile("laws", derandomize=True, deadline=None, max_examples=budget(EXAMPLES))
    settings.load_profile("laws")


def budget(cases: int) -> int:
    """Of so many cases in full, the number to try in this run."""
    return min(cases, max(cases * _percent // 100, FEWEST))


def described() -> str:
    """For the head of a report."""
    return f"laws: {_percent} % of their cases, seeds from 0 (all with --laws full or CI=true)"
