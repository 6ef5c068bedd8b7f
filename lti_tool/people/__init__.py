"""The guest book: organizations, the people in them, and who is here right now."""
