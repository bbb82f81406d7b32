"""What comes after a report was saved: corrections, the resident's response, questions."""
