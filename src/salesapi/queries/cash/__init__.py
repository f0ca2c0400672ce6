"""Questions of agreements, invoices and receipts."""
