"""The self-test: the certification list run against this very installation, with evidence."""
