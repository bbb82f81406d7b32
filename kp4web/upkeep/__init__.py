"""Keeping the whole in order: comparing what is stored with the facts, forgetting in time."""
