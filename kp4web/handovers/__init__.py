"""Hand-overs between organisations."""
