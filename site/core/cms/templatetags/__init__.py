"""Template tags of the page frame and of forms."""
