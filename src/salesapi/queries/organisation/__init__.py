"""Questions of members, teams, calendars and approvals."""
