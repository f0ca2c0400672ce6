"""Who we are and when we work: members, teams, calendars, approvals."""
