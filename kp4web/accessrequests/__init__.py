"""Requests for access to the own data (AVG art. 15): prepared, released, and the export."""
