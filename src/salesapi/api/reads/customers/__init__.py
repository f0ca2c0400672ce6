"""Reads of customers and their satisfaction."""
