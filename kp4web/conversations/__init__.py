"""Conversations, contact attempts, and drafts of what is being typed."""
