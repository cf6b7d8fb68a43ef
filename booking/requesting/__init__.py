"""Requests for dates that are not there yet, urgent requests, and notices when dates open (S16, S25, V2, V5)."""
