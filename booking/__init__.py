"""Who comes: bookings of schools, sign-ups of persons and organisations."""
