"""Home page and ordinary content pages."""
