"""Conversations and contact attempts."""
