"""Reads of agreements, invoices and receipts of money."""
