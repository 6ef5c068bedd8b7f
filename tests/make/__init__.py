"""Factories: one noun per file. They call the house's own actions, so what they make is what the house makes."""
