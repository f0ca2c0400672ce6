"""Wire shapes of members, teams, calendars and approvals."""
