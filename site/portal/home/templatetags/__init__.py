"""Template tags of the front page."""
