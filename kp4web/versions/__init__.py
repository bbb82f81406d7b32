"""Versions of the questionnaire file: added, checked, put in force per organisation."""
