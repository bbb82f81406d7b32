"""Outcome of a questionnaire, and the profile that a person determines: two records, never one."""
