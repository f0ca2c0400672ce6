"""Read models of members, teams, calendars and approvals."""
