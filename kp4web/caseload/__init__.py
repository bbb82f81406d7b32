"""Who holds which dossier: assignments with history."""
