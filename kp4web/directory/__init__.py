"""Wie doet wat: who guides and who pays for a household, and whom to call."""
