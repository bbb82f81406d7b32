"""Flask plumbing: access, errors, forms, headers, transactions, navigation."""
