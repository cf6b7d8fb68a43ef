"""Base page, shared blocks, navigation and the site's frame."""
