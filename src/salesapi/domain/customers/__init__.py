"""Who buys from us, and how content they are."""
