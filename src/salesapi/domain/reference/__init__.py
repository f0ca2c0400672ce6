"""What facts refer to: products with prices and costs, currency rates."""
