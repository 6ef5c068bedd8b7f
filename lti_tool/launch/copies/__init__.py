"""Courses that were copied: how that is known, and which Spaces they come from."""
