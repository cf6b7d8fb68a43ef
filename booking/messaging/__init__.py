"""Writing to all who have booked a session: whom it reaches, the mail, the pages (L6)."""
