"""The surface on which staff (and, with their own templates, providers) plan sessions and schools."""
