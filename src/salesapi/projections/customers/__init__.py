"""Read models of customers."""
