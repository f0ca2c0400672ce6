"""What a verification found, and how it is said. Pure, no clock. Positions and lines count from 1."""

from dataclasses import dataclass, field
from enum import IntEnum
from typing import Final

FINDINGS_MAX: Final = 20
"""Most findings of one rank that are told one by one; of the others only the number."""


class Status(IntEnum):
    """The outcome; its number is the exit status of `salesapi verify`."""

    PROVEN = 0
    REFUTED = 1
    NOT_ENOUGH_EVIDENCE = 2


class Rank(IntEnum):
    """The narrowness with which a finding names its place: the narrowest is told first."""

    EVENT = 0
    PAY = 1
    RANGE = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """The place of a fault: an event, or events from one position to another, and the line in an export."""

    position: int | None = None
    last_position: int | None = None
    line: int | None = None

    def __str__(self) -> str:
        """For people."""
        parts = [] if self.line is None else [f"line {self.line}"]
        if self.position is not None and self.last_position is not None:
            parts.append(f"between positions {self.position} and {self.last_position}")
        elif self.position is not None:
            parts.append(f"position {self.position}")
        return ", ".join(parts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that does not hold, with its place."""

    rank: Rank
    place: Place
    reason: str

    def __str__(self) -> str:
        """For people."""
        return f"{self.place}: {self.reason}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The outcome, the narrowest place that is wrong, and the text for people, a line each."""

    status: Status
    place: Place | None
    lines: tuple[str, ...]

    def __str__(self) -> str:
        """The whole text."""
        return "\n".join(self.lines)


@dataclass(slots=True)
class Findings:
    """The findings so far. Bounded: of many findings the first are kept and the others counted."""

    kept: list[Finding] = field(default_factory=list)
    dropped: int = 0
    missing_evidence: list[str] = field(default_factory=list)
    """Why something could be neither proven nor refuted."""
    notes: list[str] = field(default_factory=list)
    """What was proven, and what the reader should know."""

    def add(self, rank: Rank, place: Place, reason: str) -> None:
        """Takes a finding in."""
        if sum(finding.rank is rank for finding in self.kept) < FINDINGS_MAX:
            self.kept.append(Finding(rank=rank, place=place, reason=reason))
        else:
            self.dropped += 1

    def verdict(self, subject: str) -> Verdict:
        """The outcome of the whole: one finding refutes, whatever else is missing."""
        found = sorted(self.kept, key=lambda finding: finding.rank)
        told = [str(finding) for finding in found]
        if self.dropped:
            told.append(f"and {self.dropped} more")
        status = Status.REFUTED if found else Status.NOT_ENOUGH_EVIDENCE if self.missing_evidence else Status.PROVEN
        heading = f"{status.name.replace('_', ' ')}: {subject}"
        lines = (heading, *told, *self.missing_evidence, *(() if found else self.notes))
        return Verdict(status=status, place=found[0].place if found else None, lines=lines)
