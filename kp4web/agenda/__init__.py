"""One's own dates in a week or a month, and a planned talk as a calendar file."""
