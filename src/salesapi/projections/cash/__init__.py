"""Read models of agreements, invoices and receipts."""
