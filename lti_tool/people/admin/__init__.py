"""Administrators of this installation: invited by a link, signed in for a while, every deed written down."""
