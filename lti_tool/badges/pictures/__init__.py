"""Pictures of badges: what a teacher uploads is checked and cleaned; one is drawn where they bring none."""
