"""The rooms: a Space, its members and staff, objectives, progress, leaderboard and export."""
