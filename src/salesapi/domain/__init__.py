"""The pure domain: commands, events, state, decide and evolve. No input or output, no clock, no randomness."""
