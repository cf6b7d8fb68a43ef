"""Evaluation: asking how it went, counting it so that nobody can be told from it, and pilots of material (R6, P7)."""
