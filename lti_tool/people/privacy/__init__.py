"""What is kept of one person: told, given to them as a file, and erased (the privacy desk, and My data)."""
