"""Independent judges of our badges: programs that others wrote, each in an environment of its own."""
