"""Reads of members, calendars and approvals."""
