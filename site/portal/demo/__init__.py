"""Trying the portal out: one log-in a role, on one page (PORTAL_IS_DEMO only)."""
