"""Follow-ups, messages of colleagues, and the due items that make up the work list."""
