"""Checking any badge, ours or a stranger's: what it says, whether it holds, and why not."""
