"""Signed personal links: purpose, id, generation, expiry (X1)."""
