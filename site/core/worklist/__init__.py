"""Work that needs a person's decision (rule 3)."""
