"""Read models of products and currency rates."""
