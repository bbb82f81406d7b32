"""Support need and activation: the two standing headings of a dossier, each with its history."""
