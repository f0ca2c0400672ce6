"""What follows a win: agreements, invoices, receipts of money."""
