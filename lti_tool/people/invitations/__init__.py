"""Invitations to work somewhere: written, mailed or shown, and accepted. Whoever has staff says what theirs are for."""
