"""Break-glass: open a dossier by giving a reason, tell its lead, and count how often it happens."""
