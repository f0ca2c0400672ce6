"""What reasons say in words, for tests about sentences; those about data ask for the reason itself."""

from salesapi.domain.pay.reasons.reason_form import StoredReason
from salesapi.domain.pay.records.payout_runs import StatementLine
from salesapi.domain.pay.words.reason_words import reason_in_words


def english(line: StatementLine) -> str:
    """The line's reason in English."""
    return reason_in_words(line.reason, line.currency, line.exact_minor, "en")


def inputs(reason: StoredReason) -> dict[str, str]:
    """The inputs of a reason by name, without those of its terms."""
    return {each.name: each.value for each in reason.inputs}
