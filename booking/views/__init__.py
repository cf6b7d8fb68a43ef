"""Views translate: parse, permission, operation, message, redirect."""
