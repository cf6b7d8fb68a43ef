"""`./run bench`: how much a booking and a page cost, against floors measured in the same run (DESIGN.md 8)."""
