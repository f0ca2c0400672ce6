"""Reads of products and currency rates."""
