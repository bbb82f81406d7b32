"""The person behind a dossier: contact details, household, people around (pages and commands)."""
