"""Exemptions: recording, extending and ending them, the list and the figures."""
