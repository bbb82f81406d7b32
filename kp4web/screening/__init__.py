"""Screening rounds and who is in them."""
