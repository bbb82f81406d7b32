"""Sanction signals: drafted by the lead, judged by a second person, sent to the work agency."""
