"""Pictures of badges: what a teacher uploads is checked and cleaned, and or drawn where they bring none."""
