"""The workshop: Open Badges. It knows organizations, issuers, badge classes and awards, but no course and no
objective."""
