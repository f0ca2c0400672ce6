"""Why something may not happen to a target: the refusals of `target_decisions.py`."""

from salesapi.domain.shared.kernel import Refused


class TargetIsClosed(Refused):
    """A closed target takes no more commands."""

    code = "target.closed"
    message = "The target is closed, and that is final."


class TargetLinesUnordered(Refused):
    """The three lines rise."""

    code = "target.lines_unordered"
    message = "Lines rise: floor {floor}, challenge {challenge}, stretch {stretch} do not."


class TargetUnitAmbiguous(Refused):
    """A number without one unit cannot be measured."""

    code = "target.unit_ambiguous"
    message = "Send either currency, where money counts, or unit."


class TargetOwnerNotLeader(Refused):
    """For a team's result one of its leaders answers."""

    code = "target.owner_not_leader"
    message = "The member {member_id} does not lead the team; name a leader as the owner."


class TargetParentDiffers(Refused):
    """A part is measured as the whole is."""

    code = "target.parent_differs"
    message = "The parent counts {measure} in {unit}; a part of it does too."


class TargetPeriodNotNested(Refused):
    """A part's period lies inside that of the whole."""

    code = "target.period_not_nested"
    message = "The period {period} is not inside {parent_period}, that of the parent."


class TargetChildTwice(Refused):
    """Two children would be the same target, or the parent itself."""

    code = "target.child_twice"
    message = (
        "This child is in the split already, or is the target itself; tell them apart by owner, period or dimension."
    )


class TargetSplitGap(Refused):
    """The children sum to their parent, or the difference is stated."""

    code = "target.split_gap"
    message = (
        "The children leave floor {floor}, challenge {challenge}, stretch {stretch} of the target; state that gap."
    )


class TargetNotYours(Refused):
    """Only the owner acknowledges."""

    code = "target.not_yours"
    message = "Only the owner of a target agrees to it."


class TargetEffectiveOutside(Refused):
    """Lines hold within the target's period only."""

    code = "target.effective_outside_period"
    message = "New lines begin inside the period, from {first_on} to {last_on}."


class TargetLimitReached(Refused):
    """The number of splits and adjustments is bounded."""

    code = "target.limit_reached"
    message = "A target has at most {limit} {things}."
