"""Compensation plans as versioned data, and who is enrolled in them."""
