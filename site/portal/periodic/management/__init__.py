"""Commands of the periodic work."""
