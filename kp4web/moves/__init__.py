"""Moving several follow-ups at once: choose, see what will happen, confirm, read the result."""
