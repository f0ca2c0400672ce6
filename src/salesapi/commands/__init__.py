"""The one write path: reading of commands, states of streams, handling, results."""
