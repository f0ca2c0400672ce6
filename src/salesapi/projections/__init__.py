"""Read models: pure folds from events to rows, one file each, and the engine that stores them."""
