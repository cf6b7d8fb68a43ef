"""A provider's own pages of what it teaches: plans and seasons, drafts of offers (rules 12 and 13)."""
