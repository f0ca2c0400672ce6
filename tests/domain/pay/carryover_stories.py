"""Caps of 1,000.00 that carry over, and the lines of Ann under them, for tests."""

from dataclasses import replace

from tests.domain.pay.commission_stories import ANN, Log, flat
from tests.domain.pay.pay_terms import leavers
from tests.spec import uid

CARRIED = replace(flat("10"), cap_minor=100_000, cap_excess="carried")
DEFERRED = replace(flat("10"), deal_cap_minor=100_000, deal_cap_excess="deferred")
HALF_AND_PIPELINE = leavers("50", "0", 0, pipeline="100", pipeline_days=300)


def posted(log: Log, period: str) -> list[tuple[str, int, int]]:
    """Rule, deal and amount of each of Ann's lines; corrections have the rule R53."""
    found = log.statements(period).get(ANN)
    lines = found.lines if found is not None else ()
    return [(line.rule, line.deal_id.int if line.deal_id is not None else 0, line.posted_minor) for line in lines]


def of_deals(*lines: tuple[str, int, int]) -> list[tuple[str, int, int]]:
    """The same with the numbers of deals as ids."""
    return [(rule, uid(deal).int, minor) for rule, deal, minor in lines]
