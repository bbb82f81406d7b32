"""Corrections of facts: tracks and assignments that were recorded wrongly, and their history."""
