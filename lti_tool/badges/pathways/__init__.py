"""Pathways of an issuer: nested elements, and what completes them."""
