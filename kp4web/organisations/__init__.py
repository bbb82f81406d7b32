"""Municipalities, the work agency, and the norms each municipality sets."""
