"""The dossier page: its head and one timeline of everything."""
