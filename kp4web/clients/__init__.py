"""Persons: who they are, with whom they live, who is around them."""
