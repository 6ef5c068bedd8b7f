"""Tables of people as they are brought: read in any spelling, their columns guessed, and uploaded. Knows nobody."""
