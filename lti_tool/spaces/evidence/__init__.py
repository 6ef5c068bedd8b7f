"""Evidence: what learners hand in for an objective, attempt by attempt."""
