"""Personal data: where it stands in events, how it is sealed, and the keys per subject."""
