"""Search over all pages of the site."""
