"""What pay is computed from: the facts of the log, folded in constant work for an event."""
