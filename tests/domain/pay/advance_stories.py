"""A plan that pays Ann 900.00 a quarter in advance (R34), for tests."""

from dataclasses import replace
from typing import Final

from salesapi.domain.pay.rules.draws import DrawInAdvance
from tests.domain.pay.commission_stories import ANN, Log, flat
from tests.domain.pay.reasons_said import english

LAW: Final = "clause 7 of the contract"
ADVANCE: Final = DrawInAdvance(
    advance_minor=90_000, compared_with="payable", negative_end="carried", on_leaving="still_owed"
)
COLLECTED: Final = replace(ADVANCE, negative_end="collected", collection_allowed_by=LAW)
NEXT: Final = ("advance of 900.00 for 2026Q3 = 900.00 USD", 90_000)


def advancing(advance: DrawInAdvance = ADVANCE) -> Log:
    """Ann always takes part; the run of 2025Q4 has paid 900.00 for 2026Q1."""
    log = Log().plan(flat("10"), advance=advance).enrol(ANN)
    assert log.lock("2025Q4")[ANN].total_minor == 90_000
    return log


def owing(advance: DrawInAdvance = ADVANCE) -> Log:
    """Ann earned 600.00 in 2026Q1 and carries 300.00; 900.00 are paid for 2026Q2."""
    log = advancing(advance)
    earn(log, 60_000, "2026Q1")
    log.lock("2026Q1")
    return log


def earn(log: Log, amount_minor: int, quarter: str, *, deal: int = 0) -> None:
    """One deal of Ann in a quarter that earns so much at 10 percent."""
    month = 3 * int(quarter[-1])
    log.win(deal or 0x100 + month, amount_minor * 10, f"{quarter[:4]}-{month:02}-01")


def drawn(log: Log, quarter: str) -> list[tuple[str, int]]:
    """Words and amount of Ann's lines that no deal has."""
    statement = log.statements(quarter).get(ANN)
    return [(english(line), line.posted_minor) for line in statement.lines if not line.deal_id] if statement else []


def begun_as(found: list[tuple[str, int]], expected: list[tuple[str, int]]) -> bool:
    """Tells whether these lines have these amounts, and words that begin so."""
    words = zip((words for words, _ in found), (words for words, _ in expected), strict=False)
    return [minor for _, minor in found] == [minor for _, minor in expected] and all(
        said.startswith(begun) for said, begun in words
    )
