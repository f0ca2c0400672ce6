"""What may happen to plans, enrolments, runs, payouts, awards, points, pools and objections."""
