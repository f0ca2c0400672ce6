"""What must hold for every event of a log, checked one by one: position, hash, stream version, record time, and roots.

Works on stored rows, wherever they come from. Memory: the tree's frontier, and one number for each stream. No clock.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from salesapi.audit.leaf import StoredRow, leaf_bytes, utc_text
from salesapi.audit.tree import FinishedNode, Frontier, leaf_hash
from salesapi.audit.verdict import Findings, Place, Rank


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownRoot:
    """A root that the tree must have at a size, and where that is known from."""

    size: int
    root: str
    """In hex, as it is stored or given."""
    source: str


class LogCheck:
    """Takes the events in order and notes what does not hold."""

    def __init__(self, findings: Findings, known_roots: Iterable[KnownRoot] = ()) -> None:
        self._findings = findings
        self._frontier = Frontier()
        self._versions: dict[bytes, int] = {}
        self._recorded_at: datetime | None = None
        self._known: defaultdict[int, list[KnownRoot]] = defaultdict(list)
        self._confirmed_size = 0
        self._is_root_wrong = False
        for known in known_roots:
            self._known[known.size].append(known)
        self._compare_roots()

    @property
    def size(self) -> int:
        """The number of events that were taken."""
        return self._frontier.size

    def root(self) -> bytes:
        """The root over the events taken."""
        return self._frontier.root()

    def add(self, row: StoredRow, leaf: bytes | None, *, line: int | None = None) -> tuple[FinishedNode, ...] | None:
        """Takes the next event with the hash that was sealed for it, if it was; answers the subtrees that it finished.

        None where it is not the next event: the order is broken, and nothing after it can be checked.
        """
        place = Place(position=row.position, line=line)
        if row.position != self.size + 1:
            expected = Place(position=self.size + 1, line=line)
            self._wrong(expected, f"position {self.size + 1} has to stand here, but {row.position} does")
            return None
        self._check_order(row, place)
        recomputed = leaf_hash(leaf_bytes(row))
        if leaf is not None and leaf != recomputed:
            reason = f"the event {row.type} was changed: its hash is {recomputed.hex()}, sealed was {leaf.hex()}"
            self._wrong(place, reason)
        # With the sealed hash the roots still tell whether anything else was changed.
        finished = self._frontier.append(recomputed if leaf is None else leaf)
        self._compare_roots()
        return finished

    def compare_root(self, known: KnownRoot, *, line: int | None = None) -> None:
        """Compares the root over the events taken with one that is known for this size; `line` is where it stands."""
        if known.root == self.root().hex():
            self._confirmed_size = self.size
        elif not self._is_root_wrong:
            # Later roots differ for the same reason: the first one has the narrowest range.
            self._is_root_wrong = True
            place = Place(position=min(self._confirmed_size + 1, self.size), last_position=self.size, line=line)
            reason = (
                f"an event was changed, added or removed here: the root over {self.size} events is {self.root().hex()}, "
                f"{known.source} says {known.root}"
            )
            self._findings.add(Rank.RANGE, place, reason)

    def unreached(self) -> list[KnownRoot]:
        """The known roots over more events than there are."""
        return [known for size, roots in self._known.items() for known in roots if size > self.size]

    def _compare_roots(self) -> None:
        for known in self._known.get(self.size, ()):
            self.compare_root(known)

    def _check_order(self, row: StoredRow, place: Place) -> None:
        before = self._versions.get(row.stream_id.bytes, 0)
        if row.version != before + 1:
            stream = f"{row.stream_kind} {row.stream_id}"
            self._wrong(
                place, f"version {row.version} of {stream} follows version {before}: an event is missing or moved"
            )
        self._versions[row.stream_id.bytes] = row.version
        if self._recorded_at is not None and row.recorded_at < self._recorded_at:
            earlier, later = utc_text(row.recorded_at), utc_text(self._recorded_at)
            self._wrong(place, f"its record time {earlier} is before that of the event before it, {later}")
        self._recorded_at = row.recorded_at

    def _wrong(self, place: Place, reason: str) -> None:
        self._findings.add(Rank.EVENT, place, reason)
