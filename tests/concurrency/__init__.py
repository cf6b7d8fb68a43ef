"""Races on running server processes: what holds when many act at once (S5)."""
