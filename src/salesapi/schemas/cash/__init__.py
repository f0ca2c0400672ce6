"""Wire shapes of agreements, invoices and receipts."""
