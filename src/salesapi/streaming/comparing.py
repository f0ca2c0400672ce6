"""What is wrong where the stream is not the log: the kind of each fault, and its place. Pure: messages are digests here."""

from collections import Counter
from collections.abc import Mapping, Sequence, Set
from typing import Final, Literal, TypeAlias, get_args

Kind: TypeAlias = Literal["forged", "lost", "altered", "swapped", "doubled", "reconfigured"]
"""`forged`: no event of the log. `lost`: its event is nowhere. `altered`: its event's id on other content. `swapped`: the event
of another place, and its own event is elsewhere. `doubled`: an event that also stands at its own place. `reconfigured`: no
message, but the stream's configuration, which would let others lose, change or add some."""
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)

NOTHING: Final = 0
"""The digest of a place without a message."""


def faults_of(stored: Sequence[int], *, expected: Sequence[int], with_own_id: Set[int]) -> Mapping[int, Kind]:
    """Judges each place from 1 on by the digests of what should be there and of what is, `NOTHING` where there is nothing.

    `expected` is the whole log: what the stream does not have at its end was not sent yet. `with_own_id` are the wrong places
    whose message has the id of the event that should be there. Messages that are only moved along, behind a place that is wrong,
    are no faults of their own: one lost message in the middle would be thousands.
    """
    wrong = [place for place in range(1, len(stored) + 1) if _at(expected, place) != _at(stored, place)]
    found_there = {_at(stored, place) for place in wrong} - {NOTHING}
    of_log = {digest for digest in expected if digest in found_there}
    copies = Counter(digest for digest in stored if digest in of_log)
    faults: dict[int, Kind] = {}
    before = 0
    for place in wrong:
        digest = _at(stored, place)
        if digest == NOTHING:
            faults[place] = "lost"
        elif digest not in of_log:
            faults[place] = "altered" if place in with_own_id else "forged"
        elif before != place - 1 or not before:
            is_elsewhere = place > len(expected) or _at(expected, place) in found_there
            faults[place] = "doubled" if copies[digest] > 1 else "swapped" if is_elsewhere else "lost"
        before = place
    return faults


def _at(digests: Sequence[int], place: int) -> int:
    return digests[place - 1] if place <= len(digests) else NOTHING
