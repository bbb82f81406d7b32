"""Applications at the work agency: the person, the household, and the profile that was decided."""
