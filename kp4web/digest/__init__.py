"""The work list by e-mail: who wants it how often, and what was sent."""
