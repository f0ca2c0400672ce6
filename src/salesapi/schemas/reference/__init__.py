"""Wire shapes of products and currency rates."""
