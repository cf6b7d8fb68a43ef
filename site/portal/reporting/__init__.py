"""Yearly goals and how far they are (rule 11)."""
