"""Following the log: one runner for every follower, with its lead, its checkpoint, its back-off, its state and its end."""
