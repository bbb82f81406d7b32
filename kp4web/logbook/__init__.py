"""Reading the log, for who supervises it."""
