"""Finding dossiers: the list with its filters, and the search for a person or a number."""
