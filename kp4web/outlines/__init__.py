"""Outlines ("sjablonen"): the headings that a team puts into its reports."""
