"""Longer runs than a test may take, bounded all the same: `python -m tests.soak` lists them."""
