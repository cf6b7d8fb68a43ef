"""Rate limits counted in the database (X4)."""
