"""After the session: reports, the door list, and messages to those who have booked (L6, L8, F5; ADR 9)."""
