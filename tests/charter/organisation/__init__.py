"""Applications, members, vetting and agreements."""
