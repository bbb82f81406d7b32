"""The norms of a municipality, and what follows for its dossiers."""
