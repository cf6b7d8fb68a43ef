"""What sessions cost against a programme's yearly frame (ADR 16)."""
