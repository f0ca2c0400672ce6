"""The demo company: a year of a 30-person sales team, generated the same way every time, loaded through commands."""
