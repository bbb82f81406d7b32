"""Applications at the work agency."""
