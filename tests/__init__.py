"""Tests: ``unit`` for the rules, ``web`` for the answers, ``e2e`` for the browser."""
