"""Customers, agreements, invoices and receipts."""

from tests.api.parity.request import MONEY, NOBODY, Sent, external, refused

ZHAO = {"kind": "customer", "id": "$zhao"}
LEADS_KEPT = {"kind": "lead", "years": 3}
ERASURE = {"subject": ZHAO, "basis": "request_of_person", "reason": "Letter of March"}

CUSTOMERS = (
    Sent("RegisterCustomer", {"name": "Li Lei", "kind": "person", **external("li")}, role="rep", name="li"),
    Sent("ChangeCustomer", {"customer_id": "$li", "parent_id": "$customer"}),
    Sent("ChangeCustomer", {"customer_id": "$li", "parent_id": None}),
    Sent("AddCustomerContact", {"customer_id": "$li", "name": "Han", "contact_id": NOBODY, "role": "buyer"}),
    Sent("ChangeCustomerContact", {"customer_id": "$li", "contact_id": NOBODY, "phone": "+86", "role": None}),
    Sent("RemoveCustomerContact", {"customer_id": "$li", "contact_id": NOBODY}),
    Sent("AssignCustomer", {"customer_id": "$li", "owner_id": "$rep"}),
    Sent("ReleaseCustomer", {"customer_id": "$li", "reason": "Quiet"}, role="rep"),
    Sent("ClaimCustomer", {"customer_id": "$li"}, role="rep"),
    Sent("RegisterCustomer", {"name": "Zhao Min", "kind": "person"}, name="zhao"),
    Sent("RecordConsent", {"subject": ZHAO, "purpose": "news", "evidence": "form 7"}, name="person"),
    Sent("WithdrawConsent", {"person_id": "$person", "purpose": "news", "reason": "Asked"}, role="integration"),
    refused("WithdrawConsent", {"person_id": "$person", "purpose": "calls"}, "person.consent_missing", "/purpose"),
    Sent("PlaceLegalHold", {"subject": ZHAO, "matter": "audit", "reason": "Audit of 2025"}, role="finance"),
    refused("ErasePerson", {"person_id": "$person"}, "person.erasure_not_requested"),
    Sent("RequestErasure", {**ERASURE, "records": [{"kind": "customer", "id": "$li", "contact_id": NOBODY}]}),
    refused("RequestErasure", ERASURE, "person.erasure_requested_already"),
    refused("ErasePerson", {"person_id": "$person"}, "person.held", role="finance"),
    Sent("ReleaseLegalHold", {"person_id": "$person", "matter": "audit", "reason": "Closed"}),
    refused(
        "ReleaseLegalHold", {"person_id": "$person", "matter": "audit", "reason": "?"}, "person.not_held", "/matter"
    ),
    refused("ErasePerson", {"person_id": "$person"}, "duty.not_apart"),
    Sent("WithdrawErasureRequest", {"person_id": "$person", "reason": "Too soon"}),
    Sent("RequestErasure", ERASURE),
    Sent("ErasePerson", {"person_id": "$person"}, role="finance"),
    Sent("PublishRetentionRule", {"periods": [LEADS_KEPT, {"kind": "customer", "years": 10}], "reason": "Law"}),
    refused(
        "PublishRetentionRule",
        {"periods": [LEADS_KEPT, LEADS_KEPT], "reason": "Law"},
        "retention_rule.kind_repeated",
        "/periods/1/kind",
    ),
    refused(
        "RequestErasure",
        {**ERASURE, "subject": {**ZHAO, "contact_id": "$zhao"}},
        "person.contact_unknown",
        "/subject/contact_id",
    ),
)

AGREEMENTS = (
    Sent("RegisterCustomer", {"name": "Buyer"}, name="buyer"),
    Sent(
        "DraftAgreement",
        {"title": "Rollout", "customer_id": "$buyer", "currency": "USD", "legal_entity": "North", **external("c1")},
        role="rep",
        name="agreement",
    ),
    Sent(
        "SignAgreement",
        {
            "agreement_id": "$agreement",
            "lines": [
                {"key": "seats", "product_id": "$product", "quantity": "2.5", "amount_minor": 10_000, "tax_minor": 600},
                {"key": "setup", "description": "Set-up", "amount_minor": 2_000, "cost_minor": 900},
                {"key": "care", "amount_minor": 0, "recurring": True},
            ],
            "starts_on": "2026-04-01",
            "ends_on": "2027-03-31",
            "payment_days": 30,
            "instalments": [{"key": "all", "due_on": "2026-05-01", "amount_minor": 12_600}],
            "occurred_at": "2026-03-10",
        },
        role="rep",
    ),
    Sent(
        "AmendAgreement",
        {
            "agreement_id": "$agreement",
            "lines": [{"key": "seats", "quantity": "-0.5", "amount_minor": -2_000, "tax_minor": -120}],
            "instalments": [{"key": "less", "due_on": "2026-05-01", "amount_minor": -2_120}],
            "effective_on": None,
            "reason": "Fewer seats",
        },
        role="manager",
    ),
    Sent(
        "ReportAgreementFulfilment",
        {"agreement_id": "$agreement", "line_key": "seats", "step": "delivered", "quantity": "1.5"},
        role="rep",
    ),
    Sent(
        "ReportAgreementFulfilment",
        {"agreement_id": "$agreement", "line_key": "seats", "step": "live", "quantity": "0.5"},
        role="integration",
    ),
    Sent(
        "RestateAgreementCost",
        {"agreement_id": "$agreement", "line_key": "setup", "cost_minor": 1_100, "reason": "Bill"},
        role="finance",
    ),
    Sent("DraftAgreement", {"title": "Next", "customer_id": "$buyer", "currency": "USD"}, name="next"),
    Sent("RenewAgreement", {"agreement_id": "$agreement", "renewed_by": "$next"}, role="rep"),
    Sent(
        "IssueInvoice",
        {
            "number": "2026-1",
            "currency": "USD",
            "agreement_id": "$agreement",
            "lines": [{"line_key": "seats", "amount_minor": 8_000, "tax_minor": 480}],
            "due_on": "2026-05-01",
            "occurred_at": "2026-04-01",
        },
        role="finance",
        name="invoice",
    ),
    Sent(
        "IssueCreditNote",
        {"invoice_id": "$invoice", "number": "C1", "amount_minor": 1_000, "tax_minor": 60, "reason": "Damaged"},
        role="finance",
    ),
    Sent("DisputeInvoice", {"invoice_id": "$invoice"}, role="integration"),
    Sent("ResolveInvoiceDispute", {"invoice_id": "$invoice", "outcome": "Sent anew"}, role="finance"),
    Sent("IssueInvoice", {"number": "7", **MONEY, "occurred_at": None, **external("i7")}, role="finance", name="slip7"),
    Sent("VoidInvoice", {"invoice_id": "$slip7", "reason": "Twice"}, role="finance"),
    Sent(
        "RecordReceipt", {"amount_minor": 9_000, "bank_fee_minor": 25, "currency": "USD"}, role="finance", name="money"
    ),
    Sent("AllocateReceipt", {"receipt_id": "$money", "invoice_id": "$invoice", "amount_minor": 7_000}, role="finance"),
    Sent(
        "RefundReceipt",
        {"receipt_id": "$money", "invoice_id": "$invoice", "amount_minor": 500, "reason": "Returned"},
        role="finance",
    ),
    Sent(
        "CancelAgreement",
        {"agreement_id": "$agreement", "effective_on": "2026-09-01", "fee_kept_minor": 500, "reason": "Closed"},
        role="manager",
    ),
)
