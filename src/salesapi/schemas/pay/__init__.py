"""Wire shapes of plans, enrolments, runs, statements, awards, points and objections."""
