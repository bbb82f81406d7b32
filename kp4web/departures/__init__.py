"""Dossiers that leave for the work agency: offering one, and whom nobody has."""
