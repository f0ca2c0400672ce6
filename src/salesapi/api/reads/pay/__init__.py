"""Reads of plans, enrolments, runs, statements, awards, points, pools and objections."""
