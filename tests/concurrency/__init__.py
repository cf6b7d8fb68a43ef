"""Races: threads on one database, and running server processes; each guard, and what happens without it (S5)."""
