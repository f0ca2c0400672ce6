"""Questions of products and currency rates."""
