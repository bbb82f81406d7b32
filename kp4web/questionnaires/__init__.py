"""Questionnaires: filling one in, and the suggestion that follows from it."""
