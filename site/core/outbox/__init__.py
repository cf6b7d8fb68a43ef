"""Every message that leaves: queued once, never lost (rule 5)."""
