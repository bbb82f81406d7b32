"""The overview of the administrator."""
