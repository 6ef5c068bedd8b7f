"""Awarding by hand: one by one, or many at once from a table."""
