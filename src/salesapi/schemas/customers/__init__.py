"""Wire shapes of customers."""
