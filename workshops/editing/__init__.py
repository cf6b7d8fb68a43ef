"""The editors' side of offers and material: forms, lists, and what may not be deleted."""
