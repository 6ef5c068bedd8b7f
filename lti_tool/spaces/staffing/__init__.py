"""Who runs a Space beyond what the LMS says: staff by invitation, as teachers or as assistants (decision 7)."""
