"""Periodic jobs, their heartbeat and the health page (O2)."""
