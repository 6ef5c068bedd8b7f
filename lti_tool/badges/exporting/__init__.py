"""Data management of an issuer: every award as a table."""
