"""Tracks: opening a dossier, changing track, stopping and reopening, subgroups."""
