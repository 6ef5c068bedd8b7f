"""A person's badges: awards of this installation, imported ones, and collections to share."""
