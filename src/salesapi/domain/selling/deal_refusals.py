"""Why something may not happen to a deal: the refusals of `deal_decisions.py`."""

from salesapi.domain.shared.kernel import Refused


class DealClosed(Refused):
    code = "deal.closed"
    message = "The deal is {status}; reopen it before you change it."


class DealNotClosed(Refused):
    code = "deal.not_closed"
    message = "The deal is {status}: only a won or lost deal can be reopened."


class StageUnknown(Refused):
    code = "deal.stage_unknown"
    message = "The pipeline version {pipeline_version} has no stage {stage}; it has {stages}."


class StageNotEntry(Refused):
    code = "deal.stage_not_entry"
    message = "Deals cannot be opened in the stage {stage}; entry stages are {stages}."


class TransitionNotAllowed(Refused):
    code = "deal.transition_not_allowed"
    message = "There is no way from {stage_from} to {stage_to}; from there one can go to {stages}."


class TransitionNeedsPermission(Refused):
    code = "deal.transition_needs_permission"
    message = "Going {direction} from {stage_from} to {stage_to} needs the permission {permission}."


class TransitionNeedsReason(Refused):
    code = "deal.transition_needs_reason"
    message = "Going {direction} from {stage_from} to {stage_to} needs a reason."


class RequiredFieldsMissing(Refused):
    code = "deal.required_fields_missing"
    message = "The stage {stage} requires {fields}; send or set them first."


class AmountMissing(Refused):
    code = "deal.amount_missing"
    message = "A deal is won with an amount: send amount_minor and currency, or value the deal first."


class AmountIncomplete(Refused):
    code = "deal.amount_incomplete"
    message = "An amount and its currency go together: send both or neither."


class SharesNotWhole(Refused):
    code = "deal.shares_not_100"
    message = "Direct shares must sum to 100 percent; these sum to {sum}."


class PipelineUnpublished(Refused):
    code = "deal.pipeline_unpublished"
    message = "The pipeline has no published version yet."
