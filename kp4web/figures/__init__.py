"""The council report: figures on a reference date, computed from dated rows."""
