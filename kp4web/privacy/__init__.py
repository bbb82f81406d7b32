"""Who sees what, in words: the tables of the policy, and why in one case."""
