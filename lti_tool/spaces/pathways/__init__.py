"""Pathways in a Space: subscribed to, and how far every learner has come."""
