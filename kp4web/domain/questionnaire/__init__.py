"""The Dariuz questionnaire: what a file may hold, what an answer is, and what answers lead to."""
